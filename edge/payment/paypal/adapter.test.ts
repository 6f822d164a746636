import { describe, expect, it } from 'vitest';
import { attemptRequest, testAccount, unanswered } from '../fake/attempt.ts';
import { describeGateway } from '../fake/contract.ts';
import { withPayer } from '../fake/with_payer.ts';
import type { AttemptRequest, GatewayContext, Http } from '../gateway.ts';
import { paypalGateway } from './adapter.ts';
import { minorOf, paypalValue } from './amount.ts';
import { PayPalFake } from './fake.ts';

const SECRETS = { client_id: 'a client of this test', client_secret: 'a client secret of this test' };
const account = testAccount('paypal', {
  base_url: 'https://paypal.example',
  settings: { webhook_id: '1AB23' },
});
const request = (over: Partial<AttemptRequest> = {}) => attemptRequest({ method: 'paypal', ...over });

const context = (over: Partial<GatewayContext>): GatewayContext => ({
  ...{ account, secrets: SECRETS, now: () => Date.now() },
  http: () => Promise.reject(new Error('no network')),
  ...over,
});

function made(over: Partial<GatewayContext>) {
  const gateway = paypalGateway(context(over));
  if (gateway === null) throw new Error('the account is incomplete');
  return gateway;
}

const provider = (now = () => Date.now()) =>
  new PayPalFake({ ...SECRETS, webhook_id: '1AB23', webhook_url: request().webhook_url, now });

describeGateway('paypal', (wire) => {
  const fake = provider();
  const http = wire(fake);
  return {
    gateway: withPayer(
      made({ http }),
      (payment) => fake.waitsForPayer(payment),
      (payment) => fake.settle(payment),
    ),
    stranger: made({ http, account: { ...account, settings: { webhook_id: 'ANOTHER' } } }),
    fake,
    request,
    async payerActs(attempt) {
      fake.settle(attempt.request.payment_id);
      return { parameters: { token: attempt.reference ?? '' } };
    },
    settle: (reference) => fake.settle(reference),
    deliveries: fake.deliveries,
    tampered: (raw) => ({ ...raw, body: raw.body.replaceAll('49.99', '59.99') }),
    unholdable: [{ amount: 0 }, { amount: 1_050, currency: 'HUF' }, { amount: 150, currency: 'TWD' }],
    secrets: Object.values(SECRETS),
  };
});

describe('PayPal', () => {
  const behind = (over: Partial<GatewayContext> = {}) => {
    const fake = provider(over.now);
    const paths: string[] = [];
    const http: Http = (sent) => {
      paths.push(new URL(sent.url).pathname);
      return fake.fetch(sent);
    };
    return { fake, paths, http, gateway: made({ http, ...over }) };
  };

  it.each([
    [4_999, 'GBP', '49.99'],
    [5, 'EUR', '0.05'],
    [500, 'JPY', '500'],
    [5_000_00, 'HUF', '5000'],
    [1_50, 'HUF', null],
    [0, 'EUR', null],
    [1.5, 'EUR', null],
  ] as const)('writes %d of %s as %s', (minor, currency, value) => {
    expect(paypalValue(minor, currency)).toBe(value);
    if (value !== null) expect(minorOf(value, currency)).toBe(minor);
  });

  it.each(['', '1,00', '-1.00', '1.005', '1e3'])('reads no amount in "%s"', (value) => {
    expect(minorOf(value, 'EUR')).toBeNull();
  });

  it('takes the money of a payer who approved and never came back', async () => {
    const { fake, gateway } = behind();
    const asked = request();
    const outcome = await gateway.createAttempt(asked);
    if (outcome.s !== 'action_required') throw new Error(outcome.s);
    expect((await fake.fetch(new Request(outcome.action.url ?? ''))).status).toBe(200);
    const page = new Request(outcome.action.url ?? '', { method: 'POST', body: 'decision=approve' });
    expect((await fake.fetch(page)).headers.get('location')).toBe(asked.return_url);
    expect(fake.ctl.charges(asked.payment_id)).toEqual([]);
    const attempt = unanswered(asked, outcome.reference);
    expect(await gateway.getAttempt(attempt)).toMatchObject({ s: 'captured', amount: 4_999 });
    expect(fake.ctl.charges(asked.payment_id)).toHaveLength(1);
  });

  it('finds an order whose making was not answered by making it again', async () => {
    const fake = provider();
    let lost = true;
    const gateway = made({
      async http(sent) {
        const answer = await fake.fetch(sent);
        if (!lost || !sent.url.endsWith('/orders')) return answer;
        lost = false;
        throw new Error('reset');
      },
    });
    const asked = request();
    expect(await gateway.createAttempt(asked)).toEqual({ s: 'unknown', reason: 'unavailable' });
    const found = await gateway.getAttempt(unanswered(asked));
    expect(found).toMatchObject({ s: 'action_required' });
    expect(await gateway.createAttempt(asked)).toEqual(found);
  });

  it('does not take after all what was declined once', async () => {
    const { fake, gateway } = behind();
    const asked = request();
    fake.ctl.next('decline_soft');
    const outcome = await gateway.createAttempt(asked);
    if (outcome.s !== 'action_required') throw new Error(outcome.s);
    fake.settle(asked.payment_id);
    const attempt = unanswered(asked, outcome.reference);
    const said = await gateway.getAttempt(attempt);
    if (said.s !== 'declined') throw new Error(said.s);
    expect(said).toMatchObject({ code: 'INSTRUMENT_DECLINED', soft: true });
    expect(await gateway.getAttempt({ ...attempt, refs: said.refs ?? {} })).toEqual({
      ...said,
      message: expect.any(String),
    });
    expect(fake.ctl.movements).toEqual([]);
  });

  it('calls an approved order off by never taking its money', async () => {
    const { fake, gateway } = behind();
    const asked = request();
    const outcome = await gateway.createAttempt(asked);
    if (outcome.s !== 'action_required') throw new Error(outcome.s);
    fake.settle(asked.payment_id);
    const attempt = unanswered(asked, outcome.reference);
    const off = await gateway.void(attempt, 'v');
    if (off.s !== 'cancelled') throw new Error(off.s);
    expect(await gateway.getAttempt({ ...attempt, refs: off.refs ?? {} })).toEqual(off);
    expect(fake.ctl.movements).toEqual([]);
  });

  it('never makes an order in order to call it off, or to give its money back', async () => {
    const { paths, gateway } = behind();
    const asked = request();
    const refund = {
      ...{ refund_id: `ref_${crypto.randomUUID()}`, amount: 300, currency: 'GBP', reason: 'returned' },
      ...{ reference: null, webhook_url: asked.webhook_url },
    };
    expect(await gateway.void(unanswered(asked), 'v')).toEqual({ s: 'not_found' });
    expect(await gateway.refund(unanswered(asked), refund)).toMatchObject({
      s: 'failed',
      code: 'not_captured',
    });
    expect(await gateway.getRefund(unanswered(asked), refund)).toEqual({ s: 'not_found' });
    expect(paths).toEqual([]);
  });

  it('signs in once for many calls, again when the token ends, and once more when it was taken back', async () => {
    let clock = Date.parse('2026-01-01T00:00:00.000Z');
    const { fake, paths, gateway } = behind({ now: () => clock });
    const signIns = () => paths.filter((one) => one === '/v1/oauth2/token').length;
    await gateway.createAttempt(request());
    await gateway.createAttempt(request());
    expect(signIns()).toBe(1);
    clock += 9 * 3_600_000;
    await gateway.createAttempt(request());
    expect(signIns()).toBe(2);
    fake.tokens.revoke();
    expect(await gateway.createAttempt(request())).toMatchObject({ s: 'action_required' });
    expect(signIns()).toBe(3);
  });

  it('says that the credentials are wrong, for then nothing was done', async () => {
    const { http } = behind();
    const wrong = made({ http, secrets: { ...SECRETS, client_secret: 'another' } });
    expect(await wrong.createAttempt(request())).toMatchObject({ s: 'error', code: 'invalid_client' });
  });

  it('takes only the currencies that PayPal has', async () => {
    const { paths, gateway } = behind();
    expect(await gateway.createAttempt(request({ currency: 'KWD' }))).toMatchObject({
      ...{ s: 'error', code: 'unsupported_currency' },
    });
    expect(paths).toEqual([]);
  });

  it('believes no message of which PayPal could not be asked, so that it comes again', async () => {
    const { fake, gateway } = behind();
    const asked = request();
    await gateway.createAttempt(asked);
    fake.settle(asked.payment_id);
    const [raw] = await fake.deliveries();
    if (raw === undefined) throw new Error('no message');
    expect(await gateway.verifyWebhook(raw)).toMatchObject({
      ok: true,
      value: { events: [{ type: 'CHECKOUT.ORDER.APPROVED', payment_id: asked.payment_id }] },
    });
    const again = { ok: false, error: { code: 'invalid' } };
    expect(await made({}).verifyWebhook(raw)).toEqual(again);
    const down = made({ http: async () => new Response(null, { status: 503 }) });
    expect(await down.verifyWebhook(raw)).toEqual(again);
    const bare = { ...raw, headers: new Headers() };
    expect(await gateway.verifyWebhook(bare)).toEqual({ ok: false, error: { code: 'invalid_signature' } });
  });

  it('names a refund’s message by both our names', async () => {
    const { fake, gateway } = behind();
    const asked = request();
    const outcome = await gateway.createAttempt(asked);
    if (outcome.s !== 'action_required') throw new Error(outcome.s);
    fake.settle(asked.payment_id);
    await gateway.getAttempt(unanswered(asked, outcome.reference));
    const refund = {
      ...{ refund_id: `ref_${crypto.randomUUID()}`, amount: 300, currency: 'GBP', reason: 'returned' },
      ...{ reference: null, webhook_url: asked.webhook_url },
    };
    await gateway.refund(unanswered(asked, outcome.reference), refund);
    const last = (await fake.deliveries()).at(-1);
    if (last === undefined) throw new Error('no message');
    expect(await gateway.verifyWebhook(last)).toMatchObject({
      ok: true,
      value: {
        events: [
          {
            ...{ kind: 'refund', payment_id: asked.payment_id, refund_id: refund.refund_id },
            claims: { refund: { s: 'succeeded' }, amount: 300, currency: 'GBP' },
          },
        ],
      },
    });
  });

  it('is no gateway without its credentials and its webhook', () => {
    expect(paypalGateway(context({ secrets: { client_id: 'c' } }))).toBeNull();
    expect(paypalGateway(context({ account: testAccount('paypal') }))).toBeNull();
  });
});
