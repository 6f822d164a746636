import { beforeAll, describe, expect, it } from 'vitest';
import { Basket, ScanAnswer } from '../../shared/api/basket.ts';
import { Order, Payment } from '../../shared/api/order.ts';
import { GuestSession } from '../../shared/api/store.ts';
import { openShop, type Shop, shirt } from '../basket/test/fixture.ts';
import {
  buy,
  call,
  codeOf,
  enter,
  expectJson,
  type Guest,
  openBasket,
  openOrder,
  orderOf,
  pay,
  readBasket,
  readOrder,
  scan,
} from './test/fixture.ts';

let shop: Shop;
let guest: Guest;
beforeAll(async () => {
  shop = await openShop();
  guest = await enter(shop);
});

describe('a trip', () => {
  it('goes from the door through the gate', async () => {
    const session = await expectJson(
      GuestSession.strict(),
      201,
      call('POST', '/v1/guest_sessions', { body: { store_id: shop.store_id } }),
    );
    expect(Date.parse(session.expires_at)).toBeGreaterThan(Date.now());
    const { token } = session;

    const opened = await call('POST', '/v1/baskets', { token, body: { store_id: shop.store_id } });
    const basket = await expectJson(Basket.strict(), 201, opened);
    expect(basket).toMatchObject({
      store_id: shop.store_id,
      currency: 'GBP',
      status: 'open',
      lines: [],
      total: 0,
    });
    const at = `/v1/baskets/${basket.id}`;

    const scanned = await expectJson(
      ScanAnswer.strict(),
      200,
      call('POST', `${at}/scans`, { token, body: { code: 'COLA' } }),
    );
    const line = `${at}/lines/${scanned.line_id}`;
    const two = await expectJson(Basket, 200, call('PATCH', line, { token, body: { quantity: 2 } }));
    expect(two).toMatchObject({ subtotal: 1148, discount: 100, total: 1048, lines: [{ quantity: 2 }] });
    const epc = shirt(71);
    const tagged = await expectJson(
      ScanAnswer,
      200,
      call('POST', `${at}/scans`, { token, body: { epc: epc.toLowerCase() } }),
    );
    expect(tagged.basket.lines.at(-1)).toMatchObject({ epc, quantity: 1, total: 1999 });
    const gone = await expectJson(Basket, 200, call('DELETE', `${at}/lines/${tagged.line_id}`, { token }));
    expect(gone.total).toBe(1048);
    await expectJson(ScanAnswer, 200, call('POST', `${at}/scans`, { token, body: { code: epc } }));

    const order = await expectJson(
      Order.strict(),
      201,
      call('POST', '/v1/orders', { token, body: { basket_id: basket.id } }),
    );
    expect(order).toMatchObject({
      status: 'created',
      payment_status: 'waiting',
      total: 3047,
      payments: [],
      receipt: null,
      exit_pass: null,
    });
    expect(order.number).toMatch(/^HS\d+$/);
    const again = await expectJson(
      Order,
      200,
      call('POST', '/v1/orders', { token, body: { basket_id: basket.id } }),
    );
    expect(again).toEqual(order);

    const payment = await expectJson(
      Payment.strict(),
      201,
      call('POST', `/v1/orders/${order.id}/payments`, { token, body: { gateway: 'test', method: 'card' } }),
    );
    expect(payment).toMatchObject({ order_id: order.id, status: 'captured', amount: 3047, currency: 'GBP' });
    expect(await expectJson(Payment, 200, call('GET', `/v1/payments/${payment.id}`, { token }))).toEqual(
      payment,
    );

    const paid = await expectJson(Order.strict(), 200, call('GET', `/v1/orders/${order.id}`, { token }));
    expect(paid).toMatchObject({
      number: order.number,
      status: 'completed',
      payment_status: 'captured',
      captured: 3047,
      payments: [payment],
      receipt: { number: order.number },
      exit_pass: { epcs: [epc] },
    });
    expect(await codeOf(409, call('POST', `${at}/scans`, { token, body: { code: 'COLA' } }))).toBe(
      'basket_locked',
    );
    expect(
      await codeOf(
        409,
        call('POST', `/v1/orders/${order.id}/payments`, { token, body: { gateway: 'test', method: 'card' } }),
      ),
    ).toBe('already_paid');
  });

  it('goes over the bank’s page and back', async () => {
    const order = await orderOf(guest, { code: 'COLA' });
    const payment = await pay(guest, order.id, 'card_3ds');
    expect(payment).toMatchObject({ status: 'action_required', next_action: { type: 'redirect' } });
    const { pathname } = new URL(payment.next_action?.url ?? '');
    const page = await call('GET', pathname, { headers: { 'request-id': 'bank-1' } });
    expect(page.status).toBe(200);
    expect(page.text).toContain('£5.74');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(page.headers.get('request-id')).toBe('bank-1');
    expect(page.headers.get('x-content-type-options')).toBe('nosniff');
    const press = (decision: string) =>
      call('POST', pathname, {
        raw: `decision=${decision}`,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      });
    expect((await press('perhaps')).status).toBe(422);
    const back = await press('approve');
    expect(back.status).toBe(303);
    expect(back.headers.get('location')).toBe(`https://edge.test/#/orders/${order.id}`);
    const confirmed = await expectJson(
      Payment,
      200,
      guest.call('POST', `/v1/payments/${payment.id}/confirm`, { body: {} }),
    );
    expect(confirmed.status).toBe('captured');
    expect((await readOrder(guest, order.id)).status).toBe('completed');
    const capture = await expectJson(Payment, 200, guest.call('POST', `/v1/payments/${payment.id}/capture`));
    expect(capture).toEqual(confirmed);
    expect(await codeOf(409, guest.call('POST', `/v1/payments/${payment.id}/cancel`))).toBe(
      'payment_not_cancellable',
    );
    expect((await call('GET', pathname.replace(/ch_.*$/, 'ch_none'))).status).toBe(404);
  });

  it('survives a card that is declined and a payment that is given up', async () => {
    const order = await orderOf(guest, { code: 'COLA' });
    const declined = await pay(guest, order.id, 'card_declined');
    expect(declined).toMatchObject({ status: 'rejected', failure: { code: 'card_declined' } });
    const open = await pay(guest, order.id, 'card_3ds');
    const another = guest.call('POST', `/v1/orders/${order.id}/payments`, {
      body: { gateway: 'test', method: 'card' },
    });
    const busy = await another;
    expect(await codeOf(409, busy)).toBe('payment_in_progress');
    expect(busy.headers.get('retry-after')).toBe('1');
    const given = await expectJson(Payment, 200, guest.call('POST', `/v1/payments/${open.id}/cancel`));
    expect(given.status).toBe('cancelled');
    expect((await pay(guest, order.id)).status).toBe('captured');
    expect((await readOrder(guest, order.id)).payments.map(({ status }) => status)).toEqual([
      'rejected',
      'cancelled',
      'captured',
    ]);
  });

  it('ends with a cancelled order, whose number stays', async () => {
    const epc = shirt(72);
    const order = await orderOf(guest, { epc });
    const cancel = () => expectJson(Order, 200, guest.call('POST', `/v1/orders/${order.id}/cancel`));
    const cancelled = await cancel();
    expect(cancelled).toMatchObject({ number: order.number, status: 'cancelled', exit_pass: null });
    expect(await cancel()).toEqual(cancelled);
    const payments = `/v1/orders/${order.id}/payments`;
    expect(
      await codeOf(409, guest.call('POST', payments, { body: { gateway: 'test', method: 'card' } })),
    ).toBe('order_cancelled');
    const other = await enter(shop);
    expect((await buy(other, { epc })).status).toBe('completed');
  });

  it('is refused with the code that says why', async () => {
    const basket = await openBasket(guest);
    const scans = `/v1/baskets/${basket.id}/scans`;
    const scanned = (body: object) => guest.call('POST', scans, { body });
    expect(await codeOf(409, guest.call('POST', '/v1/orders', { body: { basket_id: basket.id } }))).toBe(
      'basket_empty',
    );
    expect(await codeOf(404, scanned({ code: '4006381333931' }))).toBe('unknown_item');
    expect(await codeOf(422, scanned({ code: '5901234123456' }))).toBe('bad_code');
    expect(await codeOf(422, scanned({ epc: 'ZZZ' }))).toBe('bad_code');
    expect(await codeOf(409, scanned({ code: 'SOLD-OUT' }))).toBe('out_of_stock');
    expect(await codeOf(409, scanned({ code: 'LIMITED', quantity: 4 }))).toBe('quantity_limit');
    expect((await readBasket(guest, basket.id)).lines).toEqual([]);
    await scan(guest, basket.id, { code: 'WINE' });
    expect(await codeOf(409, guest.call('POST', '/v1/orders', { body: { basket_id: basket.id } }))).toBe(
      'verification_required',
    );
    const order = await orderOf(guest, { code: 'COLA' });
    const payments = `/v1/orders/${order.id}/payments`;
    const paying = (body: object) => guest.call('POST', payments, { body });
    expect(await codeOf(422, paying({ gateway: 'other', method: 'card' }))).toBe('unknown_gateway');
    expect(await codeOf(422, paying({ gateway: 'test', method: 'cheque' }))).toBe('unknown_gateway');
    expect(await codeOf(409, paying({ gateway: 'test', method: 'card', amount: 575 }))).toBe(
      'amount_mismatch',
    );
    expect((await readOrder(guest, order.id)).payments).toEqual([]);
    for (const path of ['receipt', 'exit_pass'])
      expect(await codeOf(409, guest.call('GET', `/v1/orders/${order.id}/${path}`))).toBe('not_paid');
  });
});

it('only one of two shoppers gets the same tag', async () => {
  const epc = shirt(73);
  const [one, two] = [await enter(shop), await enter(shop)];
  const basket = await openBasket(one);
  await scan(one, basket.id, { epc });
  const theirs = await openBasket(two);
  const want = () => guestScan(two, theirs.id, epc);
  expect(await codeOf(409, want())).toBe('epc_in_other_basket');
  expect(await codeOf(409, guestScan(one, basket.id, epc))).toBe('epc_in_basket');
  const order = await openOrder(one, basket.id);
  await pay(one, order.id);
  expect(await codeOf(409, want())).toBe('epc_sold');
});

const guestScan = (who: Guest, basket: string, epc: string) =>
  who.call('POST', `/v1/baskets/${basket}/scans`, { body: { epc } });
