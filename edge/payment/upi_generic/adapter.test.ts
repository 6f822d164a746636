import { describe, expect, it } from 'vitest';
import { shortReference } from '../../../shared/payment/short_reference.ts';
import { attemptRequest } from '../fake/attempt.ts';
import { attemptOf, refundOf } from '../fake/contract_parts.ts';
import type { AttemptRequest, GatewayContext, Outcome } from '../gateway.ts';
import { upiGenericGateway } from './adapter.ts';
import { UpiGenericFake } from './fake.ts';

const SECRET = 'a secret of the notifier';
const VPA = 'corner.shop@bank';
const NOW = Date.parse('2026-07-01T09:00:00.000Z');

const request = (over: Partial<AttemptRequest> = {}): AttemptRequest =>
  attemptRequest({
    payment_id: `pay_${crypto.randomUUID()}_12`,
    order_number: 'A-7',
    amount: 10_050,
    currency: 'INR',
    method: 'upi_qr',
    channel: 'kiosk',
    description: 'Order A-7 & more',
    return_url: 'https://shop.example/pay',
    webhook_url: 'https://shop.example/v1/webhooks/upi_generic/an-account-key',
    began_at: '2026-07-01T09:00:00.000Z',
    ...over,
  });

const contextOf = (over: Partial<GatewayContext> = {}): GatewayContext => ({
  account: {
    gateway: 'upi_generic',
    account_key: 'an-account-key-of-the-test',
    environment: 'live',
    methods: ['upi_qr'],
    settings: { vpa: VPA, payee_name: 'Corner Shop', category: 5411 },
  },
  secrets: { webhook_secret: SECRET },
  http: () => Promise.reject(new Error('no network')),
  now: () => NOW,
  ...over,
});

function made(over: Partial<GatewayContext> = {}) {
  const gateway = upiGenericGateway(contextOf(over));
  if (gateway === null) throw new Error('the account is incomplete');
  return gateway;
}
const payloadOf = (outcome: Outcome): string =>
  outcome.s === 'action_required' ? (outcome.action.payload ?? '') : '';

describe('the generic UPI account', () => {
  it('shows one symbol an attempt, and waits for ever until it is told', async () => {
    const fake = new UpiGenericFake({ secret: SECRET, vpa: VPA, now: () => NOW });
    const gateway = made();
    const asked = request();
    const shown = await gateway.createAttempt(asked);
    expect(payloadOf(shown)).toBe(
      `upi://pay?pa=${VPA}&pn=Corner%20Shop&mc=5411&tr=${shortReference(asked.payment_id)}` +
        '&tn=Order%20A-7%20%26%20more&am=100.50&cu=INR',
    );
    const attempt = attemptOf(asked, shown);
    for (const again of [
      await gateway.createAttempt(asked),
      await gateway.getAttempt(attempt),
      await gateway.void(attempt, 'v1'),
    ])
      expect(again).toEqual(shown);
    const raw = await fake.scan(payloadOf(shown), 'SUCCESS');
    const read = await gateway.verifyWebhook(raw);
    expect(read).toMatchObject({
      ok: true,
      value: {
        events: [
          {
            event_id: 'upi_evt_1',
            payment_id: asked.payment_id,
            occurred_at: '2026-07-01T09:00:00.000Z',
            claims: {
              outcome: { s: 'captured', amount: 10_050, currency: 'INR', refs: { rrn: '400000000001' } },
            },
          },
        ],
      },
    });
    expect(JSON.stringify(read)).not.toContain('payer.name');
    expect(fake.ctl.refusals).toEqual([]);
  });

  it.each([
    ['FAILED', { s: 'declined', code: 'upi_failed', soft: true }],
    ['PENDING', { s: 'pending' }],
  ] as const)('understands %s', async (status, outcome) => {
    const fake = new UpiGenericFake({ secret: SECRET, vpa: VPA, now: () => NOW });
    const raw = await fake.scan(payloadOf(await made().createAttempt(request())), status);
    expect(await made().verifyWebhook(raw)).toMatchObject({
      ok: true,
      value: { events: [{ claims: { outcome } }] },
    });
    expect(fake.ctl.movements).toEqual([]);
  });

  it('passes another amount or currency on as it was said, and finds no payment where none is named', async () => {
    const fake = new UpiGenericFake({ secret: SECRET, vpa: VPA, now: () => NOW });
    const payload = payloadOf(await made().createAttempt(request()));
    const said = async (over: object) => {
      const read = await made().verifyWebhook(await fake.scan(payload, 'SUCCESS', over));
      return read.ok ? read.value.events[0] : undefined;
    };
    expect(await said({ amount_minor: 1 })).toMatchObject({ claims: { outcome: { amount: 1 } } });
    expect(await said({ currency: 'USD' })).toMatchObject({ claims: { outcome: { currency: 'USD' } } });
    expect(await said({ sale_id: 'S-17' })).toMatchObject({ payment_id: null, reference: 'S-17' });
    const { payment_id } = request();
    expect(await said({ sale_id: payment_id })).toMatchObject({ payment_id });
  });

  it('believes no unsigned, changed, foreign or old message', async () => {
    const fake = new UpiGenericFake({ secret: SECRET, vpa: VPA, now: () => NOW });
    const raw = await fake.scan(payloadOf(await made().createAttempt(request())), 'SUCCESS');
    const invalid = { ok: false, error: { code: 'invalid_signature' } };
    expect(await made().verifyWebhook({ ...raw, headers: new Headers() })).toEqual(invalid);
    expect(await made().verifyWebhook({ ...raw, body: raw.body.replace('10050', '10051') })).toEqual(invalid);
    const other = { webhook_secret: 'a secret of another shop' };
    expect(await made({ secrets: other }).verifyWebhook(raw)).toEqual(invalid);
    const both = made({ secrets: { ...other, previous_secret: SECRET } });
    expect((await both.verifyWebhook(raw)).ok).toBe(true);
    expect(await made().verifyWebhook({ ...raw, now_ms: NOW + 301_000 })).toEqual({
      ok: false,
      error: { code: 'stale' },
    });
  });

  it('takes rupees that the link can hold, and gives nothing back', async () => {
    for (const amount of [0, -5, 1.5])
      expect(await made().createAttempt(request({ amount }))).toMatchObject({ code: 'invalid_amount' });
    expect(await made().createAttempt(request({ currency: 'USD' }))).toMatchObject({
      code: 'invalid_currency',
    });
    const asked = request();
    const attempt = attemptOf(asked, await made().createAttempt(asked));
    expect(await made().refund(attempt, refundOf(asked, 1))).toMatchObject({
      s: 'failed',
      code: 'unsupported',
    });
  });

  it('is no gateway without its address or its secret', () => {
    const { account } = contextOf();
    expect(upiGenericGateway(contextOf({ secrets: {} }))).toBeNull();
    const settings = { vpa: 'no address', payee_name: 'Corner Shop' };
    expect(upiGenericGateway(contextOf({ account: { ...account, settings } }))).toBeNull();
  });
});
