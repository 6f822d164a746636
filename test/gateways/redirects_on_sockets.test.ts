import { afterEach, describe, expect, it } from 'vitest';
import { attemptRequest, testAccount, unanswered } from '../../edge/payment/fake/attempt.ts';
import type { FakeGateway } from '../../edge/payment/fake/control.ts';
import type { Gateway, GatewayFactory, RawWebhook } from '../../edge/payment/gateway.ts';
import { genericCardGateway } from '../../edge/payment/generic_card/adapter.ts';
import { GenericCardFake } from '../../edge/payment/generic_card/fake.ts';
import { paypalGateway } from '../../edge/payment/paypal/adapter.ts';
import { PayPalFake } from '../../edge/payment/paypal/fake.ts';
import { quickpayGateway } from '../../edge/payment/quickpay/adapter.ts';
import { QuickPayFake } from '../../edge/payment/quickpay/fake.ts';
import { serveFake } from '../support/fake_server.ts';

type Deliveries = () => Promise<RawWebhook[]>;
const now = () => Date.now();
const webhook_url = attemptRequest().webhook_url;
const keys = { api_key: 'a', private_key: 'b', secret: 'c', client_id: 'd', client_secret: 'e' };
const PROVIDERS: readonly [string, string, GatewayFactory, FakeGateway & { deliveries: Deliveries }][] = [
  ['generic_card', 'card', genericCardGateway, new GenericCardFake({ ...keys, now })],
  ['quickpay', 'mobilepay', quickpayGateway, new QuickPayFake({ ...keys, now })],
  ['paypal', 'paypal', paypalGateway, new PayPalFake({ ...keys, webhook_id: 'W1', webhook_url, now })],
];

/** The same adapters and fakes as in the suite, with real sockets between them and a payer who fills in the page. */
describe.each(PROVIDERS)('%s on a socket', (id, method, factory, fake) => {
  const open: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close();
  });
  const served = async (): Promise<Gateway> => {
    const server = await serveFake(fake);
    open.push(server);
    const account = testAccount(id, { base_url: server.url, settings: { webhook_id: 'W1' } });
    const gateway = factory({ account, secrets: keys, http: (request) => fetch(request), now });
    if (gateway === null) throw new Error('the account is incomplete');
    return gateway;
  };

  it('is paid on the page, tells of it, and gives money back once though the line breaks', async () => {
    const gateway = await served();
    const request = attemptRequest({ method, currency: 'DKK' });
    const outcome = await gateway.createAttempt(request);
    if (outcome.s !== 'action_required') throw new Error(outcome.s);
    const url = outcome.action.url ?? '';
    expect(await (await fetch(url)).text()).toContain('49.99');
    const body = new URLSearchParams({ decision: 'approve' });
    const back = await fetch(url, { method: 'POST', body, redirect: 'manual' });
    expect(back.headers.get('location')).toBe(request.return_url);
    const attempt = unanswered(request, outcome.reference);
    const paid = await gateway.continueAttempt(attempt, {});
    expect(paid).toMatchObject({ s: 'captured', amount: 4_999, currency: 'DKK' });
    const told = await Promise.all((await fake.deliveries()).map((raw) => gateway.verifyWebhook(raw)));
    const events = told.flatMap((one) => (one.ok ? one.value.events : []));
    expect(events.length).toBe(told.length);
    expect(events.map((one) => one.claims)).toContainEqual(
      expect.objectContaining({ outcome: expect.objectContaining({ s: 'captured', amount: 4_999 }) }),
    );

    const refund = {
      ...{ refund_id: `ref_${crypto.randomUUID()}`, amount: 1_000, currency: 'DKK', reason: 'returned' },
      ...{ reference: null, webhook_url: request.webhook_url },
    };
    fake.ctl.next('commit_then_drop');
    expect(await gateway.refund(attempt, refund)).toEqual({ s: 'unknown', reason: 'unavailable' });
    expect(await gateway.getRefund(attempt, refund)).toMatchObject({ s: 'succeeded' });
    expect(await gateway.refund(attempt, refund)).toMatchObject({ s: 'succeeded' });
    const moved = fake.ctl.movements.filter((one) => one.reference === refund.refund_id);
    expect(moved).toEqual([expect.objectContaining({ kind: 'refund', amount: 1_000 })]);
    expect(fake.ctl.refusals).toEqual([]);
  });

  it('is unknown, and nothing else, when nobody is there', async () => {
    const gateway = await served();
    for (const one of open.splice(0)) await one.close();
    expect(await gateway.createAttempt(attemptRequest({ method }))).toEqual({
      s: 'unknown',
      reason: 'unavailable',
    });
  });
});
