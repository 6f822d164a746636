import { validatePaymentVerification, validateWebhookSignature } from 'razorpay/dist/utils/razorpay-utils.js';
import { describe, expect, it } from 'vitest';
import { shortReference } from '../../../shared/payment/short_reference.ts';
import { attemptRequest } from '../fake/attempt.ts';
import { describeGateway } from '../fake/contract.ts';
import { attemptOf, refundOf } from '../fake/contract_parts.ts';
import { impatient } from '../fake/impatient.ts';
import type { AttemptRequest, GatewayContext } from '../gateway.ts';
import { hexOf, hmac } from '../hmac.ts';
import { upiGateway } from './adapter.ts';
import { RazorpayFake } from './fake.ts';

const SECRETS = { key_id: 'rzp_key_of_the_test', key_secret: 'a key secret', webhook_secret: 'rzp_whsec' };
const VPA = 'payer.name@okbank';
const AT = '2026-07-01T09:00:00.000Z';
const OPTIONS = { ...SECRETS, now: () => Date.parse(AT) };

const request = (over: Partial<AttemptRequest> = {}): AttemptRequest =>
  attemptRequest({
    order_number: 'A-7',
    amount: 10_050,
    currency: 'INR',
    method: 'upi_collect',
    instrument: { kind: 'vpa', vpa: VPA },
    description: 'Order A-7',
    return_url: 'https://shop.example/pay',
    webhook_url: 'https://shop.example/v1/webhooks/upi/an-account-key',
    began_at: AT,
    ...over,
  });

const contextOf = (over: Partial<GatewayContext> = {}): GatewayContext => ({
  account: {
    gateway: 'upi',
    account_key: 'an-account-key-of-the-test',
    environment: 'test',
    methods: ['upi_collect', 'upi_intent', 'upi_qr'],
    settings: { email: 'till@shop.example', contact: '+911234567890', client_ip: '192.0.2.7' },
  },
  secrets: SECRETS,
  http: () => Promise.reject(new Error('no network')),
  now: () => Date.parse(AT),
  ...over,
});

function made(over: Partial<GatewayContext>) {
  const gateway = upiGateway(contextOf(over));
  if (gateway === null) throw new Error('the account is incomplete');
  return gateway;
}

function behind() {
  const fake = new RazorpayFake(OPTIONS);
  const sent: string[] = [];
  const http = (one: Request) => {
    sent.push(`${one.method} ${new URL(one.url).pathname}`);
    return fake.fetch(one);
  };
  return { fake, sent, gateway: made({ http }) };
}

describeGateway('upi', (wire) => {
  const fake = new RazorpayFake(OPTIONS);
  const http = wire(fake);
  return {
    gateway: impatient(made({ http })),
    stranger: made({ http, secrets: { ...SECRETS, webhook_secret: 'another' } }),
    fake,
    request,
    async payerActs(attempt) {
      await fake.settle(attempt.request.payment_id);
      return {};
    },
    settle: (reference) => void fake.settle(reference),
    deliveries: async () => fake.deliveries(),
    unholdable: [{ amount: 0 }, { amount: 99 }, { amount: 150.5 }],
    secrets: [SECRETS.key_secret, SECRETS.webhook_secret, VPA],
    // Razorpay's reasons do not say whether the same address may work another time.
    lacks: ['decline_soft'],
  };
});

describe('UPI by an intent', () => {
  const intent = (over: Partial<AttemptRequest> = {}) =>
    request({ method: 'upi_intent', instrument: { kind: 'none' }, ...over });

  it('gives the link to the payer’s app, and is captured when it was paid', async () => {
    const { fake, gateway } = behind();
    const asked = intent();
    fake.ctl.next('pending');
    const started = await gateway.createAttempt(asked);
    if (started.s !== 'action_required') throw new Error(started.s);
    expect(started.action).toMatchObject({ type: 'deep_link' });
    expect(started.action.url).toMatch(/^upi:\/\/pay\?/);
    const attempt = attemptOf(asked, started);
    expect(await gateway.getAttempt(attempt)).toMatchObject({ s: 'action_required', action: started.action });
    await fake.settle(asked.payment_id);
    expect(await gateway.getAttempt(attempt)).toMatchObject({
      s: 'captured',
      amount: 10_050,
      currency: 'INR',
      refs: { rrn: '033814379298' },
    });
  });

  it('makes another link on the same order where the first was lost: an order is paid once', async () => {
    const { fake, gateway, sent } = behind();
    const asked = intent();
    fake.ctl.next('pending');
    const started = await gateway.createAttempt(asked);
    const lost = { ...attemptOf(asked, started), reference: null, refs: {} };
    expect(await gateway.getAttempt(lost)).toEqual({ s: 'not_found' });
    // Where its answer came the link is out, though the order's own name was not kept.
    expect((await gateway.getAttempt({ ...lost, reference: 'pay_1' })).s).toBe('pending');
    fake.ctl.next('pending');
    const again = await gateway.createAttempt(asked);
    expect(again).toMatchObject({ s: 'action_required', action: { type: 'deep_link' } });
    expect(again).not.toEqual(started);
    await fake.settle(asked.payment_id);
    expect(await gateway.createAttempt(asked)).toMatchObject({ s: 'captured', amount: 10_050 });
    expect(fake.ctl.charges(asked.payment_id)).toHaveLength(1);
    expect(sent.filter((one) => one === 'POST /v1/orders')).toHaveLength(1);
  });
});

describe('UPI by a QR code', () => {
  const code = (over: Partial<AttemptRequest> = {}) =>
    request({ method: 'upi_qr', instrument: { kind: 'none' }, ...over });
  const shown = async (content = true) => {
    const all = behind();
    all.fake.image_content = content;
    const asked = code();
    const outcome = await all.gateway.createAttempt(asked);
    if (outcome.s !== 'action_required') throw new Error(outcome.s);
    return { ...all, asked, action: outcome.action, attempt: attemptOf(asked, outcome) };
  };

  it('is shown, scanned and captured, and its message names our payment', async () => {
    const { fake, gateway, asked, action, attempt } = await shown();
    expect(action).toMatchObject({ type: 'qr', payload: 'upi://pay?pa=fake@razorpay&am=100.5' });
    expect(await gateway.getAttempt(attempt)).toMatchObject({ s: 'action_required', action });
    await fake.scan(attempt.reference ?? '');
    const paid = await gateway.getAttempt(attempt);
    expect(paid).toMatchObject({ s: 'captured', amount: 10_050, reference: attempt.reference });
    const raw = fake.deliveries().at(-1);
    if (raw === undefined) throw new Error('no message');
    const read = await gateway.verifyWebhook(raw);
    expect(read).toMatchObject({
      ok: true,
      value: {
        events: [{ type: 'qr_code.credited', payment_id: asked.payment_id, claims: { outcome: paid } }],
      },
    });
    // The payment of a code names nothing of ours: the code's own message does.
    const bare = fake.deliveries().find((one) => one.body.includes('"event":"payment.captured"'));
    if (bare === undefined) throw new Error('no message');
    expect(await gateway.verifyWebhook(bare)).toMatchObject({ ok: true, value: { events: [] } });
    expect(raw.body).toContain(VPA);
    expect(JSON.stringify(read)).not.toContain(VPA);
    const back = refundOf(asked, 5_000);
    expect(await gateway.refund(attempt, back)).toMatchObject({ s: 'succeeded' });
    const told = fake.deliveries().at(-1);
    if (told === undefined) throw new Error('no message');
    expect(await gateway.verifyWebhook(told)).toMatchObject({
      ok: true,
      value: {
        events: [{ kind: 'refund', payment_id: asked.payment_id, refund_id: back.refund_id }],
      },
    });
  });

  it('is a picture only where the account is not given what it says', async () => {
    const { action } = await shown(false);
    expect(action).toEqual({ type: 'qr', url: 'https://rzp.io/i/fake' });
  });

  it('stays open after a payment that failed, and says so once it is closed', async () => {
    const { fake, gateway, attempt } = await shown();
    await fake.scan(attempt.reference ?? '', false);
    expect(await gateway.getAttempt(attempt)).toMatchObject({ s: 'action_required' });
    const closed = await gateway.void(attempt, 'v1');
    expect(closed).toMatchObject({ s: 'declined', code: 'payment_declined' });
    expect(JSON.stringify(closed)).not.toContain(VPA);
  });

  it('is called off, unless somebody was faster', async () => {
    const first = await shown();
    expect(await first.gateway.void(first.attempt, 'v1')).toMatchObject({ s: 'cancelled' });
    await first.fake.scan(first.attempt.reference ?? '');
    expect(await first.gateway.getAttempt(first.attempt)).toMatchObject({ s: 'expired' });
    const second = await shown();
    await second.fake.scan(second.attempt.reference ?? '');
    expect(await second.gateway.void(second.attempt, 'v1')).toMatchObject({ s: 'captured', amount: 10_050 });
  });

  it('is made anew where its answer was lost: nobody has seen the first', async () => {
    const { fake, gateway } = behind();
    const asked = code();
    fake.ctl.next('commit_then_drop');
    const lost = await gateway.createAttempt(asked);
    expect(lost.s).toBe('unknown');
    expect(await gateway.getAttempt(attemptOf(asked, lost))).toEqual({ s: 'not_found' });
    expect((await gateway.createAttempt(asked)).s).toBe('action_required');
  });
});

describe('what Razorpay’s own client says of our signatures', () => {
  it('holds the published vector and every message of the fake', async () => {
    const body = '{"event":"payment.captured"}';
    const mac = '04bdccbff14c0c78dcfac48d281dfaadbaa46204b30f447af5d6e90509beb4a4';
    expect(hexOf(await hmac('rzp_whsec', body))).toBe(mac);
    expect(validateWebhookSignature(body, mac, 'rzp_whsec')).toBe(true);
    const { fake, gateway } = behind();
    await gateway.createAttempt(request());
    expect(fake.deliveries()).not.toEqual([]);
    for (const raw of fake.deliveries()) {
      const signature = raw.headers.get('x-razorpay-signature') ?? '';
      expect(validateWebhookSignature(raw.body, signature, SECRETS.webhook_secret)).toBe(true);
      expect(validateWebhookSignature(`${raw.body} `, signature, SECRETS.webhook_secret)).toBe(false);
    }
  });

  it('agrees on the proof that a checkout hands back', async () => {
    const names = { order_id: 'order_1', payment_id: 'pay_1' };
    const proof = hexOf(await hmac(SECRETS.key_secret, 'order_1|pay_1'));
    expect(validatePaymentVerification(names, proof, SECRETS.key_secret)).toBe(true);
  });
});

describe('an account of UPI', () => {
  it('takes what it is set up for, and nothing before any call', async () => {
    const { gateway, sent } = behind();
    const wrong = { kind: 'vpa', vpa: 'no address' } as const;
    expect(await gateway.createAttempt(request({ instrument: wrong }))).toMatchObject({
      code: 'invalid_instrument',
    });
    expect(await gateway.createAttempt(request({ method: 'card' }))).toMatchObject({
      code: 'invalid_method',
    });
    expect(await gateway.createAttempt(request({ currency: 'USD' }))).toMatchObject({
      code: 'invalid_currency',
    });
    expect(sent).toEqual([]);
    const { settings: _, ...account } = contextOf().account;
    expect(await made({ account }).createAttempt(request())).toMatchObject({ code: 'invalid_method' });
    expect(upiGateway(contextOf({ secrets: { key_id: 'x' } }))).toBeNull();
  });

  it('honours either webhook secret while one is changed', async () => {
    const { fake, gateway } = behind();
    await gateway.createAttempt(request());
    const [raw] = fake.deliveries();
    if (raw === undefined) throw new Error('no message');
    const changed = { ...SECRETS, webhook_secret: 'new', previous_webhook_secret: SECRETS.webhook_secret };
    expect((await made({ secrets: changed }).verifyWebhook(raw)).ok).toBe(true);
  });

  it('names its order after our payment, so that it is found again', async () => {
    const { fake, gateway } = behind();
    const asked = request();
    await gateway.createAttempt(asked);
    const auth = `Basic ${btoa(`${SECRETS.key_id}:${SECRETS.key_secret}`)}`;
    const url = `https://api.razorpay.com/v1/orders?receipt=${shortReference(asked.payment_id)}`;
    const found = await fake.fetch(new Request(url, { headers: { authorization: auth } }));
    expect(await found.json()).toMatchObject({ count: 1 });
  });
});
