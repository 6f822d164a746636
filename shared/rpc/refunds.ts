import { z } from 'zod';
import { Instant } from '../api/common.ts';
import { CreateRefund, Refund, type RefundPreview, RefundVerdict, RetryRefund } from '../api/refund.ts';
import type { ProblemCode } from '../http/problem.ts';
import { BasketId, ItemId, OrderId, RefundId, RetailerId, StoreId } from '../ids/index.ts';
import type { ReceiptDocument } from '../receipt/document.ts';
import type { Result } from '../result.ts';
import type { StoryStep } from './story.ts';

/** What the BasketObject of an order does for the cloud, which binds to it from its own Worker. */

/** The member of staff behind a call; the cloud has checked her token. */
export const RefundStaff = z.object({
  id: z.string().min(1).max(100),
  role: z.enum(['cashier', 'manager', 'admin']),
  retailer_id: RetailerId,
  /** Null: every store of the retailer. */
  store_id: StoreId.nullable(),
});
export type RefundStaff = z.infer<typeof RefundStaff>;

/** `refund_id` is the call's own: the same again answers the refund that it made, with another body a refusal. */
export const RequestRefund = z.object({
  staff: RefundStaff,
  refund_id: RefundId,
  body_hash: z.string().max(128),
  ask: CreateRefund,
});
export type RequestRefund = z.infer<typeof RequestRefund>;

/** What a refund would do, without a word written. */
export const PreviewRefund = z.object({ staff: RefundStaff, ask: CreateRefund });
export type PreviewRefund = z.infer<typeof PreviewRefund>;

/** `refund_id` null: the receipt of the sale. */
export const StaffReceipt = z.object({ staff: RefundStaff, refund_id: RefundId.nullable() });
export type StaffReceipt = z.infer<typeof StaffReceipt>;

export const ChangeRefund = z.object({
  staff: RefundStaff,
  refund_id: RefundId,
  change: z.discriminatedUnion('do', [
    z.object({ do: z.literal('approve'), verdict: RefundVerdict }),
    z.object({ do: z.literal('reject'), verdict: RefundVerdict }),
    z.object({ do: z.literal('retry'), retry: RetryRefund }),
  ]),
});
export type ChangeRefund = z.infer<typeof ChangeRefund>;

export interface RefundRefusal {
  code: ProblemCode;
  detail?: string;
  errors?: { path: string; code: string; message: string }[];
}

/** Of an order that is not there or not within reach every method says `not_found`. */
export interface BasketForCloud {
  /** Answers once the provider has, or after it was found pending. */
  requestRefund(request: RequestRefund): Promise<Result<Refund, RefundRefusal>>;
  /** Again changes nothing where it is done already. */
  changeRefund(change: ChangeRefund): Promise<Result<Refund, RefundRefusal>>;
  /** Oldest first. */
  refundsFor(staff: RefundStaff): Promise<Result<Refund[], RefundRefusal>>;
  /** Decides as `requestRefund` would at this moment, and writes nothing. */
  previewRefund(request: PreviewRefund): Promise<Result<RefundPreview, RefundRefusal>>;
  /** The newest steps of the trip, oldest first. */
  story(staff: RefundStaff): Promise<Result<StoryStep[], RefundRefusal>>;
  receiptForStaff(request: StaffReceipt): Promise<Result<ReceiptDocument, RefundRefusal>>;
}

/** A document as it stands, told to the StoreObject: with every change of its status, until it is answered. */
export const RecordRefund = z.object({
  basket_id: BasketId,
  order_id: OrderId,
  order_number: z.string(),
  refund: Refund,
  /** How the order stands with it. */
  payment_status: z.string(),
  refund_status: z.enum(['none', 'partial', 'full']),
  /** Tags of goods that are physically back. */
  returned_epcs: z.array(z.string()),
  credit_note: z.boolean(),
  /** What is physically back, by item; absent: told by an older build. */
  goods: z.array(z.object({ item_id: ItemId, quantity: z.number().int().min(1) })).optional(),
});
export type RecordRefund = z.infer<typeof RecordRefund>;
export const RecordedRefund = z.object({
  number: z.string().nullable(),
  credit_note_number: z.string().nullable(),
  recorded_at: Instant,
  /** Those of the tags that this order had sold. */
  returned: z.array(z.string()),
});
export type RecordedRefund = z.infer<typeof RecordedRefund>;

/** Money on its way back that went wrong or nowhere. */
export interface RefundTrouble {
  kind: 'refund_failed' | 'refund_unresolved';
  order_id: OrderId;
  order_number: string;
  leg_refund_id: string;
  payment_id: string;
  amount: string;
  currency: string;
  reason: string;
}
