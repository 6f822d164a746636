import { evictDurableObject } from 'cloudflare:test';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Order } from '../../shared/api/order.ts';
import { StoreId } from '../../shared/ids/index.ts';
import { seal } from '../../shared/offline/chain.ts';
import { OfflineSale } from '../../shared/offline/document.ts';
import { LeasedNumbers, UploadAnswer } from '../../shared/offline/wire.ts';
import {
  deviceOf,
  openShop,
  otherRetailer,
  publish,
  retailer,
  type Shop,
  shelf,
  shirt,
  storeOf,
} from '../basket/test/fixture.ts';
import { kiosk, Till } from '../store/test/till.ts';
import { call, cloudToken, codeOf, expectJson, type Reply, shopperToken } from './test/fixture.ts';

const agent = `agt_${crypto.randomUUID()}`;

let shop: Shop;
let token: string;
let till: Till;
let numbers: LeasedNumbers;

beforeAll(async () => {
  const devices = [deviceOf(agent, 'agent'), deviceOf(kiosk(1), 'kiosk')];
  shop = await openShop({}, { devices });
  token = await cloudToken('agent', { sub: agent, store: shop.store_id });
  till = new Till(1, { store_id: shop.store_id, retailer_id: retailer });
  numbers = await expectJson(
    LeasedNumbers,
    201,
    call('POST', `/v1/stores/${shop.store_id}/number_leases`, {
      token,
      body: { device_id: kiosk(1), count: 100 },
    }),
  );
});

const send = (...transactions: unknown[]): Promise<Reply> =>
  call('POST', `/v1/stores/${shop.store_id}/offline_transactions`, { token, body: { transactions } });
const sent = async (...transactions: unknown[]) =>
  (await expectJson(UploadAnswer, 200, send(...transactions))).results;
const eventsNow = async () => (await storeOf(shop).eventsAfter(0, 500)).events;

describe('uploading what a till sold', () => {
  it('three times, twice at once, makes one order; another total is 409; a gap is named; prices stand', async () => {
    const sale = till.sell(numbers, 1, [shirt(1)]);
    // The shop has other prices and no promotion by now: the paper stands all the same.
    await publish(shop, 2, shelf({ cola: 9_999 }), []);
    const [first, second] = await Promise.all([sent(sale), sent(sale)]);
    const third = await sent(sale);
    const answers = [first, second, third].flat();
    expect(answers.map(({ status }) => status).sort()).toEqual(['accepted', 'duplicate', 'duplicate']);
    expect(new Set(answers.map(({ order_id }) => order_id))).toEqual(new Set([sale.order_id]));
    const told = (await eventsNow()).filter((text) => text.includes(sale.order_id));
    expect(told).toHaveLength(1);
    expect(told[0]).toContain('"total":574');

    const { digest: _, ...rest } = sale;
    const totals = { ...sale.totals, subtotal: 575, total: 575 };
    const other = OfflineSale.parse(seal<OfflineSale>({ ...rest, totals }));
    const refused = await send(other);
    expect(refused.status).toBe(409);
    expect(refused.json).toMatchObject({
      code: 'conflict',
      results: [{ status: 'conflict', tx_id: sale.tx_id, missing: [] }],
    });
    expect((await sent(sale, other)).map(({ status }) => status)).toEqual(['duplicate', 'conflict']);

    const [skipped, next] = [till.sell(numbers, 2), till.sell(numbers, 3)];
    expect(await sent(next)).toMatchObject([{ status: 'accepted', missing: [2] }]);
    expect(await sent(skipped)).toMatchObject([{ status: 'accepted', missing: [] }]);
  });

  it('answers a document that it cannot read by itself, and takes the others', async () => {
    const sale = till.sell(numbers, 4);
    const strange = { ...till.sell(numbers, 5), v: 2, loyalty: 'x' };
    expect(await sent(strange, sale)).toMatchObject([
      { status: 'invalid', device_seq: 5, detail: expect.stringContaining('it cannot be read') },
      { status: 'accepted', device_seq: 4 },
    ]);
    expect(await codeOf(422, send({ v: 2 }))).toBe('invalid');
    expect(await codeOf(422, send())).toBe('invalid');
    expect(await codeOf(422, send(...Array(51).fill(sale)))).toBe('invalid');
  });

  it('survives that the store’s object dies between any two of them', async () => {
    const own = new Till(1, { store_id: shop.store_id, retailer_id: retailer });
    // Where the unreadable one stood, as a till writes on from what the edge holds.
    own.seq = till.seq;
    own.previous = till.previous;
    const sales = Array.from({ length: 12 }, (_, i) => own.sell(numbers, 20 + i));
    for (let n = 0; n < sales.length; n += 3) {
      await sent(...sales.slice(n, n + 3));
      await evictDurableObject(storeOf(shop));
      await sent(...sales.slice(0, n + 3));
    }
    const again = await sent(...sales);
    expect(again.map(({ status }) => status)).toEqual(sales.map(() => 'duplicate'));
    const orders = (await eventsNow()).filter((text) =>
      sales.some(({ order_id }) => text.includes(order_id)),
    );
    expect(orders).toHaveLength(sales.length);
  });

  it('keeps the answer under its idempotency key, and a conflict is no answer to keep', async () => {
    const fresh = new Till(1, { store_id: shop.store_id, retailer_id: retailer });
    fresh.seq = 100;
    const body = { transactions: [fresh.sell(numbers, 50)] };
    const path = `/v1/stores/${shop.store_id}/offline_transactions`;
    const first = await call('POST', path, { token, body, key: 'upload-1' });
    const again = await call('POST', path, { token, body, key: 'upload-1' });
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(again.json).toEqual(first.json);
    const taken = { transactions: [till.sell(numbers, 51)] };
    for (let n = 0; n < 2; n++) {
      const refused = await call('POST', path, { token, body: taken, key: 'upload-2' });
      expect([refused.status, refused.headers.get('idempotency-replayed')]).toEqual([409, null]);
    }
  });

  it('makes orders that the staff and devices of the store can read, with the paper that was given out', async () => {
    const fresh = new Till(1, { store_id: shop.store_id, retailer_id: retailer });
    fresh.seq = 200;
    const sale = fresh.sell(numbers, 60);
    await sent(sale);
    const read = (path: string, bearer: string) =>
      call('GET', `/v1/orders/${sale.order_id}${path}`, { token: bearer });
    const cashier = await cloudToken('cashier', { store: shop.store_id });
    for (const bearer of [token, cashier]) {
      const order = await expectJson(Order, 200, read('', bearer));
      expect(order).toMatchObject({ id: sale.order_id, status: 'completed', till: { device_seq: 201 } });
      expect((await read('/receipt?format=json', bearer)).json).toEqual(sale.receipt);
      expect((await read('/receipt?format=text', bearer)).text).toContain(sale.number.text);
    }
    const strangers = [
      await cloudToken('cashier', { store: StoreId.parse(`str_${crypto.randomUUID()}`) }),
      await cloudToken('cashier', { store: shop.store_id, retailer: otherRetailer }),
      await shopperToken(shop),
    ];
    for (const bearer of strangers)
      for (const path of ['', '/receipt']) expect(await codeOf(404, read(path, bearer))).toBe('not_found');
  });

  it('lists the numbers that are still open in the store’s status', async () => {
    const status = await storeOf(shop).status();
    expect(status?.open_leases).toMatchObject([{ lease_id: numbers.lease_id, from: 1, to: 100 }]);
    expect(status?.open_leases[0]?.recorded).toBeGreaterThan(10);
  });

  it('lets a manager close the block of a disk that is lost, and still takes what comes after all', async () => {
    const path = `/v1/stores/${shop.store_id}/number_leases`;
    const manager = await cloudToken('manager', { store: shop.store_id });
    const Leases = z.object({ data: z.array(z.looseObject({ lease_id: z.string() })) });
    const before = await expectJson(Leases, 200, call('GET', path, { token: manager }));
    expect(before.data.map(({ lease_id }) => lease_id)).toEqual([numbers.lease_id]);
    const close = call('POST', `${path}/${numbers.lease_id}/close`, { token: manager, body: {} });
    expect((await close).json).toMatchObject({ closed: true, recorded: 100 });
    expect((await expectJson(Leases, 200, call('GET', path, { token }))).data).toEqual([]);
    const late = new Till(1, { store_id: shop.store_id, retailer_id: retailer });
    late.seq = 300;
    expect(await sent(late.sell(numbers, 90))).toMatchObject([{ status: 'accepted' }]);
    expect((await eventsNow()).slice(-2).join()).toContain('number_was_void');
  });
});
