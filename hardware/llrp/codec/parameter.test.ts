import { describe, expect, it } from 'vitest';
import { unwrap } from '../../../shared/result.ts';
import { Version } from './frame.ts';
import { type AnyMessage, decodeMessage, encodeMessage, message } from './message.ts';
import {
  decodeParameters,
  encodeParameters,
  filterParameters,
  findParameter,
  PARAMETER_DEPTH_MAX,
  parameter,
} from './parameter.ts';
import { FrameSplitter } from './splitter.ts';
import { PARAMETERS } from './tables.generated.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text.replaceAll(' ', ''), 'hex'));

describe('parameters', () => {
  it('writes TV without a length and TLV with one', () => {
    expect(hex(encodeParameters([parameter('AntennaID', { AntennaID: 0x0102 })]))).toBe('810102');
    expect(hex(encodeParameters([parameter('GPOWriteData', { Port: 3, Data: true })]))).toBe(
      '00db0007000380',
    );
  });

  it('packs bits from the top and passes the reserved ones', () => {
    const selector = parameter('TagReportContentSelector', {
      EnableROSpecID: true,
      EnableSpecIndex: false,
      EnableInventoryParamSpecID: false,
      EnableAntennaID: true,
      EnableChannelIndex: false,
      EnablePeakRSSI: false,
      EnableFirstSeenTimestamp: false,
      EnableLastSeenTimestamp: true,
      EnableTagSeenCount: false,
      EnableAccessSpecID: true,
    });
    const bytes = encodeParameters([selector]);
    expect(hex(bytes)).toBe('00ee00069140');
    expect(unwrap(decodeParameters(bytes))).toEqual([selector]);
  });

  it('keeps unknown and vendor parameters where they stood', () => {
    // A TLV of type 999, then the known GPIEvent, then a Custom of vendor 25882.
    const bytes = bytesOf('03e7 0006 aabb 00f8 0007 0002 80 03ff 000e 0000651a 00000016 cafe');
    const list = unwrap(decodeParameters(bytes));
    expect(list.map((one) => one.name)).toEqual(['raw', 'GPIEvent', 'Custom']);
    expect(list[0]).toEqual({ name: 'raw', type: 999, bytes: bytesOf('03e7 0006 aabb') });
    expect(findParameter(list, 'Custom')?.fields).toEqual({
      VendorID: 25_882,
      Subtype: 22,
      Data: bytesOf('cafe'),
    });
    expect(hex(encodeParameters(list))).toBe(hex(bytes));
  });

  it('keeps what stands behind an unknown TV with it, and goes on behind the parent', () => {
    const bytes = bytesOf('00f0 000a 810001 ff0102 00f0 0007 810002');
    const list = unwrap(decodeParameters(bytes));
    expect(filterParameters(list, 'TagReportData').map((one) => one.parameters)).toEqual([
      [
        { name: 'AntennaID', fields: { AntennaID: 1 }, parameters: [] },
        { name: 'raw', type: 127, bytes: bytesOf('ff0102') },
      ],
      [{ name: 'AntennaID', fields: { AntennaID: 2 }, parameters: [] }],
    ]);
    expect(hex(encodeParameters(list))).toBe(hex(bytes));
  });

  it.each([
    ['bad_length', '00f8 0003 00'],
    ['truncated', '00f8 0007 0002'],
    ['truncated', '00f8'],
    ['truncated', '00f8 0006 0002'],
    ['truncated', '8d 0102'],
    ['truncated', '00f1 0007 0060 aa'],
    ['truncated', '011f 0008 0000 0009'],
  ])('names the error %s', (code, text) => {
    expect(decodeParameters(bytesOf(text))).toMatchObject({ ok: false, error: { code } });
  });

  it('refuses to nest without end', () => {
    const nested = (depth: number): Uint8Array => {
      let bytes = new Uint8Array(0);
      for (let i = 0; i < depth; i++) {
        const outer = new Uint8Array(bytes.length + 8);
        new DataView(outer.buffer).setUint32(0, (PARAMETERS.ParameterError.type << 16) | outer.length);
        outer.set(bytes, 8);
        bytes = outer;
      }
      return bytes;
    };
    expect(decodeParameters(nested(PARAMETER_DEPTH_MAX)).ok).toBe(true);
    expect(decodeParameters(nested(8_000))).toMatchObject({ ok: false, error: { code: 'too_deep' } });
  });

  it('throws on a value that does not fit, which is a bug of the caller', () => {
    expect(() => encodeParameters([parameter('AntennaID', { AntennaID: 65_536 })])).toThrow(RangeError);
    expect(() => encodeParameters([parameter('PeakRSSI', { PeakRSSI: -129 })])).toThrow(RangeError);
    expect(() => encodeParameters([parameter('Uptime', { Microseconds: -1n })])).toThrow(RangeError);
    expect(() => encodeParameters([parameter('EPC96', { EPC: new Uint8Array(11) })])).toThrow(RangeError);
  });

  it('knows each type once', () => {
    const types = Object.values(PARAMETERS).map((one) => one.type);
    expect(new Set(types).size).toBe(types.length);
  });
});

describe('messages', () => {
  const sent: AnyMessage[] = [
    message('GetReaderCapabilities', 1, { ReaderCapabilitiesRequestedData: 0 }),
    message('GetReaderConfig', 2, { AntennaID: 0, RequestedData: 10, GPIPortNum: 0, GPOPortNum: 2 }),
    message('SetReaderConfig', 3, { ResetToFactoryDefaults: true }, [
      parameter('KeepAliveSpec', { Trigger: 1, Interval: 1_000 }),
      parameter('GPOWriteData', { Port: 1, Data: true }),
    ]),
    message('DeleteROSpec', 4, { ROSpecID: 0xffff_ffff }),
    message('KeepAliveAck', 0xffff_ffff, {}),
    message('ErrorMessage', 6, {}, [
      parameter('LLRPStatus', { Status: 100, ErrorDescription: 'né ' }, [
        parameter('ParameterError', { ParameterType: 219, ErrorCode: 201 }, [
          parameter('FieldError', { FieldIndex: 0, ErrorCode: 301 }),
        ]),
      ]),
    ]),
    { name: 'raw', version: 1, type: 1_000, id: 7, payload: bytesOf('0000651a 15 00') },
    message(
      'CustomMessage',
      8,
      { VendorID: 25_882, MessageSubtype: 21, Data: bytesOf('00') },
      [],
      Version.v1_1,
    ),
  ];

  it.each(sent)('$name comes back as it was sent', (one) => {
    const [frame] = new FrameSplitter().push(encodeMessage(one));
    if (frame === undefined) throw new Error('no frame came');
    expect(unwrap(decodeMessage(unwrap(frame)))).toEqual(one);
  });

  it('refuses another version with its own error', () => {
    const frame = { version: 3, type: 46, id: 1, payload: new Uint8Array(0) };
    expect(decodeMessage(frame)).toMatchObject({ ok: false, error: { code: 'bad_version' } });
  });
});
