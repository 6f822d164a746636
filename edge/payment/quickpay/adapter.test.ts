import { describe, expect, it } from 'vitest';
import { attemptRequest, testAccount, unanswered } from '../fake/attempt.ts';
import { describeGateway } from '../fake/contract.ts';
import { withPayer } from '../fake/with_payer.ts';
import type { AttemptRequest, GatewayContext } from '../gateway.ts';
import { orderIdOf, quickpayGateway } from './adapter.ts';
import { QuickPayFake } from './fake.ts';
import { outcomeOf } from './outcome.ts';
import { QuickPayPayment } from './protocol.ts';
import { verifyQuickPayWebhook } from './webhook.ts';

const SECRETS = { api_key: 'an api key of this test', private_key: 'a private key of this test' };
const account = testAccount('quickpay', { base_url: 'https://quickpay.example' });
const request = (over: Partial<AttemptRequest> = {}) => attemptRequest({ currency: 'DKK', ...over });

const context = (over: Partial<GatewayContext>): GatewayContext => ({
  ...{ account, secrets: SECRETS, now: () => Date.now() },
  http: () => Promise.reject(new Error('no network')),
  ...over,
});

function made(over: Partial<GatewayContext>) {
  const gateway = quickpayGateway(context(over));
  if (gateway === null) throw new Error('the account is incomplete');
  return gateway;
}

const provider = () => new QuickPayFake({ ...SECRETS, now: () => Date.now() });

describeGateway('quickpay', (wire) => {
  const fake = provider();
  const http = wire(fake);
  return {
    gateway: withPayer(
      made({ http }),
      (payment) => fake.waitsForPayer(payment),
      (payment) => fake.settle(payment),
    ),
    stranger: made({ http, secrets: { ...SECRETS, private_key: 'another key' } }),
    fake,
    request,
    async payerActs(attempt) {
      fake.settle(attempt.request.payment_id);
      return {};
    },
    settle: (reference) => fake.settle(reference),
    deliveries: fake.deliveries,
    secrets: Object.values(SECRETS),
  };
});

describe('QuickPay', () => {
  const behind = () => {
    const fake = provider();
    return { fake, gateway: made({ http: (sent) => fake.fetch(sent) }) };
  };
  const opened = async (over: Partial<AttemptRequest> = {}) => {
    const { fake, gateway } = behind();
    const asked = request(over);
    const outcome = await gateway.createAttempt(asked);
    if (outcome.s !== 'action_required') throw new Error(outcome.s);
    return {
      fake,
      gateway,
      asked,
      attempt: unanswered(asked, outcome.reference),
      url: outcome.action.url ?? '',
    };
  };

  it('names a payment by 20 characters that follow from ours', async () => {
    const id = 'pay_0190a8a0-0000-7000-8000-000000000000_1';
    expect(await orderIdOf(id)).toMatch(/^[a-z0-9]{20}$/);
    expect(await orderIdOf(id)).toBe(await orderIdOf(id));
    expect(await orderIdOf(id)).not.toBe(await orderIdOf(id.replace('_1', '_2')));
  });

  it('shows the window for the wallet that was chosen, and refuses a method it has not', async () => {
    const sent: string[] = [];
    const fake = provider();
    const gateway = made({
      http: async (one) => {
        sent.push(await one.clone().text());
        return fake.fetch(one);
      },
    });
    for (const [method, name] of [
      ['mobilepay', 'mobilepay'],
      ['vipps', 'vipps,vippspsp'],
      ['swish', 'swish'],
    ]) {
      expect(await gateway.createAttempt(request({ method: method ?? '' }))).toMatchObject({
        s: 'action_required',
      });
      expect(sent.at(-1)).toContain(`"payment_methods":"${name}"`);
    }
    const asked = sent.length;
    expect(await gateway.createAttempt(request({ method: 'cheque' }))).toMatchObject({
      s: 'error',
      code: 'unsupported_method',
    });
    expect(sent).toHaveLength(asked);
  });

  it('gives the same window of a payment whose first answer was lost', async () => {
    const { fake, gateway } = behind();
    const asked = request();
    fake.ctl.next('commit_then_drop');
    expect(await gateway.createAttempt(asked)).toEqual({ s: 'unknown', reason: 'unavailable' });
    expect(await gateway.getAttempt(unanswered(asked))).toEqual({ s: 'not_found' });
    const again = await gateway.createAttempt(asked);
    expect(again).toMatchObject({ s: 'action_required' });
    expect(await gateway.createAttempt(asked)).toEqual(again);
    expect(await gateway.getAttempt(unanswered(asked))).toEqual(again);
  });

  it('takes the window away from a payment that is called off, and from one that was declined', async () => {
    const first = await opened();
    expect((await first.fake.fetch(new Request(first.url))).status).toBe(200);
    expect(await first.gateway.void(first.attempt, 'v')).toMatchObject({ s: 'cancelled' });
    expect((await first.fake.fetch(new Request(first.url))).status).toBe(404);
    expect(await first.gateway.getAttempt(first.attempt)).toMatchObject({ s: 'cancelled' });
    const second = await opened();
    await second.fake.fetch(new Request(second.url, { method: 'POST', body: 'decision=decline' }));
    expect(await second.gateway.getAttempt(second.attempt)).toMatchObject({ s: 'declined', code: '40000' });
    expect((await second.fake.fetch(new Request(second.url))).status).toBe(404);
  });

  it('never sends a refund again while one without an address may be that refund', async () => {
    const { fake, gateway, asked, attempt } = await opened();
    fake.settle(asked.payment_id);
    const refund = {
      ...{ refund_id: `ref_${crypto.randomUUID()}`, amount: 300, currency: 'DKK', reason: 'returned' },
      ...{ reference: null, webhook_url: asked.webhook_url },
    };
    const answers: string[] = [];
    const blind = made({
      http: async (sent) => {
        answers.push(sent.method);
        const text = await (await fake.fetch(sent)).text();
        return new Response(text.replaceAll(/"callback_url":"[^"]*refund_id[^"]*"/g, '"callback_url":null'));
      },
    });
    await gateway.refund(attempt, refund);
    expect(await blind.refund(attempt, refund)).toEqual({ s: 'unknown', reason: 'unreadable' });
    expect(answers).toEqual(['GET']);
    expect(await gateway.refund(attempt, refund)).toMatchObject({ s: 'succeeded' });
    expect(fake.ctl.movements.filter((one) => one.kind === 'refund')).toHaveLength(1);
  });

  it('is told of each operation in any order, and never twice by the same event', async () => {
    const { fake, gateway, asked } = await opened();
    fake.settle(asked.payment_id);
    const read = await Promise.all(
      (await fake.deliveries()).reverse().map((raw) => gateway.verifyWebhook(raw)),
    );
    const events = read.flatMap((one) => (one.ok ? one.value.events : []));
    expect(events.map((one) => one.event_id.replace(/^\d+/, '#'))).toEqual([
      '#:2:false',
      '#:2:true',
      '#:1:false',
      '#:1:true',
    ]);
    expect(events[0]).toMatchObject({ payment_id: asked.payment_id, claims: { outcome: { s: 'captured' } } });
    expect(events.slice(1).every((one) => one.claims === undefined)).toBe(true);
  });

  describe('the truth is the last operation of each type that is no longer pending', () => {
    const operation = (type: string, code: string, pending = false) => ({
      ...{ id: 1, type, amount: 500, pending, qp_status_code: code },
    });
    const payment = (...operations: object[]) =>
      QuickPayPayment.parse({
        ...{ id: 7, order_id: 'A1001', accepted: true, state: 'new', currency: 'DKK' },
        ...{ link: { url: 'https://payment.example/7' }, operations },
      });
    it.each([
      ['action_required', 'auto', []],
      ['pending', 'auto', [operation('authorize', '20200', true)]],
      ['action_required', 'auto', [operation('authorize', '30100')]],
      ['declined', 'auto', [operation('authorize', '40001')]],
      ['expired', 'auto', [operation('authorize', '40002')]],
      ['cancelled', 'auto', [operation('authorize', '40003')]],
      ['capture_pending', 'auto', [operation('authorize', '20000')]],
      ['authorized', 'manual', [operation('authorize', '40000'), operation('authorize', '20000')]],
      ['authorized', 'auto', [operation('authorize', '20000'), operation('capture', '40000')]],
      ['capture_pending', 'manual', [operation('authorize', '20000'), operation('capture', '', true)]],
      ['captured', 'manual', [operation('authorize', '20000'), operation('capture', '20000')]],
      ['void_pending', 'manual', [operation('authorize', '20000'), operation('cancel', '', true)]],
      ['voided', 'manual', [operation('authorize', '20000'), operation('cancel', '20000')]],
      ['authorized', 'manual', [operation('authorize', '20000'), operation('cancel', '40000')]],
    ] as const)('%s (%s)', (state, capture, operations) => {
      expect(outcomeOf(payment(...operations), capture).s).toBe(state);
    });
  });

  it('proves nothing by a 4xx that is not in the provider’s own words', async () => {
    for (const answer of [() => new Response('no', { status: 403 }), () => Response.json({ id: 7 })]) {
      const gateway = made({ http: async () => answer() });
      expect(await gateway.createAttempt(request())).toEqual({ s: 'unknown', reason: 'unreadable' });
    }
  });

  it('is no gateway without both of its keys', () => {
    expect(quickpayGateway(context({ secrets: { api_key: 'k' } }))).toBeNull();
    expect(
      quickpayGateway(context({ account: { ...account, settings: { language: 'danish' } } })),
    ).toBeNull();
  });

  it('checks the golden signature', async () => {
    const body = '{"id":7,"order_id":"A1001","accepted":true}';
    const headers = new Headers({
      'quickpay-checksum-sha256': '346f5cd09c0af5aaa18e7be9a3f3458c0cc83a7227f0044b5363dc2eb90905b2',
    });
    const raw = { headers, body, path: '/', now_ms: 0 };
    // The signature holds; the body is then too small to be a payment.
    expect(await verifyQuickPayWebhook(['qp_private_key'], raw)).toEqual({
      ok: false,
      error: { code: 'invalid' },
    });
    const refused = { ok: false, error: { code: 'invalid_signature' } };
    expect(await verifyQuickPayWebhook(['another'], raw)).toEqual(refused);
  });
});
