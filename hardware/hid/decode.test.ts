import { describe, expect, test } from 'vitest';
import { CODE_BYTES_MAX } from '../scanner/code.ts';
import { HidReportDecoder } from './decode.ts';

const bytes = (text: string) => [...text].map((character) => character.charCodeAt(0));

/** A report of the usual layout: id 2, length, AIM identifier, 56 bytes of data, continuation in byte 63. */
function report(data: string, aim = ']E0', continued = false): Uint8Array {
  const block = new Uint8Array(64);
  block.set([2, data.length, ...bytes(aim), ...bytes(data)]);
  block[63] = continued ? 1 : 0;
  return block;
}

describe('HID POS reports', () => {
  test('carry the code and its symbology', () => {
    expect(new HidReportDecoder().push(report('9521234567899'))).toEqual([
      { raw: '9521234567899', aim: ']E0' },
    ]);
  });

  test('a long code comes in several reports', () => {
    const decoder = new HidReportDecoder();
    expect(decoder.push(report('x'.repeat(56), ']Q1', true))).toEqual([]);
    expect(decoder.push(report('yz', ']Q1'))).toEqual([{ raw: `${'x'.repeat(56)}yz`, aim: ']Q1' }]);
    expect(decoder.push(report('1', ']C1'))).toEqual([{ raw: '1', aim: ']C1' }]);
  });

  test('a code beyond every symbol is dropped whole, and the next one is read', () => {
    const decoder = new HidReportDecoder();
    const blocks = Math.ceil(CODE_BYTES_MAX / 56) + 1;
    for (let sent = 0; sent < blocks; sent += 1) {
      expect(decoder.push(report('x'.repeat(56), ']Q1', true))).toEqual([]);
    }
    expect(decoder.push(report('tail', ']Q1'))).toEqual([]);
    expect(decoder.push(report('1', ']C1'))).toEqual([{ raw: '1', aim: ']C1' }]);
  });

  test('an identifier of zeros is unknown', () => {
    expect(new HidReportDecoder().push(report('123', '\0\0\0'))).toEqual([{ raw: '123', aim: null }]);
  });

  test('another device has its own layout', () => {
    const decoder = new HidReportDecoder({
      reportId: 2,
      lengthAt: 1,
      aimAt: null,
      dataAt: 2,
      dataBytes: 56,
      continuedAt: null,
    });
    const block = new Uint8Array(63);
    block.set([2, 3, ...bytes('ABC'), ...bytes('old')]);
    expect(decoder.push(block)).toEqual([{ raw: 'ABC', aim: null }]);
  });
});

describe('any other report', () => {
  test('is read as printable ASCII up to its terminator', () => {
    const decoder = new HidReportDecoder();
    expect(decoder.push(Uint8Array.from([1, ...bytes('9521234'), 0, 0]))).toEqual([]);
    expect(decoder.push(Uint8Array.from([...bytes('567899'), 0x0d, 0x0a]))).toEqual([
      { raw: '9521234567899', aim: null },
    ]);
  });

  test('keeps the separator of GS1 codes and takes the identifier off', () => {
    expect(new HidReportDecoder().push(Uint8Array.from(bytes(']d20109521234567899\x1d10A\r')))).toEqual([
      { raw: '0109521234567899\x1d10A', aim: ']d2' },
    ]);
  });
});
