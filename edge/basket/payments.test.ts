import { abortAllDurableObjects, runInDurableObject } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import type { Payment } from '../../shared/api/order.ts';
import { unwrap } from '../../shared/result.ts';
import { verifyTestWebhook } from '../payment/test/webhook.ts';
import {
  begin,
  bodyOf,
  COLA,
  codeOf,
  cutStore,
  decide,
  eventOf,
  FREE,
  hastenProvider,
  moneyTaken,
  objectOf,
  openShop,
  ordered,
  payWith,
  providerOf,
  readOrder,
  ring,
  type Shop,
  scanCode,
  scanTag,
  shirt,
  sqlOf,
  storeOf,
  timeIsOver,
  type Walk,
  wakeNow,
} from './test/fixture.ts';

const SECRET = { TEST_PROVIDER_SECRET: 'a secret of the tests' };
const paymentOf = async (w: Walk, payment: Payment) =>
  bodyOf(await objectOf(w).readPayment(w.call(), payment.id));
const confirm = (w: Walk, payment: Payment, key?: string) =>
  objectOf(w).confirmPayment(w.call(key), payment.id, {});
const revoke = (w: Walk, payment: Payment, key?: string) =>
  objectOf(w).cancelPayment(w.call(key), payment.id);
const tagOf = async (w: Walk, epc: string) => (await storeOf(w.shop).tag(epc))?.status;

/** Delivers the provider's webhooks as the Worker does: the signature first, then the object. */
function deliverTo(shop: Shop, w: Walk, applied: boolean[] = []) {
  return async (headers: Headers, body: string) => {
    const verified = await verifyTestWebhook(SECRET, shop.account_key, headers, body);
    for (const event of unwrap(verified).events)
      applied.push(unwrap(await objectOf(w).applyWebhook(event)).applied);
    return true;
  };
}

const incidentsOf = async (shop: Shop): Promise<string[]> =>
  (await storeOf(shop).eventsAfter(0, 100)).events
    .map((event) => JSON.parse(event))
    .flatMap(({ type, data }) => (type === 'incident.raised' ? [data.kind] : []));

async function expectPaid(w: Walk, total: number): Promise<void> {
  const { order, pass } = await readOrder(w);
  expect(order).toMatchObject({ status: 'completed', payment_status: 'captured', captured: total, total });
  expect(await objectOf(w).isBeingPaid()).toBe(false);
  expect(order.receipt?.fiscal_number).toMatch(/^\d{6}$/);
  expect(pass).toMatchObject({ order: order.id, number: order.number });
  expect(await moneyTaken(w.shop)).toBe(total);
  expect(await sqlOf(w, `SELECT kind FROM duty WHERE kind <> 'link'`)).toEqual([]);
}

describe('method `card`', () => {
  it('captures, commits the sale and opens the gate', async () => {
    const shop = await openShop();
    const w = await ordered(shop, { codes: [COLA], epcs: [shirt(1)] });
    expect(bodyOf(await payWith(w, 'card'))).toMatchObject({
      status: 'captured',
      amount: 2573,
      gateway: 'test',
    });
    await expectPaid(w, 2573);
    expect(await tagOf(w, shirt(1))).toBe('sold');
    expect((await readOrder(w)).pass?.epcs).toEqual([[shirt(1), expect.any(Number)]]);
    expect(bodyOf(await objectOf(w).read(w.call())).status).toBe('converted');
    expect(codeOf(await payWith(w, 'card'))).toBe('already_paid');
    const [payment] = (await readOrder(w)).order.payments;
    if (payment === undefined) throw new Error('no payment');
    expect(codeOf(await confirm(w, payment))).toBe('payment_not_confirmable');
    expect(codeOf(await revoke(w, payment))).toBe('payment_not_cancellable');
    expect(bodyOf(await objectOf(w).capturePayment(w.call(), payment.id, {}))).toEqual(payment);
  });

  it('is answered again under its key, and charged once', async () => {
    const w = await ordered(await openShop());
    const first = bodyOf(await payWith(w, 'card', { key: 'key' }));
    expect(await payWith(w, 'card', { key: 'key' })).toEqual({
      ok: true,
      value: { body: first, replayed: true },
    });
    const race = await ordered(w.shop);
    const answers = await Promise.all([1, 2, 3].map(() => payWith(race, 'card', { key: 'key' })));
    expect(answers.map(codeOf).sort()).toEqual(['idempotency_in_flight', 'idempotency_in_flight', 'ok']);
    expect(await moneyTaken(w.shop)).toBe(2 * 574);
  });

  it('pays in parts, never more than what is due', async () => {
    const w = await ordered(await openShop());
    expect(codeOf(await payWith(w, 'card', { amount: 575 }))).toBe('amount_mismatch');
    expect(bodyOf(await payWith(w, 'card', { amount: 200 })).status).toBe('captured');
    expect((await readOrder(w)).order).toMatchObject({ payment_status: 'partially_captured', captured: 200 });
    expect(codeOf(await payWith(w, 'card', { amount: 375 }))).toBe('amount_mismatch');
    expect(bodyOf(await payWith(w, 'card')).amount).toBe(374);
    await expectPaid(w, 574);
    const receipt = bodyOf(await objectOf(w).receipt(w.call()));
    expect(receipt.payments.map(({ label, amount }) => [label, amount])).toEqual([
      ['Card', 200],
      ['Card', 374],
    ]);
  });

  it('is refused where the store does not take it, and nothing is recorded', async () => {
    const w = await ordered(await openShop());
    const pay = (gateway: string, method: string) => objectOf(w).pay(w.call(), { gateway, method });
    expect(codeOf(await pay('test', 'gold'))).toBe('unknown_gateway');
    expect(codeOf(await pay('nobody', 'card'))).toBe('unknown_gateway');
    expect(
      codeOf(await objectOf(w).pay(w.call(), { gateway: 'test', method: 'card', saved_card_id: 'x' })),
    ).toBe('invalid');
    const bad = await objectOf(w).pay(w.call(), {
      gateway: 'test',
      method: 'card',
      return_url: 'javascript:alert(1)',
    });
    expect(codeOf(bad)).toBe('invalid');
    const real = await ordered(await openShop({}, { demo: false }));
    expect(codeOf(await payWith(real, 'card'))).toBe('unknown_gateway');
    expect(await sqlOf(w, 'SELECT * FROM leg')).toEqual([]);
    expect(codeOf(await payWith(await begin(w.shop), 'card'))).toBe('not_found');
  });
});

describe('method `card_declined`', () => {
  it('is rejected with a reason, and another attempt may follow', async () => {
    const w = await ordered(await openShop());
    const declined = bodyOf(await payWith(w, 'card_declined'));
    expect(declined).toMatchObject({ status: 'rejected', failure: { code: 'card_declined' } });
    expect((await readOrder(w)).order).toMatchObject({
      status: 'created',
      payment_status: 'rejected',
      captured: 0,
    });
    expect(codeOf(await confirm(w, declined))).toBe('payment_not_confirmable');
    expect(codeOf(await revoke(w, declined))).toBe('payment_not_cancellable');
    const second = bodyOf(await payWith(w, 'card'));
    expect(second.id).toBe(declined.id.replace(/_1$/, '_2'));
    await expectPaid(w, 574);
  });
});

describe('method `card_3ds`', () => {
  it('captures when the shopper comes back from an approval', async () => {
    const w = await ordered(await openShop());
    const asked = bodyOf(await payWith(w, 'card_3ds', { key: 'key' }));
    expect(asked).toMatchObject({ status: 'action_required', next_action: { type: 'redirect' } });
    expect((await readOrder(w)).order.payment_status).toBe('action_required');
    expect(codeOf(await payWith(w, 'card'))).toBe('payment_in_progress');
    // Coming back proves nothing.
    expect(bodyOf(await confirm(w, asked)).status).toBe('action_required');
    await decide(w.shop, asked.next_action?.url ?? '', 'approve');
    const confirmed = await confirm(w, asked, 'confirm');
    expect(bodyOf(confirmed)).toMatchObject({ status: 'captured' });
    expect(bodyOf(confirmed).next_action).toBeUndefined();
    await expectPaid(w, 574);
    expect(await confirm(w, asked, 'confirm')).toMatchObject({
      value: { replayed: true, body: bodyOf(confirmed) },
    });
    expect(bodyOf(await confirm(w, asked)).status).toBe('captured');
    // The repeat of the first call still answers what it answered then.
    expect(bodyOf(await payWith(w, 'card_3ds', { key: 'key' }))).toEqual(asked);
  });

  it('is rejected when she declines', async () => {
    const w = await ordered(await openShop());
    const asked = bodyOf(await payWith(w, 'card_3ds'));
    await decide(w.shop, asked.next_action?.url ?? '', 'decline');
    expect(bodyOf(await confirm(w, asked)).status).toBe('rejected');
    expect(await moneyTaken(w.shop)).toBe(0);
  });

  it('captures by webhook when she never comes back to the shop', async () => {
    const shop = await openShop();
    const w = await ordered(shop);
    const asked = bodyOf(await payWith(w, 'card_3ds'));
    await decide(shop, asked.next_action?.url ?? '', 'approve');
    await hastenProvider(shop, deliverTo(shop, w));
    await expectPaid(w, 574);
  });

  it('can be given up', async () => {
    const w = await ordered(await openShop());
    const asked = bodyOf(await payWith(w, 'card_3ds'));
    expect(bodyOf(await revoke(w, asked, 'key')).status).toBe('cancelled');
    expect(await revoke(w, asked, 'key')).toMatchObject({ value: { replayed: true } });
    expect(bodyOf(await revoke(w, asked)).status).toBe('cancelled');
    await decide(w.shop, asked.next_action?.url ?? '', 'approve');
    expect(await moneyTaken(w.shop)).toBe(0);
    bodyOf(await payWith(w, 'card'));
    await expectPaid(w, 574);
  });

  it('is called off when the time to pay is over, and the order with it', async () => {
    const shop = await openShop();
    const w = await ordered(shop, { epcs: [shirt(1)] });
    const asked = bodyOf(await payWith(w, 'card_3ds'));
    await timeIsOver(w);
    await ring(w);
    await wakeNow(w);
    expect((await paymentOf(w, asked)).status).toBe('cancelled');
    expect((await readOrder(w)).order.status).toBe('cancelled');
    await decide(shop, asked.next_action?.url ?? '', 'approve');
    expect(await moneyTaken(shop)).toBe(0);
    expect(codeOf(await scanTag(await begin(shop), shirt(1)))).toBe('ok');
  });
});

describe('method `card_pending`', () => {
  it('stays pending until its webhook, which counts once', async () => {
    const shop = await openShop();
    const w = await ordered(shop);
    const pending = bodyOf(await payWith(w, 'card_pending'));
    expect(pending).toMatchObject({ status: 'pending', next_action: { type: 'wait' } });
    // A gate that asks about a tag of this basket now hears that money is on its way.
    expect(await objectOf(w).isBeingPaid()).toBe(true);
    expect(bodyOf(await confirm(w, pending)).status).toBe('pending');
    const applied: boolean[] = [];
    const sent: [headers: [string, string][], body: string][] = [];
    await hastenProvider(shop, async (headers, body) => {
      sent.push([[...headers], body]);
      return deliverTo(shop, w, applied)(headers, body);
    });
    await expectPaid(w, 574);
    for (const [headers, body] of sent) await deliverTo(shop, w, applied)(new Headers(headers), body);
    expect(applied).toEqual([true, false]);
  });

  it('is found by asking when the webhook never comes', async () => {
    const w = await ordered(await openShop());
    bodyOf(await payWith(w, 'card_pending'));
    await hastenProvider(w.shop, async () => false);
    await wakeNow(w);
    await expectPaid(w, 574);
  });

  it('tells the store its reference, so that a webhook finds the trip', async () => {
    const w = await ordered(await openShop());
    bodyOf(await payWith(w, 'card_pending'));
    await wakeNow(w);
    const [leg] = await sqlOf(w, 'SELECT reference FROM leg');
    const reference = String(leg?.['reference']);
    expect(await storeOf(w.shop).findReference({ gateway: 'test', reference })).toBe(w.id);
    expect(unwrap(await objectOf(w).applyWebhook(eventOf({ event_id: 'e1', reference })))).toEqual({
      applied: true,
    });
    const foreign = eventOf({ gateway: 'other', event_id: 'e2', reference });
    expect(codeOf(await objectOf(w).applyWebhook(foreign))).toBe('not_found');
    expect((await readOrder(w)).order.payment_status).toBe('pending');
  });

  it('can be called off before it is captured', async () => {
    const w = await ordered(await openShop());
    const pending = bodyOf(await payWith(w, 'card_pending'));
    expect(bodyOf(await revoke(w, pending)).status).toBe('cancelled');
    await hastenProvider(w.shop);
    expect(await moneyTaken(w.shop)).toBe(0);
    expect(bodyOf(await objectOf(w).cancelOrder(w.call())).order.status).toBe('cancelled');
  });
});

describe('method `card_timeout`', () => {
  it('is pending when no answer came, asked again, and never charged twice', async () => {
    const w = await ordered(await openShop());
    const pending = bodyOf(await payWith(w, 'card_timeout', { key: 'key' }));
    expect(pending).toMatchObject({ status: 'pending', next_action: { type: 'wait' } });
    expect(codeOf(await payWith(w, 'card'))).toBe('payment_in_progress');
    expect(await payWith(w, 'card_timeout', { key: 'key' })).toMatchObject({ value: { replayed: true } });
    await wakeNow(w);
    expect((await readOrder(w)).order.payment_status).toBe('pending');
    await hastenProvider(w.shop);
    await wakeNow(w);
    await expectPaid(w, 574);
    expect(bodyOf(await payWith(w, 'card_timeout', { key: 'key' }))).toEqual(pending);
  }, 20_000);
});

describe('nothing to pay', () => {
  it('is paid without a provider', async () => {
    const w = await ordered(await openShop(), { codes: [FREE] });
    expect(codeOf(await objectOf(w).pay(w.call(), { gateway: 'test', method: 'card', amount: 1 }))).toBe(
      'amount_mismatch',
    );
    const paid = bodyOf(await objectOf(w).pay(w.call(), { gateway: 'any', method: 'bypass' }));
    expect(paid).toMatchObject({ status: 'captured', amount: 0, method: 'bypass' });
    expect((await readOrder(w)).order).toMatchObject({
      status: 'completed',
      payment_status: 'captured',
      captured: 0,
    });
  });
});

describe('a provider that does more or less than it was asked', () => {
  const METHODS = ['card', 'card_auth', 'card_partial', 'card_late', 'card_lies', 'card_over', 'card_twice'];
  const shopOf = async (capture: 'auto' | 'manual' = 'auto') => {
    const id = crypto.randomUUID();
    const account = { gateway: 'test', account_key: `${id}.0123456789abcdef`, environment: 'test' };
    const shop = await openShop({}, { gateways: [{ ...account, methods: METHODS, capture }] });
    return { ...shop, account_key: account.account_key };
  };
  const till = (w: Walk) => ({
    origin: w.call().origin,
    caller: { kind: 'store', retailer_id: w.shop.config.retailer_id, store_id: w.shop.store_id } as const,
    channel: 'cashier' as const,
  });

  it('`card_auth` only reserves: what covers the order is taken in the same breath', async () => {
    const w = await ordered(await shopOf());
    expect(bodyOf(await payWith(w, 'card_auth', { amount: 74 }))).toMatchObject({
      status: 'authorized',
      card: { last4: '0001' },
    });
    expect(await moneyTaken(w.shop)).toBe(0);
    expect(bodyOf(await payWith(w, 'card_auth')).status).toBe('captured');
    await expectPaid(w, 574);
  });

  it('a store that captures by itself takes a part, and the rest is paid anew', async () => {
    const w = await ordered(await shopOf('manual'));
    const reserved = bodyOf(await payWith(w, 'card'));
    expect([reserved.status, await moneyTaken(w.shop)]).toEqual(['authorized', 0]);
    expect(codeOf(await objectOf(w).capturePayment(w.call(), reserved.id, {}))).toBe('forbidden');
    const taken = await objectOf(w).capturePayment(till(w), reserved.id, { amount: 500 });
    expect(bodyOf(taken)).toMatchObject({ status: 'captured', amount: 500 });
    const rest = bodyOf(await payWith(w, 'card'));
    expect(rest).toMatchObject({ status: 'authorized', amount: 74 });
    bodyOf(await objectOf(w).capturePayment(till(w), rest.id, {}));
    await expectPaid(w, 574);
  });

  it('a reservation is released when it is given up', async () => {
    const w = await ordered(await shopOf('manual'));
    const reserved = bodyOf(await payWith(w, 'card'));
    expect(bodyOf(await revoke(w, reserved)).status).toBe('cancelled');
    expect((await readOrder(w)).order.payment_status).toBe('rejected');
    expect(bodyOf(await objectOf(w).cancelOrder(w.call())).order.status).toBe('cancelled');
    expect(await moneyTaken(w.shop)).toBe(0);
  });

  it('`card_partial` pays a half, and the rest is due', async () => {
    const w = await ordered(await shopOf());
    expect(bodyOf(await payWith(w, 'card_partial')).amount).toBe(287);
    expect((await readOrder(w)).order.payment_status).toBe('partially_captured');
    expect(bodyOf(await payWith(w, 'card')).amount).toBe(287);
    await expectPaid(w, 574);
  });

  it('`card_late` declines and takes the money soon after: it is the sale', async () => {
    const w = await ordered(await shopOf());
    expect(bodyOf(await payWith(w, 'card_late')).status).toBe('rejected');
    await hastenProvider(w.shop, deliverTo(w.shop, w));
    await expectPaid(w, 574);
  });

  it('`card_late` takes the money when somebody else paid meanwhile: it goes back', async () => {
    const w = await ordered(await shopOf());
    bodyOf(await payWith(w, 'card_late'));
    bodyOf(await payWith(w, 'card'));
    await hastenProvider(w.shop, deliverTo(w.shop, w));
    await wakeNow(w);
    await expectPaid(w, 574);
    expect(await incidentsOf(w.shop)).toEqual(['late_capture']);
  });

  it('`card_lies` about the currency: open until a person has called it off', async () => {
    const w = await ordered(await shopOf());
    const lie = bodyOf(await payWith(w, 'card_lies'));
    expect(lie.status).toBe('pending');
    await wakeNow(w);
    expect((await readOrder(w)).order).toMatchObject({ payment_status: 'pending', captured: 0 });
    expect(bodyOf(await objectOf(w).cancelPayment(till(w), lie.id)).status).toBe('cancelled');
    expect(await moneyTaken(w.shop)).toBe(0);
    expect(await incidentsOf(w.shop)).toEqual(['payment_amount_mismatch']);
    bodyOf(await payWith(w, 'card'));
    await expectPaid(w, 574);
  });

  it('`card_over` takes more: the order is paid, and what nobody owes is on its way back', async () => {
    const w = await ordered(await shopOf());
    bodyOf(await payWith(w, 'card_over'));
    expect((await readOrder(w)).order).toMatchObject({ status: 'completed', captured: 574 });
    expect(await sqlOf(w, 'SELECT amount, refund_id FROM leg_refund')).toEqual([
      { amount: 100, refund_id: null },
    ]);
    await wakeNow(w);
    expect(await moneyTaken(w.shop)).toBe(574);
    expect(await incidentsOf(w.shop)).toEqual(['over_captured']);
  });

  it('`card_twice` tells it twice and old news last: it counts once', async () => {
    const w = await ordered(await shopOf());
    bodyOf(await payWith(w, 'card_twice'));
    const applied: boolean[] = [];
    await hastenProvider(w.shop, deliverTo(w.shop, w, applied));
    expect(applied).toHaveLength(3);
    await expectPaid(w, 574);
    expect(await incidentsOf(w.shop)).toEqual([]);
  });
});

/** Loses the provider's answers to charges, after or before it has done its work. */
async function cutProvider(shop: Shop, when: 'before' | 'after'): Promise<() => void> {
  return runInDurableObject(providerOf(shop), (provider) => {
    const prototype = Object.getPrototypeOf(provider);
    const real = prototype.fetch;
    prototype.fetch = async function cut(request: Request) {
      if (this !== provider || request.method !== 'POST') return real.call(this, request);
      if (when === 'after') await real.call(this, request);
      return new Response('<html>502</html>', { status: 502 });
    };
    return () => {
      prototype.fetch = real;
    };
  });
}

describe('windows', () => {
  it('a lost answer of the provider: pending, then what the provider says', async () => {
    const w = await ordered(await openShop());
    const mend = await cutProvider(w.shop, 'after');
    expect(bodyOf(await payWith(w, 'card')).status).toBe('pending');
    mend();
    await wakeNow(w);
    await expectPaid(w, 574);
  });

  it('a request that never arrived stays open and is not sent again by the alarm', async () => {
    const w = await ordered(await openShop());
    const mend = await cutProvider(w.shop, 'before');
    expect(bodyOf(await payWith(w, 'card')).status).toBe('pending');
    mend();
    for (let i = 0; i < 5; i++) await wakeNow(w);
    expect((await readOrder(w)).order.payment_status).toBe('pending');
    expect(codeOf(await objectOf(w).cancelOrder(w.call()))).toBe('payment_in_progress');
    // A quarter of an hour later the provider still knows nothing: it was never made.
    await runInDurableObject(objectOf(w), (_, state) => {
      state.storage.sql.exec('UPDATE leg SET created_at = created_at - 900000');
    });
    await wakeNow(w);
    expect((await readOrder(w)).order.payment_status).toBe('rejected');
    bodyOf(await payWith(w, 'card'));
    await expectPaid(w, 574);
  });

  it('a crash between the attempt and its outcome: the repeated key goes on with the same attempt', async () => {
    for (const arrived of [true, false]) {
      const w = await ordered(await openShop());
      bodyOf(await payWith(w, arrived ? 'card' : 'card_declined', { key: 'key' }));
      // As the tables stood when the request had just left.
      await runInDurableObject(objectOf(w), (_, { storage: { sql } }) => {
        sql.exec(`UPDATE idempotency SET answer = NULL, payment_id = (SELECT payment_id FROM leg)`);
        sql.exec(`UPDATE orders SET status = 'created', captured_at = NULL, sale = NULL, receipt = NULL`);
        sql.exec(`UPDATE basket SET status = 'locked'`);
        sql.exec(
          `UPDATE leg SET state = 'submitted', captured = 0, reference = NULL, next_at = 4e12, method = 'card'`,
        );
      });
      if (!arrived) {
        await runInDurableObject(providerOf(w.shop), (_, { storage: { sql } }) => {
          sql.exec('DELETE FROM charge');
        });
      }
      await abortAllDurableObjects();
      expect(codeOf(await payWith(w, 'card'))).toBe('payment_in_progress');
      const again = await payWith(w, 'card', { key: 'key' });
      expect(again).toMatchObject({ value: { replayed: false, body: { status: 'captured' } } });
      expect(bodyOf(again).id).toMatch(/_1$/);
      await expectPaid(w, 574);
      expect(await payWith(w, 'card', { key: 'key' })).toMatchObject({ value: { replayed: true } });
    }
  });

  it('a crash between the attempt and its outcome: without a key the alarm asks', async () => {
    const w = await ordered(await openShop());
    bodyOf(await payWith(w, 'card_pending'));
    await runInDurableObject(objectOf(w), (_, { storage: { sql } }) => {
      sql.exec(`UPDATE leg SET state = 'submitted', reference = NULL`);
    });
    await abortAllDurableObjects();
    await hastenProvider(w.shop);
    await wakeNow(w);
    await expectPaid(w, 574);
  });

  it.each(['before', 'after'] as const)(
    'captured but not committed (cut %s the sale): pending, then captured',
    async (when) => {
      const shop = await openShop();
      const w = await ordered(shop, { epcs: [shirt(1)] });
      const mend = await cutStore(shop, 'commitSale', when);
      expect(bodyOf(await payWith(w, 'card')).status).toBe('captured');
      const { order, pass } = await readOrder(w);
      expect([order.status, order.payment_status, order.captured, pass]).toEqual([
        'created',
        'pending',
        1999,
        null,
      ]);
      expect(codeOf(await objectOf(w).exitPass(w.call(), false))).toBe('not_paid');
      expect(codeOf(await objectOf(w).receipt(w.call()))).toBe('not_paid');
      expect(codeOf(await payWith(w, 'card'))).toBe('already_paid');
      expect(codeOf(await objectOf(w).cancelOrder(w.call()))).toBe('already_paid');
      await abortAllDurableObjects();
      await wakeNow(w);
      expect((await readOrder(w)).order.payment_status).toBe('pending');
      mend();
      await wakeNow(w);
      await expectPaid(w, 1999);
      const sales = (await storeOf(shop).eventsAfter(0, 100)).events.filter((event) =>
        event.includes('"order.completed"'),
      );
      expect(sales).toHaveLength(1);
    },
  );

  it('a late capture of a cancelled order goes back by itself, and staff learn of it', async () => {
    const shop = await openShop();
    const w = await ordered(shop, { epcs: [shirt(1)] });
    const pending = bodyOf(await payWith(w, 'card_pending'));
    // The provider told that it was called off, and captured it all the same.
    await runInDurableObject(objectOf(w), (_, { storage: { sql } }) => {
      sql.exec(`UPDATE leg SET state = 'cancelled', next_at = NULL`);
    });
    expect(bodyOf(await objectOf(w).cancelOrder(w.call())).order.status).toBe('cancelled');
    await hastenProvider(shop, deliverTo(shop, w));
    await wakeNow(w);
    expect((await paymentOf(w, pending)).status).toBe('cancelled');
    expect(await moneyTaken(shop)).toBe(0);
    expect((await readOrder(w)).order).toMatchObject({ status: 'cancelled', captured: 0, receipt: null });
    expect(codeOf(await scanTag(await begin(shop), shirt(1)))).toBe('ok');
    expect(await incidentsOf(shop)).toEqual(['late_capture']);
  });

  it('money that comes while the order is being closed is a sale', async () => {
    const shop = await openShop();
    const w = await ordered(shop, { epcs: [shirt(1)] });
    bodyOf(await payWith(w, 'card_pending'));
    await runInDurableObject(objectOf(w), (_, { storage: { sql } }) => {
      sql.exec(`UPDATE leg SET state = 'cancelled', next_at = NULL`);
    });
    const mend = await cutStore(shop, 'cancelOrder', 'before');
    expect(codeOf(await objectOf(w).cancelOrder(w.call()))).toBe('store_unavailable');
    await hastenProvider(shop, deliverTo(shop, w));
    mend();
    await wakeNow(w);
    await expectPaid(w, 1999);
    expect(await tagOf(w, shirt(1))).toBe('sold');
    expect(await incidentsOf(shop)).toEqual([]);
  });

  it('two captures for one order: the second goes back', async () => {
    const shop = await openShop();
    const w = await ordered(shop);
    const first = bodyOf(await payWith(w, 'card_pending'));
    await runInDurableObject(objectOf(w), (_, { storage: { sql } }) => {
      sql.exec(`UPDATE leg SET state = 'declined', next_at = NULL`);
    });
    bodyOf(await payWith(w, 'card'));
    await expectPaid(w, 574);
    await hastenProvider(shop, deliverTo(shop, w));
    expect(await moneyTaken(shop)).toBe(2 * 574);
    await wakeNow(w);
    expect(await moneyTaken(shop)).toBe(574);
    expect([(await paymentOf(w, first)).status, (await readOrder(w)).order.payment_status]).toContain(
      'captured',
    );
    expect((await readOrder(w)).order.captured).toBe(574);
  });

  it('a part that was captured goes back when the rest never comes', async () => {
    const shop = await openShop();
    const w = await ordered(shop, { epcs: [shirt(1)] });
    bodyOf(await payWith(w, 'card', { amount: 500 }));
    await timeIsOver(w);
    await ring(w);
    for (let i = 0; i < 3; i++) await wakeNow(w);
    expect(await moneyTaken(shop)).toBe(0);
    expect((await readOrder(w)).order).toMatchObject({ status: 'cancelled', captured: 0 });
    expect(codeOf(await scanTag(await begin(shop), shirt(1)))).toBe('ok');
  });
});

describe('the exit pass', () => {
  it('is the same while more than half of its life is left, and new on request', async () => {
    const shop = await openShop({ exit_pass_ttl_ms: 600_000 });
    const w = await ordered(shop, { epcs: [shirt(1)] });
    expect(codeOf(await objectOf(w).exitPass(w.call(), false))).toBe('not_paid');
    bodyOf(await payWith(w, 'card'));
    const first = bodyOf(await objectOf(w).exitPass(w.call(), false));
    expect(first.exp - first.iat).toBe(600);
    const rev = (await storeOf(shop).tag(shirt(1)))?.rev;
    expect(first.epcs).toEqual([[shirt(1), rev]]);
    expect((await readOrder(w)).pass).toEqual(first);
    const second = bodyOf(await objectOf(w).exitPass(w.call(), true));
    expect(second.jti).not.toBe(first.jti);
    await runInDurableObject(objectOf(w), (_, { storage: { sql } }) => {
      sql.exec(
        `UPDATE exit_pass SET claims = json_set(claims, '$.exp', json_extract(claims, '$.exp') - 301)`,
      );
    });
    const third = bodyOf(await objectOf(w).exitPass(w.call(), false));
    expect([third.jti === second.jti, third.epcs]).toEqual([false, second.epcs]);
  });
});

describe('the receipt', () => {
  it('says what was bought, in the store’s own time, and never changes', async () => {
    const shop = await openShop();
    const w = await begin(shop);
    bodyOf(await scanCode(w, COLA, 2));
    unwrap(await objectOf(w).openOrder(w.call()));
    bodyOf(await payWith(w, 'card'));
    const receipt = bodyOf(await objectOf(w).receipt(w.call()));
    const { order } = await readOrder(w);
    expect(receipt).toMatchObject({
      kind: 'sale',
      store: { name: 'High Street' },
      order: {
        id: order.id,
        number: order.number,
        completed_at: order.completed_at,
        fiscal_number: order.receipt?.fiscal_number,
      },
      subtotal: 1148,
      discount: 100,
      total: 1048,
      tax: {
        inclusive: true,
        total: 175,
        lines: [{ name: 'VAT', rate_ppm: 200_000, taxable: 873, tax: 175 }],
      },
      lines: [
        {
          name: 'Item COLA',
          quantity: 2,
          total: 1048,
          promotions: [{ title: 'Two colas for less', discount: 100 }],
        },
      ],
      qr: order.id,
      footer_lines: ['Thank you'],
    });
    await storeOf(shop).putConfig({ ...shop.config, version: 2, name: 'Another Name' });
    expect(bodyOf(await objectOf(w).receipt(w.call()))).toEqual(receipt);
  });
});
