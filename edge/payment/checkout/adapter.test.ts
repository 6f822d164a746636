import { describe, expect, it } from 'vitest';
import { attemptRequest, testAccount, unanswered } from '../fake/attempt.ts';
import { describeGateway } from '../fake/contract.ts';
import type { AttemptRequest, GatewayContext } from '../gateway.ts';
import { checkoutGateway } from './adapter.ts';
import { checkoutAmount, minorOf } from './amount.ts';
import { CheckoutFake } from './fake.ts';
import { verifyCheckoutWebhook } from './webhook.ts';

const SECRETS = { secret_key: 'sk_sbox_of_this_test', webhook_key: 'a webhook key of this test' };
const account = testAccount('checkout');
const request = (over: Partial<AttemptRequest> = {}) =>
  attemptRequest({ instrument: { kind: 'token', token: 'tok_of_the_form' }, ...over });

const context = (over: Partial<GatewayContext>): GatewayContext => ({
  ...{ account, secrets: SECRETS, now: () => Date.now() },
  http: () => Promise.reject(new Error('no network')),
  ...over,
});

function made(over: Partial<GatewayContext>) {
  const gateway = checkoutGateway(context(over));
  if (gateway === null) throw new Error('the account is incomplete');
  return gateway;
}

const provider = () =>
  new CheckoutFake({ ...SECRETS, webhook_url: request().webhook_url, now: () => Date.now() });

describeGateway('checkout', (wire) => {
  const fake = provider();
  const http = wire(fake);
  return {
    gateway: made({ http }),
    stranger: made({ http, secrets: { ...SECRETS, webhook_key: 'another key' } }),
    fake,
    request,
    async payerActs(attempt) {
      fake.settle(attempt.request.payment_id);
      return { parameters: { 'cko-session-id': 'sid_of_the_payer' } };
    },
    settle: (reference) => fake.settle(reference),
    deliveries: fake.deliveries,
    unholdable: [
      { amount: 0 },
      { amount: 1_000_000_000 },
      { amount: 1_001, currency: 'KWD' },
      { amount: 10_000_000, currency: 'CLP' },
    ],
    secrets: [...Object.values(SECRETS), 'tok_of_the_form'],
  };
});

describe('Checkout.com', () => {
  const behind = () => {
    const fake = provider();
    return { fake, gateway: made({ http: (sent) => fake.fetch(sent) }) };
  };

  it('counts as ISO 4217 does, but for the Chilean peso', () => {
    expect(checkoutAmount(100, 'JPY')).toBe(100);
    expect(checkoutAmount(1_310, 'KWD')).toBe(1_310);
    expect(checkoutAmount(5_000, 'CLP')).toBe(500_000);
    expect(minorOf(500_000, 'CLP')).toBe(5_000);
    expect(checkoutAmount(10_000, 'CLF')).toBeNull();
  });

  it('waits for an asynchronous capture, and has the reservation again if it is refused', async () => {
    const { gateway } = behind();
    const asked = request({ capture: 'manual' });
    const reserved = await gateway.createAttempt(asked);
    if (reserved.s !== 'authorized') throw new Error(reserved.s);
    const payment = { id: reserved.reference, status: 'Authorized', amount: asked.amount, currency: 'GBP' };
    const seen = (approved?: boolean) =>
      made({
        http: async ({ url }) =>
          Response.json(url.endsWith('/actions') ? [{ id: 'act_1', type: 'Capture', approved }] : payment),
      });
    const awaiting = { ...unanswered(asked, reserved.reference), refs: { capture_action: 'act_1' } };
    expect(await seen().getAttempt(awaiting)).toMatchObject({ s: 'capture_pending' });
    expect(await seen(false).getAttempt(awaiting)).toMatchObject({ s: 'authorized', amount: asked.amount });
    const voiding = { ...awaiting, refs: { void_action: 'act_1' } };
    expect(await seen().getAttempt(voiding)).toMatchObject({ s: 'void_pending' });
    expect(await seen(false).getAttempt(voiding)).toMatchObject({ s: 'authorized' });
  });

  it('names a late decline by the code that stands with its action', async () => {
    const gateway = made({
      http: async ({ url }) =>
        Response.json(
          url.endsWith('/actions')
            ? [
                {
                  id: 'act_1',
                  type: 'Authorization',
                  approved: false,
                  response_code: '20051',
                  response_summary: 'No',
                },
              ]
            : { id: 'pay_1', status: 'Declined' },
        ),
    });
    expect(await gateway.getAttempt(unanswered(request(), 'pay_1'))).toMatchObject({
      s: 'declined',
      code: '20051',
      soft: true,
    });
  });

  it('keeps a card as a source, charges it, and deletes it as an instrument', async () => {
    const { gateway } = behind();
    const first = await gateway.createAttempt(request({ save_card: true }));
    if (first.s !== 'captured' || first.saved === undefined) throw new Error(first.s);
    const instrument = { kind: 'saved', token: first.saved.token, customer: null } as const;
    expect(first.card).toEqual({ brand: 'visa', last4: '0000', expiry: '12/39', funding: 'debit' });
    expect(await gateway.createAttempt(request({ instrument }))).toMatchObject({ s: 'captured' });
    expect(await gateway.forgetCard?.(instrument.token)).toEqual({ s: 'gone' });
    expect(await gateway.forgetCard?.(instrument.token)).toEqual({ s: 'gone' });
    const once = await gateway.createAttempt(request());
    expect(once.s === 'captured' && once.saved).toBeFalsy();
  });

  it('tells a refund’s message from a payment’s by the reference of its action', async () => {
    const { fake, gateway } = behind();
    const asked = request();
    const paid = await gateway.createAttempt(asked);
    if (paid.s !== 'captured') throw new Error(paid.s);
    const refund = {
      ...{ refund_id: `ref_${crypto.randomUUID()}`, amount: 300, currency: 'GBP', reason: 'returned' },
      ...{ reference: null, webhook_url: asked.webhook_url },
    };
    await gateway.refund(unanswered(asked, paid.reference), refund);
    const last = (await fake.deliveries()).at(-1);
    if (last === undefined) throw new Error('no message');
    expect(await gateway.verifyWebhook(last)).toMatchObject({
      ok: true,
      value: {
        events: [
          {
            ...{ kind: 'refund', payment_id: asked.payment_id, refund_id: refund.refund_id },
            ...{ reference: paid.reference, claims: { refund: { s: 'succeeded' }, amount: 300 } },
          },
        ],
      },
    });
  });

  it('proves nothing by a 4xx that is not in the provider’s own words', async () => {
    for (const answer of [() => new Response(null, { status: 401 }), () => Response.json({ id: 'pay_1' })]) {
      const gateway = made({ http: async () => answer() });
      expect(await gateway.createAttempt(request())).toEqual({ s: 'unknown', reason: 'unreadable' });
    }
  });

  it('is no gateway without its keys, and speaks to the host of its account', async () => {
    expect(checkoutGateway(context({ secrets: { secret_key: 'sk_1' } }))).toBeNull();
    expect(
      checkoutGateway(context({ account: { ...account, settings: { subdomain: 'not/a/host' } } })),
    ).toBeNull();
    const seen: string[] = [];
    const http = async ({ url }: Request) => {
      seen.push(url);
      return new Response(null, { status: 500 });
    };
    for (const environment of ['test', 'live'] as const) {
      const own = { ...account, environment, settings: { subdomain: 'vkuhvk4v' } };
      await made({ http, account: own }).createAttempt(request());
    }
    expect(seen).toEqual([
      'https://vkuhvk4v.api.sandbox.checkout.com/payments',
      'https://vkuhvk4v.api.checkout.com/payments',
    ]);
  });

  it('checks the golden signature', async () => {
    const body = '{"id":"evt_cko_1","type":"payment_captured"}';
    const headers = new Headers({
      'cko-signature': '234e8baf2a945973cd1be6d5072891564d8638fe15724f76a4e711b74260953f',
    });
    const raw = { headers, body, path: '/', now_ms: 0 };
    // The signature holds; the body is then too small to be a message.
    expect(await verifyCheckoutWebhook(['new', 'cko_whs_key'], raw)).toEqual({
      ok: false,
      error: { code: 'invalid' },
    });
    const refused = { ok: false, error: { code: 'invalid_signature' } };
    expect(await verifyCheckoutWebhook(['new'], raw)).toEqual(refused);
    expect(await verifyCheckoutWebhook(['cko_whs_key'], { ...raw, headers: new Headers() })).toEqual(refused);
  });
});
