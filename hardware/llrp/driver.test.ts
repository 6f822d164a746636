import { describe, expect, it } from 'vitest';
import type { TagRead } from '../port.ts';
import { ROSpecEventKind } from './codec/enumerations.ts';
import { encodeMessage, message } from './codec/message.ts';
import { type AnyParameter, findParameter, parameter } from './codec/parameter.ts';
import { EPC, greetingServer, names, notification, online, open, simulate, until } from './driver-rig.ts';

describe('a session', () => {
  it('arms the reader in order and emits what it reads', async () => {
    const { simulator, heard } = await simulate({ antennas: 4 });
    const watched = open(simulator.port, { antennas: [1, 3] });
    expect(watched.reader.health()).toMatchObject({ state: 'connecting' });
    await online(watched);
    expect(watched.reader.health().detail).toContain('4 antennas, 4 outputs');
    simulator.tagEnters(EPC.toLowerCase(), { antenna: 3, rssi: -61 });
    simulator.tagEnters('E2001111', { antenna: 2 });
    await until(() => expect(watched.reads.length).toBeGreaterThan(2));
    // Antenna 2 was not asked to read.
    expect(new Set(watched.reads.map((one) => one.epc))).toEqual(new Set([EPC]));
    const [read] = watched.reads;
    expect(read).toMatchObject({ epc: EPC, antenna: 3, rssi: -61, count: 1 });
    for (const at of [read?.seenAt, read?.receivedAt]) expect(at).toMatch(/^20\d\d-.*T.*\.\d{3}Z$/);
    expect(names(heard).filter((name) => name !== 'KeepAliveAck')).toEqual([
      'GetSupportedVersion',
      'GetReaderCapabilities',
      'SetReaderConfig',
      'DeleteAccessSpec',
      'DeleteROSpec',
      'AddROSpec',
      'EnableROSpec',
      'EnableEventsAndReports',
      'GetReaderConfig',
    ]);
    expect(watched.health.map((one) => one.state)).toEqual(['online']);
  });

  it('asks for keepalives and acknowledges them before anything else', async () => {
    const { simulator, heard } = await simulate();
    const watched = open(simulator.port, { keepaliveMs: 100 });
    await online(watched);
    const config = heard.find((one) => one.name === 'SetReaderConfig');
    const sent = config?.name === 'SetReaderConfig' ? config.parameters : [];
    expect(findParameter(sent, 'KeepAliveSpec')?.fields).toEqual({ Trigger: 1, Interval: 100 });
    await until(() => expect(names(heard)).toContain('KeepAliveAck'));

    // A report and a keepalive in one segment: the listener writes, but the ack is on the wire first.
    watched.reader.onReads(() => void watched.reader.setOutput(1, true));
    const report = message('ROAccessReport', 70, {}, [
      parameter('TagReportData', {}, [parameter('EPC96', { EPC: new Uint8Array(12) })]),
    ]);
    const from = heard.length;
    simulator.sendBytes(
      Buffer.concat([encodeMessage(report), encodeMessage(message('KeepAlive', 4_711, {}))]),
    );
    const mine = () => heard.slice(from).filter((one) => one.name === 'SetReaderConfig' || one.id === 4_711);
    await until(() => expect(mine().length).toBe(2));
    expect(names(mine())).toEqual(['KeepAliveAck', 'SetReaderConfig']);
  });

  it('sets outputs, and rejects what cannot be set', async () => {
    const { simulator } = await simulate({ outputs: 2 });
    const changes: [number, boolean][] = [];
    simulator.onOutput((port, on) => changes.push([port, on]));
    const watched = open(simulator.port);
    await expect(watched.reader.setOutput(1, true)).rejects.toThrow(/offline/);
    await online(watched);
    await watched.reader.setOutput(2, true);
    expect(simulator.outputs()).toEqual(
      new Map([
        [1, false],
        [2, true],
      ]),
    );
    await Promise.all([watched.reader.setOutput(1, true), watched.reader.setOutput(2, false)]);
    expect(changes).toEqual([
      [2, true],
      [1, true],
      [2, false],
    ]);
    await expect(watched.reader.setOutput(3, true)).rejects.toThrow(/outputs 1 to 2/);
    await expect(watched.reader.setOutput(0, true)).rejects.toThrow(RangeError);
    await watched.reader.close();
    await expect(watched.reader.setOutput(1, true)).rejects.toThrow(/offline/);
  });

  it('goes on when a listener throws', async () => {
    const { simulator } = await simulate();
    const watched = open(simulator.port);
    const later: TagRead[] = [];
    watched.reader.onReads(() => {
      throw new Error('a bug elsewhere');
    });
    watched.reader.onReads((list) => later.push(...list));
    await online(watched);
    simulator.reads(EPC, 3);
    await until(() => expect(later.length).toBe(3));
    expect(watched.logs).toContain('error a listener of a device threw');
    expect(simulator.state().connections).toBe(1);
  });

  it('starts its ROSpec again when somebody ended it', async () => {
    const { simulator, heard } = await simulate();
    const watched = open(simulator.port);
    await online(watched);
    const ended = { Event: ROSpecEventKind.ended, ROSpecID: 1, PreemptingROSpecID: 0 };
    simulator.sendBytes(encodeMessage(notification([parameter('ROSpecEvent', ended)])));
    await until(() => expect(names(heard)).toContain('StartROSpec'));
    expect(watched.reader.health().state).toBe('online');
  });

  it('misses a pulled antenna that the installer named, also over a reconnect', async () => {
    const { simulator } = await simulate();
    const watched = open(simulator.port, { antennas: [1, 2] });
    await online(watched);
    simulator.setAntenna(4, false);
    simulator.setAntenna(2, false);
    const missed = { state: 'degraded', detail: 'Antenna 2 is disconnected.' };
    await until(() => expect(watched.reader.health()).toMatchObject(missed));
    simulator.disconnectClient();
    await until(() => expect(simulator.state().connections).toBe(2));
    await until(() => expect(watched.reader.health()).toMatchObject(missed));
    simulator.setAntenna(2, true);
    await online(watched);
  });

  it('shows that reports were lost, and takes other events in its stride', async () => {
    const { simulator } = await simulate();
    const watched = open(simulator.port);
    await online(watched);
    const tell = (...events: AnyParameter[]) => simulator.sendBytes(encodeMessage(notification(events)));
    simulator.setInput(1, true);
    tell(
      parameter('HoppingEvent', { HopTableID: 1, NextChannelIndex: 2 }),
      parameter('AISpecEvent', { Event: 0, ROSpecID: 1, SpecIndex: 1 }),
    );
    tell(parameter('ReportBufferOverflowErrorEvent', {}));
    await until(() => expect(watched.reader.health().detail).toContain('lost tag reports'));
    expect(simulator.state().connections).toBe(1);
  });
});

describe('garbage from the reader', () => {
  it('that breaks the framing costs the connection and no more', async () => {
    const { simulator } = await simulate();
    const watched = open(simulator.port);
    await online(watched);
    simulator.sendBytes(new Uint8Array(64).fill(0xff));
    await until(() => expect(simulator.state().connections).toBe(2));
    await online(watched);
    const seen = watched.health.find((one) => one.state === 'degraded');
    expect(seen?.detail).toContain('no LLRP message (bad_version');
    simulator.reads(EPC, 1);
    await until(() => expect(watched.reads.length).toBe(1));
  });

  it('inside a frame costs that message and not even the connection', async () => {
    const { simulator } = await simulate();
    const watched = open(simulator.port);
    await online(watched);
    const report = encodeMessage(
      message('ROAccessReport', 5, {}, [
        parameter('TagReportData', {}, [parameter('EPC96', { EPC: new Uint8Array(12) })]),
      ]),
    );
    // The TagReportData claims more than the message holds.
    new DataView(report.buffer).setUint16(12, 60_000);
    simulator.sendBytes(report);
    simulator.sendBytes(
      encodeMessage({ name: 'raw', version: 1, type: 63, id: 6, payload: Uint8Array.of(0, 246, 0, 1) }),
    );
    simulator.sendBytes(
      encodeMessage({ name: 'raw', version: 1, type: 1_000, id: 7, payload: Uint8Array.of(1, 2, 3) }),
    );
    simulator.reads(EPC, 2);
    await until(() => expect(watched.reads.map((one) => one.epc)).toEqual([EPC, EPC]));
    expect(watched.reader.health()).toMatchObject({ state: 'degraded' });
    expect(watched.logs).toContain('error malformed LLRP message');
    expect(simulator.state().connections).toBe(1);
  });
});

describe('close', () => {
  it('takes leave of the reader, stays closed and may be called twice', async () => {
    const { simulator, heard } = await simulate();
    const watched = open(simulator.port);
    await online(watched);
    await Promise.all([watched.reader.close(), watched.reader.close()]);
    expect(names(heard).at(-1)).toBe('CloseConnection');
    expect(watched.reader.health()).toMatchObject({ state: 'offline', detail: 'The driver was closed.' });
    await until(() => expect(simulator.state().clientConnected).toBe(false));
    await watched.reader.close();
    expect(simulator.state().connections).toBe(1);
  });

  it('ends an attempt that is under way', async () => {
    const port = await greetingServer([], (socket) => socket.resume());
    const watched = open(port);
    await watched.reader.close();
    expect(watched.reader.health().state).toBe('offline');
  });
});
