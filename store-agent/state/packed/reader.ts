import {
  ABSENT,
  BEFORE_ORDER,
  BEFORE_REV,
  BEFORE_SLOT,
  findSlot,
  ITEM_SHIFT,
  META,
  metaVersion,
  ORDER,
  REV,
  revOf,
  SLOT_WORDS,
  SOLD,
  type TagBuffers,
  TagKey,
  type TagMemory,
  versionOf,
} from './layout.ts';
import { TextReader } from './texts.ts';

export interface SeenTag {
  status: 'sold' | 'unsold';
  rev: number;
  item_id: string | null;
  name: string | null;
  order_id: string | null;
}

/** Reads all tags of a store, those on top that the agent sold by itself. */
export class TagReader {
  readonly generation: number;
  readonly #store: TableReader;
  readonly #local: TableReader;
  readonly #key = new TagKey();

  constructor(memory: TagMemory) {
    this.generation = memory.generation;
    this.#store = new TableReader(memory.store);
    this.#local = new TableReader(memory.local);
  }

  /** By canonical text. A local sale is settled in the store's table before it leaves the other. */
  get(epc: string): SeenTag | undefined {
    return (this.#local.empty ? undefined : this.#local.get(epc)) ?? this.#store.get(epc);
  }

  /** The status alone: what a gate that asks for many tags needs to know. Makes no garbage. */
  statusOf(epc: string): SeenTag['status'] | undefined {
    const { a, b, c, long } = this.#key.set(epc);
    const local = this.#local.empty ? undefined : this.#local.isSold(a, b, c, long);
    const sold = local ?? this.#store.isSold(a, b, c, long);
    return sold === undefined ? undefined : sold ? 'sold' : 'unsold';
  }

  /** Whether the EPC-96 of three big-endian words is sold; undefined where it is unknown. */
  isSold(a: number, b: number, c: number): boolean | undefined {
    const local = this.#local.empty ? undefined : this.#local.isSold(a, b, c, false);
    return local ?? this.#store.isSold(a, b, c, false);
  }
}

/** Reads one table while another thread writes it. Never waits: a tag caught in the middle of a change is as it was. */
class TableReader {
  readonly #words: Int32Array;
  readonly #before: Int32Array;
  readonly #capacity: number;
  readonly #texts: TextReader;
  readonly #count: Int32Array;
  readonly #key = new TagKey();

  constructor({ slots, before, texts, orders }: TagBuffers) {
    this.#words = new Int32Array(slots);
    this.#before = new Int32Array(before);
    this.#capacity = this.#words.length / SLOT_WORDS;
    this.#texts = new TextReader(texts, orders);
    this.#count = new Int32Array(texts, 0, 1);
  }

  /** Most of the time the agent sold nothing by itself: then nobody looks there. */
  get empty(): boolean {
    return Atomics.load(this.#count, 0) === 0;
  }

  get(epc: string): SeenTag | undefined {
    const { a, b, c, long } = this.#key.set(epc);
    const slot = findSlot(this.#words, this.#capacity, a, b, c, long);
    return slot < 0 ? undefined : this.#read(slot * SLOT_WORDS);
  }

  isSold(a: number, b: number, c: number, long: boolean): boolean | undefined {
    const slot = findSlot(this.#words, this.#capacity, a, b, c, long);
    if (slot < 0) return undefined;
    const meta = Atomics.load(this.#words, slot * SLOT_WORDS + META);
    if ((meta & SOLD) !== 0) return true;
    return (meta & ABSENT) === 0 ? false : undefined;
  }

  /**
   * The writer stores order, revision, meta, in this order, with one version in the first and the last. We
   * load meta, revision, order: equal versions mean that no write had begun when the revision was read. In
   * the middle of a write the meta is still the old one, and the rest of the old state is noted. Where
   * neither holds, the writer went on while we looked, and we look again.
   */
  #read(at: number): SeenTag | undefined {
    const words = this.#words;
    const before = this.#before;
    for (;;) {
      const meta = Atomics.load(words, at + META);
      if ((meta & ABSENT) !== 0) return undefined;
      const rev = Atomics.load(words, at + REV);
      const order = Atomics.load(words, at + ORDER);
      if (
        versionOf(order) === metaVersion(meta) &&
        Atomics.load(words, at + REV) === rev &&
        Atomics.load(words, at + META) === meta
      )
        return this.#tag(meta, rev, order);
      if (Atomics.load(before, BEFORE_SLOT) !== at) continue;
      const oldRev = Atomics.load(before, BEFORE_REV);
      const oldOrder = Atomics.load(before, BEFORE_ORDER);
      if (
        versionOf(oldOrder) === metaVersion(meta) &&
        Atomics.load(before, BEFORE_REV) === oldRev &&
        Atomics.load(before, BEFORE_SLOT) === at &&
        Atomics.load(words, at + META) === meta
      )
        return this.#tag(meta, oldRev, oldOrder);
    }
  }

  #tag(meta: number, rev: number, order: number): SeenTag {
    const { item_id, name } = this.#texts.item(meta >>> ITEM_SHIFT);
    return {
      status: (meta & SOLD) === 0 ? 'unsold' : 'sold',
      rev: revOf(rev, meta),
      item_id,
      name,
      order_id: this.#texts.order(order >>> 2),
    };
  }
}
