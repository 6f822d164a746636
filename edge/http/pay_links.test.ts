import { beforeAll, describe, expect, it } from 'vitest';
import { Order, PayLink, Payment } from '../../shared/api/order.ts';
import { StoreEvent } from '../../shared/events/index.ts';
import { basketIdOfOrder, StoreId } from '../../shared/ids/index.ts';
import type { OfflineSale } from '../../shared/offline/document.ts';
import { LeasedNumbers } from '../../shared/offline/wire.ts';
import {
  deviceOf,
  moneyTaken,
  openShop,
  retailer,
  type Shop,
  storeOf,
  wakeNow,
} from '../basket/test/fixture.ts';
import { kiosk, Till } from '../store/test/till.ts';
import { call, cloudToken, codeOf, expectJson } from './test/fixture.ts';

const agent = `agt_${crypto.randomUUID()}`;
const REFERENCE = 'a-secret-that-only-the-paper-knows';

let shop: Shop;
let token: string;
let till: Till;
let numbers: LeasedNumbers;

beforeAll(async () => {
  shop = await openShop({}, { devices: [deviceOf(agent, 'agent'), deviceOf(kiosk(1), 'kiosk')] });
  token = await cloudToken('agent', { sub: agent, store: shop.store_id });
  till = new Till(1, { store_id: shop.store_id, retailer_id: retailer });
  const body = { device_id: kiosk(1), count: 50 };
  const path = `/v1/stores/${shop.store_id}/number_leases`;
  numbers = await expectJson(LeasedNumbers, 201, call('POST', path, { token, body }));
});

let value = 0;
/** A sale of 10.48 on trust; `cash` of it was paid at the till. */
function onTrust(cash = 0): OfflineSale {
  value += 1;
  const later = {
    method: 'pay_later',
    amount: 1048 - cash,
    reference: `${REFERENCE}-${value}`,
    url: 'https://edge.test/pay',
    due_at: '2026-06-21T10:00:00.000Z',
  };
  const paid = { method: 'cash', amount: cash, tendered: cash, change: 0, rounding: 0 };
  return till.sell(numbers, value, [], { payments: cash === 0 ? [later] : [paid, later] });
}
const referenceOf = (sale: OfflineSale) => `${REFERENCE}-${sale.number.value}`;
const upload = (...transactions: OfflineSale[]) =>
  call('POST', `/v1/stores/${shop.store_id}/offline_transactions`, { token, body: { transactions } });
const open = (sale: OfflineSale, change: object = {}) =>
  call('POST', '/v1/pay_links', {
    body: { store_id: shop.store_id, order_id: sale.order_id, reference: referenceOf(sale), ...change },
  });
const opened = (sale: OfflineSale) => expectJson(PayLink, 201, open(sale));
const payWith = (link: { token: string; order: Order }, method: string) =>
  expectJson(
    Payment,
    201,
    call('POST', `/v1/orders/${link.order.id}/payments`, {
      token: link.token,
      body: { gateway: 'test', method },
    }),
  );
const read = (link: { token: string; order: Order }) =>
  expectJson(Order, 200, call('GET', `/v1/orders/${link.order.id}`, { token: link.token }));

describe('the link on the paper of a sale on trust', () => {
  it('opens that order for who holds the paper, and nothing for anybody else', async () => {
    const sale = onTrust();
    expect(await codeOf(404, open(sale))).toBe('not_found');
    await upload(sale);
    for (const change of [
      { reference: `${referenceOf(sale)}x` },
      { order_id: `ord_${crypto.randomUUID()}` },
      { store_id: StoreId.parse(`str_${crypto.randomUUID()}`) },
    ])
      expect(await codeOf(404, open(sale, change)), JSON.stringify(change)).toBe('not_found');
    const link = await opened(sale);
    expect(link.order).toMatchObject({
      id: sale.order_id,
      number: sale.number.text,
      status: 'completed',
      payment_status: 'waiting',
      total: 1048,
      captured: 0,
      payments: [{ gateway: 'till', method: 'pay_later', status: 'waiting' }],
      exit_pass: null,
      till: { device_id: kiosk(1) },
    });
    expect((await opened(sale)).shopper_id).toBe(link.shopper_id);
    const paper = call('GET', `/v1/orders/${sale.order_id}/receipt?format=json`, { token: link.token });
    expect((await paper).json).toEqual(sale.receipt);
    // A sale that was paid in cash has no link, whatever its number.
    const cash = till.sell(numbers, ++value);
    await upload(cash);
    expect(await codeOf(404, open(cash))).toBe('not_found');
  });

  it('is paid like any order: a refusal is no end, the money is taken once, and only the cloud hears of it', async () => {
    const sale = onTrust();
    await upload(sale);
    const link = await opened(sale);
    expect(await payWith(link, 'card_declined')).toMatchObject({ status: 'rejected' });
    expect(await payWith(link, 'card')).toMatchObject({ status: 'captured', amount: 1048 });
    const paid = await read(link);
    expect(paid).toMatchObject({ status: 'completed', payment_status: 'captured', captured: 1048 });
    expect(paid.payments.map(({ id, method, status }) => [id.slice(-2), method, status])).toEqual([
      ['_1', 'pay_later', 'cancelled'],
      ['_2', 'card_declined', 'rejected'],
      ['_3', 'card', 'captured'],
    ]);
    expect(await moneyTaken(shop)).toBe(1048);
    const again = call('POST', `/v1/orders/${sale.order_id}/payments`, {
      token: link.token,
      body: { gateway: 'test', method: 'card' },
    });
    expect(await codeOf(409, again)).toBe('already_paid');
    const cashier = await cloudToken('cashier', { store: shop.store_id });
    expect(await read({ ...link, token: cashier })).toMatchObject({ payment_status: 'captured' });

    await wakeNow({ id: basketIdOfOrder(link.order.id) });
    const told = (await storeOf(shop).eventsAfter(0, 500)).events
      .map((text) => StoreEvent.parse(JSON.parse(text)))
      .flatMap((event) =>
        event.type === 'order.completed' && event.data.order.id === sale.order_id ? [event] : [],
      );
    expect(told.map(({ data }) => data.order.payment_status)).toEqual(['waiting', 'captured']);
  });

  it('asks for what is owed and no more, and can be paid in parts', async () => {
    const sale = onTrust(48);
    await upload(sale);
    const link = await opened(sale);
    expect(link.order).toMatchObject({ payment_status: 'partially_captured', captured: 48 });
    const part = call('POST', `/v1/orders/${sale.order_id}/payments`, {
      token: link.token,
      body: { gateway: 'test', method: 'card', amount: 400 },
    });
    await expectJson(Payment, 201, part);
    expect(await read(link)).toMatchObject({ payment_status: 'partially_captured', captured: 448 });
    expect(await payWith(link, 'card')).toMatchObject({ amount: 600 });
    expect(await read(link)).toMatchObject({ payment_status: 'captured', captured: 1048 });
  });

  it('cannot be cancelled, and opens no gate: the goods have left', async () => {
    const sale = onTrust();
    await upload(sale);
    const link = await opened(sale);
    const cancel = call('POST', `/v1/orders/${sale.order_id}/cancel`, { token: link.token });
    expect(await codeOf(409, cancel)).toBe('conflict');
    const pass = call('GET', `/v1/orders/${sale.order_id}/exit_pass`, { token: link.token });
    expect(await codeOf(409, pass)).toBe('not_paid');
    expect(await read(link)).toMatchObject({ status: 'completed', payment_status: 'waiting' });
  });
});
