import type { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { unwrap } from '../../shared/result.ts';
import { ConnectionAttempt, Status } from './codec/enumerations.ts';
import { type AnyMessage, decodeMessage, encodeMessage, message } from './codec/message.ts';
import { parameter } from './codec/parameter.ts';
import { FrameSplitter } from './codec/splitter.ts';
import { EPC, greetingServer, names, online, open, simulate, until } from './driver-rig.ts';

const versions = (list: AnyMessage[], name: string): number[] =>
  list.filter((one) => one.name === name).map((one) => one.version);

describe('the version', () => {
  it('is 1.1 where the reader knows it, for every message and on every connection', async () => {
    const { simulator, heard } = await simulate({ version: '1.1' });
    const watched = open(simulator.port);
    await online(watched);
    simulator.reads(EPC, 1);
    await until(() => expect(watched.reads.length).toBe(1));
    expect(names(heard).slice(0, 3)).toEqual([
      'GetSupportedVersion',
      'SetProtocolVersion',
      'GetReaderCapabilities',
    ]);
    expect(new Set(heard.map((one) => one.version))).toEqual(new Set([2]));
    simulator.disconnectClient();
    await until(() => expect(names(heard).filter((name) => name === 'SetProtocolVersion').length).toBe(2));
    await online(watched);
  });

  it('is 1.0.1 where the reader refuses the question', async () => {
    const { simulator, heard } = await simulate();
    const watched = open(simulator.port);
    await online(watched);
    expect(versions(heard, 'GetSupportedVersion')).toEqual([2]);
    expect(versions(heard, 'AddROSpec')).toEqual([1]);
    expect(names(heard)).not.toContain('SetProtocolVersion');
    expect(simulator.state().connections).toBe(1);
  });

  it('is 1.0.1 without a question when the installer says so', async () => {
    const { simulator, heard } = await simulate({ version: '1.1' });
    await online(open(simulator.port, { version: '1.0.1' }));
    expect(names(heard)[0]).toBe('GetReaderCapabilities');
    expect(new Set(heard.map((one) => one.version))).toEqual(new Set([1]));
  });

  it.each([
    ['goes silent over the question', () => {}, 1],
    ['hangs up over the question', (socket: Socket) => socket.destroy(), 0],
  ])('is 1.0.1 where the reader %s, and is not asked for again', async (_what, react, asked) => {
    const heard: AnyMessage[][] = [];
    const port = await scripted(heard, (socket, one) => {
      if (one.name === 'GetSupportedVersion') react(socket);
      // Whatever comes in 1.0.1 is refused, so that the driver connects again.
      else socket.write(encodeMessage(refusal(one.id, Status.R_DeviceError)));
    });
    open(port, { requestTimeoutMs: 200 });
    await until(() => expect(heard.filter((one) => one.length > 0).length).toBeGreaterThan(2));
    const [first, ...later] = heard.filter((one) => one.length > 0);
    expect(names(first ?? []).slice(0, 2)).toEqual(
      ['GetSupportedVersion', 'GetReaderCapabilities'].slice(0, 1 + asked),
    );
    for (const one of later) expect(names(one)[0]).toBe('GetReaderCapabilities');
  });

  it('stays where it is when the reader refuses to change it', async () => {
    const heard: AnyMessage[][] = [];
    const port = await scripted(heard, (socket, one) => {
      if (one.name !== 'GetSupportedVersion') {
        socket.write(encodeMessage(refusal(one.id, Status.M_UnsupportedVersion)));
        return;
      }
      const told = { CurrentVersion: 1, MaxSupportedVersion: 2 };
      const success = parameter('LLRPStatus', { Status: 0, ErrorDescription: '' });
      socket.write(encodeMessage(message('GetSupportedVersionResponse', one.id, told, [success], 2)));
    });
    open(port);
    await until(() => expect(heard[0]?.length).toBe(3));
    expect((heard[0] ?? []).map((one) => [one.name, one.version])).toEqual([
      ['GetSupportedVersion', 2],
      ['SetProtocolVersion', 2],
      ['GetReaderCapabilities', 1],
    ]);
  });
});

const refusal = (id: number, status: number): AnyMessage =>
  message('ErrorMessage', id, {}, [parameter('LLRPStatus', { Status: status, ErrorDescription: 'no' })]);

/** A reader that greets and then does what the test says to each message. */
function scripted(heard: AnyMessage[][], react: (socket: Socket, one: AnyMessage) => void): Promise<number> {
  const greeting = parameter('ConnectionAttemptEvent', { Event: ConnectionAttempt.success });
  return greetingServer([greeting], (socket) => {
    const mine: AnyMessage[] = [];
    heard.push(mine);
    const splitter = new FrameSplitter();
    socket.on('data', (chunk) => {
      for (const frame of splitter.push(chunk)) {
        const one = unwrap(decodeMessage(unwrap(frame)));
        mine.push(one);
        react(socket, one);
      }
    });
  });
}
