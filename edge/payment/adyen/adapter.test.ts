import { describe, expect, it } from 'vitest';
import { describeGateway } from '../fake/contract.ts';
import { attemptOf, refundOf } from '../fake/contract_parts.ts';
import type { Attempt, AttemptRequest } from '../gateway.ts';
import { adyenGateway } from './adapter.ts';
import { API_KEY, adapterTo, contextOf, ENCRYPTED, HMAC_KEY, newFake, requestOf } from './testing.ts';

const OTHER_KEY = 'DFB1EB5485895CFA84146406857104ABB4CBCABDC8AAF103A624C8F6A3EAAB00';

describeGateway('Adyen', (wire) => {
  const fake = newFake();
  return {
    fake,
    gateway: adapterTo(wire(fake)),
    stranger: adapterTo(wire(fake), { secrets: { hmac_key: OTHER_KEY } }),
    request: requestOf,
    payerActs: async ({ request }) => ({
      parameters: { redirectResult: fake.redirectResult(request.payment_id) },
    }),
    settle: (reference) => fake.ledger.settle(reference),
    deliveries: async () => {
      const sent = await fake.deliveries();
      return sent.map((one) => ({ ...one, path: '/v1/webhooks/adyen/x', now_ms: Date.now() }));
    },
    unholdable: [
      { amount: 0 },
      { amount: -5 },
      { amount: 0.5 },
      { amount: 150, currency: 'IDR' },
      { amount: 1_050, currency: 'CVE' },
    ],
    secrets: [API_KEY, HMAC_KEY, ENCRYPTED],
  };
});

const made = (over: Parameters<typeof adapterTo>[1] = {}) => {
  const fake = newFake();
  return { fake, gateway: adapterTo((request) => fake.fetch(request), over) };
};
const unanswered = (request: AttemptRequest): Attempt => ({
  request,
  reference: null,
  refs: {},
  authorized: 0,
  captured: 0,
});

describe('an account of Adyen', () => {
  const of = (account: object, secrets: Record<string, string> = {}) =>
    adyenGateway(contextOf(() => Promise.reject(new Error('no network')), { account, secrets }));

  it('needs a merchant, its keys, and addresses that are Adyen’s own when it is live', () => {
    expect(of({})).not.toBeNull();
    expect(of({ merchant: undefined })).toBeNull();
    expect(of({}, { hmac_key: 'not hex' })).toBeNull();
    expect(of({ settings: { unknown_setting: 1 } })).toBeNull();
    const live = { environment: 'live', settings: {} };
    expect(of(live)).toBeNull();
    expect(of({ ...live, settings: { live_prefix: '1797a841fbb37ca7-Sesame' } })).not.toBeNull();
    const astray = { live_prefix: 'x', terminal_base: 'https://terminal-api-live.adyen.com.example.org' };
    expect(of({ ...live, settings: astray })).toBeNull();
  });

  it('is spoken to at the live address of its company', async () => {
    const asked: string[] = [];
    const gateway = adyenGateway(
      contextOf(
        (request) => {
          asked.push(request.url);
          return Promise.reject(new Error('no network'));
        },
        { account: { environment: 'live', settings: { live_prefix: 'abc-Sesame' } } },
      ),
    );
    expect(await gateway?.createAttempt(requestOf())).toEqual({ s: 'unknown', reason: 'unavailable' });
    expect(asked).toEqual(['https://abc-sesame-checkout-live.adyenpayments.com/checkout/v71/payments']);
  });
});

describe('a payment by Adyen', () => {
  it('with the bank’s page and a reservation takes a part, and the rest is released', async () => {
    const { fake, gateway } = made();
    const request = requestOf({ capture: 'manual' });
    fake.ctl.next('challenge');
    const asked = await gateway.createAttempt(request);
    expect(asked).toMatchObject({ s: 'action_required', action: { type: 'redirect' } });
    const attempt = attemptOf(request, asked);
    const parameters = { redirectResult: fake.redirectResult(request.payment_id) };
    const reserved = await gateway.continueAttempt(attempt, { parameters });
    expect(reserved).toMatchObject({
      s: 'authorized',
      amount: 12_000,
      card: { last4: '0007', expiry: '04/31' },
    });
    // The core keeps the first reference it heard; Adyen's own name is in the refs.
    const held = { ...attemptOf(request, reserved), reference: attempt.reference };
    const capture = { amount: 10_000, key: `${request.payment_id}.capture.1` };
    expect(await gateway.capture(held, capture)).toMatchObject({ s: 'capture_pending' });
    expect(fake.ctl.charges(request.payment_id)).toEqual([expect.objectContaining({ amount: 10_000 })]);
    expect(fake.ctl.refusals).toEqual([]);
  });

  it('is refused by a payer who fails at the bank, and the same return is answered once', async () => {
    const { fake, gateway } = made();
    const request = requestOf();
    fake.ctl.next('challenge');
    const attempt = attemptOf(request, await gateway.createAttempt(request));
    const parameters = { redirectResult: fake.redirectResult(request.payment_id, false) };
    const first = await gateway.continueAttempt(attempt, { parameters });
    expect(first).toMatchObject({ s: 'declined', code: 'refused_11' });
    expect(await gateway.continueAttempt(attempt, { parameters })).toEqual(first);
  });

  it('is looked at by the first answer when the payer brings nothing back', async () => {
    const { fake, gateway } = made();
    const request = requestOf();
    fake.ctl.next('challenge');
    const asked = await gateway.createAttempt(request);
    expect(await gateway.continueAttempt(attemptOf(request, asked), {})).toEqual(asked);
    expect(fake.ctl.movements).toEqual([]);
  });

  it('is never made in order to call it off', async () => {
    const { fake, gateway } = made();
    expect(await gateway.void(unanswered(requestOf()), 'v')).toMatchObject({ s: 'unknown' });
    expect(fake.ctl.keys).toEqual([]);
  });

  it('is not repeated once Adyen may have forgotten its key', async () => {
    const { fake, gateway } = made({ now: () => Date.now() + 31 * 86_400_000 });
    expect(await gateway.getAttempt(unanswered(requestOf()))).toEqual({
      s: 'unknown',
      reason: 'unavailable',
    });
    expect(fake.ctl.keys).toEqual([]);
  });

  it('never carries a card in clear, and names its method where it has a page of its own', async () => {
    const { fake, gateway } = made();
    const clear = JSON.stringify({ type: 'scheme', number: 'in clear', cvc: 'in clear' });
    for (const token of [clear, 'no object', '[]'])
      expect(await gateway.createAttempt(requestOf({ instrument: { kind: 'token', token } }))).toMatchObject({
        s: 'error',
        code: 'unsupported_instrument',
      });
    expect(fake.ctl.keys).toEqual([]);
    fake.ctl.next('challenge');
    const page = requestOf({ instrument: { kind: 'none' }, method: 'ideal' });
    expect(await gateway.createAttempt(page)).toMatchObject({ s: 'action_required' });
    expect(fake.ctl.refusals).toEqual([]);
  });

  it('counts money as Adyen does', async () => {
    const { fake, gateway } = made();
    const request = requestOf({ amount: 5, currency: 'ISK' });
    expect(await gateway.createAttempt(request)).toMatchObject({ s: 'captured', amount: 5, currency: 'ISK' });
    expect(fake.ctl.movements).toEqual([expect.objectContaining({ amount: 500 })]);
  });

  it('is not made with a key or for a merchant that Adyen does not know', async () => {
    const { fake } = made();
    for (const over of [{ secrets: { api_key: 'wrong' } }, { account: { merchant: 'Somebody' } }]) {
      const stranger = adapterTo((request) => fake.fetch(request), over);
      expect(await stranger.createAttempt(requestOf())).toMatchObject({ s: 'error' });
    }
    expect(fake.ctl.movements).toEqual([]);
  });
});

describe('a saved card of Adyen', () => {
  it('is kept for its shopper, pays again, and is forgotten', async () => {
    const { fake, gateway } = made();
    const first = await gateway.createAttempt(requestOf({ save_card: true }));
    if (first.s !== 'captured' || first.saved === undefined) throw new Error('the card was not kept');
    const { token, customer } = first.saved;
    expect(customer).toBe('shp_7');
    const instrument = { kind: 'saved', token, customer } as const;
    expect(await gateway.createAttempt(requestOf({ instrument }))).toMatchObject({ s: 'captured' });
    expect(await gateway.forgetCard?.(token)).toEqual({ s: 'gone' });
    expect(fake.ledger.stored.size).toBe(0);
    expect(fake.ctl.refusals).toEqual([]);
    expect(await gateway.forgetCard?.('no shopper')).toMatchObject({ s: 'error' });
  });
});

describe('a refund by Adyen', () => {
  it('of a part is given once, however often it is sent', async () => {
    const { fake, gateway } = made();
    const request = requestOf();
    const attempt = attemptOf(request, await gateway.createAttempt(request));
    const asked = refundOf(request, 1_000);
    fake.ctl.next('commit_then_drop');
    expect(await gateway.refund(attempt, asked)).toMatchObject({ s: 'unknown' });
    expect(await gateway.getRefund(attempt, asked)).toMatchObject({ s: 'pending' });
    expect(await gateway.refund(attempt, asked)).toMatchObject({ s: 'pending' });
    expect(fake.ctl.movements.filter((one) => one.kind === 'refund')).toHaveLength(1);
  });

  it('that Adyen has taken is waited for, and not sent again', async () => {
    const { fake, gateway } = made();
    const request = requestOf();
    const attempt = attemptOf(request, await gateway.createAttempt(request));
    const asked = refundOf(request, 1_000);
    const taken = await gateway.refund(attempt, asked);
    if (taken.s !== 'pending') throw new Error(taken.s);
    const keys = fake.ctl.keys.length;
    expect(await gateway.getRefund(attempt, { ...asked, reference: taken.reference })).toEqual(taken);
    expect(fake.ctl.keys).toHaveLength(keys);
  });
});
