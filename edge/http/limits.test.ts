import { createExecutionContext, env } from 'cloudflare:test';
import { beforeAll, describe, expect, it } from 'vitest';
import { COMMANDS_WAITING_MAX } from '../basket/queue.ts';
import { openShop, type Shop } from '../basket/test/fixture.ts';
import { app } from './test/document.ts';
import {
  call,
  codeOf,
  directly,
  enter,
  expectProblem,
  type Fetch,
  openBasket,
  readBasket,
  shopperToken,
} from './test/fixture.ts';
import { holdScans } from './test/hold.ts';

/** One request in a hundred seconds after a burst of two: no test is as slow as that. */
const stingy: Fetch = (request) =>
  app.fetch(
    request,
    { ...env, RATE_LIMIT_PER_SECOND: '0.01', RATE_LIMIT_BURST: '2' },
    createExecutionContext(),
  );

let shop: Shop;
let token: string;
beforeAll(async () => {
  shop = await openShop();
  token = await shopperToken(shop);
});

const ask = (address: string, path = `/v1/stores/${shop.store_id}`) =>
  call('GET', path, { token, headers: { 'cf-connecting-ip': address } }, stingy);
const limitOf = ({ headers }: { headers: Headers }) =>
  ['ratelimit-limit', 'ratelimit-remaining', 'ratelimit-reset', 'retry-after'].map((name) =>
    headers.get(name),
  );

describe('an address', () => {
  it('may send a burst, is then told when to come back, and takes nobody else’s share', async () => {
    const first = await ask('203.0.113.1');
    expect([first.status, ...limitOf(first)]).toEqual([200, '2', '1', '100', null]);
    const second = await ask('203.0.113.1');
    expect([second.status, ...limitOf(second)]).toEqual([200, '2', '0', '200', null]);
    const third = await ask('203.0.113.1');
    expect(await expectProblem(429, third)).toMatchObject({ code: 'rate_limited', retryable: true });
    expect(limitOf(third)).toEqual(['2', '0', '200', '100']);
    expect((await ask('203.0.113.2')).status).toBe(200);
  });

  it('is counted whatever it asks for, also without a token or a route', async () => {
    const address = { headers: { 'cf-connecting-ip': '203.0.113.3' } };
    expect(await codeOf(401, call('GET', `/v1/stores/${shop.store_id}`, address, stingy))).toBe(
      'unauthenticated',
    );
    expect(await codeOf(404, call('GET', '/v1/nothing', address, stingy))).toBe('not_found');
    expect(await codeOf(429, call('POST', '/v1/guest_sessions', address, stingy))).toBe('rate_limited');
  });

  it('is not counted for calls that carry money or gates, nor for what the service says of itself', async () => {
    for (let n = 0; n < 4; n++) {
      expect((await ask('203.0.113.4', '/livez')).status).toBe(200);
      expect(await codeOf(403, ask('203.0.113.4', `/v1/stores/${shop.store_id}/feed`))).toBe('forbidden');
      const webhook = call(
        'POST',
        `/v1/webhooks/test/${shop.account_key}`,
        { raw: '{}', headers: { 'cf-connecting-ip': '203.0.113.4' } },
        stingy,
      );
      expect(await codeOf(401, webhook)).toBe('invalid_signature');
    }
    expect((await ask('203.0.113.4')).status).toBe(200);
  });

  it('reaches no object once it is refused', async () => {
    const burst = [1, 2, 3].map(() => ask('203.0.113.5'));
    expect((await Promise.all(burst)).map(({ status }) => status)).toEqual([200, 200, 429]);
  });
});

it('a trip with too many calls waiting tells the next one to come back, and does all the others', async () => {
  const guest = await enter(shop);
  const { id } = await openBasket(guest);
  const sent = { token: guest.token, body: { code: 'COLA' } };
  const scan = () => call('POST', `/v1/baskets/${id}/scans`, sent, directly);
  const hold = await holdScans(shop);
  const all = Array.from({ length: COMMANDS_WAITING_MAX + 1 }, scan);
  // While the first is held nobody else can be served: whoever is answered now was refused.
  const refused = await Promise.race(all);
  expect(await expectProblem(429, refused)).toMatchObject({ code: 'rate_limited', retryable: true });
  expect(refused.headers.get('retry-after')).toBe('1');
  hold.letGo();
  const served = (await Promise.all(all)).filter(({ status }) => status === 200);
  expect(served).toHaveLength(COMMANDS_WAITING_MAX);
  expect((await readBasket(guest, id)).lines).toMatchObject([{ quantity: COMMANDS_WAITING_MAX }]);
});
