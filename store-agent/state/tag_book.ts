import type { TagState, TagStatus } from '../../shared/feed/frames.ts';

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

/** All tags of the store in memory: a gate is answered from here, the disk stands behind it. */
export class TagBook {
  #tags = new Map<string, TagRecord>();

  get(epc: string): TagRecord | undefined {
    return this.#tags.get(epc);
  }

  get size(): number {
    return this.#tags.size;
  }

  entries(): IterableIterator<[string, TagRecord]> {
    return this.#tags.entries();
  }

  /** Applies changes upward only, so that applying them twice or late changes nothing. */
  apply(changes: readonly TagChange[]): void {
    for (const change of changes) {
      const merged = mergeTag(this.#tags.get(change.epc), change);
      if (merged !== null) this.#tags.set(change.epc, merged);
    }
  }

  /** A snapshot replaces everything: within another epoch of the edge revisions cannot be compared. */
  replace(tags: Map<string, TagRecord>): void {
    this.#tags = tags;
  }
}
