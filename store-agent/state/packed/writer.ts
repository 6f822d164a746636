import {
  ABSENT,
  BEFORE_NONE,
  BEFORE_ORDER,
  BEFORE_REV,
  BEFORE_SLOT,
  BEFORE_WORDS,
  findSlot,
  hexOf,
  ITEM_SHIFT,
  LONG,
  META,
  metaVersion,
  ORDER,
  REV,
  REV_HIGH_SHIFT,
  REV_MAX,
  revOf,
  SLOT_WORDS,
  SOLD,
  TAKEN,
  type TagBuffers,
  TagKey,
  VERSION_SHIFT,
} from './layout.ts';
import type { SeenTag } from './reader.ts';
import { TextReader, TextWriter } from './texts.ts';

const CAPACITY_MIN = 1_024;
/** How full a table may get, and how full it is when it is made: 24 bytes a slot at 0.85 are 28 MB a million. */
const LOAD_MAX = 0.88;
const LOAD_GROWN = 0.75;
const LOAD_BULK = 0.85;

const slotsFor = (count: number, load: number): number => Math.max(CAPACITY_MIN, Math.ceil(count / load));

interface Parts {
  slots: SharedArrayBuffer;
  texts: TextWriter;
  longs: Map<string, string>;
}

/** The one writer of a table of tags. A table that is full is followed by a larger one. */
export class TagWriter {
  readonly #words: Int32Array;
  readonly #capacity: number;
  readonly #slots: SharedArrayBuffer;
  readonly #before = new Int32Array(new SharedArrayBuffer(BEFORE_WORDS * 4)).fill(BEFORE_NONE);
  readonly #texts: TextWriter;
  readonly #reader: TextReader;
  readonly #key = new TagKey();
  /** EPCs of other lengths than 96 bits by their key: a key of those cannot be read backwards. */
  readonly #longs: Map<string, string>;
  #taken = 0;
  #present = 0;
  /** The first word of the texts belongs to no text: it says how many tags there are. */
  readonly #shownCount: Int32Array;

  private constructor({ slots, texts, longs }: Parts) {
    this.#slots = slots;
    this.#texts = texts;
    this.#longs = longs;
    this.#reader = new TextReader(texts.texts, texts.orders);
    this.#shownCount = new Int32Array(texts.texts, 0, 1);
    this.#words = new Int32Array(slots);
    this.#capacity = this.#words.length / SLOT_WORDS;
  }

  /** An empty table with room for so many tags. */
  static empty(expected = 0): TagWriter {
    const slots = new SharedArrayBuffer(slotsFor(expected, LOAD_BULK) * SLOT_WORDS * 4);
    return new TagWriter({ slots, texts: new TextWriter(), longs: new Map() });
  }

  /** A table as it was saved: its slots whole, and the EPCs of other lengths than 96 bits. */
  static opened(words: Int32Array, texts: TextWriter, longEpcs: readonly string[]): TagWriter {
    const slots = new SharedArrayBuffer(words.byteLength);
    new Int32Array(slots).set(words);
    const writer = new TagWriter({ slots, texts, longs: new Map() });
    for (const epc of longEpcs) {
      const { a, b, c } = writer.#key.set(epc);
      writer.#longs.set(hexOf(a, b, c), epc);
    }
    writer.#count();
    return writer;
  }

  /** The same tags with room for more. This one can still be written, for whoever reads it still. */
  larger(): TagWriter {
    const capacity = slotsFor(this.#taken + 1, LOAD_GROWN);
    const slots = new SharedArrayBuffer(capacity * SLOT_WORDS * 4);
    const words = new Int32Array(slots);
    const old = this.#words;
    for (let from = 0; from < old.length; from += SLOT_WORDS) {
      const meta = old[from + META] ?? 0;
      if (meta === 0) continue;
      const long = (meta & LONG) !== 0;
      const free = findSlot(words, capacity, old[from] ?? 0, old[from + 1] ?? 0, old[from + 2] ?? 0, long);
      words.set(old.subarray(from, from + SLOT_WORDS), ~free * SLOT_WORDS);
    }
    const larger = new TagWriter({ slots, texts: this.#texts, longs: this.#longs });
    larger.#taken = this.#taken;
    larger.#present = this.#present;
    return larger;
  }

  get buffers(): TagBuffers {
    const { texts, orders } = this.#texts;
    return { slots: this.#slots, before: this.#before.buffer, texts, orders };
  }

  get full(): boolean {
    return this.#taken + 1 > this.#capacity * LOAD_MAX;
  }

  get size(): number {
    return this.#present;
  }

  /** What the tags take, in bytes: slots, names and order ids. */
  get bytes(): number {
    return this.#words.byteLength + this.#texts.bytes;
  }

  get words(): Int32Array {
    return this.#words;
  }

  get texts(): TextWriter {
    return this.#texts;
  }

  longEpcs(): string[] {
    return [...this.#longs.values()];
  }

  get(epc: string): SeenTag | undefined {
    const { a, b, c, long } = this.#key.set(epc);
    const slot = findSlot(this.#words, this.#capacity, a, b, c, long);
    return slot < 0 ? undefined : this.#read(slot * SLOT_WORDS);
  }

  /** Writes how a tag counts. Only a full table that was followed by a larger one drops what does not fit. */
  set(epc: string, tag: SeenTag): void {
    if (tag.rev > REV_MAX) throw new RangeError(`revision ${tag.rev} is beyond what the table holds`);
    this.#put(epc, tag);
  }

  /** The tag is not known any more. */
  remove(epc: string): void {
    if (this.get(epc) !== undefined) this.#put(epc, null);
  }

  *entries(): IterableIterator<[string, SeenTag]> {
    const words = this.#words;
    for (let at = 0; at < words.length; at += SLOT_WORDS) {
      const tag = this.#read(at);
      if (tag === undefined) continue;
      const hex = hexOf(words[at] ?? 0, words[at + 1] ?? 0, words[at + 2] ?? 0);
      const epc = ((words[at + META] ?? 0) & LONG) === 0 ? hex : this.#longs.get(hex);
      if (epc !== undefined) yield [epc, tag];
    }
  }

  /**
   * What stood there is noted first. Then order, revision, meta: the reader tells from the versions in the
   * first and the last whether it saw one state, and takes what was noted where it did not.
   */
  #put(epc: string, tag: SeenTag | null): void {
    const { a, b, c, long } = this.#key.set(epc);
    const words = this.#words;
    const slot = findSlot(words, this.#capacity, a, b, c, long);
    if (slot < 0 && this.#taken + 1 >= this.#capacity) return;
    const at = (slot < 0 ? ~slot : slot) * SLOT_WORDS;
    const before = words[at + META] ?? 0;
    if (slot < 0) {
      words[at] = a;
      words[at + 1] = b;
      words[at + 2] = c;
      this.#taken += 1;
      if (long) this.#longs.set(hexOf(a, b, c), epc);
    }
    const wasPresent = before !== 0 && (before & ABSENT) === 0;
    this.#present += (tag === null ? 0 : 1) - (wasPresent ? 1 : 0);
    const order = tag === null ? 0 : this.#texts.order(tag.order_id);
    const item = tag === null ? 0 : this.#texts.item(tag.item_id, tag.name);
    const version = slot < 0 ? 0 : (metaVersion(before) + 1) & 3;
    if (slot >= 0) this.#note(at);
    Atomics.store(words, at + ORDER, (order << 2) | version);
    Atomics.store(words, at + REV, (tag?.rev ?? 0) | 0);
    Atomics.store(
      words,
      at + META,
      (item << ITEM_SHIFT) |
        (Math.floor((tag?.rev ?? 0) / 2 ** 32) << REV_HIGH_SHIFT) |
        (tag === null ? ABSENT : 0) |
        (version << VERSION_SHIFT) |
        (long ? LONG : 0) |
        (tag?.status === 'sold' ? SOLD : 0) |
        TAKEN,
    );
    Atomics.store(this.#shownCount, 0, this.#present);
  }

  /** The tag of a new slot was unknown until its meta is there, so only others need this. */
  #note(at: number): void {
    Atomics.store(this.#before, BEFORE_SLOT, BEFORE_NONE);
    Atomics.store(this.#before, BEFORE_REV, this.#words[at + REV] ?? 0);
    Atomics.store(this.#before, BEFORE_ORDER, this.#words[at + ORDER] ?? 0);
    Atomics.store(this.#before, BEFORE_SLOT, at);
  }

  #read(at: number): SeenTag | undefined {
    const meta = this.#words[at + META] ?? 0;
    if (meta === 0 || (meta & ABSENT) !== 0) return undefined;
    const { item_id, name } = this.#reader.item(meta >>> ITEM_SHIFT);
    return {
      status: (meta & SOLD) === 0 ? 'unsold' : 'sold',
      rev: revOf(this.#words[at + REV] ?? 0, meta),
      item_id,
      name,
      order_id: this.#reader.order((this.#words[at + ORDER] ?? 0) >>> 2),
    };
  }

  #count(): void {
    for (let at = META; at < this.#words.length; at += SLOT_WORDS) {
      const meta = this.#words[at] ?? 0;
      if (meta === 0) continue;
      this.#taken += 1;
      if ((meta & ABSENT) === 0) this.#present += 1;
    }
  }
}
