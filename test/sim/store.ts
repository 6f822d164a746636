import { dueOf, housekeep, nextAlarm } from '../../edge/store/alarm.ts';
import { cancelOrder } from '../../edge/store/cancel_order.ts';
import { commitSale } from '../../edge/store/commit_sale.ts';
import { guestSession } from '../../edge/store/guest_sessions.ts';
import { orderHolder } from '../../edge/store/holds.ts';
import { raisePaymentIncident } from '../../edge/store/incidents.ts';
import { itemsById } from '../../edge/store/items_by_id.ts';
import { tagOf } from '../../edge/store/ledger.ts';
import { debtOf, settleDebt } from '../../edge/store/offline/debt.ts';
import { openOrder } from '../../edge/store/open_order.ts';
import { drainOutbox } from '../../edge/store/outbox.ts';
import { bornWith } from '../../edge/store/put_config.ts';
import { collections, recordCollection } from '../../edge/store/record_collection.ts';
import { recordRefund, recordRefundTrouble } from '../../edge/store/record_refund.ts';
import { findReference, linkReference } from '../../edge/store/references.ts';
import { release } from '../../edge/store/release.ts';
import { reviewOrder } from '../../edge/store/review_order.ts';
import { nothingAfter, type Scope } from '../../edge/store/scope.ts';
import { shelfForBasket, stageShelf, swapShelf } from '../../edge/store/shelf.ts';
import { promotionsForBasket, stagePromotions } from '../../edge/store/shelf_promotions.ts';
import { returnStock } from '../../edge/store/stock.ts';
import { take, takeItem } from '../../edge/store/take.ts';
import { freeTerminal, leaseTerminal } from '../../edge/store/terminals.ts';
import { noteVerification, waitingBaskets } from '../../edge/store/verifications.ts';
import { unwrap } from '../../shared/result.ts';
import type { StoreForEdge } from '../../shared/rpc/store.ts';
import { CONFIG, PROMOTIONS, SHELF } from './shop.ts';
import { Tables } from './tables.ts';
import type { World } from './world.ts';

const EPOCH = 'simulated';

/** The truth of one store: the store's real verbs, and around them in small what StoreObject does. */
export class SimStore {
  readonly tables = new Tables();
  /** What its callers see. */
  readonly edge: StoreForEdge = this.#methods();
  /** Events that left for the cloud, as JSON. */
  readonly sent: string[] = [];
  /** Exceptions of verbs: every one is a bug. */
  readonly bugs: unknown[] = [];
  #world: World;
  #armedAt: number | null = null;
  #uuids = 0;
  #draining = false;

  constructor(world: World) {
    this.#world = world;
    this.#run(bornWith);
    this.#run((s) => unwrap(stageShelf(s, { version: 1, part: 0, items: SHELF })));
    const part = { version: 1, part: 0, count: PROMOTIONS.length, promotions: JSON.stringify(PROMOTIONS) };
    this.#run((s) => unwrap(stagePromotions(s, part)));
    this.#run((s) => unwrap(swapShelf(s, { version: 1, parts: 1, promotion_parts: 1, catalog_version: 1 })));
  }

  /** The next walk's world; its tables are as they were when the store was born. */
  enter(world: World): void {
    this.#world = world;
    this.#armedAt = null;
    this.#draining = false;
    this.#uuids = 0;
    this.sent.length = 0;
    this.bugs.length = 0;
  }

  #scope(): Scope {
    const uuid = () => `00000000-0000-7000-8000-${String(++this.#uuids).padStart(12, '0')}`;
    const { now } = this.#world;
    return { sql: this.tables, config: CONFIG, epoch: EPOCH, now, newUuid: uuid, after: nothingAfter() };
  }

  #run<T>(verb: (scope: Scope) => T): T {
    const scope = this.#scope();
    const answer = this.#written(() => verb(scope));
    if (scope.after.outbox) this.#world.after(0, () => void this.#drain(), true);
    this.#arm(scope.after.wakeAt);
    return answer;
  }

  #written<T>(change: () => T): T {
    try {
      return this.tables.write(change);
    } catch (error) {
      this.bugs.push(error);
      throw error;
    }
  }

  #arm(at: number | null): void {
    if (at === null || (this.#armedAt !== null && this.#armedAt <= at)) return;
    this.#armedAt = at;
    this.#world.after(at - this.#world.now, () => this.#ring(at), true);
  }

  #ring(at: number): void {
    if (this.#armedAt !== at) return;
    this.#armedAt = null;
    this.#run(housekeep);
    void this.#drain();
    const next = nextAlarm(dueOf(this.tables, null), this.#world.now);
    if (next !== null) this.#arm(Math.max(next, this.#world.now + 1));
  }

  /** One drain at a time; the queue takes everything. */
  async #drain(): Promise<void> {
    if (this.#draining) return;
    this.#draining = true;
    await drainOutbox(this.tables, async (messages) => {
      this.sent.push(...messages);
    });
    this.#draining = false;
  }

  #methods(): StoreForEdge {
    const sql = this.tables;
    return {
      config: async () => CONFIG,
      shelfForBasket: async () => shelfForBasket(sql),
      promotionsForBasket: async (query) => promotionsForBasket(sql, query),
      itemsById: async (ids) => itemsById(sql, ids),
      take: async (asked) => this.#run((s) => take(s, asked)),
      takeItem: async (asked) => takeItem(this.#scope(), asked),
      noteVerification: async (note) => this.#run(() => noteVerification(sql, note)),
      waitingBaskets: async () => waitingBaskets(sql),
      returnStock: async (back) => this.#run((s) => returnStock(s, back)),
      release: async (asked) => this.#run(() => release(sql, asked)),
      openOrder: async (asked) => this.#run((s) => openOrder(s, asked)),
      cancelOrder: async (asked) => this.#run((s) => cancelOrder(s, asked)),
      reviewOrder: async (review) => this.#run((s) => reviewOrder(s, review)),
      commitSale: async (asked) => this.#run((s) => commitSale(s, asked)),
      recordCollection: async (told) => this.#run((s) => recordCollection(s, told)),
      collections: async (status) => collections(sql, status),
      recordRefund: async (told) => this.#run((s) => recordRefund(s, told)),
      recordRefundTrouble: async (told) => this.#run((s) => recordRefundTrouble(s, told)),
      debtOf: async (asked) => debtOf({ sql, config: CONFIG }, asked),
      settleDebt: async (order) => this.#run((s) => settleDebt(s, order)),
      linkReference: async (link) => this.#run(() => linkReference(sql, link)),
      findReference: async (asked) => findReference(sql, asked),
      guestSession: async (asked) => this.#run((s) => guestSession(sql, s.now, asked)),
      tag: async (epc) => {
        const tag = tagOf(sql, epc);
        if (tag === null) return { epc, status: 'unknown', rev: 0 };
        const holder = orderHolder(sql, epc);
        return { epc, status: tag.status, rev: tag.rev, ...(holder === null ? {} : { held_by: holder }) };
      },
      raisePaymentIncident: async (told) => this.#run((s) => raisePaymentIncident(s, told)),
      leaseTerminal: async (lease) => this.#run((s) => leaseTerminal(s, lease)),
      freeTerminal: async (lease) => this.#run((s) => freeTerminal(s, lease)),
    };
  }
}
