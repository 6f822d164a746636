import type { TagState, TagStatus } from '../../shared/feed/frames.ts';
import { LocalSales } from './local_sales.ts';

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

/** All tags of the store in memory: a gate is answered from here, the disk stands behind it. */
export class TagBook {
  #tags = new Map<string, TagRecord>();
  readonly #local = new LocalSales();

  /** How a tag counts: as the edge says, or as sold while a sale of our own awaits the edge. */
  get(epc: string): TagRecord | undefined {
    return this.#shown(epc, this.#tags.get(epc));
  }

  get size(): number {
    let unknownToEdge = 0;
    for (const epc of this.#local.epcs()) if (!this.#tags.has(epc)) unknownToEdge += 1;
    return this.#tags.size + unknownToEdge;
  }

  *entries(): IterableIterator<[string, TagRecord]> {
    for (const [epc, tag] of this.#tags) yield [epc, this.#shown(epc, tag) ?? tag];
    for (const epc of this.#local.epcs()) {
      const shown = this.#tags.has(epc) ? undefined : this.#shown(epc, undefined);
      if (shown !== undefined) yield [epc, shown];
    }
  }

  /**
   * Applies changes upward only, so that applying them twice or late changes nothing. One that names the
   * order of a local sale settles that tag: the edge has committed the order, and only it speaks from here.
   */
  apply(changes: readonly TagChange[]): void {
    for (const change of changes) {
      if (change.order_id !== undefined) this.#local.settleTag(change.order_id, change.epc);
      const merged = mergeTag(this.#tags.get(change.epc), change);
      if (merged !== null) this.#tags.set(change.epc, merged);
    }
  }

  /** A snapshot replaces everything: within another epoch of the edge revisions cannot be compared. */
  replace(tags: Map<string, TagRecord>): void {
    this.#tags = tags;
    for (const epc of [...this.#local.epcs()]) {
      const orderId = tags.get(epc)?.order_id;
      if (orderId) this.#local.settleTag(orderId, epc);
    }
  }

  /** From now on these tags count as sold under this order, until the edge has committed it. */
  sellLocally(orderId: string, epcs: readonly string[]): void {
    this.#local.sell(orderId, epcs);
  }

  /** The edge has committed this order: what it says of the tags counts again. */
  settleLocal(orderId: string): void {
    this.#local.settle(orderId);
  }

  /** Tags whose own sale the edge has not committed yet. */
  get pendingLocally(): number {
    return this.#local.size;
  }

  #shown(epc: string, tag: TagRecord | undefined): TagRecord | undefined {
    const orderId = this.#local.orderOf(epc);
    if (orderId === undefined) return tag;
    return {
      status: 'sold',
      rev: tag?.rev ?? 0,
      item_id: tag?.item_id ?? null,
      name: tag?.name ?? null,
      order_id: orderId,
    };
  }
}
