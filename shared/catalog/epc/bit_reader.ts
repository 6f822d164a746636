import type { Epc, EpcError } from '../epc.ts';

/** One field of a tag as it stands in the bits; `from` counts from the left, beginning at 0. */
export interface EpcSegment {
  name: string;
  from: number;
  bits: number;
  value: string;
}

type Trouble = EpcError['code'];

/**
 * Reads a tag's bits from the left and keeps every field with its place. The first trouble stays; what is read
 * after it is zeros, so a decoder asks once, at its end.
 */
export class BitReader {
  readonly segments: EpcSegment[] = [];
  trouble: Trouble | null = null;
  readonly #bits: string;
  #at = 0;

  constructor(epc: Epc) {
    this.#bits = [...epc].map((digit) => Number.parseInt(digit, 16).toString(2).padStart(4, '0')).join('');
  }

  fail(trouble: Trouble): void {
    this.trouble ??= trouble;
  }

  /** An unsigned number of so many bits. */
  number(name: string, bits: number): bigint {
    const value = this.#take(bits);
    this.#keep(name, bits, String(value));
    return value;
  }

  /** A number that must have no more than these digits; it is filled up to them. */
  padded(name: string, bits: number, digits: number, trouble: Trouble): string {
    const text = String(this.#take(bits)).padStart(digits, '0');
    if (digits === 0 ? text !== '0' : text.length > digits) this.fail(trouble);
    const value = digits === 0 ? '' : text;
    this.#keep(name, bits, value);
    return value;
  }

  /** Decimal digits of four bits each. */
  digits(name: string, count: number, trouble: Trouble): string {
    let value = '';
    for (let i = 0; i < count; i++) {
      const digit = Number(this.#take(4));
      if (digit > 9) this.fail(trouble);
      value += String(digit % 10);
    }
    this.#keep(name, count * 4, value);
    return value;
  }

  /** Characters of so many bits, each made by `of`; a null is a character that may not stand there. */
  characters(
    name: string,
    count: number,
    bits: number,
    trouble: Trouble,
    of: (code: number) => string | null,
  ): string {
    let value = '';
    for (let i = 0; i < count; i++) {
      const character = of(Number(this.#take(bits)));
      if (character === null) this.fail(trouble);
      value += character ?? '';
    }
    this.#keep(name, count * bits, value);
    return value;
  }

  /** The next bits without moving on. */
  peek(bits: number): number {
    return Number.parseInt(this.#bits.slice(this.#at, this.#at + bits).padEnd(bits, '0'), 2);
  }

  /** Whatever is left fills the last word: zeros, unless data of another kind follows. */
  rest(dataMayFollow: boolean): void {
    const left = this.#bits.slice(this.#at);
    if (left === '') return;
    const isPadding = !left.includes('1');
    if (!isPadding && !dataMayFollow) this.fail('length');
    this.#at = this.#bits.length;
    this.#keep(isPadding ? 'padding' : 'data', left.length, isPadding ? '0' : '');
  }

  #take(bits: number): bigint {
    const part = this.#bits.slice(this.#at, this.#at + bits);
    if (part.length < bits) this.fail('length');
    this.#at += bits;
    return part.length < bits || bits === 0 ? 0n : BigInt(`0b${part}`);
  }

  #keep(name: string, bits: number, value: string): void {
    if (bits > 0) this.segments.push({ name, from: this.#at - bits, bits, value });
  }
}
