import { beforeAll, describe, expect, it } from 'vitest';
import { LeasedNumbers } from '../../shared/offline/wire.ts';
import { deviceOf, moneyTaken, openShop, publish, type Shop, shelf, shirt } from '../basket/test/fixture.ts';
import {
  buy,
  call,
  cloudToken,
  codeOf,
  enter,
  type Guest,
  openBasket,
  orderOf,
  pay,
  type Reply,
  readBasket,
  readOrder,
  scan,
} from './test/fixture.ts';
import { holdScans } from './test/hold.ts';

const agent = `agt_${crypto.randomUUID()}`;
let shop: Shop;
let guest: Guest;
beforeAll(async () => {
  shop = await openShop({}, { devices: [deviceOf(agent, 'agent')] });
  guest = await enter(shop);
});

const newKey = () => crypto.randomUUID();
const replayed = (reply: Reply) => reply.headers.get('idempotency-replayed');

interface Post {
  path: string;
  /** Who calls, where it is not the guest. */
  token?: string;
  body?: object;
  status: number;
}

/** Every POST that creates or moves something, ready to be made for the first time. */
const POSTS: [name: string, prepare: () => Promise<Post>][] = [
  [
    'POST /v1/guest_sessions',
    async () => ({ path: '/v1/guest_sessions', body: { store_id: shop.store_id }, status: 201 }),
  ],
  ['POST /v1/baskets', async () => ({ path: '/v1/baskets', body: { store_id: shop.store_id }, status: 201 })],
  [
    'POST scans',
    async () => ({
      path: `/v1/baskets/${(await openBasket(guest)).id}/scans`,
      body: { code: 'COLA' },
      status: 200,
    }),
  ],
  [
    'POST /v1/orders',
    async () => {
      const { id } = await openBasket(guest);
      await scan(guest, id, { code: 'COLA' });
      return { path: '/v1/orders', body: { basket_id: id }, status: 201 };
    },
  ],
  [
    'POST payments',
    async () => ({
      path: `/v1/orders/${(await orderOf(guest, { code: 'COLA' })).id}/payments`,
      body: { gateway: 'test', method: 'card' },
      status: 201,
    }),
  ],
  [
    'POST confirm',
    async () => ({ path: `/v1/payments/${(await waiting()).id}/confirm`, body: {}, status: 200 }),
  ],
  [
    'POST cancel of a payment',
    async () => ({ path: `/v1/payments/${(await waiting()).id}/cancel`, status: 200 }),
  ],
  [
    'POST capture',
    async () => {
      const [payment] = (await buy(guest, { code: 'COLA' })).payments;
      return { path: `/v1/payments/${payment?.id}/capture`, status: 200 };
    },
  ],
  [
    'POST cancel of an order',
    async () => ({ path: `/v1/orders/${(await orderOf(guest, { code: 'COLA' })).id}/cancel`, status: 200 }),
  ],
  [
    'POST number_leases',
    async () => ({
      path: `/v1/stores/${shop.store_id}/number_leases`,
      token: await agentToken(),
      body: { device_id: agent, count: 2 },
      status: 201,
    }),
  ],
  [
    'POST close of a number lease',
    async () => {
      const token = await agentToken();
      const path = `/v1/stores/${shop.store_id}/number_leases`;
      const lease = await call('POST', path, { token, body: { device_id: agent, count: 2 } });
      const { lease_id } = LeasedNumbers.parse(lease.json);
      return { path: `${path}/${lease_id}/close`, token, body: { unused_from: 1 }, status: 200 };
    },
  ],
];
const agentToken = () => cloudToken('agent', { sub: agent, store: shop.store_id });
const waiting = async () => pay(guest, (await orderOf(guest, { code: 'COLA' })).id, 'card_3ds');

describe.each(POSTS)('%s', (_, prepare) => {
  it('answers the first success again, and refuses the key with another body', async () => {
    const { path, body, status, token } = await prepare();
    const key = newKey();
    const send = (raw = body === undefined ? undefined : JSON.stringify(body)) =>
      guest.call('POST', path, {
        key,
        ...(token === undefined ? {} : { token }),
        ...(raw === undefined ? {} : { raw, headers: { 'content-type': 'application/json' } }),
      });
    const first = await send();
    expect([first.status, replayed(first)], first.text).toEqual([status, null]);
    for (let n = 0; n < 2; n++) {
      const again = await send();
      expect([again.status, replayed(again)]).toEqual([status, 'true']);
      expect(again.json).toEqual(first.json);
    }
    expect(await codeOf(422, send(` ${JSON.stringify(body ?? {})}`))).toBe('idempotency_key_reuse');
    expect((await send()).json).toEqual(first.json);
  });
});

describe('a key', () => {
  it('protects the call that bears it, and no other', async () => {
    const basket = await openBasket(guest);
    const scans = `/v1/baskets/${basket.id}/scans`;
    const body = { code: 'COLA' };
    const keys = [newKey(), newKey()];
    for (const key of [keys[0], keys[0], keys[1], keys[0], keys[1]])
      await guest.call('POST', scans, { body, ...(key === undefined ? {} : { key }) });
    expect((await readBasket(guest, basket.id)).lines).toMatchObject([{ quantity: 2 }]);
    for (let n = 0; n < 2; n++) await guest.call('POST', scans, { body });
    expect((await readBasket(guest, basket.id)).lines).toMatchObject([{ quantity: 4 }]);
  });

  it('is its shopper’s own, and that route’s', async () => {
    const key = newKey();
    const mine = await openBasket(guest, key);
    expect((await openBasket(guest, key)).id).toBe(mine.id);
    expect((await openBasket(await enter(shop), key)).id).not.toBe(mine.id);
    const scanned = await guest.call('POST', `/v1/baskets/${mine.id}/scans`, { body: { code: 'COLA' }, key });
    expect([scanned.status, replayed(scanned)]).toEqual([200, null]);
    const ordered = await guest.call('POST', '/v1/orders', { body: { basket_id: mine.id }, key });
    expect([ordered.status, replayed(ordered)]).toEqual([201, null]);
  });

  it('answers a basket’s first state again, whatever became of it', async () => {
    const key = newKey();
    const empty = await openBasket(guest, key);
    await scan(guest, empty.id, { code: 'COLA' });
    expect(await openBasket(guest, key)).toEqual(empty);
    expect((await readBasket(guest, empty.id)).lines).toHaveLength(1);
  });

  it('of a failed attempt runs again', async () => {
    const own = await openShop();
    const one = await enter(own);
    const basket = await openBasket(one);
    const key = newKey();
    const send = (code: string) =>
      one.call('POST', `/v1/baskets/${basket.id}/scans`, { body: { code }, key });
    expect(await codeOf(409, send('SOLD-OUT'))).toBe('out_of_stock');
    expect(await codeOf(409, send('SOLD-OUT'))).toBe('out_of_stock');
    await publish(
      own,
      2,
      shelf().map((item) => (item.sku === 'SOLD-OUT' ? { ...item, stock: 5 } : item)),
    );
    const sold = await send('SOLD-OUT');
    expect([sold.status, replayed(sold)]).toEqual([200, null]);
    expect(replayed(await send('SOLD-OUT'))).toBe('true');
    expect(await codeOf(422, send('COLA'))).toBe('idempotency_key_reuse');
  });

  it('of more than 255 characters is refused, one of 255 is kept whole', async () => {
    const long = 'k'.repeat(254);
    const [a, b] = [await openBasket(guest, `${long}a`), await openBasket(guest, `${long}b`)];
    expect(a.id).not.toBe(b.id);
    const tooLong = guest.call('POST', '/v1/baskets', {
      body: { store_id: shop.store_id },
      key: `${long}aa`,
    });
    expect(await codeOf(422, tooLong)).toBe('invalid');
  });
});

describe('two calls with one key at the same time', () => {
  it('have one effect: the second is told that the first is still running', async () => {
    const own = await openShop();
    const one = await enter(own);
    const basket = await openBasket(one);
    const key = newKey();
    const send = (body: object) => one.call('POST', `/v1/baskets/${basket.id}/scans`, { body, key });
    const hold = await holdScans(own);
    const first = send({ epc: shirt(1) });
    await hold.entered();
    const second = await send({ epc: shirt(1) });
    expect(await codeOf(409, second)).toBe('idempotency_in_flight');
    expect(second.headers.get('retry-after')).toBe('1');
    expect(await codeOf(422, send({ epc: shirt(2) }))).toBe('idempotency_key_reuse');
    hold.letGo();
    expect((await first).status).toBe(200);
    const third = await send({ epc: shirt(1) });
    expect([third.status, replayed(third)]).toEqual([200, 'true']);
    expect(third.json).toEqual((await first).json);
    expect((await readBasket(one, basket.id)).lines).toHaveLength(1);
  });

  it('charge once', async () => {
    const own = await openShop();
    const one = await enter(own);
    const order = await orderOf(one, { code: 'COLA' });
    const body = { gateway: 'test', method: 'card' };
    const key = newKey();
    const send = () => one.call('POST', `/v1/orders/${order.id}/payments`, { body, key });
    for (const reply of await Promise.all(Array.from({ length: 5 }, send)))
      if (reply.status !== 201) expect(await codeOf(409, reply)).toBe('idempotency_in_flight');
    expect((await send()).status).toBe(201);
    expect((await readOrder(one, order.id)).payments).toHaveLength(1);
    expect(await moneyTaken(own)).toBe(574);
  });

  it('open one basket', async () => {
    const key = newKey();
    const open = () => guest.call('POST', '/v1/baskets', { body: { store_id: shop.store_id }, key });
    const replies = await Promise.all([open(), open(), open()]);
    const opened = replies.filter(({ status }) => status === 201);
    expect(opened.length).toBeGreaterThan(0);
    const again = await open();
    for (const { json } of opened) expect(json).toEqual(again.json);
    for (const reply of replies.filter(({ status }) => status !== 201))
      expect(await codeOf(409, reply)).toBe('idempotency_in_flight');
  });
});

it('a guest session replayed is the very same token', async () => {
  const key = newKey();
  const begin = () => call('POST', '/v1/guest_sessions', { body: { store_id: shop.store_id }, key });
  const [first, second] = [await begin(), await begin()];
  expect(second.text).toBe(first.text);
  expect((await begin()).text).not.toBe(
    (await call('POST', '/v1/guest_sessions', { body: { store_id: shop.store_id } })).text,
  );
});
