import type { TagState, TagStatus } from '../../shared/feed/frames.ts';
import { LocalSales } from './local_sales.ts';
import type { TagMemory } from './packed/layout.ts';
import { TagWriter } from './packed/writer.ts';

export interface TagRecord {
  status: TagStatus;
  rev: number;
  item_id: string | null;
  name: string | null;
  order_id: string | null;
}

/** What a change of a tag needs to say; names are kept from before where it does not repeat them. */
export type TagChange = Pick<TagState, 'epc' | 'status' | 'rev'> & {
  item_id?: string | undefined;
  name?: string | undefined;
  order_id?: string | undefined;
};

/** The record after a change, or null where the change is not above the revision that is known. */
export function mergeTag(known: TagRecord | undefined, change: TagChange): TagRecord | null {
  if (known !== undefined && change.rev <= known.rev) return null;
  return {
    status: change.status,
    rev: change.rev,
    item_id: change.item_id ?? known?.item_id ?? null,
    name: change.name ?? known?.name ?? null,
    order_id: change.order_id ?? null,
  };
}

/** Tags sold by this agent itself, in the order in which it sold them. */
export interface LocalSale {
  order_id: string;
  epc: string;
}

/**
 * All tags of the store in memory that the gate thread shares: a gate is answered from here, the disk stands
 * behind it. This is the only writer; what it writes is seen over there at once.
 */
export class TagBook {
  #store: TagWriter;
  #local = TagWriter.empty();
  readonly #sales = new LocalSales();
  #generation = 1;
  #listener: ((memory: TagMemory) => void) | null = null;
  /** Tables that the gate thread may still be reading: they are written too, until it has the newer ones. */
  #leaving: { writer: TagWriter; generation: number; local: boolean }[] = [];

  constructor(store: TagWriter = TagWriter.empty()) {
    this.#store = store;
  }

  /** How a tag counts: as the edge says, or as sold while a sale of our own awaits the edge. */
  get(epc: string): TagRecord | undefined {
    return this.#local.get(epc) ?? this.#store.get(epc);
  }

  get size(): number {
    let unknownToEdge = 0;
    for (const epc of this.#sales.epcs()) if (this.#store.get(epc) === undefined) unknownToEdge += 1;
    return this.#store.size + unknownToEdge;
  }

  *entries(): IterableIterator<[string, TagRecord]> {
    for (const [epc, tag] of this.#store.entries()) yield [epc, this.#local.get(epc) ?? tag];
    for (const [epc, tag] of this.#local.entries()) if (this.#store.get(epc) === undefined) yield [epc, tag];
  }

  /**
   * Applies changes upward only, so that applying them twice or late changes nothing. One that names the
   * order of a local sale settles that tag: the edge has committed the order, and only it speaks from here.
   */
  apply(changes: readonly TagChange[]): void {
    for (const change of changes) {
      const { epc, order_id } = change;
      const merged = mergeTag(this.#store.get(epc), change);
      if (merged !== null) this.#setStore(epc, merged);
      if (order_id !== undefined) this.#sales.settleTag(order_id, epc);
      if (this.#local.size > 0) this.#showLocal(epc);
    }
  }

  /** A snapshot replaces everything: within another epoch of the edge revisions cannot be compared. */
  replace(snapshot: TagBook): void {
    const before = this.#store;
    this.#store = snapshot.#store;
    this.#moved(before, false);
    for (const epc of [...this.#sales.epcs()]) {
      const orderId = this.#store.get(epc)?.order_id;
      if (orderId) this.#sales.settleTag(orderId, epc);
      this.#showLocal(epc);
    }
  }

  /** From now on these tags count as sold under this order, until the edge has committed it. */
  sellLocally(orderId: string, epcs: readonly string[]): void {
    this.#sales.sell(orderId, epcs);
    for (const epc of epcs) this.#showLocal(epc);
  }

  /** The edge has committed this order: what it says of the tags counts again. */
  settleLocal(orderId: string): void {
    for (const epc of this.#sales.settle(orderId)) this.#showLocal(epc);
  }

  /** Tags whose own sale the edge has not committed yet. */
  get pendingLocally(): number {
    return this.#sales.size;
  }

  /** The table of what the edge says, to be saved. */
  get store(): TagWriter {
    return this.#store;
  }

  get memory(): TagMemory {
    return { generation: this.#generation, store: this.#store.buffers, local: this.#local.buffers };
  }

  /** Tells the one reader in another thread of new buffers; `taken` says that it reads them. */
  share(listener: (memory: TagMemory) => void): void {
    this.#listener = listener;
  }

  taken(generation: number): void {
    this.#leaving = this.#leaving.filter((one) => one.generation > generation);
  }

  #showLocal(epc: string): void {
    const orderId = this.#sales.orderOf(epc);
    if (orderId === undefined) {
      this.#local.remove(epc);
      for (const { writer, local } of this.#leaving) if (local) writer.remove(epc);
      return;
    }
    const tag = this.#store.get(epc);
    const shown: TagRecord = {
      status: 'sold',
      rev: tag?.rev ?? 0,
      item_id: tag?.item_id ?? null,
      name: tag?.name ?? null,
      order_id: orderId,
    };
    if (this.#local.full) {
      const before = this.#local;
      this.#local = before.larger();
      this.#moved(before, true);
    }
    this.#local.set(epc, shown);
    for (const { writer, local } of this.#leaving) if (local) writer.set(epc, shown);
  }

  #setStore(epc: string, tag: TagRecord): void {
    if (this.#store.full) {
      const before = this.#store;
      this.#store = before.larger();
      this.#moved(before, false);
    }
    this.#store.set(epc, tag);
    for (const { writer, local } of this.#leaving) if (!local) writer.set(epc, tag);
  }

  #moved(before: TagWriter, local: boolean): void {
    this.#generation += 1;
    if (this.#listener === null) return;
    this.#leaving.push({ writer: before, generation: this.#generation, local });
    this.#listener(this.memory);
  }
}
