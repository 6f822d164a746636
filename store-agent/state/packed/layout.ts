import { hash } from 'node:crypto';

/**
 * How the tags of a store lie in shared memory. The main thread alone writes; the gate thread reads, and
 * never waits: a slot is found by its key, its words are published in an order that shows a torn read.
 *
 *   slot   key0 key1 key2 | rev, low 32 bits | order | meta        six words, 24 bytes
 *   order  reference << 2 | version                                the reference: see texts.ts
 *   meta   item << 10 | rev, bits 32 to 35 << 6 | absent << 5 | version << 3 | long << 2 | sold << 1 | taken
 *
 * Slots are only ever added, so a key never moves within a buffer; a tag that leaves is marked absent.
 *
 *   before   slot, as a word offset, or -1 | its revision, low 32 bits | its order       three words
 *
 * Before the writer touches a slot it notes here what it is about to write over. Whoever meets a change that
 * is half done reads the tag as it was: whole, and without waiting for the writer.
 */
export const SLOT_WORDS = 6;
export const REV = 3;
export const ORDER = 4;
export const META = 5;

export const BEFORE_WORDS = 3;
export const BEFORE_SLOT = 0;
export const BEFORE_REV = 1;
export const BEFORE_ORDER = 2;
export const BEFORE_NONE = -1;

export const TAKEN = 1;
export const SOLD = 2;
export const LONG = 4;
const VERSION_BITS = 3;
export const VERSION_SHIFT = 3;
export const ABSENT = 32;
export const REV_HIGH_SHIFT = 6;
const REV_HIGH_BITS = 0xf;
export const ITEM_SHIFT = 10;
/** Revisions are counted over all tags of a store; 2 to the 36th is two thousand years at one a second. */
export const REV_MAX = 2 ** 36 - 1;

export const versionOf = (word: number): number => word & VERSION_BITS;
export const metaVersion = (meta: number): number => (meta >>> VERSION_SHIFT) & VERSION_BITS;
export const revOf = (low: number, meta: number): number =>
  (low >>> 0) + ((meta >>> REV_HIGH_SHIFT) & REV_HIGH_BITS) * 2 ** 32;

/** The buffers of one table of tags. */
export interface TagBuffers {
  slots: SharedArrayBuffer;
  before: SharedArrayBuffer;
  texts: SharedArrayBuffer;
  orders: SharedArrayBuffer;
}

/**
 * What the gate thread reads: the store's tags as the edge tells them and, laid over them, those that the
 * agent sold by itself. `generation` counts up each time that a buffer is replaced by another.
 */
export interface TagMemory {
  generation: number;
  store: TagBuffers;
  local: TagBuffers;
}

const HEX_DIGITS = 24;
const NOT_HEX = 255;
const NIBBLES = new Uint8Array(128).fill(NOT_HEX);
for (let n = 0; n < 16; n++) NIBBLES['0123456789ABCDEF'.charCodeAt(n)] = n;

/**
 * The key of an EPC: its 96 bits, or for any other length the first 96 bits of its SHA-256, which nobody can
 * aim at. Reused from call to call: a lookup makes no garbage.
 */
export class TagKey {
  a = 0;
  b = 0;
  c = 0;
  long = false;

  /** From canonical text. Anything that is not 24 upper-case hex digits takes the long way. */
  set(epc: string): this {
    if (epc.length === HEX_DIGITS) {
      const a = wordOf(epc, 0);
      const b = wordOf(epc, 8);
      const c = wordOf(epc, 16);
      if (a !== null && b !== null && c !== null) {
        this.a = a;
        this.b = b;
        this.c = c;
        this.long = false;
        return this;
      }
    }
    const digest = hash('sha256', epc, 'buffer');
    this.a = digest.readInt32BE(0);
    this.b = digest.readInt32BE(4);
    this.c = digest.readInt32BE(8);
    this.long = true;
    return this;
  }
}

/** Eight hex digits as a signed word, or null. */
function wordOf(text: string, at: number): number | null {
  let word = 0;
  let wrong = 0;
  for (let i = at; i < at + 8; i++) {
    const code = text.charCodeAt(i);
    const nibble = code < 128 ? (NIBBLES[code] ?? NOT_HEX) : NOT_HEX;
    wrong |= nibble;
    word = (word << 4) | (nibble & 15);
  }
  return wrong > 15 ? null : word;
}

const hexWord = (word: number): string => (word >>> 0).toString(16).toUpperCase().padStart(8, '0');
export const hexOf = (a: number, b: number, c: number): string => hexWord(a) + hexWord(b) + hexWord(c);

/** Where the search for a key begins. Serial numbers count up, so every bit has to reach every other. */
export function homeOf(a: number, b: number, c: number, capacity: number): number {
  let h = Math.imul(a ^ 0x9e3779b9, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 15) ^ b, 0xc2b2ae35);
  h = Math.imul(h ^ (h >>> 13) ^ c, 0x27d4eb2f);
  h ^= h >>> 16;
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  return Math.floor(((h >>> 0) * capacity) / 2 ** 32);
}

/** The slot of a key, or the complement (~) of the free slot where it would go. */
export function findSlot(
  words: Int32Array,
  capacity: number,
  a: number,
  b: number,
  c: number,
  long: boolean,
): number {
  let slot = homeOf(a, b, c, capacity);
  for (;;) {
    const at = slot * SLOT_WORDS;
    const meta = Atomics.load(words, at + META);
    if (meta === 0) return ~slot;
    if (words[at] === a && words[at + 1] === b && words[at + 2] === c && ((meta & LONG) !== 0) === long)
      return slot;
    slot += 1;
    if (slot === capacity) slot = 0;
  }
}
