import { z } from 'zod';
import { Instant, Money } from '../api/common.ts';
import { Order } from '../api/order.ts';
import { BasketId, OrderId, RetailerId, ShopperId, StoreId } from '../ids/index.ts';

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
  /** A sale by a till knows no shopper. */
  data: z.object({ order: Order, shopper_id: ShopperId.nullable() }),
});
export const OrderCancelled = z.object({
  ...head,
  type: z.literal('order.cancelled'),
  data: z.object({ order_id: OrderId, number: z.string(), reason: z.string() }),
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
export const StoreEvent = z.discriminatedUnion('type', [
  OrderCreated,
  OrderCompleted,
  OrderCancelled,
  IncidentRaised,
  AgentReported,
]);
export type StoreEvent = z.infer<typeof StoreEvent>;
