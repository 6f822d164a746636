import { execFile, execFileSync, spawn } from 'node:child_process';
import { appendFile, mkdtemp, open, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ScannedCode, Scanner } from '../port.ts';
import { openThroughChild } from './byte_source.ts';
import { openSerialScanner, openWedgeScanner } from './driver.ts';
import { EvdevDecoder } from './evdev_decode.ts';
import { inputEvent, typeKeys } from './type_keys.ts';

vi.setConfig({ testTimeout: 60_000 });
const until = (assertion: () => void) => vi.waitFor(assertion, { timeout: 30_000, interval: 5 });

let folder = '';
const cleanups: (() => Promise<unknown>)[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'scanner-'));
});
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  await rm(folder, { recursive: true });
});

async function fifo(name: string): Promise<string> {
  const path = join(folder, name);
  await promisify(execFile)('mkfifo', [path]);
  return path;
}

function watch(scanner: Scanner): { codes: ScannedCode[]; states: string[] } {
  const codes: ScannedCode[] = [];
  const states: string[] = [];
  scanner.onCode((code) => codes.push(code));
  scanner.onHealth(({ state }) => states.push(state));
  cleanups.push(() => scanner.close());
  return { codes, states };
}

const logs: string[] = [];
beforeEach(() => void logs.splice(0));
const ctx = { now: Date.now, log: (level: string, text: string) => void logs.push(`${level} ${text}`) };
const loud = () => logs.filter((line) => !line.startsWith('debug'));

describe('a serial scanner', () => {
  test('is read from a real stream, and another writer does not end it', async () => {
    const path = await fifo('tty');
    const scanner = openSerialScanner({ path, lookEveryMs: 20 }, ctx);
    const { codes } = watch(scanner);
    await until(() => expect(scanner.health()).toMatchObject({ state: 'online' }));
    await appendFile(path, ']E09521234567899\r');
    await appendFile(path, '42\r\n');
    await until(() =>
      expect(codes.map(({ raw, aim }) => [raw, aim])).toEqual([
        ['9521234567899', ']E0'],
        ['42', null],
      ]),
    );
    expect(codes[0]?.receivedAt).toMatch(/^20\d\d-.*Z$/);
    await scanner.close();
    await scanner.close();
    expect(scanner.health()).toMatchObject({ state: 'offline', detail: 'The driver was closed.' });
  });

  test('that is not plugged in is looked for, logged once lost and once back', async () => {
    const path = join(folder, 'ttyACM0');
    const scanner = openSerialScanner({ path, lookEveryMs: 20 }, ctx);
    const { codes } = watch(scanner);
    await until(() => expect(scanner.health().state).toBe('unavailable'));
    await writeFile(path, 'no device');
    await until(() => expect(scanner.health().detail).toContain('is no device'));
    await rename(await fifo('new'), path);
    await until(() => expect(scanner.health().state).toBe('online'));
    await appendFile(path, '7\r');
    await until(() => expect(codes).toHaveLength(1));
    expect(loud()).toEqual(['warn device lost', 'info device works']);
  });

  const python = (() => {
    try {
      execFileSync('python3', ['-c', 'import pty']);
      return true;
    } catch {
      console.log('skipped: a terminal of one’s own needs python3');
      return false;
    }
  })();

  test.skipIf(!python)('on a terminal gets its bytes raw and unechoed, until it is unplugged', async () => {
    const program = [
      'import os, pty, sys',
      'master, slave = pty.openpty()',
      'print(os.ttyname(slave), flush=True)',
      'sys.stdin.readline()',
      "os.write(master, b'42\\r')",
      'os.close(slave)',
      'sys.stdin.readline()',
    ].join('\n');
    const terminal = spawn('python3', ['-c', program]);
    cleanups.push(async () => void terminal.kill());
    const path = String(await new Promise((resolve) => terminal.stdout.once('data', resolve))).trim();
    const scanner = openSerialScanner({ path, baud: 9_600, lookEveryMs: 20 }, ctx);
    const { codes } = watch(scanner);
    await until(() => expect(scanner.health().state).toBe('online'));
    terminal.stdin.write('\n');
    await until(() => expect(codes.map(({ raw }) => raw)).toEqual(['42']));
    terminal.stdin.write('\n');
    await until(() => expect(scanner.health().state).toBe('unavailable'));
  });
});

describe('a wedge scanner', () => {
  test('is read from a real stream of input events, in its layout', async () => {
    const path = await fifo('event7');
    const scanner = openWedgeScanner({ path, layout: 'de', lookEveryMs: 20 }, ctx);
    const { codes } = watch(scanner);
    await until(() => expect(scanner.health().state).toBe('online'));
    await appendFile(path, typeKeys('https://id.example/01/09521234567899?z=y', 'de'));
    await until(() =>
      expect(codes.map(({ raw }) => raw)).toEqual(['https://id.example/01/09521234567899?z=y']),
    );
  });

  test('shows that a code was thrown away', async () => {
    const path = await fifo('event8');
    const scanner = openWedgeScanner({ path, lookEveryMs: 20 }, ctx);
    const { codes } = watch(scanner);
    await until(() => expect(scanner.health().state).toBe('online'));
    await appendFile(path, Buffer.concat([inputEvent(0, 0, 3, 0), typeKeys('123', 'us')]));
    await until(() => expect(scanner.health()).toMatchObject({ state: 'degraded' }));
    await appendFile(path, typeKeys('456', 'us'));
    await until(() => expect(codes.map(({ raw }) => raw)).toEqual(['456']));
  });
});

describe('a device that has no poll of its own', () => {
  test('is drained by a child, and its end is told', async () => {
    const path = await fifo('event9');
    const source = openThroughChild(path);
    const decoder = new EvdevDecoder();
    const codes: string[] = [];
    source.onData((chunk) => void codes.push(...decoder.push(chunk).map(({ raw }) => raw)));
    const writer = await open(path, 'w');
    await writer.write(typeKeys('9521234567899', 'us'));
    await until(() => expect(codes).toEqual(['9521234567899']));
    await writer.close();
    expect(await source.ended).toBe('the device ended the stream');
    const gone = openThroughChild(join(folder, 'nothing'));
    expect(await gone.ended).toContain('nothing');
    gone.close();
  });
});
