import type { AgentState, Tables } from '../state/agent_state.ts';
import { TagBook } from '../state/tag_book.ts';
import type { FeedPlan, SnapshotPart } from './apply.ts';

/** A pass sold its tags a moment before the edge's snapshot was made, at the most this long ago. */
const PASS_AHEAD_MS = 15 * 60_000;

export interface ApplierHooks {
  now(): number;
  /** Runs inside the transaction of a frame that holds sales. */
  onSales(tables: Tables, sales: FeedPlan['sales']): void;
  /** After something is on disk. */
  onDurable(): void;
  onConfig(): void;
  /** A version of the shelf was named, and that is on the disk. */
  onShelf(): void;
  onReceipts(orderIds: string[]): void;
}

type Work = { kind: 'plan'; plan: FeedPlan } | { kind: 'part'; part: SnapshotPart };

/**
 * Brings frames into memory and onto the disk. Memory goes first and never fails, so a gate knows of a sale
 * even when the disk is full; only what is on disk counts for the cursor, and so for the ack.
 */
export class FeedApplier {
  readonly #state: AgentState;
  readonly #hooks: ApplierHooks;
  #waiting: Work[] = [];
  #staging = new TagBook();

  constructor(state: AgentState, hooks: ApplierHooks) {
    this.#state = state;
    this.#hooks = hooks;
    state.onDiskRetry(() => this.drain());
  }

  /** Frames in memory that the disk has not taken. */
  get waiting(): number {
    return this.#waiting.length;
  }

  apply(plan: FeedPlan): void {
    this.#state.book.apply(plan.tags);
    for (const { order_id } of plan.sales) this.#state.book.settleLocal(order_id);
    if (plan.config !== null) this.#state.adoptConfig(plan.config);
    this.#push({ kind: 'plan', plan });
    if (plan.config !== null) this.#hooks.onConfig();
  }

  stage(part: SnapshotPart): void {
    if (part.part === 0) this.#staging = new TagBook();
    this.#staging.apply(part.tags);
    if (part.config !== null) this.#state.adoptConfig(part.config);
    if (part.last) {
      this.#state.book.replace(this.#staging);
      this.#staging = new TagBook();
      this.#state.book.apply(this.#soldByPass(part.epoch));
    }
    this.#push({ kind: 'part', part });
    if (part.config !== null) this.#hooks.onConfig();
  }

  /** A connection ended: what the disk has not taken comes again after the next hello. */
  forget(): void {
    this.#waiting = [];
    this.#staging = new TagBook();
  }

  /** Writes what waits, in order. True once nothing is left. */
  drain(): boolean {
    let progressed = false;
    for (;;) {
      const work = this.#waiting[0];
      if (work === undefined) break;
      const written = work.kind === 'plan' ? this.#writePlan(work.plan) : this.#writePart(work.part);
      if (!written) break;
      progressed = true;
      this.#waiting.shift();
      if ((work.kind === 'plan' ? work.plan : work.part).shelfVersion !== null) this.#hooks.onShelf();
      if (work.kind === 'plan' && work.plan.receipts.length > 0)
        this.#hooks.onReceipts(work.plan.receipts.map((r) => r.order_id));
    }
    if (progressed) this.#hooks.onDurable();
    return this.#waiting.length === 0;
  }

  #push(work: Work): void {
    this.#waiting.push(work);
    // Behind a frame that waits for the disk a later one waits too; the next retry writes them in order.
    if (this.#waiting.length === 1) this.drain();
  }

  #writePlan(plan: FeedPlan): boolean {
    const nowMs = this.#hooks.now();
    return this.#state.write((tables) => {
      tables.tags.apply(plan.tags);
      for (const { order_id } of plan.sales) tables.tags.settleLocal(order_id);
      for (const receipt of plan.receipts) tables.receipts.keep(receipt, nowMs);
      if (plan.config !== null) tables.meta.set('config', JSON.stringify(plan.config));
      if (plan.shelfVersion !== null) tables.meta.set('shelf_version', plan.shelfVersion);
      tables.unknownEntries.keep(plan.epoch, plan.unread);
      tables.meta.set('cursor', plan.cursor);
      if (plan.sales.length > 0) this.#hooks.onSales(tables, plan.sales);
    }).ok;
  }

  #writePart(part: SnapshotPart): boolean {
    return this.#state.write((tables) => {
      tables.tags.stage(part.part === 0, part.tags);
      if (part.config !== null) tables.meta.set('config', JSON.stringify(part.config));
      if (part.shelfVersion !== null) tables.meta.set('shelf_version', part.shelfVersion);
      if (!part.last) return;
      tables.tags.swap();
      tables.tags.apply(this.#soldByPass(part.epoch));
      tables.meta.set('epoch', part.epoch);
      tables.meta.set('cursor', part.head);
    }).ok;
  }

  /** Sales that a shopper's pass told us of, which a snapshot made just before may not hold yet. */
  #soldByPass(epoch: string) {
    return this.#state.tables.passes.soldSince(this.#hooks.now() - PASS_AHEAD_MS, epoch);
  }
}
