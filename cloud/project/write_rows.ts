import { type SQL, sql } from 'drizzle-orm';
import type { RetailerId } from '../../shared/ids/index.ts';
import { type Statement, statement } from '../db/client.ts';
import {
  agentReport,
  incident,
  orderCollection,
  orderLine,
  orderPayment,
  orderReview,
  orderRow,
  posTransaction,
  refundRow,
  reportOrder,
} from '../db/schema.ts';
import type { Rows } from './rows.ts';

/**
 * The writes of a list of rows, for one batch. Each may run twice and in any order with the others: facts of
 * an order are joined by the furthest status, everything else is one row an event and never changes.
 */
export function writeRows(retailer: RetailerId, rows: Rows): Statement[] {
  const each = (list: readonly object[]): SQL => sql`json_each(${JSON.stringify(list)})`;
  const statements: Statement[] = [];
  if (rows.orders.length > 0) statements.push(statement(orderUpsert(retailer, each(rows.orders))));
  if (rows.lines.length > 0) {
    statements.push(
      statement(sql`INSERT OR REPLACE INTO ${orderLine} (retailer_id, order_id, position, epc, item_id, document)
        SELECT ${retailer}, value ->> 'order_id', value ->> 'position', value ->> 'epc', value ->> 'item_id', value ->> 'document'
        FROM ${each(rows.lines)}`),
    );
  }
  if (rows.payments.length > 0) {
    statements.push(
      statement(sql`INSERT INTO ${orderPayment} (retailer_id, order_id, id, document)
        SELECT ${retailer}, value ->> 'order_id', value ->> 'id', value ->> 'document' FROM ${each(rows.payments)} WHERE true
        ON CONFLICT (retailer_id, order_id, id) DO UPDATE SET document = excluded.document
        WHERE excluded.document ->> 'updated_at' >= order_payment.document ->> 'updated_at'`),
    );
  }
  if (rows.incidents.length > 0) {
    statements.push(
      statement(sql`INSERT OR REPLACE INTO ${incident} (retailer_id, store_id, id, kind, detail, at)
        SELECT ${retailer}, value ->> 'store_id', value ->> 'id', value ->> 'kind', value ->> 'detail', value ->> 'at'
        FROM ${each(rows.incidents)}`),
    );
  }
  if (rows.reports.length > 0) {
    statements.push(
      statement(sql`INSERT OR REPLACE INTO ${agentReport} (retailer_id, store_id, id, agent, kind, data, at)
        SELECT ${retailer}, value ->> 'store_id', value ->> 'id', value ->> 'agent', value ->> 'kind', value ->> 'data', value ->> 'at'
        FROM ${each(rows.reports)}`),
    );
  }
  if (rows.report_orders.length > 0) {
    statements.push(
      statement(sql`INSERT OR IGNORE INTO ${reportOrder} (retailer_id, order_id, store_id, report_id)
        SELECT ${retailer}, value ->> 'order_id', value ->> 'store_id', value ->> 'report_id' FROM ${each(rows.report_orders)}`),
    );
  }
  if (rows.transactions.length > 0) {
    statements.push(
      statement(sql`INSERT OR REPLACE INTO ${posTransaction} (retailer_id, order_id, doc, store_id, document)
        SELECT ${retailer}, value ->> 'order_id', value ->> 'doc', value ->> 'store_id', value ->> 'document'
        FROM ${each(rows.transactions)}`),
    );
  }
  if (rows.reviews.length > 0) {
    statements.push(
      statement(sql`INSERT OR REPLACE INTO ${orderReview} (retailer_id, order_id, id, store_id, result, reviewer, reason, at)
        SELECT ${retailer}, value ->> 'order_id', value ->> 'id', value ->> 'store_id', value ->> 'result', value ->> 'reviewer',
          value ->> 'reason', value ->> 'at'
        FROM ${each(rows.reviews)}`),
    );
  }
  if (rows.collections.length > 0) {
    statements.push(
      statement(sql`INSERT OR REPLACE INTO ${orderCollection} (retailer_id, order_id, n, store_id, status, actor, "by", reason, hold_until, at)
        SELECT ${retailer}, value ->> 'order_id', value ->> 'n', value ->> 'store_id', value ->> 'status', value ->> 'actor',
          value ->> 'by', value ->> 'reason', value ->> 'hold_until', value ->> 'at'
        FROM ${each(rows.collections)}`),
    );
  }
  if (rows.refunds.length > 0) statements.push(statement(refundUpsert(retailer, each(rows.refunds))));
  return statements;
}

/** The newest word on a refund stands; of two of one instant the further one. */
function refundUpsert(retailer: RetailerId, rows: SQL): SQL {
  const columns =
    'order_id, store_id, status, kind, amount, refunded, currency, number, created_at, updated_at, document';
  const values = columns.split(', ').map((name) => sql`value ->> ${sql.raw(`'${name}'`)}`);
  const sets = columns.split(', ').map((name) => sql.raw(`${name} = excluded.${name}`));
  const rank = (row: string) =>
    sql.raw(`CASE ${row}.status WHEN 'requested' THEN 0 WHEN 'approved' THEN 1 WHEN 'created' THEN 2
      WHEN 'processing' THEN 3 ELSE 4 END`);
  return sql`INSERT INTO ${refundRow} (retailer_id, id, ${sql.raw(columns)})
    SELECT ${retailer}, value ->> 'id', ${sql.join(values, sql`, `)} FROM ${rows} WHERE true
    ON CONFLICT (retailer_id, id) DO UPDATE SET ${sql.join(sets, sql`, `)}
    WHERE (excluded.updated_at, ${rank('excluded')}) >= (refund_row.updated_at, ${rank('refund_row')})`;
}

/**
 * An order's rank only grows: created, cancelled, completed (money that comes after a cancellation completes
 * it), completed and paid (what a till sold on trust), given back whole. Of two facts the one with the higher rank wins, and a null
 * never overwrites; of two words about the check at the exit the later one counts, of two steps of its collection the further. So any order gives one row.
 */
function orderUpsert(retailer: RetailerId, rows: SQL): SQL {
  const rank = (row: string): SQL => {
    const [status, payment] = [sql.raw(`${row}.status`), sql.raw(`${row}.payment_status`)];
    return sql`CASE ${status} WHEN 'completed' THEN 2 + (${payment} = 'captured') + 2 * (${payment} = 'refunded') WHEN 'cancelled' THEN 1 ELSE 0 END`;
  };
  const higher = sql`${rank('excluded')} > ${rank('order_row')}`;
  const joined = (column: SQL): SQL =>
    sql`${column} = CASE WHEN ${higher} THEN coalesce(excluded.${column}, order_row.${column})
      ELSE coalesce(order_row.${column}, excluded.${column}) END`;
  const newer = sql`excluded.verification_at > coalesce(order_row.verification_at, '')`;
  const further = sql`excluded.collection_n > coalesce(order_row.collection_n, 0)`;
  const columns = [
    'number',
    'status',
    'payment_status',
    'total',
    'currency',
    'items',
    'shopper_id',
    'completed_at',
    'cancelled_at',
    'cancel_reason',
    'summary',
    'till',
  ];
  const sets = sql.join(
    columns.map((name) => joined(sql.raw(name))),
    sql`, `,
  );
  return sql`INSERT INTO ${orderRow} (retailer_id, id, store_id, number, status, payment_status, total, currency, items,
      shopper_id, created_at, completed_at, cancelled_at, cancel_reason, summary, till, verification_status, verification_at,
      collection_status, collection_n)
    SELECT ${retailer}, value ->> 'id', value ->> 'store_id', value ->> 'number', value ->> 'status', value ->> 'payment_status',
      value ->> 'total', value ->> 'currency', value ->> 'items', value ->> 'shopper_id', value ->> 'created_at',
      value ->> 'completed_at', value ->> 'cancelled_at', value ->> 'cancel_reason', value ->> 'summary', value ->> 'till',
      value ->> 'verification_status', value ->> 'verification_at', value ->> 'collection_status', value ->> 'collection_n'
    FROM ${rows} WHERE true
    ON CONFLICT (retailer_id, id) DO UPDATE SET ${sets}, created_at = min(order_row.created_at, excluded.created_at),
      verification_status = CASE WHEN ${newer} THEN excluded.verification_status ELSE order_row.verification_status END,
      verification_at = CASE WHEN ${newer} THEN excluded.verification_at ELSE order_row.verification_at END,
      collection_status = CASE WHEN ${further} THEN excluded.collection_status ELSE order_row.collection_status END,
      collection_n = CASE WHEN ${further} THEN excluded.collection_n ELSE order_row.collection_n END`;
}
