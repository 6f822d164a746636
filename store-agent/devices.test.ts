import { execFile } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type FakeTools, fakeTools } from '../hardware/gpio/fake_tools.ts';
import type { AgentConfig } from './config.ts';
import { Devices, type Scan } from './devices.ts';
import type { FloorDevice, FloorInput } from './http/floor_schema.ts';
import { until } from './testing/agent.ts';
import { GATE, tempFolder } from './testing/fixtures.ts';

vi.setConfig({ testTimeout: 60_000 });
const KIOSK = 'ksk_00000000-0000-7000-8000-000000000001';

let folder: ReturnType<typeof tempFolder>;
let tools: FakeTools;
let devices: Devices | null = null;
beforeEach(async () => {
  folder = tempFolder();
  tools = await fakeTools(2);
  for (const name of ['PATH', 'FAKE', 'HELP']) vi.stubEnv(name, tools.env[name]);
});
afterEach(async () => {
  await devices?.close();
  vi.unstubAllEnvs();
  await tools.remove();
  folder.remove();
});

type Config = Pick<AgentConfig, 'printers' | 'scanners' | 'lines' | 'terminals'>;
function open(config: Partial<Config>) {
  const told: [FloorDevice, boolean][] = [];
  devices = new Devices({
    config: { printers: [], scanners: [], lines: [], terminals: [], ...config },
    now: Date.now,
    log: () => {},
    onHealth: (device, changed) => told.push([device, changed]),
  });
  return { devices, told };
}

it('gives a scanned code to the kiosk that the scanner stands at', async () => {
  const path = join(folder.path, 'ttyACM0');
  await promisify(execFile)('mkfifo', [path]);
  const scanner = { id: 'till 1', kind: 'serial' as const, path };
  const { devices, told } = open({
    scanners: [
      { ...scanner, kiosk_id: KIOSK as never },
      { ...scanner, id: 'gone', path: join(folder.path, 'nothing') },
    ],
  });
  const scans: Scan[] = [];
  devices.onCode((scan) => scans.push(scan));
  await until(() => expect(devices.list().map(({ state }) => state)).toEqual(['online', 'unavailable']));
  appendFileSync(path, ']E09521234567899\r');
  await until(() => expect(scans).toHaveLength(1));
  expect(scans[0]).toMatchObject({
    scannerId: 'till 1',
    kioskId: KIOSK,
    code: { raw: '9521234567899', aim: ']E0' },
  });
  expect(told.map(([{ id, state }, changed]) => [id, state, changed])).toContainEqual([
    'gone',
    'unavailable',
    true,
  ]);
});

it('drives the lines of a gate by role, from their fail-safe level to rest and back', async () => {
  const line = { kind: 'gpio' as const, chip: 'pinctrl-test', gate_id: GATE as never, active_low: false };
  const { devices } = open({
    lines: [{ ...line, id: 'lamp', line: 'RELAY1', role: 'lamp.red', fail_safe: 'on' }],
  });
  await until(() => expect(devices.list()).toMatchObject([{ kind: 'line', state: 'online', gate_id: GATE }]));
  const level = async () => (await tools.log()).at(-1);
  await until(async () => expect(await level()).toMatch(/17=0$/));
  devices.signal(GATE, 'open');
  devices.signal(GATE, 'alarm');
  await until(async () => expect(await level()).toBe('set 17=1'));
  devices.signal(GATE, 'open');
  expect(await level()).toBe('set 17=1');
  devices.signal(GATE, 'open', true);
  await until(async () => expect(await level()).toBe('set 17=0'));
  await devices.close();
  expect(await level()).toBe('toggle 0 17=1');
});

it('tells what the inputs of a gate do', async () => {
  const { devices } = open({
    lines: [
      {
        id: 'button',
        kind: 'gpio',
        chip: 'pinctrl-test',
        line: 17,
        gate_id: GATE as never,
        active_low: true,
        role: 'button',
      },
    ],
  });
  const inputs: FloorInput[] = [];
  devices.onInput((input) => inputs.push(input));
  await until(() => expect(devices.list()[0]?.state).toBe('online'));
  await tools.edge('17 1');
  await tools.edge('17 2');
  await until(() => expect(inputs.map(({ on }) => on)).toEqual([true, false]));
  expect(inputs[0]).toMatchObject({ line_id: 'button', gate_id: GATE, role: 'button' });
});
