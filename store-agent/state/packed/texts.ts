/**
 * Names and order ids in shared memory that only grows: what was published never moves or changes, so a
 * reader needs no lock. A growable buffer reserves addresses, not memory.
 */
const TEXTS_BYTES_MAX = 16 * 1024 * 1024;
const ORDERS_BYTES_MAX = 64 * 1024 * 1024;
const GROW_BYTES = 256 * 1024;
const ORDER_BYTES = 16;
/** Of a reference to an order: the id lies among the texts, because it is no `ord_` and a UUID. */
const AS_TEXT = 1 << 29;
const NONE = 0xffff;
const PART_BYTES_MAX = 1_024;

/** Grows a buffer to hold so many bytes; false where it may not grow that far. */
function reach(buffer: SharedArrayBuffer, bytes: number): boolean {
  if (bytes <= buffer.byteLength) return true;
  if (bytes > buffer.maxByteLength) return false;
  buffer.grow(Math.min(buffer.maxByteLength, Math.ceil(bytes / GROW_BYTES) * GROW_BYTES));
  return true;
}

export interface ItemText {
  item_id: string | null;
  name: string | null;
}

const NOTHING: ItemText = { item_id: null, name: null };
const HEX_BYTES = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
const ORDER_ID = /^ord_([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{12})$/;

/** Reads items and order ids by reference. References are word offsets (items) and counts (orders); 0 is none. */
export class TextReader {
  readonly #texts: Uint8Array;
  readonly #orders: Uint8Array;
  readonly #items = new Map<number, ItemText>();
  readonly #decoder = new TextDecoder();

  constructor(texts: SharedArrayBuffer, orders: SharedArrayBuffer) {
    // Views without a length follow the buffer as it grows.
    this.#texts = new Uint8Array(texts);
    this.#orders = new Uint8Array(orders);
  }

  item(reference: number): ItemText {
    if (reference === 0) return NOTHING;
    const known = this.#items.get(reference);
    if (known !== undefined) return known;
    const at = reference * 4;
    const idBytes = this.#length(at);
    const nameBytes = this.#length(at + 2);
    const idEnd = at + 4 + (idBytes ?? 0);
    const item: ItemText = {
      item_id: idBytes === null ? null : this.#text(at + 4, idEnd),
      name: nameBytes === null ? null : this.#text(idEnd, idEnd + nameBytes),
    };
    this.#items.set(reference, item);
    return item;
  }

  order(reference: number): string | null {
    if (reference === 0) return null;
    if ((reference & AS_TEXT) !== 0) return this.item(reference & ~AS_TEXT).name;
    const at = reference * ORDER_BYTES;
    let id = 'ord_';
    for (let i = 0; i < ORDER_BYTES; i++) {
      if (i === 4 || i === 6 || i === 8 || i === 10) id += '-';
      id += HEX_BYTES[this.#orders[at + i] ?? 0];
    }
    return id;
  }

  #length(at: number): number | null {
    const length = (this.#texts[at] ?? 0) | ((this.#texts[at + 1] ?? 0) << 8);
    return length === NONE ? null : length;
  }

  #text(from: number, to: number): string {
    // A decoder takes no shared memory.
    return this.#decoder.decode(this.#texts.slice(from, to));
  }
}

/** Adds items and order ids. Equal items share one text: most tags of a store share their names. */
export class TextWriter {
  readonly texts: SharedArrayBuffer;
  readonly orders: SharedArrayBuffer;
  readonly #textBytes: Uint8Array;
  readonly #orderBytes: Uint8Array;
  readonly #known = new Map<string, number>();
  readonly #encoder = new TextEncoder();
  /** The next free word of the texts and the next free order; the first of each means none. */
  #textWords: number;
  #orderCount: number;
  /** Tags of one order arrive together. */
  #lastOrder = { id: '', reference: 0 };

  constructor() {
    this.texts = new SharedArrayBuffer(GROW_BYTES, { maxByteLength: TEXTS_BYTES_MAX });
    this.orders = new SharedArrayBuffer(GROW_BYTES, { maxByteLength: ORDERS_BYTES_MAX });
    this.#textBytes = new Uint8Array(this.texts);
    this.#orderBytes = new Uint8Array(this.orders);
    this.#textWords = 1;
    this.#orderCount = 1;
  }

  /** Everything that was added, to be kept on disk. */
  saved(): { texts: Uint8Array; orders: Uint8Array } {
    return {
      texts: this.#textBytes.slice(0, this.#textWords * 4),
      orders: this.#orderBytes.slice(0, this.#orderCount * ORDER_BYTES),
    };
  }

  /** What `saved` gave; null where it is larger than we hold. */
  static opened(texts: Uint8Array, orders: Uint8Array): TextWriter | null {
    const writer = new TextWriter();
    if (!reach(writer.texts, texts.length) || !reach(writer.orders, orders.length)) return null;
    writer.#textBytes.set(texts);
    writer.#orderBytes.set(orders);
    writer.#textWords = texts.length / 4;
    writer.#orderCount = orders.length / ORDER_BYTES;
    return writer;
  }

  get bytes(): number {
    return this.#textWords * 4 + this.#orderCount * ORDER_BYTES;
  }

  /** Once there is no room left, tags go on without names: the answer of a gate does not hang on them. */
  item(item_id: string | null, name: string | null): number {
    if (item_id === null && name === null) return 0;
    const key = `${item_id ?? ''}\u0000${name === null ? '\u0000' : name}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const id = item_id === null ? null : this.#encode(item_id);
    const shown = name === null ? null : this.#encode(name);
    const reference = this.#textWords;
    const at = reference * 4;
    const bytes = 4 + (id?.length ?? 0) + (shown?.length ?? 0);
    if (!reach(this.texts, at + bytes)) return 0;
    this.#setLength(at, id);
    this.#setLength(at + 2, shown);
    if (id !== null) this.#textBytes.set(id, at + 4);
    if (shown !== null) this.#textBytes.set(shown, at + 4 + (id?.length ?? 0));
    this.#textWords += Math.ceil(bytes / 4);
    this.#known.set(key, reference);
    return reference;
  }

  order(id: string | null): number {
    if (id === null) return 0;
    if (id === this.#lastOrder.id) return this.#lastOrder.reference;
    const parts = ORDER_ID.exec(id);
    let reference: number;
    if (parts === null) {
      const text = this.item(null, id);
      reference = text === 0 ? 0 : text | AS_TEXT;
    } else {
      reference = this.#orderCount;
      const at = reference * ORDER_BYTES;
      if (!reach(this.orders, at + ORDER_BYTES)) return 0;
      const hex = parts.slice(1).join('');
      for (let i = 0; i < ORDER_BYTES; i++)
        this.#orderBytes[at + i] = Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16);
      this.#orderCount += 1;
    }
    this.#lastOrder = { id, reference };
    return reference;
  }

  #encode(text: string): Uint8Array {
    return this.#encoder.encode(text).subarray(0, PART_BYTES_MAX);
  }

  #setLength(at: number, bytes: Uint8Array | null): void {
    const length = bytes?.length ?? NONE;
    this.#textBytes[at] = length & 255;
    this.#textBytes[at + 1] = length >>> 8;
  }
}
