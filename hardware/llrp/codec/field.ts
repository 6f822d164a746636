import type { ByteReader, ByteWriter } from './bytes.ts';

/** How one field stands in the bytes of a message or a parameter (LLRP 1.0.1 section 16). */
export interface Field<T> {
  read(from: ByteReader): T;
  write(to: ByteWriter, value: T): void;
}

export const u8: Field<number> = { read: (from) => from.u8(), write: (to, value) => to.u8(value) };
export const s8: Field<number> = { read: (from) => from.s8(), write: (to, value) => to.s8(value) };
export const u16: Field<number> = { read: (from) => from.u16(), write: (to, value) => to.u16(value) };
export const s16: Field<number> = { read: (from) => from.s16(), write: (to, value) => to.s16(value) };
export const u32: Field<number> = { read: (from) => from.u32(), write: (to, value) => to.u32(value) };
/** Microseconds mostly; a bigint, because not every 64-bit value is a safe number. */
export const u64: Field<bigint> = { read: (from) => from.u64(), write: (to, value) => to.u64(value) };

/** `width` bits of the current byte from bit `first`, counted from the most significant; the byte stays current. */
export const bits = (first: number, width: number): Field<number> => {
  const shift = 8 - first - width;
  const mask = (1 << width) - 1;
  return {
    read: (from) => (from.peek() >> shift) & mask,
    write: (to, value) => to.or((value & mask) << shift),
  };
};

/** One bit of the current byte; the byte stays current. */
export const bit = (at: number): Field<boolean> => {
  const one = bits(at, 1);
  return {
    read: (from) => one.read(from) === 1,
    write: (to, value) => one.write(to, value ? 1 : 0),
  };
};

/** Moves on by `bytes` behind a field: closes a byte of bits, or passes reserved bytes. */
export const skipAfter = <T>(field: Field<T>, bytes = 1): Field<T> => ({
  read(from) {
    const value = field.read(from);
    from.skip(bytes);
    return value;
  },
  write(to, value) {
    field.write(to, value);
    to.skip(bytes);
  },
});

/** A boolean that has a byte to itself: its top bit, the rest reserved. */
export const flag: Field<boolean> = skipAfter(bit(0));

const fromUtf8 = new TextDecoder('utf-8', { ignoreBOM: true });
const toUtf8 = new TextEncoder();

/** A 16-bit count of bytes, then UTF-8. */
export const utf8: Field<string> = {
  read: (from) => fromUtf8.decode(from.take(from.u16())),
  write(to, value) {
    const bytes = toUtf8.encode(value);
    to.u16(bytes.length);
    to.put(bytes);
  },
};

/** A number of bytes that the standard fixes. */
export const fixedBytes = (length: number): Field<Uint8Array> => ({
  read: (from) => from.take(length),
  write(to, value) {
    if (value.length !== length) throw new RangeError(`${length} bytes wanted, ${value.length} given`);
    to.put(value);
  },
});

/** A 16-bit count of bytes, then the bytes. */
export const countedBytes: Field<Uint8Array> = {
  read: (from) => from.take(from.u16()),
  write(to, value) {
    to.u16(value.length);
    to.put(value);
  },
};

/** Everything up to the end of the parameter or message. */
export const restBytes: Field<Uint8Array> = {
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

/** A 16-bit count of elements, then the elements. */
export const listOf = <T>(element: Field<T>): Field<T[]> => ({
  read(from) {
    const count = from.u16();
    const list: T[] = [];
    for (let i = 0; i < count && from.error === null; i++) list.push(element.read(from));
    return list;
  },
  write(to, value) {
    to.u16(value.length);
    for (const one of value) element.write(to, one);
  },
});
