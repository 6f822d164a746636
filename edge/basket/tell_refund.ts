import type { Refund } from '../../shared/api/refund.ts';
import type { ItemId } from '../../shared/ids/index.ts';
import { refundReceiptOf } from '../../shared/refund/refund_receipt.ts';
import type { RecordRefund, RefundTrouble } from '../../shared/rpc/refunds.ts';
import { type Duty, fulfil } from './duty.ts';
import type { Refusal } from './port.ts';
import { legRefundOf } from './refund_rows.ts';
import { viewRefund } from './refund_view.ts';
import { audit, basketOf, legNumbered, linesOf } from './rows.ts';
import { configFor, type Trip } from './trip.ts';
import { viewOrder } from './view.ts';

/**
 * Tells the store how a refund stands. With its success the store gives it its number and puts the goods back that
 * are there; it answers the same however often it is told.
 */
export async function tellRefund(trip: Trip, duty: Duty): Promise<Refusal | null> {
  const refund = viewRefund(trip.sql, duty.subject);
  const order = viewOrder(trip.sql);
  if (refund === null || order === null) throw new Error('a refund to tell that is not there');
  const config = await configFor(trip, { fresh: false });
  if (!config.ok) return { code: 'store_unavailable' };
  const told = await trip.store.ask((store) =>
    store.recordRefund({
      basket_id: basketOf(trip.sql).basket_id,
      order_id: order.id,
      order_number: order.number,
      refund,
      payment_status: order.payment_status,
      refund_status: order.refund_status,
      returned_epcs: refund.lines.flatMap((line) => (line.return_to_stock ? line.epcs : [])),
      credit_note: config.value.policies.refund.credit_note,
      goods: goodsBack(trip, refund),
    }),
  );
  if (!told.ok) return told.error;
  const { number, credit_note_number, recorded_at, returned } = told.value;
  const receipt =
    number === null
      ? null
      : refundReceiptOf({
          ...{ refund, number, credit_note_number, config: config.value },
          order_number: order.number,
          completed_at: recorded_at,
        });
  trip.write(() => {
    fulfil(trip.sql, duty);
    trip.sql.exec(
      'UPDATE refund SET number = ?, credit_note_number = ?, receipt = coalesce(receipt, ?) WHERE refund_id = ?',
      ...[number, credit_note_number, receipt === null ? null : JSON.stringify(receipt), refund.id],
    );
    audit(trip.sql, trip.now(), 'refund_told', {
      refund_id: refund.id,
      status: refund.status,
      number,
      returned,
    });
  });
  return null;
}

/** Units by item that may be sold again; a deposit is no stock. */
function goodsBack({ sql }: Trip, refund: Refund): NonNullable<RecordRefund['goods']> {
  const lines = new Map(linesOf(sql).map((line) => [`${line.line_id}`, line]));
  const goods = new Map<ItemId, number>();
  for (const { line_id, quantity, return_to_stock } of refund.lines) {
    const line = lines.get(line_id);
    if (line === undefined || line.kind === 'deposit' || !return_to_stock || quantity === 0) continue;
    goods.set(line.item.id, (goods.get(line.item.id) ?? 0) + quantity);
  }
  return [...goods].map(([item_id, quantity]) => ({ item_id, quantity }));
}

/** Tells staff of money on its way back that went wrong or nowhere. */
export async function tellRefundTrouble(
  trip: Trip,
  duty: Duty,
  kind: RefundTrouble['kind'],
): Promise<Refusal | null> {
  const row = legRefundOf(trip.sql, duty.subject);
  const leg = legNumbered(trip.sql, row?.leg ?? null);
  const order = viewOrder(trip.sql);
  if (row === null || leg === null || order === null) throw new Error('a refund to tell that is not there');
  const told = await trip.store.ask((store) =>
    store.recordRefundTrouble({
      kind,
      order_id: order.id,
      order_number: order.number,
      leg_refund_id: row.leg_refund_id,
      payment_id: leg.payment_id,
      amount: String(row.amount),
      currency: order.currency,
      reason: row.failure === null ? row.state : JSON.parse(row.failure).code,
    }),
  );
  if (!told.ok) return told.error;
  trip.write(() => fulfil(trip.sql, duty));
  return null;
}
