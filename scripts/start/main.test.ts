import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lockData } from './data_lock.ts';
import { LOOPBACK } from './ports.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sesame-start-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** `npm start` with these options, for starts that end by themselves. */
async function start(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const script = join(import.meta.dirname, 'main.ts');
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', script, ...args]);
  const said = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => {
    said.stdout += String(chunk);
  });
  child.stderr.on('data', (chunk) => {
    said.stderr += String(chunk);
  });
  const [code] = await once(child, 'close');
  return { code: Number(code), ...said };
}

test('an unknown option ends with 2, what is wrong, and the usage', async () => {
  const { code, stdout, stderr } = await start('--colour', 'red');
  expect(code).toBe(2);
  expect(stdout).toBe('');
  expect(stderr).toContain('--colour');
  expect(stderr).toContain('usage: npm start -- [options]');
});

test('--help is no mistake', async () => {
  const { code, stdout } = await start('--help');
  expect(code).toBe(0);
  expect(stdout).toContain('--printer tcp://HOST:PORT');
});

test('a port that is taken is named by its option, and nothing is started', async () => {
  const server = createServer().listen(0, LOOPBACK);
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const free = ['edge', 'cloud', 'agent', 'llrp', 'printer'].flatMap((name) => [`--${name}-port`, '0']);
  const { code, stderr } = await start('--data', folder, ...free, '--mqtt-port', String(port));
  server.close();
  expect(code).toBe(2);
  expect(stderr).toContain(`--mqtt-port: port ${port} is already in use`);
  expect(stderr).not.toContain('building');
});

test('a folder that another run holds is refused', async () => {
  const held = lockData(folder);
  const { code, stderr } = await start('--data', folder);
  if (held.ok) held.value.release();
  expect(code).toBe(2);
  expect(stderr).toContain(`${folder} is in use by another npm start`);
});
