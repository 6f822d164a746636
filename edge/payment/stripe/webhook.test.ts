import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { attemptOf, refundOf } from '../fake/contract_parts.ts';
import { adapterTo, newFake, requestOf } from './testing.ts';
import { verifyStripeWebhook } from './webhook.ts';

/** Not a literal: no TypeScript project owns the file. */
const VECTORS: string = '../../../test/vectors/signatures/stripe.json';
const [vector] = z
  .array(z.object({ key: z.string(), message: z.string(), expected: z.string() }))
  .parse((await import(/* @vite-ignore */ VECTORS)).default);
if (vector === undefined) throw new Error('no vector');

const path = '/v1/webhooks/stripe/x';
const account = (webhook_secrets: string[]) => ({ webhook_secrets, live: false, settings: {} });

describe('the signature of Stripe', () => {
  const [t = '', body = ''] = vector.message.split(/\.(.*)/);
  const now_ms = Number(t) * 1_000;
  const raw = (signature: string, at = now_ms) => ({
    headers: new Headers({ 'stripe-signature': signature }),
    body,
    path,
    now_ms: at,
  });

  it('is the published one, beside others, for any of the secrets', async () => {
    // The vector's body is a signed text and not a whole event: the signature holds, the rest is not read.
    const signed = raw(`t=${t},v1=${'0'.repeat(64)},v1=${vector.expected},v0=ff`);
    expect(await verifyStripeWebhook(account(['whsec_old', vector.key]), signed)).toEqual({
      ok: false,
      error: { code: 'invalid' },
    });
    expect(await verifyStripeWebhook(account(['whsec_old']), signed)).toEqual({
      ok: false,
      error: { code: 'invalid_signature' },
    });
  });

  it('is good for five minutes, in both directions', async () => {
    const one = (at: number) =>
      verifyStripeWebhook(account([vector.key]), raw(`t=${t},v1=${vector.expected}`, at));
    const stale = { ok: false, error: { code: 'stale' } };
    expect(await one(now_ms + 300_001)).toEqual(stale);
    expect(await one(now_ms - 300_001)).toEqual(stale);
    expect(await one(now_ms + 300_000)).not.toEqual(stale);
  });

  it('is refused where anything of it is not as it should be', async () => {
    const cut = vector.expected.slice(0, -2);
    for (const header of [
      '',
      `v1=${vector.expected}`,
      `t=${t}`,
      `t=${t},v1=`,
      `t=${t},v1=${cut}`,
      `t=x,v1=zz`,
    ])
      expect(await verifyStripeWebhook(account([vector.key]), raw(header))).toEqual({
        ok: false,
        error: { code: 'invalid_signature' },
      });
  });
});

describe('the messages of Stripe', () => {
  const all = async (fake: ReturnType<typeof newFake>, gateway = adapterTo((r) => fake.fetch(r))) => {
    const events = [];
    for (const one of await fake.deliveries()) {
      const read = await gateway.verifyWebhook({ ...one, path, now_ms: Date.now() });
      if (!read.ok) throw new Error(read.error.code);
      expect(read.value.ack).toEqual({ status: 200, body: '', content_type: 'text/plain' });
      events.push(...read.value.events);
    }
    return events;
  };

  it('tell what a payment and a refund became, and under which of our names', async () => {
    const fake = newFake();
    const gateway = adapterTo((r) => fake.fetch(r));
    const request = requestOf();
    const attempt = attemptOf(request, await gateway.createAttempt(request));
    const refund = refundOf(request, 1_000);
    await gateway.refund(attempt, refund);
    const [paid, created, updated] = await all(fake);
    expect(paid).toMatchObject({
      kind: 'payment',
      type: 'payment_intent.succeeded',
      payment_id: request.payment_id,
      reference: attempt.reference,
      claims: { outcome: { s: 'captured', amount: 4_999, currency: 'GBP' } },
    });
    expect(created).toMatchObject({ kind: 'refund', claims: { refund: { s: 'pending' } } });
    expect(updated).toMatchObject({
      kind: 'refund',
      refund_id: refund.refund_id,
      payment_id: request.payment_id,
      claims: { refund: { s: 'succeeded' }, amount: 1_000, currency: 'GBP' },
    });
  });

  it('come three times, in any order, and once too late: the same event each time, the late one refused', async () => {
    const fake = newFake();
    const gateway = adapterTo((r) => fake.fetch(r));
    const request = requestOf({ capture: 'manual' });
    const attempt = attemptOf(request, await gateway.createAttempt(request));
    await gateway.capture(attempt, { amount: 4_999, key: 'c' });
    const read = async (raw: { headers: Headers; body: string }) =>
      gateway.verifyWebhook({ ...raw, path, now_ms: Date.now() });
    const sent = await Promise.all((await fake.deliveries({ times: 3, reversed: true })).map(read));
    const ids = sent.map((one) => (one.ok ? one.value.events[0]?.event_id : one.error.code));
    const [reserved, taken] = fake.events.map((one) => one.id);
    expect(ids).toEqual([taken, taken, taken, reserved, reserved, reserved]);
    const [late] = await fake.deliveries({ signed_at_ms: Date.now() - 301_000 });
    if (late === undefined) throw new Error('nothing was sent');
    expect(await read(late)).toEqual({ ok: false, error: { code: 'stale' } });
  });

  it('of a reader name the attempt', async () => {
    const fake = newFake();
    const gateway = adapterTo((r) => fake.fetch(r));
    const reader = fake.addReader('tmr_1');
    const instrument = { kind: 'terminal', terminal_id: 'tmr_1', service_id: '1' } as const;
    const outcome = await gateway.createAttempt(requestOf({ instrument }));
    fake.ledger.present(reader);
    expect((await all(fake)).at(-1)).toMatchObject({
      kind: 'payment',
      type: 'terminal.reader.action_succeeded',
      reference: attemptOf(requestOf(), outcome).reference,
    });
  });

  it('of another account or of the other environment are not ours', async () => {
    const fake = newFake('acct_8');
    const settings = { stripe_account: 'acct_8' };
    await adapterTo((r) => fake.fetch(r), { settings }).createAttempt(requestOf());
    const [one] = await fake.deliveries();
    if (one === undefined) throw new Error('nothing was sent');
    const raw = { ...one, path, now_ms: Date.now() };
    const ours = adapterTo((r) => fake.fetch(r));
    expect(await ours.verifyWebhook(raw)).toEqual({ ok: false, error: { code: 'invalid' } });
    const live = { webhook_secrets: ['whsec_test_secret'], live: true, settings };
    expect(await verifyStripeWebhook(live, raw)).toEqual({ ok: false, error: { code: 'invalid' } });
  });
});
