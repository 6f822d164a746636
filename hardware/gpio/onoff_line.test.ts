import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OutputLine } from '../port.ts';
import { type OnoffLineOptions, openOnoffLine } from './onoff_line.ts';

/** The boundary of the native module: every claim and every level, in order. */
function fakeModule(fails?: 'claim' | 'write') {
  const calls: string[] = [];
  class Gpio {
    constructor(line: number, direction: 'high' | 'low', options: { activeLow: boolean }) {
      if (fails === 'claim') throw new Error('EINVAL: invalid argument, write');
      calls.push(`claim ${line} ${direction}${options.activeLow ? ' active low' : ''}`);
    }
    write(value: 0 | 1): Promise<void> {
      if (fails === 'write') return Promise.reject(new Error('EIO'));
      calls.push(`write ${value}`);
      return Promise.resolve();
    }
  }
  return { calls, module: { Gpio } };
}

let sysfsRoot = '';
beforeAll(async () => {
  sysfsRoot = await mkdtemp(join(tmpdir(), 'gpio-'));
  const chips = {
    gpiochip0: ['pinctrl-legacy', '0', '54'],
    gpiochip512: ['pinctrl-bcm2711', '512', '58'],
    gpiochip570: ['raspberrypi-exp', '570', '8'],
  };
  for (const [entry, [label, base, ngpio]] of Object.entries(chips)) {
    await mkdir(join(sysfsRoot, entry));
    await writeFile(join(sysfsRoot, entry, 'label'), `${label}\n`);
    await writeFile(join(sysfsRoot, entry, 'base'), `${base}\n`);
    await writeFile(join(sysfsRoot, entry, 'ngpio'), `${ngpio}\n`);
  }
  await writeFile(join(sysfsRoot, 'export'), '');
});
afterAll(() => rm(sysfsRoot, { recursive: true }));

function open(options: Pick<OnoffLineOptions, 'failSafe'> & Partial<OnoffLineOptions>): OutputLine {
  return openOnoffLine(
    { chip: 'pinctrl-legacy', line: 17, sysfsRoot, ...options },
    { now: () => 0, log: () => undefined },
  );
}

test('holds its fail-safe level from the first moment, follows set, and returns to it on close', async () => {
  const { calls, module } = fakeModule();
  const line = open({ failSafe: false, loadModule: () => Promise.resolve(module) });
  await line.set(true);
  expect(line.health().state).toBe('online');
  await line.close();
  await line.close();
  await line.set(true);
  expect(calls.at(0)).toBe('claim 17 low');
  expect(calls.at(-2)).toBe('write 1');
  expect(calls.at(-1)).toBe('write 0');
});

test.each([
  [false, false, 'claim 17 low'],
  [true, false, 'claim 17 high'],
  [false, true, 'claim 17 high active low'],
  [true, true, 'claim 17 low active low'],
])('fail-safe %s with active low %s starts as "%s"', async (failSafe, activeLow, claim) => {
  const { calls, module } = fakeModule();
  const line = open({ failSafe, activeLow, loadModule: () => Promise.resolve({ default: module }) });
  await line.close();
  expect(calls[0]).toBe(claim);
  expect(calls.at(-1)).toBe(`write ${failSafe ? 1 : 0}`);
});

test('the last of several wishes is the level that stays', async () => {
  const { calls, module } = fakeModule();
  const line = open({ failSafe: false, loadModule: () => Promise.resolve(module) });
  await Promise.all([line.set(true), line.set(false), line.set(true)]);
  expect(calls.at(-1)).toBe('write 1');
});

describe('what is missing is a health fact, and set resolves', () => {
  test.each([
    [
      'no module',
      () => Promise.reject(new Error("Cannot find package 'onoff'")),
      "Cannot find package 'onoff'",
    ],
    ['another module', () => Promise.resolve({ default: {} }), 'not the module'],
    ['a line that cannot be claimed', () => Promise.resolve(fakeModule('claim').module), 'EINVAL'],
    ['a line that cannot be written', () => Promise.resolve(fakeModule('write').module), 'EIO'],
  ])('%s', async (_, loadModule, reason) => {
    const line = open({ failSafe: true, loadModule });
    await line.set(false);
    expect(line.health()).toMatchObject({ state: 'unavailable' });
    expect(line.health().detail).toContain(reason);
    await line.close();
  });
});

describe('a chip', () => {
  test('is found by its label, whatever number the kernel gave its lines', async () => {
    const { calls, module } = fakeModule();
    const chip = 'raspberrypi-exp';
    const line = open({
      chip,
      line: 3,
      failSafe: false,
      loadModule: () => Promise.resolve(module),
    });
    await line.close();
    expect(calls[0]).toBe('claim 573 low');
  });

  test.each([
    ['pinctrl-bcm2711', 58, 'pinctrl-bcm2711 has no line 58'],
    ['pinctrl-rp1', 1, 'no GPIO chip is called pinctrl-rp1'],
  ])('%s without line %i is a health fact', async (chip, number, reason) => {
    const { calls, module } = fakeModule();
    const line = open({
      chip,
      line: number,
      failSafe: false,
      loadModule: () => Promise.resolve(module),
    });
    await line.set(true);
    expect(line.health().detail).toContain(reason);
    expect(calls).toEqual([]);
    await line.close();
  });
});
