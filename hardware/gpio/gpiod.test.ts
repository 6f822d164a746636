import { spawn } from 'node:child_process';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { DeviceHealth, LineEdge } from '../port.ts';
import { type FakeTools, fakeTools } from './fake_tools.ts';
import { openGpioInput } from './gpiod_input.ts';
import { type GpioOutputOptions, openGpioOutput } from './open_output.ts';

vi.setConfig({ testTimeout: 60_000 });
const until = (assertion: () => void | Promise<void>) =>
  vi.waitFor(assertion, { timeout: 30_000, interval: 10 });

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function tools(major: 1 | 2, interactive = true): Promise<FakeTools> {
  const fake = await fakeTools(major, interactive);
  cleanups.push(() => fake.remove());
  return fake;
}

const none = () => Promise.reject(new Error("Cannot find package 'onoff'"));

function open(fake: FakeTools, some: Partial<GpioOutputOptions> = {}) {
  const logs: string[] = [];
  const health: DeviceHealth[] = [];
  const line = openGpioOutput(
    {
      chip: 'pinctrl-test',
      line: 'RELAY1',
      failSafe: false,
      env: fake.env,
      loadModule: none,
      lookAgainMs: 50,
      ...some,
    },
    { now: Date.now, log: (level, text) => logs.push(`${level} ${text}`) },
  );
  line.onHealth((one) => health.push(one));
  cleanups.push(() => line.close());
  return { line, logs, health };
}

describe.each([
  ['version 1', 1, false, 'signal', 'exit'],
  ['version 2', 2, true, 'interactive', 'toggle 0'],
  ['version 2 without an interactive mode', 2, false, 'hold', 'toggle 0'],
] as const)('an output held by gpioset %s', (_, major, interactive, hold, once) => {
  test('starts at its fail-safe level, follows set, and is let go at it', async () => {
    const fake = await tools(major, interactive);
    const { line } = open(fake);
    await until(() =>
      expect(line.health()).toMatchObject({
        state: 'online',
        detail: 'GPIO line RELAY1 of pinctrl-test is ready.',
      }),
    );
    // A tool that lives holds its line a moment later: on a busy machine that moment is waited for.
    await until(async () => expect(await fake.log()).toHaveLength(1));
    await line.set(true);
    expect(line.state()).toBe(true);
    await until(async () => expect((await fake.log()).length).toBe(2));
    await line.set(true);
    await line.set(false);
    await until(async () => expect((await fake.log()).length).toBe(3));
    await line.close();
    await line.close();
    await line.set(true);
    const set = (level: number) => (interactive ? `set 17=${level}` : `${hold} 17=${level}`);
    expect((await fake.log()).filter((one) => one !== 'exit')).toEqual([
      `${hold} 17=0`,
      set(1),
      set(0),
      `${once} 17=0`,
    ]);
    expect(line.health()).toMatchObject({ state: 'offline', detail: 'The driver was closed.' });
  });

  test('is held again, at the level that is wanted, when the process dies', async () => {
    const fake = await tools(major, interactive);
    const { line, health } = open(fake, { line: 17, activeLow: true });
    await until(() => expect(line.health().state).toBe('online'));
    await line.set(true);
    await fake.die();
    if (interactive) {
      // The interactive one looks at its input alone; it is ended from outside.
      const pid = await holderOf(fake);
      process.kill(pid, 'SIGTERM');
    }
    await until(() => expect(health.some((one) => one.state === 'unavailable')).toBe(true));
    await until(() => expect(line.health().state).toBe('online'));
    expect((await fake.log()).at(-1)).toBe(`${hold} 17=1 low`);
  });

  test('falls to its fail-safe level when the agent is killed', async () => {
    const fake = await tools(major, interactive);
    const program = `
      import { openGpioOutput } from ${JSON.stringify(new URL('./open_output.ts', import.meta.url).href)};
      const line = openGpioOutput({ chip: 'pinctrl-test', line: 17, failSafe: true },
        { now: Date.now, log: () => {} });
      line.onHealth(async ({ state }) => {
        if (state !== 'online') return;
        await line.set(false);
        console.log('set');
      });
    `;
    const agent = spawn(process.execPath, ['--input-type=module', '-e', program], {
      env: fake.env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise((resolve) => agent.stdout.once('data', resolve));
    const level = interactive ? 'set 17=0' : `${hold} 17=0`;
    await until(async () => expect((await fake.log()).at(-1)).toBe(level));
    agent.kill('SIGKILL');
    await until(async () => expect((await fake.log()).at(-1)).toBe(`${once} 17=1`));
  });
});

/** The process that the fake says holds the line: the newest `gpioset` of this folder. */
async function holderOf(fake: FakeTools): Promise<number> {
  const { readdir, readFile } = await import('node:fs/promises');
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).reverse()) {
    const [command, environment] = await Promise.all(
      ['cmdline', 'environ'].map((file) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')),
    );
    if (command?.includes('--interactive') && environment?.includes(`FAKE=${fake.env['FAKE']}`)) {
      return Number(pid);
    }
  }
  throw new Error('nobody holds the line');
}

describe('an output', () => {
  test('pulses, and a pulse within a pulse sets its end anew', async () => {
    const fake = await tools(1);
    const { line } = open(fake);
    await until(() => expect(line.health().state).toBe('online'));
    line.pulse(60_000);
    expect(line.state()).toBe(true);
    await until(async () => expect((await fake.log()).at(-1)).toBe('signal 17=1'));
    line.pulse(50);
    await until(() => expect(line.state()).toBe(false));
    await until(async () => expect((await fake.log()).at(-1)).toBe('signal 17=0'));
  });

  test('takes the last of many wishes', async () => {
    const fake = await tools(1);
    const { line } = open(fake);
    await until(() => expect(line.health().state).toBe('online'));
    await Promise.all([true, false, true, false, true].map((on) => line.set(on)));
    await until(async () => expect((await fake.log()).at(-1)).toBe('signal 17=1'));
  });

  test.each([
    [{ line: 58 }, 'pinctrl-test has no line 58'],
    [{ line: 'RELAY9' }, 'pinctrl-test has no line RELAY9'],
    [{ line: 'TWIN' }, 'pinctrl-test has 2 lines called TWIN'],
    [{ chip: 'pinctrl-rp1' }, 'no GPIO chip is called pinctrl-rp1'],
    [{ chip: 'twice' }, '2 GPIO chips are called twice'],
  ])('that is not there is a health fact: %j', async (some, reason) => {
    const fake = await tools(2);
    const { line } = open(fake, some);
    await line.set(true);
    await until(() => expect(line.health()).toMatchObject({ state: 'unavailable' }));
    expect(line.health().detail).toContain(reason);
    expect(await fake.log()).toEqual([]);
    expect(line.state()).toBe(true);
  });

  test('without any way to drive it says so once, and takes the way that comes', async () => {
    const { env } = await tools(1);
    const later: NodeJS.ProcessEnv = { ...env, PATH: '/nonexistent' };
    const { line, logs } = open({ env: later } as FakeTools, { line: 17 });
    await until(() => expect(line.health().state).toBe('unavailable'));
    expect(line.health().detail).toContain('the libgpiod tools are not here');
    expect(line.health().detail).toContain("Cannot find package 'onoff'");
    await line.set(true);
    later['PATH'] = env['PATH'];
    await until(() => expect(line.health().state).toBe('online'));
    expect(logs.filter((one) => !one.startsWith('debug'))).toEqual(['warn device lost', 'info device works']);
  });
});

describe.each([
  [1, '17 1', '17 0', '--line-buffered --format=%o %e gpiochip3 17'],
  [2, '17 1', '17 2', '--consumer sesame --chip gpiochip3 --format=%o %e 17'],
] as const)('an input watched by gpiomon version %i', (major, rising, falling, call) => {
  test('tells edges, and is watched again when the process dies', async () => {
    const fake = await tools(major);
    const edges: LineEdge[] = [];
    const health: string[] = [];
    const input = openGpioInput(
      { chip: 'pinctrl-test', line: 'RELAY1', env: fake.env },
      { now: Date.now, log: () => {} },
    );
    cleanups.push(() => input.close());
    input.onEdge((edge) => edges.push(edge));
    input.onHealth(({ state }) => health.push(state));
    await until(() => expect(input.health().state).toBe('online'));
    await fake.edge(rising);
    await fake.edge('noise');
    await fake.edge(falling);
    await until(() => expect(edges.map(({ on }) => on)).toEqual([true, false]));
    await fake.die();
    await until(() => expect(health).toEqual(['online', 'unavailable', 'online']));
    expect(await fake.watched()).toEqual([call, call]);
    await input.close();
    await input.close();
    expect(input.health().state).toBe('offline');
  });
});

test('an input without tools is a health fact', async () => {
  const input = openGpioInput(
    { chip: 'pinctrl-test', line: 1, env: { PATH: '/nonexistent' } },
    { now: Date.now, log: () => {} },
  );
  await until(() => expect(input.health().detail).toContain('the libgpiod tools are not here'));
  await input.close();
});
