import { describe, expect, it } from 'vitest';
import { decodeHeader, encodeFrame, FRAME_BYTES_MAX, HEADER_BYTES } from './frame.ts';

const header = (version: number, type: number, length: number, id: number): Uint8Array => {
  const bytes = new Uint8Array(HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, (version << 10) | type);
  view.setUint32(2, length);
  view.setUint32(6, id);
  return bytes;
};

describe('frame header', () => {
  it('stands in the bytes as the standard draws it', () => {
    const bytes = encodeFrame({ version: 1, type: 0x3ff, id: 0xdeadbeef, payload: Uint8Array.of(7) });
    expect(Buffer.from(bytes).toString('hex')).toBe('07ff0000000bdeadbeef07');
    expect(decodeHeader(bytes)).toEqual({
      ok: true,
      value: { version: 1, type: 0x3ff, id: 0xdeadbeef, length: 11, reserved: 0 },
    });
  });

  it('tells the reserved bits', () => {
    const bytes = header(1, 62, 10, 5);
    bytes[0] = (bytes[0] ?? 0) | 0xe0;
    expect(decodeHeader(bytes)).toEqual({
      ok: true,
      value: { version: 1, type: 62, id: 5, length: 10, reserved: 7 },
    });
  });

  it.each([
    ['bad_version', header(0, 62, 10, 1)],
    ['bad_version', header(4, 62, 10, 1)],
    ['bad_length', header(1, 62, 9, 1)],
    ['bad_length', header(1, 62, 0, 1)],
    ['frame_too_large', header(1, 62, FRAME_BYTES_MAX + 1, 1)],
    ['frame_too_large', header(1, 62, 0xffff_ffff, 1)],
    ['truncated', header(1, 62, 10, 1).subarray(0, 9)],
  ])('names the error %s', (code, bytes) => {
    expect(decodeHeader(bytes)).toMatchObject({ ok: false, error: { code } });
  });

  it('takes a frame of exactly the limit', () => {
    expect(decodeHeader(header(1, 61, FRAME_BYTES_MAX, 1)).ok).toBe(true);
    const payload = new Uint8Array(FRAME_BYTES_MAX - HEADER_BYTES + 1);
    expect(() => encodeFrame({ version: 1, type: 61, id: 1, payload })).toThrow(RangeError);
  });
});
