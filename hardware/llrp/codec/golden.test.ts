import { describe, expect, it } from 'vitest';
import { unwrap } from '../../../shared/result.ts';
import { encodeFrame, HEADER_BYTES, Version } from './frame.ts';
import { GOLDEN, goldenBody, goldenValues } from './golden.ts';
import { decodeMessage, encodeMessage } from './message.ts';
import type { AnyParameter } from './parameter.ts';
import { MESSAGES } from './tables.generated.ts';
import { decodeTagReports } from './tag-report.ts';

/** Where the source's JSON names a sub-parameter by its role, the parameter behind the role. */
const PARAMETER_OF_ROLE: Record<string, string> = {
  ReceiveSensitivities: 'ReceiveSensitivityTableEntry',
  PerAntennaAirProtocols: 'PerAntennaAirProtocol',
  TransmitPowerLevels: 'TransmitPowerLevelTableEntry',
  FrequencyHopTables: 'FrequencyHopTable',
  C1G2RFModes: 'UHFC1G2RFModeTable',
  UHFC1G2RFModeTableEntries: 'UHFC1G2RFModeTableEntry',
  AntennaConfigurations: 'AntennaConfiguration',
  RFControl: 'C1G2RFControl',
  SingulationControl: 'C1G2SingulationControl',
  EventNotificationStates: 'EventNotificationState',
  GPIPortCurrentStates: 'GPIPortCurrentState',
};

interface Parts {
  fields: Record<string, unknown>;
  parameters: AnyParameter[];
}

/** Our values in the shape of the JSON: bytes in base64, 64-bit numbers as numbers. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  return value;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The JSON writes what is absent as null, and an absent EPCData or Uptime as an empty value. */
const isAbsent = (key: string, json: unknown): boolean =>
  json === null ||
  (key === 'Uptime' && json === 0) ||
  (key === 'EPCData' && isRecord(json) && json['EPCNumBits'] === 0);

/** Asserts that a message or parameter says exactly what the JSON says: no more, no less. */
function expectSame(parts: Parts, json: Record<string, unknown>, path: string): void {
  let children = 0;
  let fields = 0;
  for (const [key, value] of Object.entries(json)) {
    const at = `${path}.${key}`;
    if (key in parts.fields) {
      fields += 1;
      expect(plain(parts.fields[key]), at).toEqual(value);
      continue;
    }
    const name = PARAMETER_OF_ROLE[key] ?? key;
    const found = parts.parameters.filter((one) => one.name === name);
    if (isAbsent(key, value)) {
      expect(found, at).toEqual([]);
      continue;
    }
    const list = Array.isArray(value) ? value : [value];
    expect(found.length, at).toBe(list.length);
    children += found.length;
    found.forEach((one, i) => {
      const wanted: unknown = list[i];
      if (one.name === 'raw') throw new Error(`${at} was not decoded`);
      // A parameter of a single field stands in the JSON as that field's value.
      if (isRecord(wanted)) expectSame(one, wanted, `${at}[${i}]`);
      else expect(Object.values(one.fields).map(plain), `${at}[${i}]`).toEqual([wanted]);
    });
  }
  expect(fields, `${path}: fields`).toBe(Object.keys(parts.fields).length);
  expect(children, `${path}: parameters`).toBe(parts.parameters.length);
}

const ID = 0x01020304;

describe.each(GOLDEN)('golden message $file', ({ file, name }) => {
  const body = goldenBody(file);
  const decode = () =>
    unwrap(decodeMessage({ version: Version.v1_0_1, type: MESSAGES[name].type, id: ID, payload: body }));

  it('decodes to its values', () => {
    const message = decode();
    if (message.name === 'raw') throw new Error('the message was not decoded');
    const json = goldenValues(file);
    if (!isRecord(json)) throw new Error('the golden values are no object');
    expect(message.name).toBe(name);
    expect(message.id).toBe(ID);
    expectSame(message, json, name);
  });

  it('encodes to the same bytes', () => {
    const frame = encodeMessage(decode());
    expect(Buffer.from(frame.subarray(HEADER_BYTES)).toString('hex')).toBe(Buffer.from(body).toString('hex'));
    const whole = encodeFrame({ version: Version.v1_0_1, type: MESSAGES[name].type, id: ID, payload: body });
    expect(Buffer.from(frame).equals(whole)).toBe(true);
  });
});

describe('golden tag reports on the hot path', () => {
  it.each([
    ['ROAccessReport-001', '3000ABCDEF00000000000003', -48, 1594174805140192],
    ['ROAccessReport-002', '3000ABCDEF00000000000005', -47, 1594174805145268],
    ['ROAccessReport-003', '301430A55C0AC30000000009', -54, 1594174805147920],
    ['ROAccessReport-004', '301430A55C0AC40000000000', -68, 1594174805151008],
  ])('%s', (file, epc, rssi, firstSeenUtc) => {
    expect(unwrap(decodeTagReports(goldenBody(file)))).toEqual([
      {
        epc,
        antennaId: 1,
        peakRssi: rssi,
        firstSeenUtc,
        firstSeenUptime: null,
        lastSeenUtc: null,
        lastSeenUptime: null,
        tagSeenCount: null,
        roSpecId: null,
        specIndex: null,
        inventoryParameterSpecId: null,
        channelIndex: null,
        accessSpecId: null,
        pc: null,
        crc: null,
      },
    ]);
  });
});
