import { abortAllDurableObjects } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import { unwrap } from '../../shared/result.ts';
import {
  BREAD,
  begin,
  bodyOf,
  COLA,
  codeOf,
  cutStore,
  objectOf,
  openShop,
  ordered,
  orderId,
  payWith,
  readOrder,
  reservationsEnd,
  retailer,
  ring,
  scanCode,
  scanTag,
  shirt,
  sqlOf,
  storeOf,
  timeIsOver,
  type Walk,
  WINE,
  wakeNow,
} from './test/fixture.ts';

const open = (w: Walk, key?: string) => objectOf(w).openOrder(w.call(key));
const cancel = (w: Walk, key?: string) => objectOf(w).cancelOrder(w.call(key));
const statusOf = async (w: Walk) => bodyOf(await objectOf(w).read(w.call())).status;

describe('an order', () => {
  it('freezes the basket and takes the next number, once', async () => {
    const shop = await openShop();
    const w = await begin(shop);
    bodyOf(await scanCode(w, COLA, 2));
    bodyOf(await scanTag(w, shirt(1)));
    const first = unwrap(await open(w));
    expect(first).toMatchObject({
      created: true,
      replayed: false,
      body: {
        pass: null,
        order: {
          id: orderId(w),
          basket_id: w.id,
          number: 'HS100000',
          status: 'created',
          payment_status: 'waiting',
          total: 1048 + 1999,
          captured: 0,
          payments: [],
          receipt: null,
          completed_at: null,
        },
      },
    });
    const again = unwrap(await open(w));
    expect(again.created).toBe(false);
    expect(again.body).toEqual(first.body);
    expect(await readOrder(w)).toEqual(first.body);
    expect((await readOrder(await ordered(shop))).order.number).toBe('HS100001');

    expect(await statusOf(w)).toBe('locked');
    expect(codeOf(await scanCode(w, COLA))).toBe('basket_locked');
    expect(codeOf(await objectOf(w).changeLine(w.call(), 'lin_1', 1))).toBe('basket_locked');
  });

  it('is answered again under its key as it was', async () => {
    const w = await begin(await openShop());
    bodyOf(await scanCode(w, COLA));
    const first = unwrap(await open(w, 'key'));
    bodyOf(await payWith(w, 'card'));
    expect(unwrap(await open(w, 'key'))).toEqual({ ...first, replayed: true });
    expect(unwrap(await open(w)).body.order.status).toBe('completed');
  });

  it('is refused for a basket that is empty or that staff must see first', async () => {
    const w = await begin(await openShop());
    expect(codeOf(await open(w))).toBe('basket_empty');
    const { basket } = bodyOf(await scanCode(w, WINE));
    expect(basket.verification.status).toBe('required');
    expect(basket.lines[0]?.restrictions).toEqual([{ kind: 'age', minimum_age: 18 }]);
    expect(codeOf(await open(w))).toBe('verification_required');
    bodyOf(await objectOf(w).changeLine(w.call(), 'lin_1', 0));
    bodyOf(await scanCode(w, COLA));
    expect(codeOf(await open(w))).toBe('ok');
  });

  it('and a scan that race leave either the line in the order or the scan refused', async () => {
    const shop = await openShop();
    for (const scanFirst of [true, false]) {
      const w = await begin(shop);
      bodyOf(await scanCode(w, COLA));
      const calls = [() => scanTag(w, shirt(scanFirst ? 11 : 12)), () => open(w)];
      const [one, two] = await Promise.all((scanFirst ? calls : calls.reverse()).map((call) => call()));
      const codes = [one, two].map((answer) => (answer === undefined ? '' : codeOf(answer)));
      expect(codes).toEqual(scanFirst ? ['ok', 'ok'] : ['ok', 'basket_locked']);
      const { order } = await readOrder(w);
      expect(order.lines.map((line) => line.sku)).toEqual(scanFirst ? ['COLA', 'SHIRT'] : ['COLA']);
      expect(order.total).toBe(order.lines.reduce((sum, line) => sum + line.total, 0));
    }
  });

  it('is read by the people of its store, without the pass', async () => {
    const w = await ordered(await openShop(), { epcs: [shirt(1)] });
    bodyOf(await payWith(w, 'card'));
    const staff = {
      ...w.call(),
      caller: { kind: 'store', retailer_id: retailer, store_id: w.shop.store_id } as const,
    };
    const read = bodyOf(await objectOf(w).readOrder(staff));
    expect([read.order.status, read.pass]).toEqual(['completed', null]);
    expect(bodyOf(await objectOf(w).receipt(staff)).order.number).toBe(read.order.number);
  });
});

describe('between the freeze and the number', () => {
  it.each(['before', 'after'] as const)(
    'a cut %s the store wrote it is healed by the next call',
    async (when) => {
      const shop = await openShop();
      const w = await begin(shop);
      bodyOf(await scanTag(w, shirt(1)));
      const mend = await cutStore(shop, 'openOrder', when);
      expect(codeOf(await open(w))).toBe('store_unavailable');
      expect(await statusOf(w)).toBe('locked');
      expect(codeOf(await scanCode(w, COLA))).toBe('basket_locked');
      expect(codeOf(await objectOf(w).readOrder(w.call()))).toBe('store_unavailable');
      expect(codeOf(await payWith(w, 'card'))).toBe('not_found');
      mend();
      expect((await readOrder(w)).order).toMatchObject({ number: 'HS100000', total: 1999 });
      expect(unwrap(await open(w)).created).toBe(false);
      expect((await readOrder(await ordered(shop))).order.number).toBe('HS100001');
    },
  );

  it.each(['before', 'after'] as const)(
    'a cut %s the store wrote it is healed by the alarm',
    async (when) => {
      const shop = await openShop();
      const w = await begin(shop);
      bodyOf(await scanCode(w, COLA));
      const mend = await cutStore(shop, 'openOrder', when);
      expect(codeOf(await open(w))).toBe('store_unavailable');
      await abortAllDurableObjects();
      mend();
      await wakeNow(w);
      expect(await sqlOf(w, 'SELECT number FROM orders')).toEqual([{ number: 'HS100000' }]);
    },
  );

  it('a tag that another basket took after its reservation ended opens the basket again', async () => {
    const shop = await openShop();
    const [w, other] = [await begin(shop), await begin(shop)];
    bodyOf(await scanTag(w, shirt(1)));
    bodyOf(await scanCode(w, BREAD));
    await reservationsEnd(shop);
    bodyOf(await scanTag(other, shirt(1)));
    expect(await open(w, 'key')).toMatchObject({
      error: { code: 'epc_in_other_basket', detail: expect.stringContaining(shirt(1)) },
    });
    expect(await statusOf(w)).toBe('open');
    expect(codeOf(await objectOf(w).readOrder(w.call()))).toBe('not_found');
    bodyOf(await objectOf(w).changeLine(w.call(), 'lin_1', 0));
    // A failed attempt is run again under its key.
    expect(unwrap(await open(w, 'key')).body.order).toMatchObject({ number: 'HS100000', total: 199 });
    expect(unwrap(await open(other)).body.order.total).toBe(1999);
  });

  it('a tag that was sold meanwhile opens the basket again', async () => {
    const shop = await openShop();
    const w = await begin(shop);
    bodyOf(await scanTag(w, shirt(1)));
    await reservationsEnd(shop);
    bodyOf(await payWith(await ordered(shop, { epcs: [shirt(1)] }), 'card'));
    expect(codeOf(await open(w))).toBe('epc_sold');
    expect(await statusOf(w)).toBe('open');
  });
});

describe('cancelling', () => {
  it('leaves the number as a void, frees the tags and ends the basket', async () => {
    const shop = await openShop();
    const w = await ordered(shop, { epcs: [shirt(1)] });
    const cancelled = bodyOf(await cancel(w, 'key'));
    expect(cancelled.order).toMatchObject({
      number: 'HS100000',
      status: 'cancelled',
      payment_status: 'cancelled',
    });
    expect(await cancel(w, 'key')).toEqual({ ok: true, value: { body: cancelled, replayed: true } });
    expect(bodyOf(await cancel(w)).order.status).toBe('cancelled');
    expect(await statusOf(w)).toBe('expired');
    expect(codeOf(await payWith(w, 'card'))).toBe('order_cancelled');
    expect(codeOf(await scanCode(w, COLA))).toBe('basket_expired');
    expect(unwrap(await open(w))).toMatchObject({ created: false, body: { order: { status: 'cancelled' } } });
    expect((await readOrder(await ordered(shop, { epcs: [shirt(1)] }))).order.number).toBe('HS100001');
  });

  it.each(['before', 'after'] as const)(
    'goes on where the line was cut %s the store wrote it',
    async (when) => {
      const shop = await openShop();
      const w = await ordered(shop);
      const mend = await cutStore(shop, 'cancelOrder', when);
      expect(codeOf(await cancel(w))).toBe('store_unavailable');
      expect(codeOf(await payWith(w, 'card'))).toBe('order_cancelled');
      mend();
      await wakeNow(w);
      expect((await readOrder(w)).order.status).toBe('cancelled');
      expect(await sqlOf(w, 'SELECT * FROM duty')).toEqual([]);
    },
  );

  it('is refused while money is on its way, and once it is there', async () => {
    const shop = await openShop();
    const pending = await ordered(shop);
    bodyOf(await payWith(pending, 'card_pending'));
    expect(codeOf(await cancel(pending))).toBe('payment_in_progress');
    const part = await ordered(shop);
    bodyOf(await payWith(part, 'card', { amount: 100 }));
    expect(codeOf(await cancel(part))).toBe('already_paid');
    const paid = await ordered(shop);
    bodyOf(await payWith(paid, 'card'));
    expect(codeOf(await cancel(paid))).toBe('already_paid');
  });
});

describe('the time to pay', () => {
  it('ends an order that nobody pays for', async () => {
    const shop = await openShop();
    const w = await ordered(shop, { epcs: [shirt(1)] });
    bodyOf(await payWith(w, 'card_declined'));
    await timeIsOver(w);
    await ring(w);
    expect((await readOrder(w)).order).toMatchObject({ status: 'cancelled', payment_status: 'cancelled' });
    expect(await statusOf(w)).toBe('expired');
    expect(codeOf(await scanTag(await begin(shop), shirt(1)))).toBe('ok');
    expect((await storeOf(shop).eventsAfter(0, 100)).events.map((event) => JSON.parse(event).type)).toContain(
      'order.cancelled',
    );
  });

  it('does not end it while the outcome of a payment is open', async () => {
    const w = await ordered(await openShop());
    bodyOf(await payWith(w, 'card_pending'));
    await timeIsOver(w);
    await ring(w);
    expect((await readOrder(w)).order).toMatchObject({ status: 'created', payment_status: 'pending' });
    expect(await sqlOf(w, 'SELECT close FROM orders')).toEqual([{ close: 'none' }]);
  });
});
