import { connect as connectTcp, createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { ConnectionAttempt } from './codec/enumerations.ts';
import { parameter } from './codec/parameter.ts';
import { cleanups, EPC, greetingServer, HOST, names, online, open, simulate, until } from './driver-rig.ts';

describe('a line that breaks', () => {
  it('is opened again at once and the reader armed anew', async () => {
    const { simulator, heard } = await simulate();
    const watched = open(simulator.port);
    await online(watched);
    simulator.tagEnters(EPC);
    for (let round = 2; round <= 4; round++) {
      simulator.disconnectClient();
      await until(() => expect(simulator.state().connections).toBe(round));
      await online(watched);
      const before = watched.reads.length;
      await until(() => expect(watched.reads.length).toBeGreaterThan(before));
    }
    expect(names(heard).filter((name) => name === 'AddROSpec').length).toBe(4);
    expect(watched.health.map((one) => one.state)).toContain('offline');
  });

  it('is waited for when the reader is absent, and used when it appears', async () => {
    const { simulator } = await simulate();
    let present = false;
    const gate = createServer((socket) => {
      socket.on('error', () => {});
      if (!present) {
        socket.destroy();
        return;
      }
      const through = connectTcp(simulator.port, HOST);
      through.on('error', () => socket.destroy());
      through.on('close', () => socket.destroy());
      socket.on('close', () => through.destroy());
      socket.pipe(through).pipe(socket);
    });
    await new Promise<void>((resolve) => gate.listen(0, HOST, resolve));
    const address = gate.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    cleanups.push(() => new Promise((resolve) => gate.close(() => resolve())));
    const watched = open(address.port);
    await until(() => expect(watched.reader.health().state).toBe('offline'));
    present = true;
    await online(watched);
    expect(simulator.state().reading).toBe(true);
  });

  it('counts as dead when the keepalives stay away', async () => {
    const { simulator } = await simulate();
    const watched = open(simulator.port, { keepaliveMs: 100 });
    await online(watched);
    simulator.setSilent(true);
    await until(() =>
      expect(watched.health.some((one) => one.detail.includes('silent for 300 ms'))).toBe(true),
    );
    simulator.setSilent(false);
    await online(watched);
  });

  it('is told apart from a reader that serves another client', async () => {
    const { simulator } = await simulate();
    const other = connectTcp(simulator.port, HOST);
    other.resume();
    cleanups.push(async () => void other.destroy());
    await until(() => expect(simulator.state().clientConnected).toBe(true));
    const watched = open(simulator.port);
    await until(() =>
      expect(watched.reader.health()).toMatchObject({
        state: 'offline',
        detail: 'Another client owns this reader.',
      }),
    );
    other.destroy();
    await online(watched);
  });

  it('may also be a reader that refuses for another reason, or never answers', async () => {
    const failed = parameter('ConnectionAttemptEvent', { Event: ConnectionAttempt.failed });
    const refusing = open(await greetingServer([failed], (socket) => socket.end()));
    await until(() => expect(refusing.reader.health().detail).toContain('refused the connection'));

    const accepted = parameter('ConnectionAttemptEvent', { Event: ConnectionAttempt.success });
    const mute = open(await greetingServer([accepted], (socket) => socket.resume()), {
      requestTimeoutMs: 60,
    });
    await until(() => expect(mute.reader.health().detail).toContain('an answer to GetReaderCapabilities'));
    expect(mute.reader.health().state).toBe('offline');
  });

  it('may be no reader at all', async () => {
    const port = await greetingServer([], (socket) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'));
    const watched = open(port);
    await until(() => expect(watched.reader.health()).toMatchObject({ state: 'degraded' }));
    expect(watched.reader.health().detail).toContain('no LLRP message');
  });
});
