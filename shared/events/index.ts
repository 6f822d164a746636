import { z } from 'zod';
import { Instant, Money } from '../api/common.ts';
import { Order } from '../api/order.ts';
import { Refund } from '../api/refund.ts';
import { BasketId, OrderId, RetailerId, ShopperId, StoreId } from '../ids/index.ts';
import { CollectionStep } from '../order/collection.ts';
import { PoslogFacts } from '../poslog/facts.ts';
import { PosIdentity } from '../poslog/transaction.ts';

/**
 * What the edge tells the cloud, through the outbox of a StoreObject and a queue: at least once, in any
 * order. `seq` has no gaps within (store, epoch), so the consumer sees what it misses and fetches it by RPC.
 */
const head = {
  v: z.literal(1),
  store_id: StoreId,
  retailer_id: RetailerId,
  epoch: z.string(),
  seq: z.number().int().min(1),
  at: Instant,
};

export const OrderCreated = z.object({
  ...head,
  type: z.literal('order.created'),
  data: z.object({
    order_id: OrderId,
    basket_id: BasketId,
    shopper_id: ShopperId,
    number: z.string(),
    total: Money,
    currency: z.string(),
    items: z.number().int(),
  }),
});
export const OrderCompleted = z.object({
  ...head,
  type: z.literal('order.completed'),
  /** A sale by a till knows no shopper. Without `poslog` it is only news of an order that was told before. */
  data: z.object({ order: Order, shopper_id: ShopperId.nullable(), poslog: PoslogFacts.optional() }),
});
export const OrderCancelled = z.object({
  ...head,
  type: z.literal('order.cancelled'),
  /** Without `poslog` the store numbers no voids. */
  data: z.object({
    order_id: OrderId,
    number: z.string(),
    reason: z.string(),
    currency: z.string().optional(),
    poslog: PoslogFacts.optional(),
  }),
});
/** Somebody looked into the bag, or nobody came in time (`reviewer` is null then). */
const review = { order_id: OrderId, number: z.string(), reviewer: z.string().nullable() };
const counts = z.object({ checked: z.number().int(), unpaid: z.number().int() }).optional();
export const OrderVerified = z.object({
  ...head,
  type: z.literal('order.verified'),
  data: z.object({ ...review, reason: z.string().optional(), counts }),
});
export const OrderVerificationFailed = z.object({
  ...head,
  type: z.literal('order.verification_failed'),
  data: z.object({ ...review, reason: z.string(), counts }),
});
/** One step of an order to be collected; `n` counts its steps from 1. */
export const OrderCollectionChanged = z.object({
  ...head,
  type: z.literal('order.collection_changed'),
  data: z.object({
    order_id: OrderId,
    number: z.string(),
    n: z.number().int().min(1),
    ...CollectionStep.shape,
    hold_until: Instant.nullable(),
  }),
});
export const IncidentRaised = z.object({
  ...head,
  type: z.literal('incident.raised'),
  data: z.object({ incident_id: z.string(), kind: z.string(), detail: z.record(z.string(), z.unknown()) }),
});
export const AgentReported = z.object({
  ...head,
  type: z.literal('agent.reported'),
  data: z.object({
    agent: z.string(),
    report_id: z.number().int(),
    kind: z.string(),
    reported_at: Instant,
    data: z.record(z.string(), z.unknown()),
  }),
});
/** A refund as it stands, and how its order stands with it. */
const refundData = z.object({
  refund: Refund,
  order: z.object({
    order_id: OrderId,
    number: z.string(),
    payment_status: z.string(),
    refund_status: z.enum(['none', 'partial', 'full']),
  }),
});
/** Asked for, approved, or on its way. */
export const RefundCreated = z.object({ ...head, type: z.literal('refund.created'), data: refundData });
/** With its number in the retailer's POSLog, and that of the sale; without where the sale has none. */
export const RefundSucceeded = z.object({
  ...head,
  type: z.literal('refund.succeeded'),
  data: refundData.extend({ poslog: PoslogFacts.optional(), original: PosIdentity.optional() }),
});
/** Rejected, failed, or a part of it did not go back. */
export const RefundFailed = z.object({ ...head, type: z.literal('refund.failed'), data: refundData });
export const StoreEvent = z.discriminatedUnion('type', [
  OrderCreated,
  OrderCompleted,
  OrderCancelled,
  OrderVerified,
  OrderVerificationFailed,
  OrderCollectionChanged,
  IncidentRaised,
  AgentReported,
  RefundCreated,
  RefundSucceeded,
  RefundFailed,
]);
export type StoreEvent = z.infer<typeof StoreEvent>;
