import { env } from 'cloudflare:test';
import { expect, it, vi } from 'vitest';
import { unwrap } from '../../shared/result.ts';
import { shelfOf } from './shelf_cache.ts';
import type { StorePort } from './store_port.ts';
import { storePort } from './store_port.ts';
import { openShop, type Shop, shelf, storeOf } from './test/fixture.ts';

// A busy machine is not a failure.
vi.setConfig({ testTimeout: 60_000 });

const PER_PART = 500;

/** Publishes `count` promotions, each of its own SKU, under a version. */
async function publishMany(shop: Shop, version: number, count: number): Promise<void> {
  const store = storeOf(shop);
  unwrap(await store.stageShelf({ version, part: 0, items: shelf() }));
  const promotion_parts = Math.ceil(count / PER_PART);
  for (let part = 0; part < promotion_parts; part++) {
    const documents = Array.from({ length: Math.min(PER_PART, count - part * PER_PART) }, (_, i) => ({
      id: `v${version}-${part * PER_PART + i}`,
      title: 'One of very many',
      family: 'easy',
      discount_value: 1_000,
      groups: [{ name: 'g1', minimum: 1, nodes: [{ node_id: `SKU-${part * PER_PART + i}` }] }],
    }));
    const promotions = JSON.stringify(documents);
    unwrap(await store.stagePromotions({ version, part, count: documents.length, promotions }));
  }
  unwrap(await store.swapShelf({ version, parts: 1, promotion_parts, catalog_version: 40 + version }));
}

it('holds twenty thousand promotions', async () => {
  const shop = await openShop();
  await publishMany(shop, 2, 20_000);
  const started = performance.now();
  const read = unwrap(await shelfOf(storePort(env, shop.store_id), 2));
  const took = Math.round(performance.now() - started);
  console.info(`20,000 promotions: fetched, parsed and compiled in ${took} ms`);
  expect(read).toMatchObject({ version: 2, catalog_version: 42 });
  expect(read.promotions.promotions).toHaveLength(20_000);
  // The next basket finds them in memory, also when the store is away.
  const away: StorePort = {
    store_id: shop.store_id,
    ask: async () => ({ ok: false, error: { code: 'store_unavailable' } }),
  };
  expect(unwrap(await shelfOf(away, 2))).toBe(read);
  expect(await shelfOf(away, 3)).toMatchObject({ ok: false });
});

it('never mixes two versions where the store swaps its shelf in between', async () => {
  const shop = await openShop();
  await publishMany(shop, 2, 3);
  const real = storePort(env, shop.store_id);
  let asked = 0;
  const swapping: StorePort = {
    store_id: shop.store_id,
    async ask(question) {
      // Between the first look at the version and the promotions of it.
      if (++asked === 2) await publishMany(shop, 3, 2);
      return real.ask(question);
    },
  };
  const read = unwrap(await shelfOf(swapping, 2));
  expect(read).toMatchObject({ version: 3, catalog_version: 43 });
  expect(read.promotions.promotions.map(({ id }) => id)).toEqual(['v3-0', 'v3-1']);
});
