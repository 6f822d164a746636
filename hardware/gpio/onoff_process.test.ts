import { readFileSync, rmSync } from 'node:fs';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { OnoffProcess } from './onoff_process.ts';

// A busy machine is no reason to fail: nothing here is about time.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const context = { now: Date.now, log: () => {} };
let folder: string;
let record: string;
let options: { chip: string; line: number; failSafe: boolean; sysfsRoot: string; module: string };

/** A module with onoff's face that writes down what it is told, and a kernel's tree with one chip. */
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onoff-'));
  record = join(folder, 'record');
  await writeFile(record, '');
  const chip = join(folder, 'gpiochip512');
  await mkdir(chip);
  await writeFile(join(chip, 'label'), 'pinctrl-test\n');
  await writeFile(join(chip, 'base'), '512\n');
  await writeFile(join(chip, 'ngpio'), '8\n');
  const module = join(folder, 'onoff.mjs');
  await writeFile(
    module,
    `import { appendFileSync } from 'node:fs';
     const note = (text) => appendFileSync(${JSON.stringify(record)}, text + '\\n');
     export class Gpio {
       constructor(line, direction) { note('claim ' + line + ' ' + direction); }
       async write(value) { note('write ' + value); }
     }`,
  );
  const place = { chip: 'pinctrl-test', line: 3, failSafe: true, sysfsRoot: folder };
  options = { ...place, module: pathToFileURL(module).href };
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const noted = (): string[] => readFileSync(record, 'utf8').trim().split('\n');
const until = (assertion: () => void): Promise<void> =>
  vi.waitFor(assertion, { timeout: 20_000, interval: 10 });

it('drives the line in order, from its fail-safe level and back to it', async () => {
  const line = new OnoffProcess(options, context);
  await line.set(false);
  expect(line.health()).toMatchObject({ state: 'online' });
  await Promise.all([line.set(true), line.set(false), line.set(true), line.set(false)]);
  await line.close();
  await line.close();
  expect(noted()[0]).toBe('claim 515 high');
  expect(
    noted()
      .filter((one) => one.startsWith('write'))
      .slice(-5),
  ).toEqual(['write 1', 'write 0', 'write 1', 'write 0', 'write 1']);
});

it('says why where the module, the chip or the line is missing, and loses no call', async () => {
  for (const broken of [
    { ...options, module: 'file:///nowhere/onoff.mjs' },
    { ...options, chip: 'another' },
    { ...options, line: 8 },
  ]) {
    const line = new OnoffProcess(broken, context);
    await line.set(true);
    await until(() => expect(line.health().state).toBe('unavailable'));
    expect(line.health().detail).toContain('cannot be used');
    await line.close();
  }
});

it('works from a thread, and sets the fail-safe level when that thread is gone without a word', async () => {
  const entry = new URL('./onoff_process.ts', import.meta.url).href;
  const script = `
    import { parentPort } from 'node:worker_threads';
    const { OnoffProcess } = await import(${JSON.stringify(entry)});
    const line = new OnoffProcess(${JSON.stringify(options)}, { now: Date.now, log: () => {} });
    await line.set(false);
    parentPort.postMessage(line.health().state);`;
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(script)}`));
  const state = await new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
  expect(state).toBe('online');
  expect(noted().at(-1)).toBe('write 0');
  await worker.terminate();
  await until(() => expect(noted().at(-1)).toBe('write 1'));
});
