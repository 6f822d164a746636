import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { endLeftovers, readPids, writePids } from './pids.ts';
import { processMark } from './process_mark.ts';

let folder: string;
let child: ChildProcess | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sesame-pids-'));
});
afterEach(() => {
  child?.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

async function sleeper(): Promise<number> {
  child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  await once(child, 'spawn');
  if (child.pid === undefined) throw new Error('not spawned');
  return child.pid;
}

test('pids.json holds the numbers and nothing else', () => {
  writePids(folder, { supervisor: process.pid, agent: 4_000_000 });
  expect(JSON.parse(readFileSync(join(folder, 'pids.json'), 'utf8'))).toEqual({
    supervisor: process.pid,
    agent: 4_000_000,
  });
  expect(readPids(folder)).toEqual({ supervisor: process.pid, agent: 4_000_000 });
});

test('what an earlier run left running is ended', async () => {
  const pid = await sleeper();
  writePids(folder, { agent: pid });
  expect(await endLeftovers(folder)).toEqual(['agent']);
  expect(processMark(pid)).toBeNull();
});

test('a process that merely has the number is left alone', async () => {
  const pid = await sleeper();
  writeFileSync(
    join(folder, 'processes.json'),
    JSON.stringify([{ role: 'agent', pid, mark: 'another start' }]),
  );
  expect(await endLeftovers(folder)).toEqual([]);
  expect(processMark(pid)).not.toBeNull();
});

test('this process is never a leftover, and no file or a broken one names nobody', async () => {
  expect(await endLeftovers(folder)).toEqual([]);
  writePids(folder, { supervisor: process.pid });
  expect(await endLeftovers(folder)).toEqual([]);
  writeFileSync(join(folder, 'processes.json'), '[{"role":"agent","pi');
  writeFileSync(join(folder, 'pids.json'), '{"agent":');
  expect(await endLeftovers(folder)).toEqual([]);
  expect(readPids(folder)).toEqual({});
});

test('a mark tells two processes apart and stays the same', async () => {
  const pid = await sleeper();
  const mark = processMark(pid);
  expect(mark).not.toBeNull();
  expect(processMark(pid)).toBe(mark);
  expect(processMark(process.pid)).not.toBe(mark);
});
