import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { PublicStore } from '../../shared/api/store.ts';
import { ItemId } from '../../shared/ids/index.ts';
import { openShop, type Shop, shirt, storeOf } from '../basket/test/fixture.ts';
import {
  buy,
  call,
  cloudToken,
  codeOf,
  enter,
  expectJson,
  type Guest,
  openBasket,
  scan,
} from './test/fixture.ts';

const SHIRT = ItemId.parse('itm_00000000-0000-7000-8000-000000000008');
const TAGS = 7;
const Page = z.strictObject({
  data: z.array(
    z.strictObject({
      epc: z.string(),
      item_id: z.string(),
      name: z.string(),
      status: z.enum(['free', 'held', 'sold']),
      order_id: z.string().optional(),
    }),
  ),
  has_more: z.boolean(),
});

let shop: Shop;
let guest: Guest;
let cashier: string;
let order: string;
const tags = Array.from({ length: TAGS }, (_, n) => shirt(n + 1));

beforeAll(async () => {
  shop = await openShop();
  await storeOf(shop).registerTags({ tags: tags.map((epc) => ({ epc, item_id: SHIRT })) });
  guest = await enter(shop);
  cashier = await cloudToken('cashier', { store: shop.store_id });
  order = (await buy(guest, { epc: shirt(1) })).id;
  await scan(guest, (await openBasket(guest)).id, { epc: shirt(2) });
});

const pageOf = (query = '') =>
  expectJson(Page, 200, call('GET', `/v1/stores/${shop.store_id}/tags${query}`, { token: cashier }));

describe('a store', () => {
  it('shows a shopper its name, money, policies and gateways, and none of its secrets', async () => {
    const reply = await guest.call('GET', `/v1/stores/${shop.store_id}`);
    expect(await expectJson(PublicStore.strict(), 200, reply)).toEqual({
      id: shop.store_id,
      name: 'High Street',
      address_lines: ['1 High Street'],
      currency: 'GBP',
      timezone: 'Europe/London',
      prices_include_tax: true,
      policies: {
        reservation_ttl_ms: shop.config.policies.reservation_ttl_ms,
        basket_ttl_ms: shop.config.policies.basket_ttl_ms,
        exit_pass_ttl_ms: shop.config.policies.exit_pass_ttl_ms,
      },
      gateways: [{ gateway: 'test', methods: shop.config.gateways[0]?.methods ?? [], environment: 'test' }],
      shelf_version: 1,
    });
    expect(reply.text).not.toContain(shop.account_key);
  });

  it('is unknown before it is set up', async () => {
    const nowhere = `str_${crypto.randomUUID()}`;
    expect(await codeOf(404, call('POST', '/v1/guest_sessions', { body: { store_id: nowhere } }))).toBe(
      'unknown_store',
    );
    const admin = await cloudToken('admin');
    for (const path of ['', '/tags', `/tags/${shirt(1)}`])
      expect(await codeOf(404, call('GET', `/v1/stores/${nowhere}${path}`, { token: admin }))).toBe(
        'not_found',
      );
  });
});

describe('the tags of a store', () => {
  it('come in pages by EPC, each once', async () => {
    const found: string[] = [];
    let after = '';
    for (;;) {
      const { data, has_more } = await pageOf(`?limit=3${after}`);
      expect(data.length).toBe(has_more ? 3 : TAGS % 3);
      found.push(...data.map(({ epc }) => epc));
      if (!has_more) break;
      after = `&starting_after=${found.at(-1)}`;
    }
    expect(found).toEqual(tags.toSorted());
    expect((await pageOf(`?limit=${TAGS}`)).has_more).toBe(false);
  });

  it('are sold, held in a basket, or free', async () => {
    const statusOf = async (query: string) => (await pageOf(query)).data.map(({ epc }) => epc);
    expect(await statusOf('?status=sold')).toEqual([shirt(1)]);
    expect(await statusOf('?status=held')).toEqual([shirt(2)]);
    expect(await statusOf('?status=free')).toEqual(tags.slice(2).toSorted());
    expect((await pageOf('?status=sold')).data).toEqual([
      { epc: shirt(1), item_id: SHIRT, name: 'Item SHIRT', status: 'sold', order_id: order },
    ]);
  });

  it.each(['limit=0', 'limit=101', 'limit=x', 'limit=1.5', 'status=lost'])(
    'are not listed for ?%s',
    async (query) => {
      const asked = call('GET', `/v1/stores/${shop.store_id}/tags?${query}`, { token: cashier });
      expect(await codeOf(422, asked)).toBe('invalid');
    },
  );
});

describe('one tag', () => {
  const tagOf = (epc: string) =>
    call('GET', `/v1/stores/${shop.store_id}/tags/${encodeURIComponent(epc)}`, { token: cashier });

  it('is sold under its order, unsold, or unknown', async () => {
    expect((await tagOf(shirt(1))).json).toEqual({
      epc: shirt(1),
      status: 'sold',
      rev: expect.any(Number),
      order_id: order,
    });
    expect((await tagOf(shirt(2))).json).toMatchObject({ epc: shirt(2), status: 'unsold' });
    expect((await tagOf(shirt(999))).json).toEqual({ epc: shirt(999), status: 'unknown', rev: 0 });
  });

  it('is known by any writing of its EPC', async () => {
    const { json } = await tagOf(shirt(1));
    for (const epc of [shirt(1).toLowerCase(), 'urn:epc:tag:sgtin-96:1.9520000.000000.1'])
      expect((await tagOf(epc)).json, epc).toEqual(json);
  });

  it.each(['ZZZ', '303', 'urn:epc:id:sgtin:1', ' '])('is not "%s"', async (epc) => {
    expect(await codeOf(422, tagOf(epc))).toBe('bad_code');
  });
});
