import Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { STRIPE_VERSION } from '../../edge/payment/stripe/account.ts';
import {
  API_KEY,
  adapterTo,
  newFake,
  requestOf,
  TOKEN,
  WEBHOOK_SECRET,
} from '../../edge/payment/stripe/testing.ts';
import { serveFake } from '../support/fake_server.ts';

/**
 * Stripe's own library against our fake and our verifier: if the fake refused what Stripe's library sends, or
 * answered what it cannot read, our adapter would be tested against something that is not Stripe.
 */
describe('the library of Stripe', () => {
  const fake = newFake();
  let server: Awaited<ReturnType<typeof serveFake>>;
  let stripe: Stripe;
  beforeAll(async () => {
    server = await serveFake(fake);
    const { hostname, port } = new URL(server.url);
    stripe = new Stripe(API_KEY, { host: hostname, port, protocol: 'http', telemetry: false });
  });
  afterAll(() => server.close());

  it('speaks the version that the adapter is written in', () => {
    expect(STRIPE_VERSION).toBe(Stripe.API_VERSION);
  });

  it('reserves, captures a part, gives back, and finds what it made', async () => {
    const payment_id = `pay_${crypto.randomUUID()}`;
    const made = await stripe.paymentIntents.create(
      {
        amount: 4_999,
        currency: 'gbp',
        capture_method: 'manual',
        confirm: true,
        payment_method: TOKEN,
        allowed_payment_method_types: ['card'],
        return_url: 'https://shop.test/back',
        metadata: { payment_id },
        expand: ['latest_charge'],
      },
      { idempotencyKey: payment_id },
    );
    expect(made).toMatchObject({ status: 'requires_capture', amount_capturable: 4_999 });
    const captured = await stripe.paymentIntents.capture(made.id, { amount_to_capture: 4_000 });
    expect(captured).toMatchObject({ status: 'succeeded', amount_received: 4_000 });
    const refund = await stripe.refunds.create({ payment_intent: made.id, amount: 1_000 });
    expect(refund).toMatchObject({ status: 'succeeded', amount: 1_000 });
    expect((await stripe.refunds.list({ payment_intent: made.id })).data).toHaveLength(1);
    const found = await stripe.paymentIntents.search({ query: `metadata['payment_id']:'${payment_id}'` });
    expect(found.data.map((one) => one.id)).toEqual([made.id]);
    expect(fake.ctl.refusals).toEqual([]);
  });

  it('and the adapter see the same payment', async () => {
    const gateway = adapterTo(fetch, { base_url: server.url });
    const request = requestOf();
    const outcome = await gateway.createAttempt(request);
    if (outcome.s !== 'captured') throw new Error(outcome.s);
    const seen = await stripe.paymentIntents.retrieve(outcome.reference);
    expect(seen).toMatchObject({
      amount_received: request.amount,
      currency: 'gbp',
      metadata: { payment_id: request.payment_id },
    });
    // The library's request under the adapter's key, with another body, is refused as Stripe refuses it.
    const other = stripe.paymentIntents.create(
      { amount: 1, currency: 'gbp' },
      { idempotencyKey: request.payment_id },
    );
    await expect(other).rejects.toBeInstanceOf(Stripe.errors.StripeIdempotencyError);
    expect(fake.ctl.charges(request.payment_id)).toHaveLength(1);
  });

  it('reads a decline and an unknown parameter of the fake as its own errors', async () => {
    fake.ctl.next('decline_soft');
    const confirm = { confirm: true, payment_method: TOKEN, return_url: 'https://shop.test/back' };
    const declined = stripe.paymentIntents.create({ amount: 100, currency: 'gbp', ...confirm });
    await expect(declined).rejects.toMatchObject({
      type: 'StripeCardError',
      decline_code: 'insufficient_funds',
    });
    const unknown = stripe.paymentIntents.create({ amount: 100, currency: 'gbp', receipt_email: 'a@b.test' });
    await expect(unknown).rejects.toMatchObject({
      type: 'StripeInvalidRequestError',
      param: 'receipt_email',
    });
  });

  it('drives a reader', async () => {
    const reader = fake.addReader('tmr_library');
    const intent = await stripe.paymentIntents.create({
      amount: 100,
      currency: 'gbp',
      allowed_payment_method_types: ['card_present'],
    });
    const busy = await stripe.terminal.readers.processPaymentIntent('tmr_library', {
      payment_intent: intent.id,
    });
    expect(busy.action).toMatchObject({ status: 'in_progress' });
    fake.ledger.present(reader);
    expect(await stripe.paymentIntents.retrieve(intent.id)).toMatchObject({ status: 'succeeded' });
  });

  it('signs what the adapter believes, and believes what the fake signs', async () => {
    const gateway = adapterTo(fetch, { base_url: server.url });
    const [sent] = await fake.deliveries();
    if (sent === undefined) throw new Error('nothing was sent');
    const event = stripe.webhooks.constructEvent(
      sent.body,
      sent.headers.get('stripe-signature') ?? '',
      WEBHOOK_SECRET,
    );
    const timestamp = Math.floor(Date.now() / 1_000);
    const header = stripe.webhooks.generateTestHeaderString({
      payload: sent.body,
      secret: WEBHOOK_SECRET,
      timestamp,
    });
    const raw = { body: sent.body, path: '/', now_ms: timestamp * 1_000 };
    const read = await gateway.verifyWebhook({
      ...raw,
      headers: new Headers({ 'stripe-signature': header }),
    });
    expect(read).toMatchObject({ ok: true, value: { events: [{ event_id: event.id, type: event.type }] } });
    const foreign = stripe.webhooks.generateTestHeaderString({ payload: sent.body, secret: 'whsec_other' });
    expect(
      await gateway.verifyWebhook({ ...raw, headers: new Headers({ 'stripe-signature': foreign }) }),
    ).toMatchObject({ ok: false, error: { code: 'invalid_signature' } });
  });
});
