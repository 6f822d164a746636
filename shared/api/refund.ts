import { z } from 'zod';
import { LineId, OrderId, PaymentId, RefundId, StoreId } from '../ids/index.ts';
import { Currency, EpcHex, Instant, Money } from './common.ts';

/**
 * `full`: all that is left. `lines`: goods. `amount`: a sum over all lines. `goodwill`: a sum for nothing that came
 * back, and the goods stay the customer's. `price_adjustment`: the price was wrong, the goods stay.
 */
export const RefundKind = z.enum(['full', 'lines', 'amount', 'goodwill', 'price_adjustment']);
export type RefundKind = z.infer<typeof RefundKind>;

export const RefundReason = z.enum([
  'changed_mind',
  'damaged',
  'faulty',
  'wrong_item',
  'wrong_price',
  'not_received',
  'duplicate_charge',
  'customer_service',
  'other',
]);
export type RefundReason = z.infer<typeof RefundReason>;

export const RefundStatus = z.enum([
  'requested',
  'approved',
  'rejected',
  'created',
  'processing',
  'partially_succeeded',
  'succeeded',
  'failed',
]);
export type RefundStatus = z.infer<typeof RefundStatus>;

const REFUND_LINES_MAX = 500;
const REFUND_LEGS_MAX = 20;
const EPCS_MAX = 50;
const NOTE_MAX = 1_000;
const WHO_MAX = 100;

/** Goods that come back, or with `price_adjustment` a line whose price was wrong. */
export const RefundLineAsk = z.strictObject({
  line_id: LineId,
  /** Units; 0 only with `price_adjustment`. */
  quantity: z.number().int().min(0).max(999).default(0),
  /** Absent: what the customer paid for these units. In minor units. */
  amount: Money.min(0).optional(),
  /** Which tags came back; absent: the line's own. */
  epcs: z.array(EpcHex).max(EPCS_MAX).optional(),
  /** The goods are physically back and may be sold again: gates alarm for their tags once the money went back. */
  return_to_stock: z.boolean().default(false),
});
export type RefundLineAsk = z.infer<typeof RefundLineAsk>;

/** How much goes back over which payment. `in_cash`: out of the drawer, where the store's policy has it. */
export const RefundLegAsk = z.strictObject({
  payment_id: PaymentId,
  amount: Money.min(1),
  in_cash: z.boolean().optional(),
});
export type RefundLegAsk = z.infer<typeof RefundLegAsk>;

const ask = {
  kind: RefundKind,
  lines: z.array(RefundLineAsk).min(1).max(REFUND_LINES_MAX).optional(),
  amount: Money.min(1).optional(),
  legs: z.array(RefundLegAsk).min(1).max(REFUND_LEGS_MAX).optional(),
  /** With `full`: everything is physically back. */
  return_to_stock: z.boolean().optional(),
  reason: RefundReason,
  note: z.string().trim().max(NOTE_MAX).optional(),
};
export const CreateRefund = z.strictObject(ask);
export type CreateRefund = z.infer<typeof CreateRefund>;

/** What is left of a refund, over other payments than those that refused it. */
export const RetryRefund = z.strictObject({
  legs: z.array(RefundLegAsk).min(1).max(REFUND_LEGS_MAX).optional(),
});
export type RetryRefund = z.infer<typeof RetryRefund>;

export const RefundVerdict = z.strictObject({ note: z.string().trim().max(NOTE_MAX).optional() });
export type RefundVerdict = z.infer<typeof RefundVerdict>;

export const RefundTax = z.object({
  tax_code: z.string(),
  level_id: z.string(),
  name: z.string(),
  rate_ppm: z.number().int().min(0),
  tax: Money,
});
export type RefundTax = z.infer<typeof RefundTax>;

export const RefundLine = z.object({
  line_id: LineId,
  sku: z.string(),
  name: z.string(),
  gtin: z.string().optional(),
  /** Absent: goods. */
  kind: z.enum(['addon', 'deposit']).optional(),
  quantity: z.number().int().min(0),
  /** What goes back for it, taxes included. */
  amount: Money,
  tax: Money,
  taxes: z.array(RefundTax),
  epcs: z.array(EpcHex),
  return_to_stock: z.boolean(),
});
export type RefundLine = z.infer<typeof RefundLine>;

export const RefundLeg = z.object({
  id: z.string(),
  payment_id: PaymentId,
  gateway: z.string(),
  method: z.string(),
  amount: Money,
  status: z.enum(['created', 'submitted', 'pending', 'unknown', 'succeeded', 'failed']),
  in_cash: z.boolean().optional(),
  /** The provider's name of it. */
  reference: z.string().optional(),
  failure: z.object({ code: z.string(), message: z.string() }).optional(),
});
export type RefundLeg = z.infer<typeof RefundLeg>;

export const Refund = z.object({
  id: RefundId,
  order_id: OrderId,
  store_id: StoreId,
  /** Where it was asked for: another store of the retailer may, if the store of the sale allows it. */
  processed_at_store: StoreId,
  kind: RefundKind,
  status: RefundStatus,
  amount: Money,
  /** Of `amount`: what went back for certain. */
  refunded: Money,
  currency: Currency,
  tax: Money,
  reason: RefundReason,
  note: z.string(),
  /** How the amounts of its lines were found. */
  policy: z.enum(['paid_share', 'reprice_remaining']),
  tax_mode: z.enum(['proportional', 'price_based']),
  lines: z.array(RefundLine),
  legs: z.array(RefundLeg),
  requested_by: z.string().max(WHO_MAX),
  approvals: z.array(
    z.object({
      by: z.string(),
      role: z.string(),
      verdict: z.enum(['approved', 'rejected']),
      note: z.string(),
      at: Instant,
    }),
  ),
  failure: z.object({ code: z.string(), message: z.string() }).optional(),
  /** Of the store's own series of refunds; null until the money went back. */
  number: z.string().nullable(),
  credit_note_number: z.string().nullable(),
  created_at: Instant,
  updated_at: Instant,
  completed_at: Instant.nullable(),
});
export type Refund = z.infer<typeof Refund>;

/** What a refund would do if it were asked for now; nothing is written or reserved. */
export const RefundPreview = z.object({
  amount: Money,
  tax: Money,
  currency: Currency,
  /** It would wait for a second person. */
  needs_approval: z.boolean(),
  policy: Refund.shape.policy,
  lines: z.array(RefundLine),
  legs: z.array(
    RefundLeg.pick({ payment_id: true, gateway: true, method: true, amount: true, in_cash: true }),
  ),
  /** Every payment that took money, and how much of it may still go back; `full`: whole or not at all. */
  payments: z.array(
    RefundLeg.pick({ payment_id: true, gateway: true, method: true }).extend({
      available: Money,
      can: z.enum(['none', 'full', 'partial']),
    }),
  ),
});
export type RefundPreview = z.infer<typeof RefundPreview>;

/** A refund as its order shows it. */
export const OrderRefund = z.object({
  id: RefundId,
  status: RefundStatus,
  amount: Money,
  lines: z.array(RefundLine.pick({ line_id: true, quantity: true, amount: true })),
  created_at: Instant,
  number: z.string().optional(),
});
export type OrderRefund = z.infer<typeof OrderRefund>;
