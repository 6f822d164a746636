import { describe, expect, it } from 'vitest';
import { unwrap } from '../../shared/result.ts';
import * as adyen from '../payment/adyen/testing.ts';
import type { Gateway, RawWebhook } from '../payment/gateway.ts';
import * as mpesa from '../payment/mpesa/testing.ts';
import * as stripe from '../payment/stripe/testing.ts';
import { wake } from './alarm.ts';
import { capturePayment, confirmPayment } from './change_payment.ts';
import { legsOf } from './rows.ts';
import { openShop, ordered, publish, shelf, storeOf, type Walk } from './test/fixture.ts';
import { onTrip, payOn, type ScriptedTrip, scriptedAccounts, unremembered } from './test/scripted.ts';
import { viewOrder } from './view.ts';
import { applyWebhook } from './webhook.ts';

/** A trip whose one cola costs so much, in a store with this account. */
async function trip(
  price: number,
  currency: string,
  ...accounts: Parameters<typeof scriptedAccounts>
): Promise<Walk> {
  const shop = await openShop({}, { currency, ...scriptedAccounts(...accounts) });
  await publish(shop, 2, shelf({ cola: price }));
  return ordered(shop);
}

async function ring(one: ScriptedTrip): Promise<void> {
  one.sql.exec('UPDATE leg SET next_at = 1 WHERE next_at IS NOT NULL');
  one.sql.exec('UPDATE duty SET next_at = 1');
  await wake(one);
}

/** As the Worker and the inbox do: the signature first, then each event. Answers the codes of what was refused. */
async function deliver(
  one: ScriptedTrip,
  gateway: Gateway,
  messages: readonly RawWebhook[],
): Promise<string[]> {
  const refused: string[] = [];
  for (const raw of messages) {
    const read = await gateway.verifyWebhook(raw);
    if (!read.ok) refused.push(read.error.code);
    else for (const event of read.value.events) await applyWebhook(one, event, { replay: false });
  }
  return refused;
}
const incidents = async (w: Walk): Promise<string[]> =>
  (await storeOf(w.shop).eventsAfter(0, 100)).events
    .map((event) => JSON.parse(event))
    .flatMap(({ type, data }) => (type === 'incident.raised' ? [data.kind] : []));

describe('Stripe', () => {
  it('an answer that was lost: charged once, told three times, completed once', async () => {
    const w = await trip(4_999, 'GBP', { gateway: 'stripe' });
    const fake = stripe.newFake();
    const gateway = stripe.adapterTo((request) => fake.fetch(request));
    await onTrip(w, [gateway], async (one) => {
      fake.ctl.next('commit_then_drop');
      const payment = unwrap(await payOn(one, { gateway: 'stripe', token: stripe.TOKEN }));
      expect(payment.status).toBe('pending');
      await ring(one);
      expect(viewOrder(one.sql)).toMatchObject({ status: 'completed', captured: 4_999 });
      const now_ms = Date.now();
      const path = '/v1/webhooks/stripe/x';
      const fresh = await fake.deliveries({ signed_at_ms: now_ms, times: 3 });
      const stale = await fake.deliveries({ signed_at_ms: now_ms - 600_000 });
      const messages = (sent: typeof fresh) => sent.map((message) => ({ ...message, path, now_ms }));
      expect(await deliver(one, gateway, messages(fresh))).toEqual([]);
      expect(new Set(await deliver(one, gateway, messages(stale)))).toEqual(new Set(['stale']));
      expect(viewOrder(one.sql)).toMatchObject({ captured: 4_999, payments: [{ status: 'captured' }] });
      expect(fake.ctl.charges(payment.id)).toHaveLength(1);
    });
    expect(fake.ctl.refusals).toEqual([]);
    expect(await incidents(w)).toEqual([]);
  });
});

describe('Adyen', () => {
  it('3-D Secure, a reservation, and a part of it captured by the word of its signed message', async () => {
    const w = await trip(12_000, 'EUR', { gateway: 'adyen', capture: 'manual' });
    const fake = adyen.newFake();
    const gateway = adyen.adapterTo((request) => fake.fetch(request));
    await onTrip(w, [gateway], async (one) => {
      fake.ctl.next('challenge');
      const { instrument } = adyen.requestOf();
      const token = instrument.kind === 'token' ? instrument.token : '';
      const payment = unwrap(await payOn(one, { gateway: 'adyen', token }));
      expect(payment).toMatchObject({ status: 'action_required', next_action: { type: 'redirect' } });
      const parameters = { redirectResult: fake.redirectResult(payment.id) };
      const back = unwrap(await confirmPayment(one, payment.id, { parameters }, unremembered(one)));
      expect(back.status).toBe('authorized');
      const asked = { amount: 10_000, staff: true };
      expect(unwrap(await capturePayment(one, payment.id, asked, unremembered(one))).status).toBe('pending');
      const sent = (await fake.deliveries()).map((one) => ({
        ...one,
        path: '/v1/webhooks/adyen/x',
        now_ms: Date.now(),
      }));
      const forged = sent.map((one) => ({ ...one, body: one.body.replaceAll('10000', '12000') }));
      expect(await deliver(one, gateway, forged)).toContain('invalid_signature');
      expect(viewOrder(one.sql)?.captured).toBe(0);
      expect(await deliver(one, gateway, sent.toReversed())).toEqual([]);
      await deliver(one, gateway, sent);
      expect(legsOf(one.sql)).toMatchObject([{ state: 'captured', captured: 10_000, authorized: 0 }]);
      expect(viewOrder(one.sql)).toMatchObject({ payment_status: 'partially_captured', captured: 10_000 });
    });
    expect(fake.ctl.refusals).toEqual([]);
    expect(await incidents(w)).toEqual([]);
  });
});

describe('M-Pesa', () => {
  it('a prompt on the telephone: pending while it is open, captured when the query says so', async () => {
    const w = await trip(15_000, 'KES', { gateway: 'mpesa', methods: ['mpesa'] });
    const { fake, gateway } = mpesa.behind();
    await onTrip(w, [gateway], async (one) => {
      fake.ctl.next('pending');
      const payment = unwrap(
        await payOn(one, { gateway: 'mpesa', method: 'mpesa', phone: `+${mpesa.PHONE}` }),
      );
      expect(['pending', 'action_required']).toContain(payment.status);
      await ring(one);
      expect(viewOrder(one.sql)?.captured).toBe(0);
      fake.answer(payment.id, '0');
      const calls = fake.deliveries();
      expect(calls).toHaveLength(1);
      await deliver(one, gateway, calls);
      await deliver(one, gateway, calls);
      expect(viewOrder(one.sql)).toMatchObject({ status: 'completed', captured: 15_000 });
      expect(JSON.stringify(legsOf(one.sql))).not.toContain(mpesa.PHONE);
      expect(fake.prompts(payment.id)).toBe(1);
    });
  });

  it('a callback that speaks of another amount: nothing is believed until a person has looked', async () => {
    const w = await trip(15_000, 'KES', { gateway: 'mpesa', methods: ['mpesa'] });
    const { fake, gateway } = mpesa.behind();
    await onTrip(w, [gateway], async (one) => {
      fake.ctl.next('pending');
      const payment = unwrap(
        await payOn(one, { gateway: 'mpesa', method: 'mpesa', phone: `+${mpesa.PHONE}` }),
      );
      fake.answer(payment.id, '0');
      const calls = fake.deliveries();
      const less = calls.map((call) => ({ ...call, body: call.body.replace('"Value":150', '"Value":149') }));
      await deliver(one, gateway, less);
      // Neither the clock, nor the payer, nor a further message makes it money.
      await ring(one);
      await confirmPayment(one, payment.id, {}, unremembered(one));
      await deliver(one, gateway, calls);
      expect(viewOrder(one.sql)).toMatchObject({ status: 'created', captured: 0 });
      expect(await incidents(w)).toEqual(['payment_amount_mismatch']);
      const [told] = calls;
      const read = told === undefined ? null : await gateway.verifyWebhook(told);
      for (const event of read?.ok === true ? read.value.events : [])
        await applyWebhook(one, event, { replay: true });
      expect(viewOrder(one.sql)).toMatchObject({ status: 'completed', captured: 15_000 });
    });
  });

  it('a prompt whose answer was lost: the callback names it, and the receipt that a refund needs', async () => {
    const w = await trip(15_000, 'KES', { gateway: 'mpesa', methods: ['mpesa'] });
    const { fake, gateway } = mpesa.behind();
    await onTrip(w, [gateway], async (one) => {
      fake.ctl.next('commit_then_drop');
      const payment = unwrap(
        await payOn(one, { gateway: 'mpesa', method: 'mpesa', phone: `+${mpesa.PHONE}` }),
      );
      expect(payment.status).toBe('pending');
      expect(legsOf(one.sql)).toMatchObject([{ state: 'unknown', reference: null }]);
      fake.answer(payment.id, '0');
      await deliver(one, gateway, fake.deliveries());
      expect(viewOrder(one.sql)).toMatchObject({ status: 'completed', captured: 15_000 });
      const [leg] = legsOf(one.sql);
      expect(JSON.parse(leg?.refs ?? '{}')).toHaveProperty('receipt');
      expect(fake.prompts(payment.id)).toBe(1);
    });
  });
});
