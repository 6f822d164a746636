import { execFile } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Devices, type DevicesContext, type Scan } from './devices.ts';
import type { FloorDevice } from './http/floor_schema.ts';
import { until } from './testing/agent.ts';
import { tempFolder } from './testing/fixtures.ts';

vi.setConfig({ testTimeout: 60_000 });
const KIOSK = 'ksk_00000000-0000-7000-8000-000000000001';

let folder: ReturnType<typeof tempFolder>;
let devices: Devices | null = null;
beforeEach(() => {
  folder = tempFolder();
});
afterEach(async () => {
  await devices?.close();
  folder.remove();
});

type Config = DevicesContext['config'];
function open(config: Partial<Config>) {
  const told: [FloorDevice, boolean][] = [];
  devices = new Devices({
    config: { printers: [], scanners: [], terminals: [], ...config },
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
