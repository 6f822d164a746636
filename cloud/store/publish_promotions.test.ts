import { env } from 'cloudflare:test';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { unwrap } from '../../shared/result.ts';
import { openDb, writeAtOnce } from '../db/client.ts';
import { transact } from '../promotion/transact.ts';
import { actOfTenant, call, expectJson, newStore, newTenant, type Tenant } from '../test/fixture.ts';
import { catalogVersion, create, documented } from '../test/promotions.ts';
import { Publication } from './publication.ts';
import { publish } from './publish.ts';

const Documents = z.array(z.looseObject({ retailer_promotion_id: z.string() }));
const published = (tenant: Tenant, store: string) =>
  expectJson(Publication, 201, call('POST', `/v1/stores/${store}/publications`, { token: tenant.admin }));

async function keysOnShelf(store: string): Promise<string[]> {
  const object = env.STORE.getByName(store);
  const { version } = (await object.shelfForBasket()) ?? { version: 0 };
  const keys: string[] = [];
  for (let from: number | null = 0; from !== null; ) {
    const answer: { parts: string[]; next: number | null } | null = await object.promotionsForBasket({
      version,
      from,
    });
    for (const part of answer?.parts ?? [])
      keys.push(...Documents.parse(JSON.parse(part)).map((one) => one.retailer_promotion_id));
    from = answer?.next ?? null;
  }
  return keys;
}

it('brings twenty thousand promotions to a store, in parts', async () => {
  const tenant = await newTenant();
  const store = await newStore(tenant);
  const db = openDb(env.DB);
  const act = actOfTenant(tenant);
  for (let half = 0; half < 2; half++) {
    const ops = Array.from({ length: 10_000 }, (_, i) => ({ op: 'c', ...documented(`P${half}-${i}`) }));
    await writeAtOnce(db, unwrap(await transact(db, act, ops)).statements);
  }
  const answer = await published(tenant, store);
  expect(answer.promotions).toBe(20_000);
  const started = performance.now();
  const keys = await keysOnShelf(store);
  console.info(
    `20,000 promotions: published in ${answer.took} ms, read in ${Math.round(performance.now() - started)} ms`,
  );
  expect(new Set(keys).size).toBe(20_000);
  expect((await env.STORE.getByName(store).shelfForBasket())?.catalog_version).toBe(
    await catalogVersion(tenant),
  );
}, 120_000);

it('brings promotions of any size, each part within what a row may hold', async () => {
  const tenant = await newTenant();
  const store = await newStore(tenant);
  const nodes = (letter: string) =>
    Array.from({ length: 3_000 }, (_, i) => ({ node_id: `${letter}${i}`.padEnd(100, letter) }));
  for (const key of ['א', 'ב', 'ג'])
    await create(
      tenant,
      documented(key, { promo_groups: [{ name: 'g1', qty_or_value_min: 1, nodes: nodes(key) }] }),
    );
  expect((await published(tenant, store)).promotions).toBe(3);
  expect((await keysOnShelf(store)).sort()).toEqual(['א', 'ב', 'ג']);
});

it('never publishes half of a change that comes while it reads', async () => {
  const tenant = await newTenant();
  const store = await newStore(tenant);
  const { id } = await create(tenant, documented('A'));
  await published(tenant, store);
  const object = env.STORE.getByName(store);
  const place = { retailer_id: tenant.retailer_id, store_id: store };
  let changes = 0;
  const changing = (times: number) => ({
    putConfig: (...given: Parameters<typeof object.putConfig>) => object.putConfig(...given),
    stageShelf: (...given: Parameters<typeof object.stageShelf>) => object.stageShelf(...given),
    swapShelf: (...given: Parameters<typeof object.swapShelf>) => object.swapShelf(...given),
    registerTags: (...given: Parameters<typeof object.registerTags>) => object.registerTags(...given),
    status: () => object.status(),
    stagePromotions: async (part: Parameters<typeof object.stagePromotions>[0]) => {
      const staged = await object.stagePromotions(part);
      if (changes++ < times)
        await call('PATCH', `/v1/promotions/${id}`, {
          token: tenant.admin,
          body: { title: `Changed ${changes}` },
        });
      return staged;
    },
  });
  expect(await publish(openDb(env.DB), changing(2), place, 7)).toMatchObject({ ok: true });
  const answer = await object.promotionsForBasket({ version: 7, from: 0 });
  expect(answer?.parts[0]).toContain('Changed 2');
  expect((await object.shelfForBasket())?.catalog_version).toBe(await catalogVersion(tenant));
  changes = 0;
  expect(await publish(openDb(env.DB), changing(100), place, 8)).toMatchObject({
    ok: false,
    error: { code: 'refused' },
  });
  expect((await object.shelfForBasket())?.version).toBe(7);
});
