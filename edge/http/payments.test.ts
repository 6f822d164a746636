import { beforeAll, describe, expect, it } from 'vitest';
import { Payment, PaymentMethods } from '../../shared/api/order.ts';
import { openShop, type Shop } from '../basket/test/fixture.ts';
import {
  call,
  cloudToken,
  codeOf,
  enter,
  expectJson,
  type Guest,
  orderOf,
  readOrder,
} from './test/fixture.ts';

let shop: Shop;
let guest: Guest;
let cashier: string;

beforeAll(async () => {
  const account_key = `${crypto.randomUUID()}.0123456789abcdef`;
  const account = { gateway: 'test', account_key, environment: 'test', methods: ['card'] };
  shop = await openShop({}, { gateways: [{ ...account, capture: 'manual', display_name: 'Any card' }] });
  guest = await enter(shop);
  cashier = await cloudToken('cashier', { store: shop.store_id });
});

describe('payments over HTTP', () => {
  it('a shopper reserves, and the store takes a part of it and the rest in cash', async () => {
    const order = await orderOf(guest, { code: 'COLA' });
    const methods = (token: string) =>
      expectJson(PaymentMethods, 200, call('GET', `/v1/orders/${order.id}/payment_methods`, { token }));
    const card = {
      gateway: 'test',
      method: 'card',
      display_name: 'Any card',
      amount_min: 1,
      amount_max: 574,
      saves_cards: false,
    };
    expect(await methods(guest.token)).toEqual({
      currency: 'GBP',
      due: 574,
      methods: [{ ...card, channel: 'web' }],
    });
    expect((await methods(cashier)).methods.map(({ gateway, channel }) => [gateway, channel])).toEqual([
      ['test', 'cashier'],
      ['cash', 'cashier'],
    ]);

    const attempts = `/v1/orders/${order.id}/payments`;
    const body = { gateway: 'test', method: 'card' };
    const reserved = await expectJson(Payment, 201, guest.call('POST', attempts, { body }));
    expect(reserved).toMatchObject({ status: 'authorized', authorized: 574, amount: 574 });
    expect((await readOrder(guest, order.id)).payment_status).toBe('authorized');

    const capture = `/v1/payments/${reserved.id}/capture`;
    expect(await codeOf(403, guest.call('POST', capture, { body: {} }))).toBe('forbidden');
    expect(await codeOf(422, call('POST', capture, { token: cashier, body: { amount: 0 } }))).toBe('invalid');
    const part = { token: cashier, body: { amount: 500 }, key: 'part' };
    const taken = await expectJson(Payment, 200, call('POST', capture, part));
    expect(taken).toMatchObject({ status: 'captured', amount: 500 });
    const again = await call('POST', capture, part);
    expect([again.headers.get('idempotency-replayed'), again.json]).toEqual(['true', taken]);

    const cash = { gateway: 'cash', method: 'cash', amount_tendered: 100 };
    expect(await codeOf(403, guest.call('POST', attempts, { body: cash }))).toBe('channel_not_allowed');
    const rest = await expectJson(Payment, 201, call('POST', attempts, { token: cashier, body: cash }));
    expect(rest).toMatchObject({ status: 'captured', amount: 74, tendered: 100, change: 26 });
    expect(await readOrder(guest, order.id)).toMatchObject({ payment_status: 'captured', captured: 574 });
  });

  it('an empty body captures all, and giving up releases', async () => {
    const order = await orderOf(guest, { code: 'COLA' });
    const reserve = async (amount: number) =>
      expectJson(
        Payment,
        201,
        guest.call('POST', `/v1/orders/${order.id}/payments`, {
          body: { gateway: 'test', method: 'card', amount },
        }),
      );
    const first = await reserve(100);
    const given = await expectJson(Payment, 200, guest.call('POST', `/v1/payments/${first.id}/cancel`));
    expect(given.status).toBe('cancelled');
    const second = await reserve(574);
    const taken = call('POST', `/v1/payments/${second.id}/capture`, { token: cashier });
    expect(await expectJson(Payment, 200, taken)).toMatchObject({ status: 'captured', amount: 574 });
  });
});
