import { env } from 'cloudflare:test';
import { Order } from '../../shared/api/order.ts';
import {
  BasketId,
  ItemId,
  orderIdOf,
  paymentIdOf,
  type RetailerId,
  type StoreId,
} from '../../shared/ids/index.ts';
import { ReceiptDocument } from '../../shared/receipt/document.ts';
import { unwrap } from '../../shared/result.ts';
import type { CommitSale, OpenOrder } from '../../shared/rpc/store.ts';
import { Publication } from '../store/publication.ts';
import type { StoreSettings } from '../store/settings.ts';
import { call, expectJson, freshShopperId, newStore, type Tenant } from './fixture.ts';

const ITEM = ItemId.parse('itm_00000000-0000-7000-8000-000000000001');
const PRICE = 1250;

/** One trip as a basket's object would tell the store of it. */
export interface Trip {
  open: OpenOrder;
  commit(number: string): CommitSale;
}

export function newTrip(store_id: StoreId, epcs: string[] = [], at = '2026-07-01T10:00:00.000Z'): Trip {
  const basket_id = BasketId.parse(`bsk_${crypto.randomUUID()}`);
  const order_id = orderIdOf(basket_id);
  const shopper_id = freshShopperId();
  const units = epcs.length === 0 ? [{}] : epcs.map((epc) => ({ epc }));
  const total = PRICE * units.length;
  const open = { basket_id, order_id, shopper_id, total, items: units.length, epcs };
  return {
    open,
    commit: (number) => ({
      basket_id,
      shopper_id,
      order: orderOf(open, store_id, number, units, at),
      receipt: receiptOf(order_id, number, total, at),
    }),
  };
}

function orderOf(
  { basket_id, order_id, total }: OpenOrder,
  store_id: StoreId,
  number: string,
  units: object[],
  at: string,
): Order {
  const line = {
    item_id: ITEM,
    sku: 'OAT-1',
    name: 'Oat biscuits',
    quantity: 1,
    unit_price: PRICE,
    discount: 0,
    total: PRICE,
    restrictions: [],
    promotions: [],
  };
  const payment = {
    id: paymentIdOf(basket_id, 1),
    order_id,
    gateway: 'test',
    method: 'card',
    status: 'captured',
    amount: total,
    currency: 'GBP',
    created_at: at,
    updated_at: at,
  };
  return Order.parse({
    id: order_id,
    number,
    basket_id,
    store_id,
    status: 'created',
    payment_status: 'pending',
    currency: 'GBP',
    lines: units.map((unit, i) => ({ id: `lin_${i + 1}`, ...line, ...unit })),
    promotions: [],
    subtotal: total,
    discount: 0,
    tax: 0,
    total,
    captured: total,
    payments: [payment],
    receipt: null,
    exit_pass: null,
    verification_status: 'not_required',
    refund_status: 'none',
    fulfilment_status: 'none',
    receipt_status: 'not_sent',
    created_at: at,
    completed_at: null,
  });
}

const receiptOf = (id: string, number: string, total: number, completed_at: string) =>
  ReceiptDocument.parse({
    v: 1,
    kind: 'sale',
    store: { name: 'High Street', address_lines: [] },
    order: { id, number, completed_at, local_time: '01/07/2026 11:00' },
    currency: 'GBP',
    lines: [],
    subtotal: total,
    discount: 0,
    total,
    tax: { inclusive: true, total: 0, lines: [] },
    payments: [{ method: 'card', label: 'Card', amount: total }],
    footer_lines: [],
  });

/** A published store whose object takes orders. */
export async function liveStore(tenant: Tenant, more: Partial<StoreSettings> = {}): Promise<StoreId> {
  const store = await newStore(tenant, more);
  await expectJson(
    Publication,
    201,
    call('POST', `/v1/stores/${store}/publications`, { token: tenant.admin }),
  );
  return store;
}

/** Opens the order in the store's object and pays it, or lets it be cancelled. Answers its number. */
export async function walk(store: StoreId, trip: Trip, end: 'open' | 'paid' | 'cancelled'): Promise<string> {
  const object = env.STORE.getByName(store);
  const { number } = unwrap(await object.openOrder(trip.open));
  if (end === 'paid') await object.commitSale(trip.commit(number));
  if (end === 'cancelled')
    unwrap(await object.cancelOrder({ basket_id: trip.open.basket_id, reason: 'shopper_left' }));
  return number;
}

/** Everything that the store's object has to tell, as its queue would carry it. */
export async function eventsOf(store: StoreId): Promise<string[]> {
  return (await env.STORE.getByName(store).eventsAfter(0, 500)).events;
}

const PROJECTION = {
  order_row: 'id',
  order_line: 'order_id, position',
  order_payment: 'order_id, id',
  refund_row: 'id',
  incident: 'id',
  agent_report: 'id',
  report_order: 'order_id, report_id',
  event_seen: 'seq',
  order_review: 'order_id, id',
  order_collection: 'order_id, n',
  pos_transaction: 'order_id, doc',
} as const;

/** The projection of a tenant as text, without the tenant: equal text means equal projections. */
export async function projectionOf(retailer: RetailerId): Promise<string> {
  const reads = Object.entries(PROJECTION).map(([table, order]) =>
    env.DB.prepare(`SELECT * FROM ${table} WHERE retailer_id = ? ORDER BY ${order}`).bind(retailer),
  );
  const cursor = env.DB.prepare(
    'SELECT store_id, epoch, contiguous FROM projection_cursor WHERE retailer_id = ?',
  ).bind(retailer);
  const answers = await env.DB.batch([...reads, cursor]);
  return JSON.stringify(answers.map(({ results }) => results));
}
