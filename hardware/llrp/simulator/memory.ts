import { ReadResult, WriteResult } from '../codec/enumerations.ts';

/** Words of the user bank, and how many words an EPC may have. */
const USER_WORDS = 32;
const EPC_WORDS_MAX = 31;
/** In the EPC bank the EPC follows its CRC and its protocol control word. */
const EPC_AT_WORD = 2;
/** A TID with the class identifier E2 and a maker number that nobody has; its serial number is the EPC's end. */
const TID_HEAD = [0xe2ff, 0xf000];

/** The memory of one simulated Gen2 tag: reserved, EPC, TID and user bank, in 16-bit words. */
export class TagMemory {
  readonly #banks: readonly number[][];

  constructor(epc: string) {
    const words = wordsOf(epc);
    const epcBank = new Array<number>(EPC_AT_WORD + EPC_WORDS_MAX).fill(0);
    epcBank[1] = words.length << 11;
    words.forEach((word, i) => {
      epcBank[EPC_AT_WORD + i] = word;
    });
    const serial = [0, 0, ...words].slice(-2);
    this.#banks = [[0, 0, 0, 0], epcBank, [...TID_HEAD, ...serial], new Array<number>(USER_WORDS).fill(0)];
  }

  /** The EPC in canonical hex, as long as the protocol control word says. */
  get epc(): string {
    const bank = this.#banks[1] ?? [];
    const count = Math.min((bank[1] ?? 0) >> 11, EPC_WORDS_MAX);
    return bank
      .slice(EPC_AT_WORD, EPC_AT_WORD + count)
      .map((word) => word.toString(16).padStart(4, '0'))
      .join('')
      .toUpperCase();
  }

  /** The access password; zero when the tag asks for none. */
  get accessPassword(): number {
    const [, , high = 0, low = 0] = this.#banks[0] ?? [];
    return high * 0x1_0000 + low;
  }

  /** `count` words from `at`; 0 reads to the end of the bank. */
  read(bank: number, at: number, count: number): { result: number; words: number[] } {
    const words = this.#banks[bank] ?? [];
    const end = count === 0 ? words.length : at + count;
    if (at >= words.length || end > words.length) {
      return { result: ReadResult.nonspecificTagError, words: [] };
    }
    return { result: ReadResult.success, words: words.slice(at, end) };
  }

  write(bank: number, at: number, data: readonly number[]): { result: number; written: number } {
    const words = this.#banks[bank] ?? [];
    if (at + data.length > words.length) return { result: WriteResult.memoryOverrun, written: 0 };
    // The maker has locked the TID for good.
    if (bank === 2) return { result: WriteResult.memoryLocked, written: 0 };
    data.forEach((word, i) => {
      words[at + i] = word;
    });
    return { result: WriteResult.success, written: data.length };
  }

  /** Whether the bits of `bank` from bit `at` are `data` wherever `mask` has a one. */
  matches(bank: number, at: number, mask: Bits, data: Bits): boolean {
    const words = this.#banks[bank] ?? [];
    for (let i = 0; i < mask.bitCount; i++) {
      if (!bitOf(mask.bytes, i)) continue;
      const word = words[(at + i) >> 4];
      if (word === undefined) return false;
      const isSet = ((word >> (15 - ((at + i) & 15))) & 1) === 1;
      if (isSet !== bitOf(data.bytes, i)) return false;
    }
    return true;
  }
}

interface Bits {
  bitCount: number;
  bytes: Uint8Array;
}

const bitOf = (bytes: Uint8Array, at: number): boolean =>
  (((bytes[at >> 3] ?? 0) >> (7 - (at & 7))) & 1) === 1;

const wordsOf = (epc: string): number[] =>
  Array.from({ length: epc.length / 4 }, (_, i) => Number.parseInt(epc.slice(i * 4, i * 4 + 4), 16));
