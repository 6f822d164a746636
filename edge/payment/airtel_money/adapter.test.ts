import { describe, expect, it } from 'vitest';
import { attemptRequest } from '../fake/attempt.ts';
import { describeGateway } from '../fake/contract.ts';
import { attemptOf, refundOf } from '../fake/contract_parts.ts';
import { impatient } from '../fake/impatient.ts';
import type { AttemptRequest, Gateway, GatewayContext } from '../gateway.ts';
import { airtelMoneyGateway } from './adapter.ts';
import { AirtelMoneyFake } from './fake.ts';

const SECRETS = { client_id: 'the client', client_secret: 'a client secret' };
const NATIONAL = '752345678';

const request = (over: Partial<AttemptRequest> = {}): AttemptRequest =>
  attemptRequest({
    order_number: 'A-17',
    amount: 12_500,
    currency: 'UGX',
    method: 'airtel_money',
    instrument: { kind: 'msisdn', msisdn: `+256 ${NATIONAL}` },
    description: 'Order A-17',
    return_url: 'https://shop.example/pay',
    webhook_url: 'https://shop.example/v1/webhooks/airtel_money/an-account-key',
    began_at: '2026-07-01T09:00:00.000Z',
    ...over,
  });

const contextOf = (over: Partial<GatewayContext> = {}): GatewayContext => ({
  account: {
    gateway: 'airtel_money',
    account_key: crypto.randomUUID(),
    environment: 'test',
    methods: ['airtel_money'],
    settings: { country: 'UG' },
  },
  secrets: SECRETS,
  http: () => Promise.reject(new Error('no network')),
  now: () => Date.now(),
  ...over,
});

function made(over: Partial<GatewayContext>): Gateway {
  const gateway = airtelMoneyGateway(contextOf(over));
  if (gateway === null) throw new Error('the account is incomplete');
  return gateway;
}

/** Airtel is told nothing of our refund; the fake's ledger is. */
function telling(gateway: Gateway, fake: AirtelMoneyFake): Gateway {
  return {
    ...gateway,
    refund: (attempt, asked) => {
      fake.refunding = asked.refund_id;
      return gateway.refund(attempt, asked);
    },
  };
}

describeGateway('airtel_money', (wire) => {
  const fake = new AirtelMoneyFake({ ...SECRETS, now: () => Date.now() });
  const http = wire(fake);
  return {
    gateway: telling(impatient(made({ http })), fake),
    stranger: made({ http, secrets: { ...SECRETS, client_secret: 'another' } }),
    fake,
    request,
    async payerActs(attempt) {
      fake.end(attempt.request.payment_id, 'TS');
      return {};
    },
    settle: (reference) => fake.end(reference, 'TS'),
    deliveries: async () => fake.deliveries(),
    unholdable: [{ amount: 0 }, { amount: 0.5 }, { amount: -1 }],
    secrets: [SECRETS.client_secret, NATIONAL],
    // A lost refund cannot be asked for; an enquiry names no amount; no code is known to be soft.
    lacks: [
      'commit_then_drop',
      'decline_soft',
      'wrong_amount',
      'wrong_currency',
      'partial',
      'refund_pending',
    ],
  };
});

describe('Airtel Money', () => {
  const behind = () => {
    const fake = new AirtelMoneyFake({ ...SECRETS, now: () => Date.now() });
    const sent: Request[] = [];
    const http = (one: Request) => {
      sent.push(one.clone());
      return fake.fetch(one);
    };
    return { fake, sent, gateway: telling(made({ http }), fake) };
  };

  it('pushes with country, currency and a national number, and waits on the telephone', async () => {
    const { fake, gateway, sent } = behind();
    const asked = request();
    fake.ctl.next('pending');
    const pushed = await gateway.createAttempt(asked);
    expect(pushed).toMatchObject({ s: 'action_required', action: { type: 'push' } });
    expect(await sent.at(-1)?.json()).toMatchObject({
      subscriber: { country: 'UG', currency: 'UGX', msisdn: NATIONAL },
      transaction: { amount: 12_500 },
    });
    const attempt = attemptOf(asked, pushed);
    expect(await gateway.getAttempt(attempt)).toMatchObject({ s: 'pending' });
    fake.end(asked.payment_id, 'TE');
    expect(await gateway.getAttempt(attempt)).toMatchObject({ s: 'expired' });
    expect(fake.ctl.refusals).toEqual([]);
  });

  it('takes an ambiguous status for unknown, never for a failure', async () => {
    const { fake, gateway } = behind();
    const asked = request();
    fake.ctl.next('pending');
    await gateway.createAttempt(asked);
    fake.end(asked.payment_id, 'TA');
    expect(await gateway.getAttempt(attemptOf(asked, { s: 'not_found' }))).toMatchObject({ s: 'unknown' });
  });

  it('finds by our own id the one charge whose answer was lost', async () => {
    const { fake, gateway } = behind();
    const asked = request();
    fake.ctl.next('commit_then_drop');
    const lost = await gateway.createAttempt(asked);
    expect(lost).toEqual({ s: 'unknown', reason: 'unavailable' });
    expect(await gateway.getAttempt(attemptOf(asked, lost))).toMatchObject({ s: 'captured', amount: 12_500 });
    expect(await gateway.createAttempt(asked)).toMatchObject({ s: 'captured' });
    expect(fake.ctl.charges(asked.payment_id)).toHaveLength(1);
  });

  it('says of a lost refund that it is unknown, and sends none of a part', async () => {
    const { fake, gateway } = behind();
    const asked = request();
    await gateway.createAttempt(asked);
    const attempt = { ...attemptOf(asked, { s: 'not_found' }), captured: asked.amount };
    expect(await gateway.refund(attempt, refundOf(asked, 500))).toMatchObject({ code: 'full_only' });
    fake.ctl.next('commit_then_drop');
    const whole = refundOf(asked, asked.amount);
    expect(await gateway.refund(attempt, whole)).toMatchObject({ s: 'unknown' });
    expect(await gateway.getRefund(attempt, whole)).toMatchObject({ s: 'unknown' });
    expect(fake.ctl.movements.filter((one) => one.kind === 'refund')).toHaveLength(1);
  });

  it('believes nothing of a callback but which payment to ask about', async () => {
    const { fake, gateway } = behind();
    const asked = request();
    await gateway.createAttempt(asked);
    const [raw] = fake.deliveries();
    if (raw === undefined) throw new Error('no callback');
    const read = await gateway.verifyWebhook(raw);
    expect(read).toMatchObject({ ok: true, value: { events: [{ payment_id: asked.payment_id }] } });
    expect(read.ok && read.value.events[0]?.claims).toBeUndefined();
    for (const body of ['', '{}', '{"transaction":{"id":"x","status_code":"TS"}}'])
      expect(await gateway.verifyWebhook({ ...raw, body })).toEqual({
        ok: false,
        error: { code: 'invalid' },
      });
  });

  it('fetches another token once where its own is refused, and charges nobody without one', async () => {
    const { fake, gateway } = behind();
    await gateway.createAttempt(request());
    fake.revokeTokens();
    expect((await gateway.createAttempt(request())).s).toBe('action_required');
    expect(await made({}).createAttempt(request())).toMatchObject({ s: 'error', code: 'unavailable' });
  });

  it('takes numbers and money of its own country only', async () => {
    const { gateway, sent } = behind();
    const kenyan = { kind: 'msisdn', msisdn: '+254752345678' } as const;
    expect(await gateway.createAttempt(request({ instrument: kenyan }))).toMatchObject({
      code: 'invalid_instrument',
    });
    expect(await gateway.createAttempt(request({ currency: 'KES' }))).toMatchObject({
      code: 'invalid_currency',
    });
    expect(sent).toEqual([]);
  });

  it('is no gateway without its credentials or its country', () => {
    const { account } = contextOf();
    expect(airtelMoneyGateway(contextOf({ secrets: {} }))).toBeNull();
    expect(
      airtelMoneyGateway(contextOf({ account: { ...account, settings: { country: 'GB' } } })),
    ).toBeNull();
  });
});
