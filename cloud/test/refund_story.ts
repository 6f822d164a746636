import { StoreEvent } from '../../shared/events/index.ts';
import type { RetailerId, StoreId } from '../../shared/ids/index.ts';
import { epc } from './fixture.ts';
import { story } from './story.ts';

/** The story of a store in which the first order goes back whole, its first tag with it; the bank took its time. */
export function refundStory(retailer_id: RetailerId, store_id: StoreId, epoch: string): StoreEvent[] {
  const events = story(retailer_id, store_id, epoch);
  const paid = events.find((event) => event.type === 'order.completed');
  if (paid?.type !== 'order.completed') throw new Error('a story without a sale');
  const { id: order_id, number, total, payments } = paid.data.order;
  const { poslog } = paid.data;
  if (poslog === undefined) throw new Error('a sale without its number');
  const at = (second: number) => `2026-07-01T11:00:0${second}.000Z`;
  const told = (type: string, status: string, second: number) => {
    const done = status === 'succeeded';
    const line = {
      ...{ line_id: 'lin_1', sku: 'OAT-1', name: 'Oat biscuits', quantity: 1, amount: total, tax: 0 },
      ...{ taxes: [], epcs: [epc(1)], return_to_stock: true },
    };
    const refund = {
      ...{ id: order_id.replace('ord_', 'ref_'), order_id, store_id, processed_at_store: store_id },
      ...{ kind: 'full', status, amount: total, refunded: done ? total : 0, currency: 'GBP', tax: 0 },
      ...{ reason: 'changed_mind', note: '', policy: 'paid_share', tax_mode: 'proportional' },
      legs: payments.map(({ id, gateway, method }) => ({
        ...{ id: 'rfl_1', payment_id: id, gateway, method, amount: total },
        status: done ? 'succeeded' : 'pending',
      })),
      ...{ lines: [line], requested_by: 'stf_1', approvals: [] },
      ...{ number: done ? 'R000001' : null, credit_note_number: null },
      ...{ created_at: at(1), updated_at: at(second), completed_at: done ? at(second) : null },
    };
    const order = {
      ...{ order_id, number, payment_status: done ? 'refunded' : 'captured' },
      refund_status: done ? 'full' : 'none',
    };
    const head = { v: 1, store_id, retailer_id, epoch, seq: events.length + second, at: at(second) };
    const { store_code, workstation, business_date } = poslog;
    const original = { store_code, workstation, business_date, number: poslog.number };
    const logged = done ? { poslog: { ...poslog, number: 3 }, original } : {};
    return StoreEvent.parse({ ...head, type, data: { refund, order, ...logged } });
  };
  return [
    ...events,
    told('refund.created', 'requested', 1),
    told('refund.created', 'processing', 2),
    told('refund.succeeded', 'succeeded', 3),
  ];
}
