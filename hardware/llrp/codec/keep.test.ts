import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unwrap } from '../../../shared/result.ts';
import { decode, encode, fromJson, message, parameter, toJson } from './index.ts';
import { decodeParameters, encodeParameters } from './parameter.ts';
import { decodeText, encodeText } from './text.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text.replaceAll(' ', ''), 'hex'));

describe('what a peer should not send', () => {
  it.each([
    ['in the header of a parameter', '7cf8 0007 0002 80', [31, 0]],
    ['behind a flag', '00f8 0007 0002 ff', [0, 127]],
    ['in front of bits and behind them', '0165 000b 0001 00000002 ff', [0, 31]],
    ['in bytes of their own', '0093 000c 05 aa 0001 00000007', [0, 0xaa]],
  ])('reserved bits %s are kept', (_where, text, reserved) => {
    const bytes = bytesOf(text);
    const list = unwrap(decodeParameters(bytes));
    expect(list).toMatchObject([{ reserved }]);
    expect(hex(encodeParameters(list))).toBe(hex(bytes));
  });

  it('reserved bits of a message are kept, in its header and in its fields', () => {
    const bytes = bytesOf('e403 0000000b 00000001 81');
    const one = unwrap(decode(bytes));
    expect(one).toEqual({
      name: 'SetReaderConfig',
      version: 1,
      id: 1,
      fields: { ResetToFactoryDefaults: true },
      parameters: [],
      reserved: [7, 1],
    });
    expect(hex(encode(one))).toBe(hex(bytes));
    expect(unwrap(fromJson(toJson(one)))).toEqual(one);
  });

  it('reserved bits that have no place, or do not fit, are a bug of the caller', () => {
    const one = parameter('GPOWriteData', { Port: 1, Data: true });
    expect(() => encodeParameters([{ ...one, reserved: [0, 1, 2] }])).toThrow(RangeError);
    expect(() => encodeParameters([{ ...one, reserved: [0, 128] }])).toThrow(RangeError);
    const tv = { ...parameter('AntennaID', { AntennaID: 1 }), parameters: [one] };
    expect(() => encodeParameters([tv])).toThrow(RangeError);
  });

  it('text that is no UTF-8 is kept, byte for byte', () => {
    expect(decodeText(bytesOf('4c e9 20 c3a9'))).toBe('L\udce9 é');
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        expect(hex(encodeText(decodeText(bytes)))).toBe(hex(bytes));
      }),
      { seed: 8, numRuns: 2_000 },
    );
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(decodeText(encodeText(text))).toBe(text);
      }),
      { seed: 9, numRuns: 500 },
    );
    expect(() => encodeText('\ud800')).toThrow(RangeError);
  });
});

describe('decode', () => {
  it('takes one whole message and nothing beside it', () => {
    const bytes = encode(message('KeepAlive', 7, {}));
    expect(unwrap(decode(bytes)).name).toBe('KeepAlive');
    expect(decode(bytes.subarray(0, 9))).toMatchObject({ error: { code: 'truncated' } });
    expect(decode(Buffer.concat([bytes, bytes]))).toMatchObject({ error: { code: 'bad_length' } });
    const longer = Uint8Array.from(bytes);
    longer[5] = 11;
    expect(decode(longer)).toMatchObject({ error: { code: 'truncated' } });
  });
});

describe('fromJson', () => {
  const view = () => toJson(message('DeleteROSpec', 1, { ROSpecID: 7 }));
  it.each([
    ['no object', null],
    ['a foreign name', { ...view(), name: 'Hello' }],
    ['a foreign field', { ...view(), fields: { ROSpecID: 7, More: 1 } }],
    ['a missing field', { ...view(), fields: {} }],
    ['a foreign parameter', { ...view(), parameters: [{ name: 'Hello', fields: {}, parameters: [] }] }],
    ['no list', { ...view(), parameters: {} }],
    ['odd hex', { name: 'raw', version: 1, type: 1, id: 1, payload: 'ABC' }],
  ])('refuses %s', (_what, json) => {
    expect(fromJson(json)).toMatchObject({ ok: false, error: { code: 'bad_json' } });
  });

  it('says 64-bit numbers as decimal strings and bytes as hex', () => {
    const event = message('ReaderEventNotification', 1, {}, [
      parameter('UTCTimestamp', { Microseconds: 18_446_744_073_709_551_615n }),
      parameter('EPCData', { EPC: { bitCount: 9, bytes: Uint8Array.of(0xab, 0x80) } }),
      parameter('Custom', { VendorID: 25_882, Subtype: 1, Data: Uint8Array.of(0xca, 0xfe) }),
    ]);
    expect(JSON.parse(JSON.stringify(toJson(event)))).toMatchObject({
      parameters: [
        { fields: { Microseconds: '18446744073709551615' } },
        { fields: { EPC: { bitCount: 9, hex: 'AB80' } } },
        { fields: { Data: 'CAFE' } },
      ],
    });
  });
});
