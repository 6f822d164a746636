import { and, asc, eq, inArray, isNotNull } from 'drizzle-orm';
import { z } from 'zod';
import { BasketLine } from '../../shared/api/basket.ts';
import { Currency, Instant, Money } from '../../shared/api/common.ts';
import { Order, Payment, PaymentStatus, Till } from '../../shared/api/order.ts';
import { Refund } from '../../shared/api/refund.ts';
import { StoreId } from '../../shared/ids/index.ts';
import { CollectionStatus } from '../../shared/order/collection.ts';
import { PosTransaction } from '../../shared/poslog/transaction.ts';
import type { Db } from '../db/client.ts';
import {
  agentReport,
  device,
  fulfilmentJob,
  orderCollection,
  orderLine,
  orderPayment,
  orderReview,
  orderRow,
  posTransaction,
  refundRow,
  reportOrder,
} from '../db/schema.ts';
import { asJob, FulfilmentJob, fulfilmentOf, JOB_COLUMNS } from '../fulfilment/job.ts';
import { OrderSummary } from '../project/rows.ts';
import type { Principal } from '../staff/principal.ts';
import { namesOf } from './people.ts';
import { TimelineEntry, timelineOf } from './timeline.ts';

/** An order in a list. */
export const OrderRow = z.object({
  id: z.string(),
  store_id: StoreId,
  number: z.string(),
  status: z.enum(['created', 'cancelled', 'completed']),
  payment_status: PaymentStatus,
  total: Money,
  currency: Currency,
  items: z.number().int(),
  /** Null: sold by a till, which knows no shopper. */
  shopper_id: z.string().nullable(),
  created_at: Instant,
  completed_at: Instant.nullable(),
  cancelled_at: Instant.nullable(),
  /** The till or kiosk that sold it by itself; null: a shopper's phone. */
  till: Till.nullable(),
});
export type OrderRow = z.infer<typeof OrderRow>;

/** One order with everything that is known of it. `lines`, `payments` and `summary` come with its completion. */
export const OrderDetail = OrderRow.extend({
  /** Null until it is completed. */
  verification_status: Order.shape.verification_status.nullable(),
  fulfilment_status: Order.shape.fulfilment_status,
  /** Null: nobody fetches it later. */
  collection_status: CollectionStatus.nullable(),
  /** One a target of its documents. */
  fulfilment: z.array(FulfilmentJob),
  cancel_reason: z.string().nullable(),
  summary: OrderSummary.nullable(),
  lines: z.array(BasketLine),
  payments: z.array(Payment),
  /** Oldest first. */
  refunds: z.array(Refund),
  /** Who asked for its refunds, decided on them, or looked into the bag. */
  people: z.array(z.object({ id: z.string(), name: z.string() })),
  timeline: z.array(TimelineEntry),
});
export type OrderDetail = z.infer<typeof OrderDetail>;

export const ORDER_COLUMNS = {
  id: orderRow.id,
  store_id: orderRow.store_id,
  number: orderRow.number,
  status: orderRow.status,
  payment_status: orderRow.payment_status,
  total: orderRow.total,
  currency: orderRow.currency,
  items: orderRow.items,
  shopper_id: orderRow.shopper_id,
  created_at: orderRow.created_at,
  completed_at: orderRow.completed_at,
  cancelled_at: orderRow.cancelled_at,
  till: orderRow.till,
};

/** A row as its reader sees it. */
export const asOrderRow = <R extends { till: string | null }>(row: R) => ({
  ...row,
  till: row.till === null ? null : Till.parse(JSON.parse(row.till)),
});

/**
 * The orders within a caller's reach. One of which only the cancellation has arrived is not shown yet: nobody
 * knows its total, and its creation is on the way.
 */
export const reachable = ({ retailer_id, store_id }: Principal) =>
  and(
    eq(orderRow.retailer_id, retailer_id),
    isNotNull(orderRow.total),
    store_id === null ? undefined : eq(orderRow.store_id, store_id),
  );

/** The order, or null where the caller's reach has none of that id. */
export async function readOrder(db: Db, principal: Principal, id: string): Promise<OrderDetail | null> {
  const { retailer_id } = principal;
  const [row] = await db
    .select({
      ...ORDER_COLUMNS,
      cancel_reason: orderRow.cancel_reason,
      summary: orderRow.summary,
      verification_status: orderRow.verification_status,
      collection_status: orderRow.collection_status,
    })
    .from(orderRow)
    .where(and(reachable(principal), eq(orderRow.id, id)));
  if (row === undefined) return null;

  const [lineRows, paymentRows, refundRows, reportRows, devices, reviews, jobs, steps] = await db.batch([
    db
      .select({ document: orderLine.document })
      .from(orderLine)
      .where(and(eq(orderLine.retailer_id, retailer_id), eq(orderLine.order_id, id)))
      .orderBy(asc(orderLine.position)),
    db
      .select({ document: orderPayment.document })
      .from(orderPayment)
      .where(and(eq(orderPayment.retailer_id, retailer_id), eq(orderPayment.order_id, id)))
      .orderBy(asc(orderPayment.id)),
    db
      .select({ document: refundRow.document })
      .from(refundRow)
      .where(and(eq(refundRow.retailer_id, retailer_id), eq(refundRow.order_id, id)))
      .orderBy(asc(refundRow.created_at), asc(refundRow.id)),
    db
      .select({ kind: agentReport.kind, at: agentReport.at, data: agentReport.data })
      .from(reportOrder)
      .innerJoin(
        agentReport,
        and(
          eq(agentReport.retailer_id, reportOrder.retailer_id),
          eq(agentReport.store_id, reportOrder.store_id),
          eq(agentReport.id, reportOrder.report_id),
        ),
      )
      .where(and(eq(reportOrder.retailer_id, retailer_id), eq(reportOrder.order_id, id)))
      .orderBy(asc(agentReport.at), asc(agentReport.id)),
    db
      .select({ id: device.id, name: device.name })
      .from(device)
      .where(and(eq(device.retailer_id, retailer_id), eq(device.store_id, row.store_id))),
    db
      .select({
        result: orderReview.result,
        reviewer: orderReview.reviewer,
        reason: orderReview.reason,
        at: orderReview.at,
      })
      .from(orderReview)
      .where(and(eq(orderReview.retailer_id, retailer_id), eq(orderReview.order_id, id)))
      .orderBy(asc(orderReview.at), asc(orderReview.id)),
    db
      .select(JOB_COLUMNS)
      .from(fulfilmentJob)
      .where(and(eq(fulfilmentJob.retailer_id, retailer_id), eq(fulfilmentJob.order_id, id)))
      .orderBy(asc(fulfilmentJob.target), asc(fulfilmentJob.doc_type)),
    db
      .select({
        status: orderCollection.status,
        actor: orderCollection.actor,
        by: orderCollection.by,
        reason: orderCollection.reason,
        at: orderCollection.at,
      })
      .from(orderCollection)
      .where(and(eq(orderCollection.retailer_id, retailer_id), eq(orderCollection.order_id, id)))
      .orderBy(asc(orderCollection.n)),
  ]);
  const { summary: summaryText, ...facts } = asOrderRow(row);
  const refunds = refundRows.map(({ document }) => Refund.parse(JSON.parse(document)));
  const summary =
    summaryText === null
      ? null
      : refundedIn(OrderSummary.parse(JSON.parse(summaryText)), facts.total, refunds);
  const lines = lineRows.map(({ document }) => BasketLine.parse(JSON.parse(document)));
  const payments = paymentRows.map(({ document }) =>
    givenBackOf(Payment.parse(JSON.parse(document)), refunds),
  );
  const reviewers = reviews.flatMap(({ reviewer }) => (reviewer === null ? [] : [reviewer]));
  const collectors = steps.flatMap(({ by }) => (by === null ? [] : [by]));
  const people = new Set([...whoIn(refunds), ...reviewers, ...collectors]);
  const names = await namesOf(db, retailer_id, [...people]);
  const timeline = timelineOf({
    ...facts,
    tags: lines.filter(({ epc }) => epc !== undefined).length,
    fiscal_number: summary?.fiscal_number ?? null,
    payments,
    refunds,
    reviews: reviews.map(({ reviewer, ...review }) => ({
      ...review,
      by: reviewer === null ? null : (names.get(reviewer) ?? 'staff'),
    })),
    collection: steps.map(({ by, ...step }) => ({
      ...step,
      by: by === null ? null : (names.get(by) ?? null),
    })),
    reports: reportRows.map(({ kind, at, data }) => ({ kind, at, data: JSON.parse(data) })),
    names: new Map(devices.map((one) => [one.id, one.name])),
  });
  const fulfilment_status = fulfilmentOf(jobs.map(({ state }) => state));
  const { verification_status } = facts;
  return OrderDetail.parse({
    ...facts,
    fulfilment_status,
    fulfilment: jobs.map(asJob),
    // As it stands now, not as it was when the sale was told.
    summary:
      summary === null || verification_status === null
        ? summary
        : { ...summary, verification_status, fulfilment_status },
    lines,
    payments,
    refunds,
    people: [...names].map(([who, name]) => ({ id: who, name })),
    timeline,
  });
}

/** A document of an order within a caller's reach, or null; `doc` absent: its sale, else its void. */
export async function readTransaction(
  db: Db,
  { retailer_id, store_id }: Principal,
  order_id: string,
  doc?: string,
): Promise<PosTransaction | null> {
  const [row] = await db
    .select({ document: posTransaction.document })
    .from(posTransaction)
    .where(
      and(
        eq(posTransaction.retailer_id, retailer_id),
        eq(posTransaction.order_id, order_id),
        doc === undefined ? inArray(posTransaction.doc, ['sale', 'void']) : eq(posTransaction.doc, doc),
        store_id === null ? undefined : eq(posTransaction.store_id, store_id),
      ),
    )
    .orderBy(asc(posTransaction.doc))
    .limit(1);
  return row === undefined ? null : PosTransaction.parse(JSON.parse(row.document));
}

const whoIn = (refunds: readonly Refund[]): string[] =>
  refunds.flatMap(({ requested_by, approvals }) => [requested_by, ...approvals.map(({ by }) => by)]);

/** A completed order's words are of its completion; how far it went back, its refunds say. */
function refundedIn(summary: OrderSummary, total: number | null, refunds: readonly Refund[]): OrderSummary {
  const back = refunds.filter(({ status }) => status === 'succeeded' || status === 'partially_succeeded');
  if (back.length === 0) return summary;
  const refunded = back.reduce((sum, refund) => sum + refund.refunded, 0);
  return { ...summary, refund_status: refunded < (total ?? summary.captured) ? 'partial' : 'full' };
}

/** A payment with what went back over it, and what is on its way. */
function givenBackOf(payment: Payment, refunds: readonly Refund[]): Payment {
  const parts = refunds.flatMap(({ legs }) => legs).filter(({ payment_id }) => payment_id === payment.id);
  const sum = (of: typeof parts) => of.reduce((total, { amount }) => total + amount, 0);
  const refunded = sum(parts.filter(({ status }) => status === 'succeeded'));
  const refunding = sum(parts.filter(({ status }) => status !== 'succeeded' && status !== 'failed'));
  return {
    ...payment,
    ...(refunded > 0 && refunded >= (payment.captured ?? payment.amount) ? { status: 'refunded' } : {}),
    ...(refunded === 0 ? {} : { refunded }),
    ...(refunding === 0 ? {} : { refunding }),
  };
}
