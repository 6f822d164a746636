import { describe, expect, it } from 'vitest';
import { StoreEvent } from './index.ts';

const UUID = '01890000-0000-7000-8000-000000000001';
const AT = '2026-07-01T10:00:00.000Z';
const head = { v: 1, store_id: `str_${UUID}`, retailer_id: `ret_${UUID}`, epoch: UUID, seq: 1, at: AT };

const order = {
  id: `ord_${UUID}`,
  number: 'HS100042',
  basket_id: `bsk_${UUID}`,
  store_id: `str_${UUID}`,
  status: 'completed',
  payment_status: 'captured',
  currency: 'GBP',
  lines: [],
  promotions: [],
  subtotal: 574,
  discount: 0,
  tax: 96,
  total: 574,
  captured: 574,
  payments: [],
  receipt: null,
  exit_pass: null,
  verification_status: 'not_required',
  refund_status: 'none',
  fulfilment_status: 'none',
  receipt_status: 'not_sent',
  created_at: AT,
  completed_at: AT,
};

const refund = {
  ...{
    id: `ref_${UUID}`,
    order_id: `ord_${UUID}`,
    store_id: `str_${UUID}`,
    processed_at_store: `str_${UUID}`,
  },
  ...{ kind: 'lines', status: 'succeeded', amount: 574, refunded: 574, currency: 'GBP', tax: 96 },
  ...{ reason: 'faulty', note: '', policy: 'paid_share', tax_mode: 'proportional' },
  lines: [
    {
      ...{ line_id: 'lin_1', sku: 'COLA', name: 'Cola', quantity: 1, amount: 574, tax: 96 },
      ...{ taxes: [], epcs: [], return_to_stock: true },
    },
  ],
  legs: [
    {
      ...{ id: 'rfl_1', payment_id: `pay_${UUID}_1`, gateway: 'test', method: 'card', amount: 574 },
      ...{ status: 'succeeded', reference: 're_1' },
    },
  ],
  ...{ requested_by: 'stf_1', approvals: [], number: 'R000001', credit_note_number: null },
  ...{ created_at: AT, updated_at: AT, completed_at: AT },
};
const refunded = {
  refund,
  order: {
    ...{ order_id: `ord_${UUID}`, number: 'HS100042' },
    ...{ payment_status: 'refunded', refund_status: 'full' },
  },
};

/** One of each as the outbox has written it: what stands in queues and tables must stay readable. */
const EVENTS = {
  'order.created': {
    order_id: `ord_${UUID}`,
    basket_id: `bsk_${UUID}`,
    shopper_id: `shp_${UUID}`,
    number: 'HS100042',
    total: 574,
    currency: 'GBP',
    items: 1,
  },
  'order.completed': { order, shopper_id: `shp_${UUID}` },
  'order.cancelled': { order_id: `ord_${UUID}`, number: 'HS100042', reason: 'shopper' },
  'incident.raised': { incident_id: 'inc_1', kind: 'epc_double_sale', detail: { epc: 'x', orders: [1, 2] } },
  'refund.created': refunded,
  'refund.succeeded': refunded,
  'refund.failed': refunded,
  'agent.reported': { agent: 'agt_1', report_id: 1, kind: 'gate.alarm', reported_at: AT, data: { epcs: [] } },
};

describe.each(Object.entries(EVENTS))('%s', (type, data) => {
  const event = { ...head, type, data };

  it('is read from the text that was stored', () => {
    expect(StoreEvent.parse(JSON.parse(JSON.stringify(event)))).toEqual(event);
  });

  it('is none without its place in its store’s history', () => {
    for (const name of Object.keys(head))
      expect(StoreEvent.safeParse({ ...event, [name]: undefined }).success, name).toBe(false);
    for (const bad of [{ seq: 0 }, { seq: 1.5 }, { at: 'today' }, { v: 2 }, { store_id: `ret_${UUID}` }])
      expect(StoreEvent.safeParse({ ...event, ...bad }).success, JSON.stringify(bad)).toBe(false);
  });

  it('is none without its data, or with those of another', () => {
    for (const name of Object.keys(data))
      expect(StoreEvent.safeParse({ ...event, data: { ...data, [name]: undefined } }).success, name).toBe(
        false,
      );
    expect(StoreEvent.safeParse({ ...event, data: {} }).success).toBe(false);
    expect(StoreEvent.safeParse({ ...event, type: 'order.lost' }).success).toBe(false);
  });
});

it('money in an event is an integer in minor units', () => {
  const event = (total: unknown) => ({
    ...head,
    type: 'order.created',
    data: { ...EVENTS['order.created'], total },
  });
  expect(StoreEvent.safeParse(event(574)).success).toBe(true);
  for (const bad of [5.74, '574', 2 ** 53]) expect(StoreEvent.safeParse(event(bad)).success).toBe(false);
});
