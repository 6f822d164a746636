import { z } from 'zod';
import type { Item } from '../../shared/catalog/item.ts';
import type { CodeLookup } from '../../shared/catalog/resolution.ts';
import { type CompiledPromotions, compile } from '../../shared/promotion/compile.ts';
import { PlanMemo } from '../../shared/promotion/plan/memo.ts';
import { Promotion } from '../../shared/promotion/schema.ts';
import type { Log } from '../log.ts';
import type { AgentState } from '../state/agent_state.ts';

/** The shelf that a till sells from: one whole version. */
export interface TillShelf {
  version: number;
  catalog_version: number;
  lookup: CodeLookup<Item>;
  promotions: CompiledPromotions;
  /** Plans that baskets met before: one more scan searches only what it touches. */
  plans: PlanMemo;
}

/** The version on the disk, its promotions compiled once. It sells from the first second, with or without a line. */
export class ShelfBook {
  readonly #state: AgentState;
  readonly #log: Log;
  #open: TillShelf | null = null;

  constructor(state: AgentState, log: Log) {
    this.#state = state;
    this.#log = log;
  }

  /** Null before the first version is whole. */
  now(): TillShelf | null {
    const { shelf } = this.#state.tables;
    const held = shelf.held();
    if (held === null) return null;
    if (this.#open?.version === held.version) return this.#open;
    const documents = z.array(z.unknown()).parse(shelf.promotions(held.version));
    this.#open = {
      ...held,
      lookup: shelf.lookup(held.version, (epc) => this.#state.book.get(epc)?.item_id ?? null),
      promotions: compile(documents.flatMap((document) => this.#read(document))),
      plans: new PlanMemo(),
    };
    return this.#open;
  }

  /** One that this build cannot read takes nothing off, as at the edge. */
  #read(document: unknown): Promotion[] {
    const promotion = Promotion.safeParse(document);
    if (promotion.success) return [promotion.data];
    this.#log('error', 'a promotion cannot be read and is left out', { detail: promotion.error.message });
    return [];
  }
}
