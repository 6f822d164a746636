import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lockData } from './data_lock.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sesame-lock-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a second lock on the same folder is refused until the first is released', () => {
  const first = lockData(join(folder, 'new', 'data'));
  if (!first.ok) throw new Error('refused');
  expect(lockData(join(folder, 'new', 'data'))).toEqual({ ok: false, error: { code: 'locked' } });
  first.value.release();
  const again = lockData(join(folder, 'new', 'data'));
  expect(again.ok).toBe(true);
  if (again.ok) again.value.release();
});

test('a holder that is killed leaves no lock behind', async () => {
  const holder = `import { lockData } from ${JSON.stringify(join(import.meta.dirname, 'data_lock.ts'))};
    console.log(lockData(${JSON.stringify(folder)}).ok); setInterval(() => {}, 1000);`;
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', holder],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const [said] = await once(child.stdout, 'data');
  expect(String(said).trim()).toBe('true');
  expect(lockData(folder).ok).toBe(false);
  child.kill('SIGKILL');
  await once(child, 'exit');
  const taken = lockData(folder);
  expect(taken.ok).toBe(true);
  if (taken.ok) taken.value.release();
});
