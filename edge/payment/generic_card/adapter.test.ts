import { describe, expect, it } from 'vitest';
import { attemptRequest, testAccount, unanswered } from '../fake/attempt.ts';
import { describeGateway } from '../fake/contract.ts';
import type { AttemptRequest, GatewayContext } from '../gateway.ts';
import { genericCardGateway } from './adapter.ts';
import { GenericCardFake } from './fake.ts';
import { checkSignature, signatureOf } from './signature.ts';

const SECRET = 'a secret of this test';
const BASE = 'https://cards.example';

const account = testAccount('generic_card', { base_url: BASE });
const request = (over: Partial<AttemptRequest> = {}) =>
  attemptRequest({ instrument: { kind: 'token', token: 'tok_of_the_form' }, ...over });

const context = (over: Partial<GatewayContext>): GatewayContext => ({
  ...{ account, secrets: { secret: SECRET }, now: () => Date.now() },
  http: () => Promise.reject(new Error('no network')),
  ...over,
});

function made(over: Partial<GatewayContext>) {
  const gateway = genericCardGateway(context(over));
  if (gateway === null) throw new Error('the account is incomplete');
  return gateway;
}

describeGateway('generic_card', (wire) => {
  const fake = new GenericCardFake({ secret: SECRET, now: () => Date.now() });
  const http = wire(fake);
  return {
    gateway: made({ http }),
    stranger: made({ http, secrets: { secret: 'another secret' } }),
    fake,
    request,
    async payerActs(attempt) {
      fake.settle(attempt.request.payment_id);
      return {};
    },
    settle: (reference) => fake.settle(reference),
    deliveries: fake.deliveries,
    signs_time: true,
    secrets: [SECRET, 'tok_of_the_form'],
  };
});

describe('the generic card gateway', () => {
  const behind = () => {
    const fake = new GenericCardFake({ secret: SECRET, now: () => Date.now() });
    return { fake, gateway: made({ http: (sent) => fake.fetch(sent) }) };
  };

  it('sends a payer without a token to the page, which asks and sends back', async () => {
    const { fake, gateway } = behind();
    const asked = request({ instrument: { kind: 'none' } });
    const outcome = await gateway.createAttempt(asked);
    if (outcome.s !== 'action_required') throw new Error(outcome.s);
    const page = outcome.action.url ?? '';
    expect(await (await fake.fetch(new Request(page))).text()).toContain('49.99');
    const back = await fake.fetch(new Request(page, { method: 'POST', body: 'decision=decline' }));
    expect([back.status, back.headers.get('location')]).toEqual([303, asked.return_url]);
    const attempt = unanswered(asked, outcome.reference);
    expect(await gateway.continueAttempt(attempt, {})).toMatchObject({
      s: 'declined',
      code: 'card_declined',
    });
  });

  it('calls an open attempt off of which only our own reference is known', async () => {
    const { fake, gateway } = behind();
    const asked = request({ instrument: { kind: 'none' } });
    await gateway.createAttempt(asked);
    const attempt = unanswered(asked);
    expect(await gateway.void(attempt, 'v1')).toMatchObject({ s: 'voided' });
    fake.settle(asked.payment_id);
    expect(await gateway.getAttempt(attempt)).toMatchObject({ s: 'voided' });
    expect(fake.ctl.movements).toEqual([]);
  });

  it('keeps a card for its owner, charges it, and forgets it', async () => {
    const { gateway } = behind();
    const first = await gateway.createAttempt(request({ save_card: true }));
    if (first.s !== 'captured' || first.saved === undefined) throw new Error(first.s);
    expect(first.saved.customer).toBe('shp_1');
    const { token, customer } = first.saved;
    const again = request({ instrument: { kind: 'saved', token, customer } });
    expect(await gateway.createAttempt(again)).toMatchObject({ s: 'captured' });
    expect(await gateway.forgetCard?.(token)).toEqual({ s: 'gone' });
    expect(await gateway.forgetCard?.(token)).toEqual({ s: 'gone' });
    const late = request({ instrument: { kind: 'saved', token, customer } });
    expect(await gateway.createAttempt(late)).toMatchObject({ s: 'error', code: 'unknown_card' });
  });

  it('proves nothing by a 4xx that is not in the provider’s own words', async () => {
    for (const answer of [
      () => Response.json({ oops: 1 }, { status: 403 }),
      () => new Response('<html>'),
      () => Response.json({ id: 'gc_1' }),
    ]) {
      const gateway = made({ http: async () => answer() });
      expect(await gateway.createAttempt(request())).toEqual({ s: 'unknown', reason: 'unreadable' });
    }
  });

  it('is no gateway without its secret or its address', () => {
    expect(genericCardGateway(context({ secrets: {} }))).toBeNull();
    const homeless = testAccount('generic_card');
    expect(genericCardGateway(context({ account: homeless }))).toBeNull();
    const live = { ...homeless, settings: { url: 'https://cards.example/v1' } };
    expect(genericCardGateway(context({ account: live }))?.id).toBe('generic_card');
    expect(
      genericCardGateway(context({ account: { ...homeless, settings: { url: 'ftp://x' } } })),
    ).toBeNull();
  });

  it('signs as the golden example does, and honours either secret while one is changed', async () => {
    const body = '{"event_id":"e1","type":"payment.captured"}';
    const header = 't=1700000000,v1=e6fc55e3758f5fa73c81c4c034898a52bfc8b0ec69da95ac0a505d2ee88337a7';
    expect(await signatureOf('gc_secret', 1_700_000_000, body)).toBe(header);
    const at = 1_700_000_000_000;
    expect(await checkSignature(['new', 'gc_secret'], header, body, at)).toBe('valid');
    expect(await checkSignature(['gc_secret'], `${header},v1=00`, body, at + 300_000)).toBe('valid');
    expect(await checkSignature(['gc_secret'], header, body, at + 301_000)).toBe('stale');
    expect(await checkSignature(['gc_secret'], header, body, at - 301_000)).toBe('stale');
    for (const bad of [
      null,
      '',
      't=1',
      header.replace('t=1700000000', 't=1700000001'),
      'v1=00',
      `${header}zz`,
    ])
      expect(await checkSignature(['gc_secret'], bad, body, at), `${bad}`).toBe('invalid');
  });
});
