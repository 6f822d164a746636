import type { CodecError } from './error.ts';

/**
 * Reads big-endian numbers inside the window `at`..`end`. The first failure sticks in `error`, and every
 * later read answers zero, so that a decoder asks once at its end instead of after every field.
 */
export class ByteReader {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  at = 0;
  end: number;
  error: CodecError | null = null;

  constructor(bytes: Uint8Array) {
    // A Buffer's views are Buffers; what is read out of it is the same plain array, whoever received it.
    this.bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.end = bytes.length;
  }

  fail(code: CodecError['code'], detail: string): void {
    this.error ??= { code, detail };
    this.at = this.end;
  }

  /** Moves over `count` bytes and answers where they began, or -1 when the window holds fewer. */
  #take(count: number): number {
    const from = this.at;
    if (this.error !== null || from + count > this.end) {
      this.fail('truncated', `${count} bytes wanted at ${from}, ${this.end - from} left`);
      return -1;
    }
    this.at = from + count;
    return from;
  }

  skip(count: number): void {
    this.#take(count);
  }

  /** The byte under the cursor, which stays where it is. */
  peek(): number {
    const from = this.#take(1);
    if (from < 0) return 0;
    this.at = from;
    return this.#view.getUint8(from);
  }

  u8(): number {
    const from = this.#take(1);
    return from < 0 ? 0 : this.#view.getUint8(from);
  }

  s8(): number {
    const from = this.#take(1);
    return from < 0 ? 0 : this.#view.getInt8(from);
  }

  u16(): number {
    const from = this.#take(2);
    return from < 0 ? 0 : this.#view.getUint16(from);
  }

  s16(): number {
    const from = this.#take(2);
    return from < 0 ? 0 : this.#view.getInt16(from);
  }

  u32(): number {
    const from = this.#take(4);
    return from < 0 ? 0 : this.#view.getUint32(from);
  }

  u64(): bigint {
    const from = this.#take(8);
    return from < 0 ? 0n : this.#view.getBigUint64(from);
  }

  /** Reserved bits as they came since the last `takeReserved`, in wire order. */
  readonly #reserved: number[] = [];

  keepReserved(value: number): void {
    this.#reserved.push(value);
  }

  /** What was kept, or undefined when all of it was zero, as it should be. */
  takeReserved(): readonly number[] | undefined {
    const kept = this.#reserved.some((value) => value !== 0) ? [...this.#reserved] : undefined;
    this.#reserved.length = 0;
    return kept;
  }

  /** A view of the next `count` bytes, not a copy; empty after a failure. */
  take(count: number): Uint8Array {
    const from = this.#take(count);
    return from < 0 ? new Uint8Array(0) : this.bytes.subarray(from, from + count);
  }
}

const WRITER_BYTES_FIRST = 256;

/** Writes big-endian numbers into a buffer that grows. A value that does not fit is a bug and throws. */
export class ByteWriter {
  #bytes = new Uint8Array(WRITER_BYTES_FIRST);
  #view = new DataView(this.#bytes.buffer);
  at = 0;

  /** Makes room at the cursor, moves past it and answers where it began. The view may be another one after it. */
  #grow(count: number): number {
    const from = this.at;
    const end = from + count;
    if (end > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(end, this.#bytes.length * 2));
      larger.set(this.#bytes);
      this.#bytes = larger;
      this.#view = new DataView(larger.buffer);
    }
    this.at = end;
    return from;
  }

  #reserved: readonly number[] = [];
  #reservedAt = 0;

  /** Sets what `nextReserved` gives out, as a reader's `takeReserved` answered it. */
  giveReserved(values: readonly number[] | undefined): void {
    this.#reserved = values ?? [];
    this.#reservedAt = 0;
  }

  nextReserved(): number {
    return this.#reserved[this.#reservedAt++] ?? 0;
  }

  /** All reserved bits are written. Some that are left belong to another layout, which is a bug. */
  endReserved(): void {
    if (this.#reserved.length > 0 && this.#reservedAt !== this.#reserved.length) {
      throw new RangeError(
        `${this.#reserved.length} reserved values given, ${this.#reservedAt} have a place`,
      );
    }
  }

  skip(count: number): void {
    this.#grow(count);
  }

  /** Sets bits in the byte under the cursor, which stays where it is. */
  or(value: number): void {
    const from = this.#grow(1);
    this.at = from;
    this.#view.setUint8(from, this.#view.getUint8(from) | value);
  }

  u8(value: number): void {
    expectInteger(value, 0, 0xff);
    const from = this.#grow(1);
    this.#view.setUint8(from, value);
  }

  s8(value: number): void {
    expectInteger(value, -0x80, 0x7f);
    const from = this.#grow(1);
    this.#view.setInt8(from, value);
  }

  u16(value: number): void {
    expectInteger(value, 0, 0xffff);
    const from = this.#grow(2);
    this.#view.setUint16(from, value);
  }

  s16(value: number): void {
    expectInteger(value, -0x8000, 0x7fff);
    const from = this.#grow(2);
    this.#view.setInt16(from, value);
  }

  u32(value: number): void {
    expectInteger(value, 0, 0xffff_ffff);
    const from = this.#grow(4);
    this.#view.setUint32(from, value);
  }

  u64(value: bigint): void {
    if (BigInt.asUintN(64, value) !== value) throw new RangeError(`${value} does not fit 64 bits`);
    const from = this.#grow(8);
    this.#view.setBigUint64(from, value);
  }

  put(bytes: Uint8Array): void {
    const from = this.#grow(bytes.length);
    this.#bytes.set(bytes, from);
  }

  /** Overwrites a length that was left open at `offset`. */
  patchU16(offset: number, value: number): void {
    expectInteger(value, 0, 0xffff);
    this.#view.setUint16(offset, value);
  }

  patchU32(offset: number, value: number): void {
    expectInteger(value, 0, 0xffff_ffff);
    this.#view.setUint32(offset, value);
  }

  /** What was written, as a view of its own length. */
  finish(): Uint8Array {
    return this.#bytes.subarray(0, this.at);
  }
}

function expectInteger(value: number, min: number, max: number): void {
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new RangeError(`${value} is not an integer of ${min}..${max}`);
  }
}
