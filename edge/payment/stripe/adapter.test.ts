import { describe, expect, it } from 'vitest';
import { describeGateway } from '../fake/contract.ts';
import { attemptOf, refundOf } from '../fake/contract_parts.ts';
import type { Attempt, AttemptRequest, Http } from '../gateway.ts';
import { API_KEY, adapterTo, newFake, requestOf, TOKEN, WEBHOOK_SECRET } from './testing.ts';

describeGateway('Stripe', (wire) => {
  const fake = newFake();
  return {
    fake,
    gateway: adapterTo(wire(fake)),
    stranger: adapterTo(wire(fake), { secrets: { webhook_secret: 'whsec_of_somebody_else' } }),
    request: requestOf,
    payerActs: async (attempt) => {
      fake.passes(attempt.request.payment_id);
      return { parameters: { payment_intent: attempt.reference ?? '', redirect_status: 'succeeded' } };
    },
    settle: (reference) => fake.settle(reference),
    deliveries: async () => {
      const now_ms = Date.now();
      const sent = await fake.deliveries({ signed_at_ms: now_ms });
      return sent.map((one) => ({ ...one, path: '/v1/webhooks/stripe/x', now_ms }));
    },
    signs_time: true,
    unholdable: [
      { amount: 0 },
      { amount: -1 },
      { amount: 1.5 },
      { amount: 100_000_000 },
      { amount: 5_123, currency: 'KWD' },
      { amount: 150, currency: 'MGA' },
      { amount: 5, currency: 'UGX' },
      { amount: 5, currency: 'CLF' },
    ],
    secrets: [API_KEY, WEBHOOK_SECRET, TOKEN],
  };
});

const made = (over: Parameters<typeof adapterTo>[1] = {}, account?: string) => {
  const fake = newFake(account);
  const http: Http = (request) => fake.fetch(request);
  return { fake, gateway: adapterTo(http, over) };
};
const unanswered = (request: AttemptRequest): Attempt => ({
  request,
  reference: null,
  refs: {},
  authorized: 0,
  captured: 0,
});

describe('an answer of Stripe that was lost', () => {
  it('is found by the same request while search does not show it yet', async () => {
    const { fake, gateway } = made();
    const request = requestOf();
    fake.searchable = false;
    fake.ctl.next('commit_then_drop');
    expect(await gateway.createAttempt(request)).toEqual({ s: 'unknown', reason: 'unavailable' });
    expect(await gateway.getAttempt(unanswered(request))).toMatchObject({ s: 'captured', amount: 4_999 });
    expect(fake.ctl.charges(request.payment_id)).toHaveLength(1);
  });

  it('stays unknown while the key answers a stored 5xx and search shows nothing, then is found', async () => {
    const { fake, gateway } = made();
    const request = requestOf();
    fake.searchable = false;
    fake.ctl.next('fail_after_commit');
    await gateway.createAttempt(request);
    expect(await gateway.getAttempt(unanswered(request))).toMatchObject({ s: 'unknown' });
    fake.searchable = true;
    expect(await gateway.getAttempt(unanswered(request))).toMatchObject({ s: 'captured' });
    expect(fake.ctl.charges(request.payment_id)).toHaveLength(1);
  });

  it('is never asked after by a request whose key Stripe may have forgotten', async () => {
    const { fake, gateway } = made();
    const began_at = new Date(Date.now() - 24 * 3_600_000).toISOString();
    const request = requestOf({ began_at });
    expect(await gateway.getAttempt(unanswered(request))).toEqual({ s: 'not_found' });
    expect(fake.ctl.movements).toEqual([]);
  });

  it('can be called off where search shows it, and is never made in order to call it off', async () => {
    const { fake, gateway } = made();
    const never = requestOf();
    expect(await gateway.void(unanswered(never), 'v1')).toMatchObject({ s: 'unknown' });
    expect(fake.ctl.movements).toEqual([]);
    const request = requestOf({ capture: 'manual' });
    fake.ctl.next('commit_then_drop');
    await gateway.createAttempt(request);
    expect(await gateway.void(unanswered(request), 'v2')).toMatchObject({ s: 'voided' });
    expect(fake.ctl.movements.map((one) => one.kind)).toEqual(['authorization', 'void']);
  });

  it('is no refusal when the key was used with other parameters', async () => {
    const { fake, gateway } = made();
    const request = requestOf();
    await gateway.createAttempt(request);
    expect(await gateway.createAttempt({ ...request, amount: 1 })).toMatchObject({ s: 'unknown' });
    expect(fake.ctl.charges(request.payment_id)).toHaveLength(1);
  });
});

describe('a PaymentIntent', () => {
  it('says when a reservation ends, what card it was, and what the network called it', async () => {
    const { gateway } = made();
    const outcome = await gateway.createAttempt(requestOf({ capture: 'manual' }));
    expect(outcome).toMatchObject({
      s: 'authorized',
      currency: 'GBP',
      card: { brand: 'visa', last4: '0007', expiry: '04/31', funding: 'debit', auth_code: '123456' },
    });
    if (outcome.s !== 'authorized') throw new Error(outcome.s);
    expect(Date.parse(outcome.expires_at ?? '')).toBeGreaterThan(Date.now());
  });

  it('is answered as it stands when what was asked does not fit any more', async () => {
    const { gateway } = made();
    const request = requestOf();
    const attempt = attemptOf(request, await gateway.createAttempt(request));
    expect(await gateway.void(attempt, 'v')).toMatchObject({ s: 'captured', amount: 4_999 });
    expect(await gateway.capture(attempt, { amount: 4_999, key: 'c' })).toMatchObject({ s: 'captured' });
  });

  it('that waits for the bank can be called off', async () => {
    const { fake, gateway } = made();
    const request = requestOf();
    fake.ctl.next('challenge');
    const attempt = attemptOf(request, await gateway.createAttempt(request));
    expect(await gateway.void(attempt, 'v')).toMatchObject({ s: 'cancelled' });
    expect(fake.ctl.movements).toEqual([]);
  });

  it('is declined by a payer who fails at the bank', async () => {
    const { fake, gateway } = made();
    const request = requestOf();
    fake.ctl.next('challenge');
    const attempt = attemptOf(request, await gateway.createAttempt(request));
    fake.passes(request.payment_id, false);
    expect(await gateway.continueAttempt(attempt, {})).toMatchObject({
      s: 'declined',
      code: 'authentication_required',
    });
  });

  it('is written in the unit that Stripe uses for the currency', async () => {
    const { fake, gateway } = made();
    const request = requestOf({ amount: 5, currency: 'ISK' });
    expect(await gateway.createAttempt(request)).toMatchObject({ s: 'captured', amount: 5, currency: 'ISK' });
    expect(fake.intentOf(request.payment_id).amount).toBe(500);
    const dinars = requestOf({ amount: 5_120, currency: 'KWD' });
    expect(await gateway.createAttempt(dinars)).toMatchObject({ s: 'captured', amount: 5_120 });
  });

  it('of a connected account bears the fee of the platform', async () => {
    const settings = { stripe_account: 'acct_7', application_fee_bps: 250, statement_suffix: 'SHOP 7' };
    const { fake, gateway } = made({ settings }, 'acct_7');
    const request = requestOf();
    const outcome = await gateway.createAttempt(request);
    expect(fake.intentOf(request.payment_id).application_fee_amount).toBe(124);
    const refund = refundOf(request, 4_999);
    expect(await gateway.refund(attemptOf(request, outcome), refund)).toMatchObject({ s: 'succeeded' });
    expect(fake.ctl.refusals).toEqual([]);
  });

  it('is not made of an instrument that Stripe does not take, or with credentials that it does not know', async () => {
    const { fake, gateway } = made();
    const none = requestOf({ instrument: { kind: 'none' } });
    expect(await gateway.createAttempt(none)).toMatchObject({ s: 'error', code: 'unsupported_instrument' });
    const stranger = adapterTo((r) => fake.fetch(r), { secrets: { api_key: 'sk_test_wrong' } });
    expect(await stranger.createAttempt(requestOf())).toMatchObject({ s: 'error' });
    expect(fake.ctl.movements).toEqual([]);
  });
});

describe('a saved card of Stripe', () => {
  it('is kept with a customer, pays again, and is forgotten', async () => {
    const { fake, gateway } = made();
    const first = await gateway.createAttempt(requestOf({ save_card: true }));
    if (first.s !== 'captured' || first.saved === undefined) throw new Error('the card was not kept');
    const { token, customer } = first.saved;
    const instrument = { kind: 'saved', token, customer } as const;
    expect(await gateway.createAttempt(requestOf({ instrument }))).toMatchObject({ s: 'captured' });
    expect(fake.ctl.refusals).toEqual([]);
    expect(await gateway.forgetCard?.(token)).toEqual({ s: 'gone' });
    expect(fake.ledger.attached.size).toBe(0);
  });

  it('is gone when somebody else has taken it away already', async () => {
    const { gateway } = made();
    expect(await gateway.forgetCard?.('pm_of_nobody')).toEqual({ s: 'gone' });
  });
});

describe('a reader of Stripe Terminal', () => {
  const atReader = () => {
    const { fake, gateway } = made();
    const reader = fake.addReader('tmr_1');
    const instrument = { kind: 'terminal', terminal_id: 'tmr_1', service_id: '1' } as const;
    const request = requestOf({ instrument, method: 'card_terminal', channel: 'kiosk' });
    return { fake, gateway, reader, request };
  };

  it('takes a card once, though the answer was lost on the way', async () => {
    const { fake, gateway, reader, request } = atReader();
    fake.ctl.next('commit_then_drop');
    expect(await gateway.createAttempt(request)).toMatchObject({ s: 'unknown' });
    const waiting = await gateway.getAttempt(unanswered(request));
    expect(waiting).toMatchObject({ s: 'action_required', action: { type: 'terminal' } });
    fake.ledger.present(reader);
    expect(await gateway.getAttempt(attemptOf(request, waiting))).toMatchObject({
      s: 'captured',
      amount: 4_999,
      card: { last4: '0007', entry_mode: 'contact_emv', aid: 'A0000000031010' },
    });
    expect(fake.ctl.charges(request.payment_id)).toHaveLength(1);
  });

  it('declines', async () => {
    const { fake, gateway, reader, request } = atReader();
    const attempt = attemptOf(request, await gateway.createAttempt(request));
    fake.ledger.present(reader, 'decline');
    expect(await gateway.getAttempt(attempt)).toMatchObject({ s: 'declined', soft: true });
  });

  it('is called off, and takes no card afterwards', async () => {
    const { fake, gateway, reader, request } = atReader();
    const attempt = attemptOf(request, await gateway.createAttempt(request));
    expect(await gateway.void(attempt, 'v')).toMatchObject({ s: 'cancelled' });
    expect(reader.action).toBeNull();
    expect(() => fake.ledger.present(reader)).toThrow();
  });

  it('that is off or busy refuses, and no money can be taken', async () => {
    const { gateway, reader, request } = atReader();
    reader.status = 'offline';
    expect(await gateway.createAttempt(request)).toMatchObject({
      s: 'error',
      code: 'terminal_reader_offline',
    });
    reader.status = 'online';
    await gateway.createAttempt(requestOf({ instrument: request.instrument }));
    expect(await gateway.createAttempt(requestOf({ instrument: request.instrument }))).toMatchObject({
      s: 'error',
      code: 'terminal_reader_busy',
    });
  });
});

describe('a refund at Stripe', () => {
  it('of a part is given once, however often it is sent', async () => {
    const { fake, gateway } = made();
    const request = requestOf();
    const attempt = attemptOf(request, await gateway.createAttempt(request));
    const asked = refundOf(request, 1_000);
    fake.ctl.next('fail_after_commit');
    expect(await gateway.refund(attempt, asked)).toMatchObject({ s: 'unknown' });
    expect(await gateway.getRefund(attempt, asked)).toMatchObject({ s: 'succeeded' });
    await gateway.refund(attempt, asked);
    expect(fake.ctl.movements.filter((one) => one.kind === 'refund')).toHaveLength(1);
  });

  it('of more than is left is refused in words of ours', async () => {
    const { gateway } = made();
    const request = requestOf();
    const attempt = attemptOf(request, await gateway.createAttempt(request));
    expect(await gateway.refund(attempt, refundOf(request, 4_000))).toMatchObject({ s: 'succeeded' });
    expect(await gateway.refund(attempt, refundOf(request, 1_000))).toMatchObject({ s: 'failed' });
    await gateway.refund(attempt, refundOf(request, 999));
    expect(await gateway.refund(attempt, refundOf(request, 1))).toMatchObject({
      s: 'failed',
      code: 'charge_already_refunded',
    });
  });

  it('is found among many without its id', async () => {
    const { gateway } = made();
    const request = requestOf({ amount: 20_000 });
    const attempt = attemptOf(request, await gateway.createAttempt(request));
    const first = refundOf(request, 1);
    await gateway.refund(attempt, first);
    for (let i = 0; i < 120; i += 1) await gateway.refund(attempt, refundOf(request, 1));
    expect(await gateway.getRefund(attempt, first)).toMatchObject({ s: 'succeeded' });
    expect(await gateway.getRefund(attempt, refundOf(request, 1))).toEqual({ s: 'not_found' });
  });
});
