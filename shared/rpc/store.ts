import { z } from 'zod';
import { CODE_CHARACTERS_MAX } from '../api/basket.ts';
import { EpcHex, Money, PurchaseType } from '../api/common.ts';
import { Order, type ReviewOrder as Review } from '../api/order.ts';
import type { ScanTest, ScanTestAnswer } from '../api/scan_test.ts';
import type { QuotaExcess } from '../basket/quota.ts';
import type { UnderstandRefusal, Understood } from '../basket/understand.ts';
import type { VerificationNeed } from '../basket/verification.ts';
import { Item } from '../catalog/item.ts';
import type { StoreConfig } from '../config/store_config.ts';
import type { Shortage } from '../http/problem.ts';
import { BasketId, ItemId, OrderId, type RefundId, ShopperId } from '../ids/index.ts';
import type { Collection, CollectionStatus } from '../order/collection.ts';
import { LineTax, type PoslogNumber } from '../poslog/facts.ts';
import { ReceiptDocument } from '../receipt/document.ts';
import type { Result } from '../result.ts';
import type { Debt, OpenLease, ReturnItems } from './agents.ts';
import type { StoreForPayments } from './payment.ts';
import type { RecordedRefund, RecordRefund, RefundTrouble } from './refunds.ts';

/**
 * What a StoreObject does for its callers: the BasketObject and HTTP routes of the edge, and the cloud,
 * which binds to the object from its own Worker. Every method decides and writes in one transaction and
 * never awaits the network inside. Expected refusals are values.
 */

export const Take = z.object({
  basket_id: BasketId,
  raw: z.string().max(CODE_CHARACTERS_MAX),
  kind: z.enum(['code', 'epc']),
  symbology: z.string().optional(),
  aim: z.string().optional(),
  source: z.enum(['camera', 'laser', 'typed', 'nfc']).optional(),
  /** How many of the item the basket already holds plus this scan: the item's own limit is checked against it. */
  quantity: z.number().int().min(1),
  /** Absent: `scan_and_go`. */
  purchase_type: PurchaseType.optional(),
});
export type Take = z.infer<typeof Take>;

export interface Taken extends Understood {
  shelf_version: number;
  config_version: number;
  /** Until when the tag is reserved; absent for untagged items. UTC ISO 8601. */
  reserved_until?: string;
  /** How many the store's count has left; absent: not counted, or the store does not look. */
  available?: number;
}

export type TakeRefusal =
  | UnderstandRefusal
  | { code: 'out_of_stock' }
  | { code: 'not_sold_this_way'; detail?: string }
  | { code: 'tag_needed' }
  | { code: 'epc_sold'; epc: string }
  | { code: 'epc_in_other_basket'; epc: string }
  | { code: 'unknown_store' };

export const OpenOrder = z.object({
  basket_id: BasketId,
  order_id: OrderId,
  shopper_id: ShopperId,
  total: Money,
  items: z.number().int(),
  epcs: z.array(EpcHex),
  /** Absent: `scan_and_go`. */
  purchase_type: PurchaseType.optional(),
  /** What it is of, by item: where the store's count must hold, it is kept for this order. */
  goods: z.array(z.object({ item_id: ItemId, quantity: z.number().int().min(1) })).optional(),
  /** Whose quotas it counts for (a hash), and its goods as the quotas know them. */
  quota: z
    .object({
      traveller: z.string(),
      goods: z.array(
        z.object({
          item_id: ItemId,
          sku: z.string(),
          category: z.array(z.string()),
          quantity: z.number().int().min(1),
        }),
      ),
    })
    .optional(),
});
export type OpenOrder = z.infer<typeof OpenOrder>;
export interface OpenedOrder {
  number: string;
  created_at: string;
  /** Only where the store gives POSLog numbers before payment. */
  poslog?: PoslogNumber;
}
export type OpenOrderRefusal =
  | { code: 'epc_sold'; epc: string }
  | { code: 'epc_in_other_basket'; epc: string }
  | { code: 'out_of_stock'; shortage: Shortage }
  | { code: 'quota_exceeded'; quota: QuotaExcess }
  | { code: 'order_cancelled' };

/** A basket that waits for staff: the code on its screen, what to look at, and since when (milliseconds since 1970). */
export interface WaitingBasket {
  code: string;
  need: VerificationNeed;
  revision: number;
  opened_at: number;
}

/** Captured money: never refused. `order` is the order as it stood when the money came, without its receipt. */
export const CommitSale = z.object({
  basket_id: BasketId,
  order: Order,
  shopper_id: ShopperId,
  receipt: ReceiptDocument,
  /** Absent where the lines' taxes do not come to the order's. */
  line_taxes: z.array(LineTax).optional(),
  /** Where the sums of the sale do not agree with one another: never anything, unless there is a bug. */
  audit_faults: z.array(z.string()).optional(),
});
export type CommitSale = z.infer<typeof CommitSale>;
export interface CommittedSale {
  fiscal_number: string;
  completed_at: string;
  /** Every EPC of the sale with the revision that sold it. */
  tags: { epc: string; rev: number }[];
  /** Ids of `epc_double_sale` and `amount_mismatch` incidents that this sale raised. */
  incidents: string[];
  /** Null in sales of older builds. */
  poslog: PoslogNumber | null;
  business_date: string | null;
  /** `pending`: staff look into the bag before the pass opens the gate. */
  verification: Order['verification_status'];
  /** Of an order to be collected, whose tags are sold later: what its shopper shows. */
  collection?: { token: string };
}

/** An order to be collected as it stands, with its whole history: the store tells on what it had not heard of. */
export interface CollectionTold {
  basket_id: BasketId;
  order_id: OrderId;
  number: string;
  shopper_id: ShopperId;
  collection: Collection;
  /** What is still to be handed over. */
  items: number;
  tags: { epc: string; item_id: ItemId }[];
}
/** A row of the list for staff. Times are milliseconds since 1970. */
export interface CollectionRow {
  order_id: OrderId;
  number: string;
  status: CollectionStatus;
  items: number;
  hold_until: number | null;
  changed_at: number;
}

/** What somebody found in the bag of an order; `reviewer` null: nobody came in time. */
export type ReviewOrder = Omit<Review, 'result'> & {
  basket_id: BasketId;
  result: Review['result'];
  reviewer: string | null;
};
export type ReviewRefusal =
  | { code: 'not_found' }
  | { code: 'not_paid' }
  | { code: 'second_reviewer_needed' }
  /** Only of those where nobody came: an incident of the order waits for staff. */
  | { code: 'incident_open' };

export const StageShelf = z.object({
  version: z.number().int().min(1),
  part: z.number().int().min(0),
  items: z.array(Item).max(500),
});
export type StageShelf = z.infer<typeof StageShelf>;
/** Bounds of one staged part: it is one row of the store. Bytes in UTF-8. */
export const PROMOTIONS_PER_PART_MAX = 500;
export const PROMOTION_PART_BYTES_MAX = 1_000_000;
/** Promotions travel as the text of a JSON array of documents in the words of `shared/promotion/schema.ts`. */
export const StagePromotions = z.object({
  version: z.number().int().min(1),
  part: z.number().int().min(0),
  count: z.number().int().min(0).max(PROMOTIONS_PER_PART_MAX),
  promotions: z.string().max(PROMOTION_PART_BYTES_MAX),
});
export type StagePromotions = z.infer<typeof StagePromotions>;
export const SwapShelf = z.object({
  version: z.number().int().min(1),
  parts: z.number().int().min(0),
  promotion_parts: z.number().int().min(0),
  /** The version of the retailer's promotions that was published. */
  catalog_version: z.number().int().min(0),
});
export type SwapShelf = z.infer<typeof SwapShelf>;
export const RegisterTags = z.object({
  tags: z.array(z.object({ epc: EpcHex, item_id: ItemId })).max(1_000),
});
export type RegisterTags = z.infer<typeof RegisterTags>;

export interface ShelfForBasket {
  version: number;
  catalog_version: number;
}

/** Asks for the promotions of a shelf from a part on. */
export const PromotionsQuery = z.object({ version: z.number().int(), from: z.number().int().min(0) });
export type PromotionsQuery = z.infer<typeof PromotionsQuery>;
/** Some parts, each the text of a JSON array, and the part to go on from; null: these were the last. */
export interface ShelfPromotions {
  parts: string[];
  next: number | null;
}

export const GuestSessionRecord = z.object({
  shopper_id: ShopperId,
  iat: z.number().int(),
  exp: z.number().int(),
});
export type GuestSessionRecord = z.infer<typeof GuestSessionRecord>;

export interface StoreStatus {
  epoch: string;
  head: number;
  shelf_version: number;
  config_version: number;
  agents: { agent: string; connected: boolean; cursor: number; seen_at: string }[];
  open_incidents: number;
  /** Leased blocks of numbers of which something is still unknown. */
  open_leases: OpenLease[];
  outbox_backlog: number;
}

/** The methods that the cloud may call on a StoreObject. */
export interface StoreForCloud {
  putConfig(
    config: StoreConfig,
  ): Promise<Result<{ version: number }, { code: 'stale_version' } | { code: 'other_tenant' }>>;
  stageShelf(
    part: StageShelf,
  ): Promise<Result<{ staged: number }, { code: 'stale_version' } | { code: 'unknown_store' }>>;
  stagePromotions(
    part: StagePromotions,
  ): Promise<Result<{ staged: number }, { code: 'stale_version' } | { code: 'unknown_store' }>>;
  /** Refused unless all parts of the version are there. */
  swapShelf(
    swap: SwapShelf,
  ): Promise<
    Result<
      { version: number; items: number; promotions: number },
      { code: 'stale_version' } | { code: 'missing_parts' } | { code: 'unknown_store' }
    >
  >;
  registerTags(tags: RegisterTags): Promise<Result<{ registered: number }, { code: 'unknown_store' }>>;
  /** Goods that are physically back; answers which of the tags this order had sold. */
  returnItems(back: ReturnItems): Promise<Result<{ returned: string[] }, { code: 'unknown_store' }>>;
  /** Staff have dealt with an incident: it no longer counts as open. Idempotent. */
  resolveIncident(incident_id: string): Promise<void>;
  /** How a code would be understood at this moment; null: the store was never provisioned. */
  explainScan(test: ScanTest): Promise<ScanTestAnswer | null>;
  /** Events after a sequence number, oldest first, as stored JSON; at most `limit`. */
  eventsAfter(after: number, limit: number): Promise<{ epoch: string; head: number; events: string[] }>;
  status(): Promise<StoreStatus | null>;
}

/** The methods that the edge's own objects and routes call. */
export interface StoreForEdge extends StoreForPayments {
  config(): Promise<StoreConfig | null>;
  shelfForBasket(): Promise<ShelfForBasket | null>;
  /** Null: that version sells no more. */
  promotionsForBasket(query: PromotionsQuery): Promise<ShelfPromotions | null>;
  /** Of those asked for the ones on the shelf now; none of a store that was never provisioned. */
  itemsById(ids: ItemId[]): Promise<Item[]>;
  take(take: Take): Promise<Result<Taken, TakeRefusal>>;
  /** An item by its id, to go beside another; nothing is reserved. */
  takeItem(take: { item_id: ItemId; purchase_type: PurchaseType }): Promise<Result<Taken, TakeRefusal>>;
  release(release: { basket_id: BasketId; epcs: string[] }): Promise<void>;
  /** A basket waits for staff, or does not any more (null). Idempotent; the newest counts. */
  noteVerification(note: { basket_id: BasketId; waiting: WaitingBasket | null }): Promise<void>;
  /** The baskets that wait for staff, the longest first. */
  waitingBaskets(): Promise<({ basket_id: BasketId } & WaitingBasket)[]>;
  /** Goods of a refund are back on the shelf: counted once a refund. */
  returnStock(back: { refund_id: RefundId; goods: { item_id: ItemId; quantity: number }[] }): Promise<void>;
  openOrder(open: OpenOrder): Promise<Result<OpenedOrder, OpenOrderRefusal>>;
  /** Leaves a void record under the order's number and frees its tags. Idempotent. */
  cancelOrder(cancel: {
    basket_id: BasketId;
    reason: string;
  }): Promise<Result<{ cancelled_at: string }, { code: 'already_paid' } | { code: 'not_found' }>>;
  commitSale(commit: CommitSale): Promise<CommittedSale>;
  /** Writes down what became of the check at the exit. The same result again changes nothing. */
  reviewOrder(
    review: ReviewOrder,
  ): Promise<Result<{ verification: Order['verification_status'] }, ReviewRefusal>>;
  /** An order to be collected as it stands. Once it is collected its tags are sold; answers their revisions. Idempotent. */
  recordCollection(told: CollectionTold): Promise<{ tags: { epc: string; rev: number }[] }>;
  /** Orders to be collected at one step, the longest first. */
  collections(status: CollectionStatus): Promise<CollectionRow[]>;
  /** A refund as it stands, told with every change. Its success gets a number and puts goods back, once. */
  recordRefund(told: RecordRefund): Promise<RecordedRefund>;
  /** Idempotent by the movement of money and the kind of trouble. */
  recordRefundTrouble(trouble: RefundTrouble): Promise<void>;
  /** What a till sold on trust, for who knows the reference on its paper; null: nothing of that name. */
  debtOf(asked: { order_id: OrderId; reference: string }): Promise<Debt | null>;
  /** The debt of a till's order is paid: tells the cloud, once. */
  settleDebt(order: Order): Promise<void>;
  /** Remembers which basket a provider's reference belongs to, so that a webhook finds it without D1. */
  linkReference(link: { gateway: string; reference: string; basket_id: BasketId }): Promise<void>;
  findReference(find: { gateway: string; reference: string }): Promise<BasketId | null>;
  /** The first answer of a guest session under this key, or the record given, now kept. */
  guestSession(request: {
    key: string;
    body_hash: string;
    record: GuestSessionRecord;
  }): Promise<Result<{ record: GuestSessionRecord; replayed: boolean }, { code: 'idempotency_key_reuse' }>>;
  /** `held_by` is the basket whose order holds the tag until it is paid or cancelled. */
  tag(epc: string): Promise<{
    epc: string;
    status: 'unsold' | 'sold' | 'unknown';
    rev: number;
    order_id?: string;
    held_by?: BasketId;
  } | null>;
}

export const EventsQuery = z.object({
  after: z.number().int().min(0),
  limit: z.number().int().min(1).max(500),
});
