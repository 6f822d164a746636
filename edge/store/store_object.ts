import type { Order } from '../../shared/api/order.ts';
import type { BasketId, ItemId, OrderId } from '../../shared/ids/index.ts';
import type { CollectionStatus } from '../../shared/order/collection.ts';
import { err } from '../../shared/result.ts';
import type { PaymentIncident, TerminalLease } from '../../shared/rpc/payment.ts';
import type { RecordRefund, RefundTrouble } from '../../shared/rpc/refunds.ts';
import type {
  CollectionTold,
  CommitSale,
  GuestSessionRecord,
  OpenOrder,
  PromotionsQuery,
  ReviewOrder,
  StoreForEdge,
  Take,
} from '../../shared/rpc/store.ts';
import { cancelOrder } from './cancel_order.ts';
import { commitSale } from './commit_sale.ts';
import { guestSession } from './guest_sessions.ts';
import { orderHolder } from './holds.ts';
import { raisePaymentIncident } from './incidents.ts';
import { itemsById } from './items_by_id.ts';
import { tagOf } from './ledger.ts';
import { type ListedTag, listTags, type TagsQuery } from './list_tags.ts';
import { debtOf, settleDebt } from './offline/debt.ts';
import { openOrder } from './open_order.ts';
import { collections, recordCollection } from './record_collection.ts';
import { recordRefund, recordRefundTrouble } from './record_refund.ts';
import { findReference, linkReference } from './references.ts';
import { release } from './release.ts';
import { reviewOrder } from './review_order.ts';
import { shelfForBasket } from './shelf.ts';
import { promotionsForBasket } from './shelf_promotions.ts';
import { returnStock } from './stock.ts';
import { StoreObjectForAgents } from './store_object_for_agents.ts';
import { take, takeItem } from './take.ts';
import { freeTerminal, leaseTerminal } from './terminals.ts';
import { noteVerification, waitingBaskets } from './verifications.ts';

/**
 * The truth of one store; the object's name is the store's id. Glue: each method runs one verb in one
 * synchronous transaction, then pushes the feed, drains the outbox and arms the alarm. Here is what the edge
 * calls: its routes and the trips in the store.
 */
export class StoreObject extends StoreObjectForAgents implements StoreForEdge {
  async config(): ReturnType<StoreForEdge['config']> {
    return this.store?.config ?? null;
  }

  async shelfForBasket(): ReturnType<StoreForEdge['shelfForBasket']> {
    return this.store === null ? null : shelfForBasket(this.sql);
  }

  async promotionsForBasket(query: PromotionsQuery): ReturnType<StoreForEdge['promotionsForBasket']> {
    return this.store === null ? null : promotionsForBasket(this.sql, query);
  }

  async itemsById(ids: ItemId[]): ReturnType<StoreForEdge['itemsById']> {
    return this.store === null ? [] : itemsById(this.sql, ids);
  }

  async take(request: Take): ReturnType<StoreForEdge['take']> {
    return this.store === null
      ? err({ code: 'unknown_store' })
      : this.run(this.store, (s) => take(s, request));
  }

  async release(request: { basket_id: BasketId; epcs: string[] }): Promise<void> {
    if (this.store !== null) this.run(this.store, () => release(this.sql, request));
  }

  async takeItem(request: Parameters<StoreForEdge['takeItem']>[0]): ReturnType<StoreForEdge['takeItem']> {
    return this.store === null ? err({ code: 'unknown_store' }) : takeItem(this.scope(this.store), request);
  }

  async noteVerification(note: Parameters<StoreForEdge['noteVerification']>[0]): Promise<void> {
    this.run(this.provisioned(), () => noteVerification(this.sql, note));
  }

  async waitingBaskets(): ReturnType<StoreForEdge['waitingBaskets']> {
    return this.store === null ? [] : waitingBaskets(this.sql);
  }

  async returnStock(back: Parameters<StoreForEdge['returnStock']>[0]): Promise<void> {
    this.run(this.provisioned(), (scope) => returnStock(scope, back));
  }

  async openOrder(open: OpenOrder): ReturnType<StoreForEdge['openOrder']> {
    return this.run(this.provisioned(), (scope) => openOrder(scope, open));
  }

  async cancelOrder(cancel: {
    basket_id: BasketId;
    reason: string;
  }): ReturnType<StoreForEdge['cancelOrder']> {
    return this.store === null
      ? err({ code: 'not_found' })
      : this.run(this.store, (s) => cancelOrder(s, cancel));
  }

  async commitSale(commit: CommitSale): ReturnType<StoreForEdge['commitSale']> {
    return this.run(this.provisioned(), (scope) => commitSale(scope, commit));
  }

  async reviewOrder(review: ReviewOrder): ReturnType<StoreForEdge['reviewOrder']> {
    return this.store === null
      ? err({ code: 'not_found' })
      : this.run(this.store, (scope) => reviewOrder(scope, review));
  }

  async recordCollection(told: CollectionTold): ReturnType<StoreForEdge['recordCollection']> {
    return this.run(this.provisioned(), (scope) => recordCollection(scope, told));
  }

  async collections(status: CollectionStatus): ReturnType<StoreForEdge['collections']> {
    return this.store === null ? [] : collections(this.sql, status);
  }

  async recordRefund(told: RecordRefund): ReturnType<StoreForEdge['recordRefund']> {
    return this.run(this.provisioned(), (scope) => recordRefund(scope, told));
  }

  async recordRefundTrouble(trouble: RefundTrouble): Promise<void> {
    this.run(this.provisioned(), (scope) => recordRefundTrouble(scope, trouble));
  }

  async debtOf(asked: { order_id: OrderId; reference: string }): ReturnType<StoreForEdge['debtOf']> {
    return this.store === null ? null : debtOf({ sql: this.sql, config: this.store.config }, asked);
  }

  async settleDebt(order: Order): Promise<void> {
    this.run(this.provisioned(), (scope) => settleDebt(scope, order));
  }

  async linkReference(link: { gateway: string; reference: string; basket_id: BasketId }): Promise<void> {
    this.run(this.provisioned(), () => linkReference(this.sql, link));
  }

  async findReference(find: { gateway: string; reference: string }): Promise<BasketId | null> {
    return this.store === null ? null : findReference(this.sql, find);
  }

  async guestSession(request: {
    key: string;
    body_hash: string;
    record: GuestSessionRecord;
  }): ReturnType<StoreForEdge['guestSession']> {
    return this.run(this.provisioned(), (scope) => guestSession(this.sql, scope.now, request));
  }

  async tag(epc: string): ReturnType<StoreForEdge['tag']> {
    if (this.store === null) return null;
    const tag = tagOf(this.sql, epc);
    if (tag === null) return { epc, status: 'unknown', rev: 0 };
    const { status, rev, order_id } = tag;
    const holder = status === 'unsold' ? orderHolder(this.sql, epc) : null;
    return {
      epc,
      status,
      rev,
      ...(order_id === null ? {} : { order_id }),
      ...(holder === null ? {} : { held_by: holder }),
    };
  }

  /** A page of the ledger for staff. */
  async tags(query: TagsQuery): Promise<ListedTag[]> {
    return this.store === null ? [] : listTags(this.sql, Date.now(), query);
  }

  // ---- payments of its trips ----

  async raisePaymentIncident(incident: PaymentIncident): Promise<void> {
    this.run(this.provisioned(), (scope) => raisePaymentIncident(scope, incident));
  }

  async leaseTerminal(lease: TerminalLease): ReturnType<StoreForEdge['leaseTerminal']> {
    return this.run(this.provisioned(), (scope) => leaseTerminal(scope, lease));
  }

  async freeTerminal(lease: Pick<TerminalLease, 'terminal_id' | 'payment_id'>): Promise<void> {
    this.run(this.provisioned(), (scope) => freeTerminal(scope, lease));
  }
}
