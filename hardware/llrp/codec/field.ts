import type { ByteReader, ByteWriter } from './bytes.ts';
import { decodeText, encodeText } from './text.ts';

/** What a field holds, for whoever walks the tables: the JSON view, properties. */
export type Shape =
  | { kind: 'integer' | 'integers'; min: number; max: number }
  | { kind: 'bytes'; length: number | null }
  | { kind: 'boolean' | 'bigint' | 'text' | 'bits' };

/** How one field stands in the bytes of a message or a parameter (LLRP 1.0.1 section 16). */
export interface Field<T> {
  shape: Shape;
  read(from: ByteReader): T;
  write(to: ByteWriter, value: T): void;
}

const integer = (min: number, max: number): Shape => ({ kind: 'integer', min, max });
export const u8: Field<number> = {
  shape: integer(0, 0xff),
  read: (from) => from.u8(),
  write: (to, value) => to.u8(value),
};
export const s8: Field<number> = {
  shape: integer(-0x80, 0x7f),
  read: (from) => from.s8(),
  write: (to, value) => to.s8(value),
};
export const u16: Field<number> = {
  shape: integer(0, 0xffff),
  read: (from) => from.u16(),
  write: (to, value) => to.u16(value),
};
export const s16: Field<number> = {
  shape: integer(-0x8000, 0x7fff),
  read: (from) => from.s16(),
  write: (to, value) => to.s16(value),
};
export const u32: Field<number> = {
  shape: integer(0, 0xffff_ffff),
  read: (from) => from.u32(),
  write: (to, value) => to.u32(value),
};
/** Microseconds mostly; a bigint, because not every 64-bit value is a safe number. */
export const u64: Field<bigint> = {
  shape: { kind: 'bigint' },
  read: (from) => from.u64(),
  write: (to, value) => to.u64(value),
};

/** `width` bits of the current byte from bit `first`, counted from the most significant; the byte stays current. */
export const bits = (first: number, width: number): Field<number> => {
  const shift = 8 - first - width;
  const max = (1 << width) - 1;
  return {
    shape: integer(0, max),
    read: (from) => (from.peek() >> shift) & max,
    write(to, value) {
      if (!Number.isInteger(value) || value < 0 || value > max) {
        throw new RangeError(`${value} is not an integer of 0..${max}`);
      }
      to.or(value << shift);
    },
  };
};

/** One bit of the current byte; the byte stays current. */
export const bit = (at: number): Field<boolean> => {
  const one = bits(at, 1);
  return {
    shape: { kind: 'boolean' },
    read: (from) => one.read(from) === 1,
    write: (to, value) => one.write(to, value ? 1 : 0),
  };
};

// Reserved bits are sent as zero and mean nothing, but one that came set is kept beside the fields and
// written again, so that a message leaves as it came.

/** Reserved bits before a field in the same byte. */
export const skipBits = <T>(first: number, width: number, field: Field<T>): Field<T> => {
  const reserved = bits(first, width);
  return {
    shape: field.shape,
    read(from) {
      from.keepReserved(reserved.read(from));
      return field.read(from);
    },
    write(to, value) {
      reserved.write(to, to.nextReserved());
      field.write(to, value);
    },
  };
};

/** The last field of a byte, whose last `width` bits are reserved; moves on to the next byte. */
export const closeByte = <T>(field: Field<T>, width: number): Field<T> => {
  const reserved = width === 0 ? null : bits(8 - width, width);
  return {
    shape: field.shape,
    read(from) {
      const value = field.read(from);
      if (reserved !== null) from.keepReserved(reserved.read(from));
      from.skip(1);
      return value;
    },
    write(to, value) {
      field.write(to, value);
      if (reserved !== null) reserved.write(to, to.nextReserved());
      to.skip(1);
    },
  };
};

/** Reserved bytes behind a field. */
export const thenReserved = <T>(field: Field<T>, bytes: number): Field<T> => ({
  shape: field.shape,
  read(from) {
    const value = field.read(from);
    for (let i = 0; i < bytes; i++) from.keepReserved(from.u8());
    return value;
  },
  write(to, value) {
    field.write(to, value);
    for (let i = 0; i < bytes; i++) to.u8(to.nextReserved());
  },
});

/** A boolean that has a byte to itself: its top bit, the rest reserved. */
export const flag: Field<boolean> = closeByte(bit(0), 7);

/** A 16-bit count of bytes, then UTF-8. */
export const utf8: Field<string> = {
  shape: { kind: 'text' },
  read: (from) => decodeText(from.take(from.u16())),
  write(to, value) {
    const bytes = encodeText(value);
    to.u16(bytes.length);
    to.put(bytes);
  },
};

/** A number of bytes that the standard fixes. */
export const fixedBytes = (length: number): Field<Uint8Array> => ({
  shape: { kind: 'bytes', length },
  read: (from) => from.take(length),
  write(to, value) {
    if (value.length !== length) throw new RangeError(`${length} bytes wanted, ${value.length} given`);
    to.put(value);
  },
});

/** A 16-bit count of bytes, then the bytes. */
export const countedBytes: Field<Uint8Array> = {
  shape: { kind: 'bytes', length: null },
  read: (from) => from.take(from.u16()),
  write(to, value) {
    to.u16(value.length);
    to.put(value);
  },
};

/** Everything up to the end of the parameter or message. */
export const restBytes: Field<Uint8Array> = {
  shape: { kind: 'bytes', length: null },
  read: (from) => from.take(from.end - from.at),
  write: (to, value) => to.put(value),
};

export interface BitArray {
  bitCount: number;
  /** Whole bytes, the first bit on top; the bits behind `bitCount` are padding. */
  bytes: Uint8Array;
}

/** A 16-bit count of bits, then as many whole bytes as hold them. */
export const bitArray: Field<BitArray> = {
  shape: { kind: 'bits' },
  read(from) {
    const bitCount = from.u16();
    return { bitCount, bytes: from.take((bitCount + 7) >> 3) };
  },
  write(to, value) {
    if (value.bytes.length !== (value.bitCount + 7) >> 3) throw new RangeError('bits and bytes do not agree');
    to.u16(value.bitCount);
    to.put(value.bytes);
  },
};

/** A 16-bit count of numbers, then the numbers. */
export const listOf = (element: Field<number>): Field<number[]> => ({
  shape: element.shape.kind === 'integer' ? { ...element.shape, kind: 'integers' } : element.shape,
  read(from) {
    const count = from.u16();
    const list: number[] = [];
    for (let i = 0; i < count && from.error === null; i++) list.push(element.read(from));
    return list;
  },
  write(to, value) {
    to.u16(value.length);
    for (const one of value) element.write(to, one);
  },
});
