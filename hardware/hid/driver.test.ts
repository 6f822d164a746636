import { EventEmitter } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import type { DeviceHealth, ScannedCode, Scanner } from '../port.ts';
import { type HidDeviceInfo, type HidScannerOptions, openHidScanner } from './driver.ts';

const NOW = '2026-03-14T12:00:00.000Z';
const SCANNER: HidDeviceInfo = {
  path: '/dev/hidraw7',
  vendorId: 0x1234,
  productId: 1,
  usagePage: 0x8c,
  product: 'Reader',
};
const KEYBOARD: HidDeviceInfo = { path: '/dev/hidraw0', vendorId: 0x4321, productId: 2, usagePage: 1 };

const opened: Scanner[] = [];
afterEach(async () => {
  for (const scanner of opened.splice(0)) await scanner.close();
});

/** The boundary of the native module: what is plugged in, what opens, what reports. */
class FakeDevice extends EventEmitter {
  closed = false;
  close(): Promise<void> {
    this.closed = true;
    return Promise.resolve();
  }
}
function fakeModule(devices: HidDeviceInfo[]) {
  const handles: { path: string; device: FakeDevice }[] = [];
  const HIDAsync = {
    open(path: string): Promise<FakeDevice> {
      const device = new FakeDevice();
      handles.push({ path, device });
      return Promise.resolve(device);
    },
  };
  return { handles, devicesAsync: () => Promise.resolve(devices), HIDAsync };
}

function open(options: HidScannerOptions): { scanner: Scanner; codes: ScannedCode[] } {
  const scanner = openHidScanner(
    { pollMs: 1, ...options },
    { now: () => Date.parse(NOW), log: () => undefined },
  );
  const codes: ScannedCode[] = [];
  scanner.onCode((code) => codes.push(code));
  opened.push(scanner);
  return { scanner, codes };
}

function until(scanner: Scanner, state: DeviceHealth['state']): Promise<DeviceHealth> {
  return new Promise((resolve) => {
    const look = (health: DeviceHealth) => {
      if (health.state === state) resolve(health);
    };
    scanner.onHealth(look);
    look(scanner.health());
  });
}

test('the first device that calls itself a scanner is opened, and its codes are told', async () => {
  const module = fakeModule([KEYBOARD, SCANNER]);
  const { scanner, codes } = open({ loadModule: () => Promise.resolve(module) });
  expect((await until(scanner, 'online')).detail).toBe('Reader is ready.');
  expect(module.handles.map((handle) => handle.path)).toEqual(['/dev/hidraw7']);
  module.handles[0]?.device.emit('data', Buffer.from('9521234567899\r'));
  expect(codes).toEqual([{ raw: '9521234567899', aim: null, receivedAt: NOW }]);
});

test.each([
  [{ vendorId: 0x4321 }, '/dev/hidraw0'],
  [{ vendorId: 0x1234, productId: 1 }, '/dev/hidraw7'],
  [{ path: '/dev/hidraw0' }, '/dev/hidraw0'],
])('%j names the device', async (options, path) => {
  const module = fakeModule([KEYBOARD, SCANNER]);
  const { scanner } = open({ ...options, loadModule: () => Promise.resolve(module) });
  await until(scanner, 'online');
  expect(module.handles[0]?.path).toBe(path);
});

test('a scanner that is unplugged and plugged in again works again', async () => {
  const devices = [SCANNER];
  const module = fakeModule(devices);
  const { scanner, codes } = open({ loadModule: () => Promise.resolve(module) });
  await until(scanner, 'online');
  devices.pop();
  expect((await until(scanner, 'unavailable')).detail).toBe('No scanner is plugged in.');
  expect(module.handles[0]?.device.closed).toBe(true);
  devices.push(SCANNER);
  await until(scanner, 'online');
  module.handles[0]?.device.emit('data', Buffer.from('stale\r'));
  module.handles[1]?.device.emit('data', Buffer.from('fresh\r'));
  expect(codes.map((code) => code.raw)).toEqual(['fresh']);
});

test('a read error lets the device go and opens it anew', async () => {
  const module = fakeModule([SCANNER]);
  const { scanner } = open({ loadModule: () => Promise.resolve(module) });
  await until(scanner, 'online');
  module.handles[0]?.device.emit('error', new Error('could not read from HID device'));
  expect(scanner.health()).toMatchObject({
    state: 'unavailable',
    detail: 'The scanner was lost: could not read from HID device.',
  });
  await until(scanner, 'online');
  expect(module.handles).toHaveLength(2);
});

test('a device that does not open is a health fact', async () => {
  const HIDAsync = { open: () => Promise.reject(new Error('cannot open device with path /dev/hidraw7')) };
  const module = { devicesAsync: () => Promise.resolve([SCANNER]), HIDAsync };
  const { scanner } = open({ loadModule: () => Promise.resolve(module) });
  expect((await until(scanner, 'unavailable')).detail).toContain('cannot open device');
});

test.each([
  [
    'is absent',
    () => Promise.reject(new Error("Cannot find package 'node-hid'")),
    "Cannot find package 'node-hid'",
  ],
  ['is something else', () => Promise.resolve({}), 'not the module'],
])('a module that %s is a health fact', async (_, loadModule, reason) => {
  const { scanner } = open({ loadModule });
  expect((await until(scanner, 'unavailable')).detail).toContain(reason);
});

test('close lets the device go and may be called again', async () => {
  const module = fakeModule([SCANNER]);
  const { scanner } = open({ loadModule: () => Promise.resolve(module) });
  await until(scanner, 'online');
  await scanner.close();
  await scanner.close();
  expect(module.handles.map((handle) => handle.device.closed)).toEqual([true]);
});
