import { z } from 'zod';
import type { Order } from '../../shared/api/order.ts';
import type { Refund } from '../../shared/api/refund.ts';
import type { StoreEvent } from '../../shared/events/index.ts';
import { OrderId } from '../../shared/ids/index.ts';
import { transactionOf } from '../fulfilment/transaction_of.ts';

/** A row of `order_row` as one event knows it; null is what that event does not say. */
interface OrderFacts {
  id: string;
  store_id: string;
  number: string;
  status: 'created' | 'cancelled' | 'completed';
  payment_status: string;
  total: number | null;
  currency: string | null;
  items: number | null;
  shopper_id: string | null;
  created_at: string;
  completed_at: string | null;
  cancelled_at: string | null;
  cancel_reason: string | null;
  summary: string | null;
  /** JSON of the order's `till`. */
  till: string | null;
  verification_status: string | null;
  verification_at: string | null;
  collection_status: string | null;
  collection_n: number | null;
}

/** Rows as they go into the tables, apart by table. */
export interface Rows {
  orders: OrderFacts[];
  lines: { order_id: string; position: number; epc: string | null; item_id: string; document: string }[];
  payments: { order_id: string; id: string; document: string }[];
  incidents: { store_id: string; id: string; kind: string; detail: string; at: string }[];
  reports: { store_id: string; id: string; agent: string; kind: string; data: string; at: string }[];
  report_orders: { order_id: string; store_id: string; report_id: string }[];
  transactions: { order_id: string; store_id: string; doc: string; document: string }[];
  reviews: {
    order_id: string;
    id: string;
    store_id: string;
    result: 'verified' | 'failed';
    reviewer: string | null;
    reason: string | null;
    at: string;
  }[];
  collections: {
    order_id: string;
    n: number;
    store_id: string;
    status: string;
    actor: 'staff' | 'shopper' | 'system';
    by: string | null;
    reason: string | null;
    hold_until: string | null;
    at: string;
  }[];
  refunds: (Refund & { document: string })[];
}

const noRows = (): Rows => ({
  orders: [],
  lines: [],
  payments: [],
  incidents: [],
  reports: [],
  report_orders: [],
  transactions: [],
  reviews: [],
  collections: [],
  refunds: [],
});

/** What events say, as rows. The order of the events does not matter: the tables merge them. */
export function rowsOf(events: readonly StoreEvent[]): Rows {
  const rows = noRows();
  for (const event of events) add(rows, event);
  return rows;
}

function add(rows: Rows, event: StoreEvent): void {
  switch (event.type) {
    case 'order.created':
      rows.orders.push({ ...facts(event, event.data.order_id), ...created(event.data) });
      return;
    case 'order.cancelled':
      rows.orders.push({
        ...facts(event, event.data.order_id),
        number: event.data.number,
        status: 'cancelled',
        payment_status: 'cancelled',
        cancelled_at: event.at,
        cancel_reason: event.data.reason,
      });
      addTransaction(rows, event);
      return;
    case 'order.completed':
      addCompleted(rows, event);
      addTransaction(rows, event);
      return;
    case 'order.verified':
    case 'order.verification_failed':
      addReview(rows, event);
      return;
    case 'order.collection_changed':
      addCollection(rows, event);
      return;
    case 'incident.raised': {
      const { incident_id: id, kind, detail } = event.data;
      rows.incidents.push({
        store_id: event.store_id,
        id,
        kind,
        detail: JSON.stringify(detail),
        at: event.at,
      });
      return;
    }
    case 'refund.created':
    case 'refund.succeeded':
    case 'refund.failed':
      addRefund(rows, event);
      if (event.type === 'refund.succeeded') addTransaction(rows, event);
      return;
    case 'agent.reported':
      addReport(rows, event);
  }
}

const facts = (event: StoreEvent, id: string): OrderFacts => ({
  id,
  store_id: event.store_id,
  number: '',
  status: 'created',
  payment_status: 'waiting',
  total: null,
  currency: null,
  items: null,
  shopper_id: null,
  created_at: event.at,
  completed_at: null,
  cancelled_at: null,
  cancel_reason: null,
  summary: null,
  till: null,
  verification_status: null,
  verification_at: null,
  collection_status: null,
  collection_n: null,
});

type Data<T extends StoreEvent['type']> = Extract<StoreEvent, { type: T }>['data'];

const created = ({ number, total, currency, items, shopper_id }: Data<'order.created'>) => ({
  number,
  total,
  currency,
  items,
  shopper_id,
});

function addCompleted(rows: Rows, event: Extract<StoreEvent, { type: 'order.completed' }>): void {
  const { order, shopper_id } = event.data;
  rows.orders.push({
    ...facts(event, order.id),
    number: order.number,
    status: 'completed',
    payment_status: order.payment_status,
    total: order.total,
    currency: order.currency,
    items: order.lines.reduce((sum, line) => sum + line.quantity, 0),
    shopper_id,
    created_at: order.created_at,
    completed_at: order.completed_at ?? event.at,
    summary: JSON.stringify(summaryOf(order)),
    till: order.till === undefined ? null : JSON.stringify(order.till),
    verification_status: order.verification_status,
    verification_at: event.at,
  });
  for (const [position, line] of order.lines.entries()) {
    rows.lines.push({
      order_id: order.id,
      position,
      epc: line.epc ?? null,
      item_id: line.item_id,
      document: JSON.stringify(line),
    });
  }
  for (const payment of order.payments)
    rows.payments.push({ order_id: order.id, id: payment.id, document: JSON.stringify(payment) });
}

function addTransaction(
  rows: Rows,
  event: Extract<StoreEvent, { type: 'order.completed' | 'order.cancelled' | 'refund.succeeded' }>,
): void {
  const logged = transactionOf(event);
  if (logged === null) return;
  const { order_id, doc, transaction } = logged;
  const { store_id } = event;
  rows.transactions.push({ order_id, store_id, doc, document: JSON.stringify(transaction) });
}

function addReview(
  rows: Rows,
  event: Extract<StoreEvent, { type: 'order.verified' | 'order.verification_failed' }>,
): void {
  const { store_id, epoch, seq, at } = event;
  const { order_id, number, reviewer, reason = null } = event.data;
  const result = event.type === 'order.verified' ? 'verified' : 'failed';
  rows.reviews.push({ order_id, id: `rev_${epoch}_${seq}`, store_id, result, reviewer, reason, at });
  // Its row may not be there yet: like a cancellation's it is shown once the order is known.
  const said = { number, verification_status: result, verification_at: at };
  rows.orders.push({ ...facts(event, order_id), ...said });
}

function addCollection(rows: Rows, event: Extract<StoreEvent, { type: 'order.collection_changed' }>): void {
  const { order_id, number, by = null, reason = null, ...step } = event.data;
  rows.collections.push({ order_id, store_id: event.store_id, by, reason, ...step });
  const said = { number, collection_status: step.status, collection_n: step.n };
  rows.orders.push({ ...facts(event, order_id), ...said });
}

/** An order of which everything went back says so; what else it is, its completion has told or will. */
function addRefund(
  rows: Rows,
  event: Extract<StoreEvent, { type: 'refund.created' | 'refund.succeeded' | 'refund.failed' }>,
): void {
  const { refund, order } = event.data;
  rows.refunds.push({ ...refund, document: JSON.stringify(refund) });
  if (order.payment_status !== 'refunded') return;
  const { order_id, number, payment_status } = order;
  rows.orders.push({ ...facts(event, order_id), number, status: 'completed', payment_status });
}

/** The words of a completed order that have no column of their own. */
export const OrderSummary = z.object({
  subtotal: z.number().int(),
  discount: z.number().int(),
  tax: z.number().int(),
  captured: z.number().int(),
  receipt_number: z.string().nullable(),
  fiscal_number: z.string().nullable(),
  promotions: z.array(z.object({ promotion_id: z.string(), title: z.string(), discount: z.number().int() })),
  verification_status: z.string(),
  refund_status: z.string(),
  fulfilment_status: z.string(),
  receipt_status: z.string(),
});
export type OrderSummary = z.infer<typeof OrderSummary>;

function summaryOf(order: Order): OrderSummary {
  const { subtotal, discount, tax, captured, promotions, receipt } = order;
  const { verification_status, refund_status, fulfilment_status, receipt_status } = order;
  return {
    subtotal,
    discount,
    tax,
    captured,
    receipt_number: receipt?.number ?? null,
    fiscal_number: receipt?.fiscal_number ?? null,
    promotions,
    verification_status,
    refund_status,
    fulfilment_status,
    receipt_status,
  };
}

/** Reports are loose: an order is named at the top or beside a tag. */
const Named = z.looseObject({
  order_id: OrderId.optional().catch(undefined),
  epcs: z
    .array(z.looseObject({ order_id: OrderId.optional().catch(undefined) }).catch({ order_id: undefined }))
    .catch([])
    .default([]),
});

function addReport(rows: Rows, event: Extract<StoreEvent, { type: 'agent.reported' }>): void {
  const { store_id, epoch, seq } = event;
  const { agent, kind, reported_at, data } = event.data;
  const id = `rep_${epoch}_${seq}`;
  rows.reports.push({ store_id, id, agent, kind, data: JSON.stringify(data), at: reported_at });
  const named = Named.parse(data);
  const orders = new Set([named.order_id, ...named.epcs.map((tag) => tag.order_id)]);
  for (const order_id of orders)
    if (order_id !== undefined) rows.report_orders.push({ order_id, store_id, report_id: id });
}
