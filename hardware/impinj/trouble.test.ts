import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { cleanups, EPC, online, open, simulate, until } from './driver_rig.ts';

vi.setConfig({ testTimeout: 60_000 });

describe('what goes wrong', () => {
  it('a line that breaks in the middle of an event is opened again, logged once lost and once back', async () => {
    const simulator = await simulate();
    const { reader, reads, health, logs } = open(simulator.port, { probeMs: 60_000 });
    await online(reader);
    simulator.tagEnters(EPC);
    await until(() => expect(reads.length).toBeGreaterThan(0));
    simulator.dropMidLine();
    await until(() => expect(health.some((one) => one.detail === 'The reader ended the stream.')).toBe(true));
    await online(reader);
    const before = reads.length;
    await until(() => expect(reads.length).toBeGreaterThan(before));
    expect(logs.filter((line) => !line.startsWith('debug'))).toEqual([
      'info device works',
      'warn device lost',
      'info device works',
    ]);
  });

  it('a silent stream is dead, also one that never carried a byte', async () => {
    const simulator = await simulate({ keepaliveMs: 20 });
    const { reader, health } = open(simulator.port, {
      silenceMs: 300,
      probeMs: 60_000,
      requestTimeoutMs: 200,
    });
    await online(reader);
    simulator.setStalled(true);
    await until(() => expect(health.some((one) => one.detail.includes('silent for 300 ms'))).toBe(true));
    await until(() => expect(reader.health().detail).toBe('No answer within 200 ms.'));
    simulator.setStalled(false);
    await online(reader);
  });

  it('keepalives alone keep the stream alive', async () => {
    const simulator = await simulate({ keepaliveMs: 20 });
    const { reader, health } = open(simulator.port, { silenceMs: 400, probeMs: 60_000 });
    await online(reader);
    const calls = simulator.calls().length;
    const before = simulator.keepalives();
    await until(() => expect(simulator.keepalives()).toBeGreaterThan(before + 60));
    expect(health.map((one) => one.state)).toEqual(['online']);
    expect(simulator.calls()).toHaveLength(calls);
  });

  it('a pulled plug shows with the next question, long before the silence does', async () => {
    const simulator = await simulate();
    const { reader, health } = open(simulator.port, { requestTimeoutMs: 150 });
    await online(reader);
    simulator.setStalled(true);
    await until(() => expect(health.some((one) => one.detail.includes('does not answer'))).toBe(true));
    simulator.setStalled(false);
    await online(reader);
  });

  it('wrong credentials are a health fact, and a new file works without a restart', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'impinj-'));
    cleanups.push(() => rm(folder, { recursive: true }));
    const credentialsFile = join(folder, 'reader.json');
    const simulator = await simulate({ username: 'root', password: 'new' });
    const { reader } = open(simulator.port, { credentialsFile });
    await until(() => expect(reader.health().detail).toContain('credentials file cannot be read'));
    await writeFile(credentialsFile, '{"username":"root"}');
    await until(() =>
      expect(reader.health().detail).toBe('The credentials file needs a username and a password.'),
    );
    await writeFile(credentialsFile, '{"username":"root","password":"old"}');
    await until(() => expect(reader.health().detail).toBe('The reader refuses the user name or password.'));
    await writeFile(credentialsFile, '{"username":"root","password":"new"}');
    await online(reader);
    expect(reader.health().detail).not.toContain('new');
  });

  it('a reader that is set to LLRP says what to do, and works when that is done', async () => {
    const simulator = await simulate();
    simulator.setInterface('llrp');
    const { reader } = open(simulator.port);
    await until(() => expect(reader.health().detail).toContain('set to the llrp interface'));
    simulator.setInterface('rest');
    await online(reader);
    simulator.setInterface('llrp');
    await until(() => expect(reader.health().state).toBe('offline'));
  });

  it('a preset that does not exist is named', async () => {
    const simulator = await simulate();
    const { reader } = open(simulator.port, { preset: 'gone' });
    await until(() => expect(reader.health().detail).toBe('The reader has no inventory preset "gone".'));
  });

  it('a line that cannot be read costs itself and no more', async () => {
    const simulator = await simulate();
    const { reader, reads } = open(simulator.port);
    await online(reader);
    simulator.sendBytes('no json\r\n{"eventType":"new","newEvent":{}}\r\n');
    simulator.sendBytes(`${'x'.repeat(40_000)}\n`);
    simulator.reads(EPC);
    await until(() => expect(reads.length).toBe(1));
    await until(() => expect(reader.health()).toMatchObject({ state: 'degraded' }));
    expect(reader.health().detail).toContain('a line of more than 16384 bytes');
    expect(simulator.state().streams).toBe(1);
  });

  it('something that is no such reader, and nothing at all', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.resume();
      socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const { reader } = open(port);
    await until(() => expect(reader.health().detail).toContain('Is it the right device?'));
    await new Promise((resolve) => server.close(resolve));
    await until(() => expect(reader.health().detail).toContain('ECONNREFUSED'));
    await reader.close();
  });
});
