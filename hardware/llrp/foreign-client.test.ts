import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { EPC, start, until } from './simulator-rig.ts';

// A client that shares no line with the codec or the driver: every message was put together by hand from the
// standard's tables, in the order in which widely used clients set a reader up.

const SEQUENCE = {
  getReaderCapabilities: '0401 0000000b 00000001 00',
  getReaderConfig: '0402 00000011 00000002 0000 00 0000 0000',
  enableEventsAndReports: '0440 0000000a 00000003',
  // Notify ROSpecs and antennas, keepalive each minute.
  setReaderConfig:
    '0403 00000026 00000004 00 00f4 0012 00f5 0007 0002 80 00f5 0007 0008 80 00dc 0009 01 0000ea60',
  deleteAccessSpecs: '0429 0000000e 00000005 00000000',
  deleteROSpecs: '0415 0000000e 00000006 00000000',
  addROSpec:
    '0414 0000007e 00000007 00b1 0074 00000001 00 00' +
    // Starts at once, never stops.
    '00b2 0012 00b3 0005 01 00b6 0009 00 00000000' +
    '00b7 0046 0001 0000 00b8 0009 00 00000000 00ba 0035 0001 01' +
    // Antenna 1: sensitivity, power, mode, session 2.
    '00de 002e 0001 00df 0006 0001 00e0 000a 0000 0001 0015' +
    '014a 0018 00 014f 0008 0001 0000 0150 000b 80 0004 00000000' +
    // Each tag at once, with antenna, channel, RSSI, both times, count, AccessSpec, CRC and PC.
    '00ed 0012 02 0001 00ee 000b 1fc0 015c 0005 c0',
  enableROSpec: '0418 0000000e 00000008 00000001',
  enableExtensions: '07ff 00000013 00000009 0000651a 15 00000000',
  // Four words of the user bank of any tag, once.
  addAccessSpec:
    '0428 00000048 0000000a 00cf 003e 00000001 0000 01 00 00000000 00d0 0007 01 0001' +
    '00d1 0022 0152 000f 0153 000b 60 0020 0000 0000 0155 000f 0001 00000000 c0 0000 0004' +
    '00ef 0005 00',
  enableAccessSpec: '042a 0000000e 0000000b 00000001',
  closeConnection: '040e 0000000a 0000000c',
} as const;

const RESPONSE_TYPES = { 1: 11, 2: 12, 4: 13, 5: 51, 6: 31, 7: 30, 8: 34, 10: 50, 11: 52, 12: 4 } as const;

interface Got {
  type: number;
  id: number;
  body: string;
}
const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

/** Cuts the stream by the length in the header, with nothing of ours. */
function foreignClient(port: number): { got: Got[]; send(hex: string): void } {
  const socket = connect(port, '127.0.0.1');
  cleanups.push(() => void socket.destroy());
  socket.on('error', () => {});
  const got: Got[] = [];
  let held = Buffer.alloc(0);
  socket.on('data', (chunk) => {
    held = Buffer.concat([held, chunk]);
    while (held.length >= 10 && held.length >= held.readUInt32BE(2)) {
      const length = held.readUInt32BE(2);
      const type = held.readUInt16BE(0) & 0x3ff;
      got.push({ type, id: held.readUInt32BE(6), body: held.subarray(10, length).toString('hex') });
      held = held.subarray(length);
    }
  });
  return { got, send: (hex) => void socket.write(Buffer.from(hex.replaceAll(' ', ''), 'hex')) };
}

const SUCCESS = '011f000800000000';

describe('a client that has nothing in common with the driver', () => {
  it('sets the reader up, reads tags and their memory, and takes its leave', async () => {
    const simulator = await start();
    const { got, send } = foreignClient(simulator.port);
    const response = async (hex: string): Promise<Got> => {
      send(hex);
      const id = Number.parseInt(hex.replaceAll(' ', '').slice(12, 20), 16);
      const find = () => got.find((one) => one.id === id && one.type !== 63 && one.type !== 61);
      await until(() => expect(find()).toBeDefined());
      return find() ?? { type: -1, id, body: '' };
    };
    // The first word is the reader's: a time and ConnectionAttemptEvent Success.
    await until(() => expect(got.length).toBe(1));
    expect(got[0]).toMatchObject({ type: 63 });
    expect(got[0]?.body).toMatch(/^00f600160080000c[0-9a-f]{16}010000060000$/);

    for (const [step, hex] of Object.entries(SEQUENCE)) {
      if (step === 'enableEventsAndReports') {
        send(hex);
        continue;
      }
      if (step === 'enableExtensions') continue;
      if (step === 'addAccessSpec') break;
      const { type, id, body } = await response(hex);
      expect(type, step).toBe(RESPONSE_TYPES[id as keyof typeof RESPONSE_TYPES]);
      expect(body.startsWith(SUCCESS), `${step}: ${body}`).toBe(true);
    }

    // No vendor's extension is known: ERROR_MESSAGE, M_UnsupportedMessage, and the reader goes on.
    const refused = await response(SEQUENCE.enableExtensions);
    expect(refused).toMatchObject({ type: 100 });
    expect(refused.body).toMatch(/^011f[0-9a-f]{4}006d/);

    simulator.tagEnters(EPC, { antenna: 2, rssi: -51 });
    const reports = () => got.filter((one) => one.type === 61).map((one) => one.body);
    await until(() => expect(reports().length).toBeGreaterThan(2));
    const tag = `8d${EPC.toLowerCase()}`;
    // EPC-96, then antenna 2, -51 dBm, channel 1, first and last seen.
    expect(reports()[0]).toMatch(new RegExp(`^00f0[0-9a-f]{4}${tag}81000286cd87000182[0-9a-f]{16}84`));
    // ROSpecEvent: ROSpec 1 started.
    expect(got.some((one) => one.type === 63 && one.body.includes('00f9000d000000000100000000'))).toBe(true);

    expect((await response(SEQUENCE.addAccessSpec)).body).toBe(SUCCESS);
    expect((await response(SEQUENCE.enableAccessSpec)).body).toBe(SUCCESS);
    // C1G2ReadOpSpecResult: success, OpSpec 1, four words of zero, of AccessSpec 1.
    const read = `9000000001015d00110000010004${'0'.repeat(16)}`;
    await until(() => expect(reports().some((body) => body.includes(read))).toBe(true));
    const farewell = await response(SEQUENCE.closeConnection);
    expect(farewell).toMatchObject({ type: 4, body: SUCCESS });
    expect(reports().filter((body) => body.includes('015d0011')).length).toBe(1);
    await until(() => expect(simulator.state().clientConnected).toBe(false));
  });

  it('is told by the standard what is wrong with its requests', async () => {
    const { got, send } = foreignClient((await start({ antennas: 2, inputs: 2, outputs: 2 })).port);
    const status = async (hex: string): Promise<string> => {
      const before = got.length;
      send(hex);
      await until(() => expect(got.length).toBeGreaterThan(before));
      const body = got[before]?.body ?? '';
      // The status, and behind its text the FieldError or ParameterError.
      const text = Number.parseInt(body.slice(12, 16), 16) * 2;
      return `${got[before]?.type} ${Number.parseInt(body.slice(8, 12), 16)} ${body.slice(16 + text)}`.trim();
    };
    await until(() => expect(got.length).toBe(1));
    // Field 0 of the message is out of range: an antenna, a kind of capabilities, an ROSpec that is not there.
    expect(await status('0402 00000011 00000001 0003 00 0000 0000')).toBe('12 101 012000080000012c');
    expect(await status('0401 0000000b 00000002 09')).toBe('11 101 012000080000012c');
    expect(await status('0418 0000000e 00000003 00000007')).toBe('34 101 012000080000012c');
    // ADD_ROSPEC without an ROSpec, and with one that has no boundary.
    expect(await status('0414 0000000a 00000004')).toBe('30 103 0121000800b100cb');
    expect(await status('0414 00000014 00000005 00b1 000a 00000001 00 00')).toMatch(/^30 100 01210008/);
    // An output that is not there: FieldError within ParameterError within M_ParameterError.
    expect(await status('0403 00000012 00000006 00 00db 0007 0009 80')).toBe(
      '13 100 0121001000db00c9012000080000012d',
    );
    // A keepalive twice, an ROSpec where none belongs, an unknown parameter.
    expect(await status('0403 0000001d 00000007 00 00dc 0009 00 00000000 00dc 0009 00 00000000')).toBe(
      '13 104 0121000800dc00cc',
    );
    expect(await status('0403 00000015 00000008 00 00b1 000a 00000001 00 00')).toBe(
      '13 102 0121000800b100ca',
    );
    expect(await status('0403 0000000f 00000009 00 03e7 0004')).toBe('13 107 0121000803e700cf');
    // Bytes that lead nowhere, and a message that only a reader sends.
    expect(await status('0403 0000000f 0000000a 00 00dc 0009')).toMatch(/^100 100/);
    expect(await status('043d 0000000a 0000000b')).toMatch(/^100 112/);
    expect(await status('0bff 0000000a 0000000c')).toMatch(/^100 110/);
  });
});
