import { expect, it } from 'vitest';
import { incidentText } from './text.ts';

const names = {
  orders: new Map([
    ['ord_1', 'HS-100001'],
    ['ord_2', 'HS-K1-000002'],
  ]),
  devices: new Map([['ksk_1', 'Kiosk 1']]),
  goods: new Map([['303425', 'Mug']]),
};
const say = (kind: string, detail: Record<string, unknown>) => incidentText(kind, detail, names);
const till = { device_id: 'ksk_1', device_seq: '42', number: 'HS-K1-000042', total: '1049', currency: 'GBP' };

it.each([
  [
    'late_refund',
    { epc: '303425', order_id: 'ord_2', returned_from: 'ord_1' },
    /^“Mug” \(tag …303425\) came back .* out of order HS-100001 .* in order HS-K1-000002/,
  ],
  [
    'amount_mismatch',
    { order_id: 'ord_1', total: '200', lines: '100', captured: '200', currency: 'GBP', why: 'rows 1' },
    /^Order HS-100001 comes to £2\.00, its lines to £1\.00, and £2\.00 was taken \(rows 1\)\. The sale stands/,
  ],
  ['late_capture', { order_id: 'ord_1' }, /^Money came for order HS-100001 after it was cancelled/],
  [
    'late_capture',
    { order_id: 'ord_1', payment_id: 'pay_1', amount: '574', currency: 'GBP' },
    /^£5\.74 came for order HS-100001 when nobody expected it any more\. It goes back by itself/,
  ],
  [
    'payment_amount_mismatch',
    {
      order_id: 'ord_1',
      gateway: 'adyen',
      said: '574',
      said_currency: 'EUR',
      amount: '574',
      currency: 'GBP',
    },
    /^The gateway adyen speaks of €5\.74 for a payment of £5\.74 in order HS-100001/,
  ],
  [
    'over_captured',
    { order_id: 'ord_1', gateway: 'adyen', amount: '674', currency: 'GBP' },
    /^More was taken for order HS-100001 than was asked \(£6\.74 by adyen\)/,
  ],
  [
    'payment_unknown',
    { order_id: 'ord_1', gateway: 'adyen', amount: '574', currency: 'GBP', payment_id: 'pay_1' },
    /^For a quarter of an hour adyen has not said what became of £5\.74 for order HS-100001 \(payment pay_1\)/,
  ],
  [
    'reservation_expiring',
    { order_id: 'ord_1', amount: '574', currency: 'GBP', until: '2026-07-01T10:00:00.000Z' },
    /^£5\.74 reserved for order HS-100001 is free again at 2026-07-01T10:00:00\.000Z/,
  ],
  [
    'money_to_return',
    { order_id: 'ord_1', method: 'cash', amount: '300', currency: 'GBP' },
    /^£3\.00 \(cash\) was taken for order HS-100001 and cannot go back by itself/,
  ],
  [
    'payment_disputed',
    { order_id: 'ord_1', gateway: 'stripe', amount: '574', currency: 'GBP', type: 'charge.dispute.created' },
    /disputes £5\.74 of order HS-100001 \(stripe calls it charge\.dispute\.created\)/,
  ],
  ['unknown_order', { order_id: 'ord_9', number: 'HS-9' }, /order HS-9, which the store never saw/],
  [
    'offline_conflict',
    { ...till, why: 'another document stands at 42' },
    /^Kiosk 1 sent sale HS-K1-000042 of £10.49 for a place that is taken/,
  ],
  [
    'offline_invalid',
    { device_id: 'ksk_9', device_seq: '3', why: 'its digest is not its own' },
    /^ksk_9 sent its no. 3, and its digest is not its own/,
  ],
  [
    'suspected_duplicate',
    { order_id: 'ord_2', twin: 'ord_1', reference: 'R-1' },
    /^Orders HS-K1-000002 and HS-100001 name the same payment \(R-1\)/,
  ],
  [
    'sales_missing',
    { device_id: 'ksk_1', missing: '3, 5', count: '2' },
    /^Kiosk 1 sold on, but its records no. 3, 5 never arrived/,
  ],
  [
    'journal_tampered',
    { device_id: 'ksk_1', device_seq: '7', fault: 'broken_link' },
    /^Somebody changed the records of Kiosk 1 at no. 7 \(broken link\)/,
  ],
  ['number_not_leased', till, /^Kiosk 1 printed the number HS-K1-000042, which it was never given/],
  ['number_was_void', till, /^Kiosk 1 sold under the number HS-K1-000042/],
  ['something_new', { order_id: 'ord_1' }, /^Something new: order HS-100001\.$/],
  ['something_odd', { order_id: 7, epc: null }, /^Something odd\.$/],
])('%s is told in words', (kind, detail, expected) => {
  expect(say(kind, detail)).toMatch(expected);
});
