import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { processMark } from './process_mark.ts';
import { type ChildSpec, Supervisor } from './supervisor.ts';

type Role = 'first' | 'second';

let folder: string;
let supervisor: Supervisor<Role>;
let pids: { role: Role; pid: number | undefined }[];
let said: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sesame-supervisor-'));
  pids = [];
  said = [];
  supervisor = new Supervisor<Role>({
    now: Date.now,
    log: (message) => said.push(message),
    output: () => 2,
    onPid: (role, pid) => pids.push({ role, pid }),
  });
});
afterEach(async () => {
  await supervisor.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** A child that says hello over its channel (if it has one) and then does what `code` says. */
function script(name: string, code: string): string {
  const path = join(folder, `${name}.mjs`);
  writeFileSync(path, code);
  return path;
}

function talking(role: Role, code: string, more: Partial<ChildSpec<Role>> = {}) {
  const messages: unknown[] = [];
  const waiting: (() => void)[] = [];
  const path = script(role, `${code}\nprocess.send({ hello: process.pid });`);
  const child = supervisor.start({
    role,
    script: path,
    args: [],
    stop: 'message',
    stopWithinMs: 1_000,
    onMessage: (message) => {
      messages.push(message);
      for (const wake of waiting.splice(0)) wake();
    },
    ...more,
  });
  const heard = async (count: number): Promise<unknown[]> => {
    while (messages.length < count) await new Promise<void>((resolve) => waiting.push(resolve));
    return messages;
  };
  return { child, heard };
}

const OBEDIENT = `process.on('message', (m) => { if (m.type === 'stop') process.exit(0); });`;

test('a child that is killed is started again, and the pids say so', async () => {
  const { child, heard } = talking('first', OBEDIENT);
  await heard(1);
  const before = child.pid();
  if (before === undefined) throw new Error('no pid');
  process.kill(before, 'SIGKILL');
  await heard(2);
  const after = child.pid();
  expect(after).not.toBe(before);
  expect(pids.map(({ pid }) => pid)).toEqual([before, undefined, after]);
  expect(said).toEqual(['first ended with SIGKILL; starting it again in 100 ms']);
});

test('a child that ends by itself is started again, each time a little later', async () => {
  const { heard } = talking(
    'first',
    `process.once('disconnect', () => {}); setTimeout(() => process.exit(3), 20);`,
  );
  await heard(3);
  expect(said[0]).toBe('first ended with code 3; starting it again in 100 ms');
  expect(said[1]).toBe('first ended with code 3; starting it again in 200 ms');
});

test('stop ends the last one first and leaves no process', async () => {
  const first = talking('first', OBEDIENT);
  await first.heard(1);
  const second = talking('second', OBEDIENT);
  await second.heard(1);
  const alive = [first.child.pid(), second.child.pid()];
  pids = [];
  await supervisor.stop();
  expect(pids).toEqual([
    { role: 'second', pid: undefined },
    { role: 'first', pid: undefined },
  ]);
  for (const pid of alive) expect(pid === undefined ? null : processMark(pid)).toBeNull();
  expect(said).toEqual([]);
});

test('a child without a channel gets SIGTERM, and one that will not go is killed', async () => {
  const deaf = talking(
    'first',
    `process.on('message', () => {}); process.on('SIGTERM', () => {}); setInterval(() => {}, 1000);`,
  );
  await deaf.heard(1);
  const polite = supervisor.start({
    role: 'second',
    script: script('polite', `process.on('SIGTERM', () => process.exit(0)); setInterval(() => {}, 1000);`),
    args: [],
    stop: 'signal',
    stopWithinMs: 1_000,
  });
  const both = [deaf.child.pid(), polite.pid()];
  await supervisor.stop();
  for (const pid of both) expect(pid === undefined ? null : processMark(pid)).toBeNull();
});

test.each(['a bug', 'SIGKILL'])('children go with a supervisor that is ended by %s', async (end) => {
  const first = script(
    'first',
    `process.once('disconnect', () => process.exit(0)); setInterval(() => {}, 1000); process.send({});`,
  );
  const second = script(
    'second',
    `process.on('SIGTERM', () => process.exit(0)); setInterval(() => {}, 1000);`,
  );
  const fatal = end === 'SIGKILL' ? `process.kill(process.pid, 'SIGKILL')` : `throw new Error('a bug')`;
  const ending = script(
    'ending',
    `import { Supervisor } from ${JSON.stringify(join(import.meta.dirname, 'supervisor.ts'))};
     const supervisor = new Supervisor({ now: Date.now, log() {}, output: () => 2, onPid: (role, pid) => console.log(pid) });
     const spec = { args: [], stopWithinMs: 1000, onMessage() { ${fatal}; } };
     supervisor.start({ ...spec, role: 'second', script: ${JSON.stringify(second)}, stop: 'signal' });
     supervisor.start({ ...spec, role: 'first', script: ${JSON.stringify(first)}, stop: 'message' });`,
  );
  const child = spawn(process.execPath, [ending], { stdio: ['ignore', 'pipe', 'ignore'] });
  let out = '';
  child.stdout.on('data', (chunk) => {
    out += String(chunk);
  });
  expect(await once(child, 'close')).toEqual(end === 'SIGKILL' ? [null, 'SIGKILL'] : [1, null]);
  const pids = out.trim().split('\n').map(Number);
  expect(pids).toHaveLength(2);
  for (const pid of pids) await expect.poll(() => processMark(pid)).toBeNull();
});

test('what a child leaves behind is cleared before it starts again', async () => {
  const order: string[] = [];
  const { child, heard } = talking('first', OBEDIENT, {
    afterDeath: async () => {
      order.push('cleared');
    },
  });
  await heard(1);
  order.push('killed');
  process.kill(child.pid() ?? 0, 'SIGKILL');
  await heard(2);
  order.push('started');
  expect(order).toEqual(['killed', 'cleared', 'started']);
});
