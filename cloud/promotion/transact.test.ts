import { env } from 'cloudflare:test';
import { beforeAll, describe, expect, it } from 'vitest';
import type { StoreId } from '../../shared/ids/index.ts';
import { call, expectProblem, newStore, newTenant, type Tenant } from '../test/fixture.ts';
import { catalogVersion, create, documented, keysOf, read } from '../test/promotions.ts';

let tenant: Tenant;
let store: StoreId;
let other: StoreId;
beforeAll(async () => {
  tenant = await newTenant();
  store = await newStore(tenant);
  other = await newStore(tenant, { name: 'Elsewhere' });
});

const transact = (ops: unknown[], more: { key?: string; path?: string; body?: object } = {}) =>
  call('POST', `/v1/promotions/${more.path ?? 'bulk_transaction'}`, {
    token: tenant.admin,
    body: { ops, ...more.body },
    ...(more.key === undefined ? {} : { key: more.key }),
  });
async function refusals(ops: unknown[]): Promise<string[]> {
  const { code, errors } = await expectProblem(400, transact(ops));
  expect(code).toBe('bad_request');
  return (errors ?? []).map((error) => `${error.path} ${error.code}`);
}
const fresh = () => `K-${crypto.randomUUID()}`;
/** All that the tenant has, as text. */
async function everything(of = tenant): Promise<string> {
  const tables = ['promotion', 'promotion_store', 'audit_log'].map((table) =>
    env.DB.prepare(`SELECT * FROM ${table} WHERE retailer_id = ? ORDER BY rowid`).bind(of.retailer_id),
  );
  return JSON.stringify((await env.DB.batch(tables)).map(({ results }) => results));
}

describe('a transaction', () => {
  it('runs every kind of operation, in order, under both of its paths', async () => {
    const [a, b] = [fresh(), fresh()];
    const { id } = await create(tenant, documented(a, { store_ids: [store, other] }));
    const version = await catalogVersion(tenant);
    const done = await transact(
      [
        { op: 'c', ...documented(b, { stores: [store] }) },
        {
          op: 'u',
          promo_id_retailer: a,
          evaluate_priority: 7,
          max_discount: 900,
          family: 'p',
          promo_groups: [{ name: 'g1', qty_or_value_min: 2, qty_or_value_max: 5 }],
        },
        {
          op: 'n',
          promo_id_retailer: a,
          nodes: [
            { node_id: 'SKU-2', node_type: 'i' },
            { node_id: 'Food', node_type: 'c1', is_excluded: true },
          ],
        },
        {
          op: 's',
          promo_id_retailer: a,
          special_promo_info: [{ group_qualifier_id: 'q1' }, { group_qualifier_id: 'q2' }],
        },
        { op: 'd', promo_id_retailer: a, store_id: other },
        { op: 'd', promo_id_retailer: 'never there', store_id: other, ignore_missing: true },
      ],
      { body: { retailer: tenant.retailer_id } },
    );
    expect([done.status, done.text]).toEqual([204, '']);
    expect(await read(tenant, id)).toMatchObject({
      family: 'easy_plus',
      priority: 7,
      max_discount: 900,
      groups: [
        {
          name: 'g1',
          minimum: 2,
          maximum: 5,
          nodes: [{ node_id: 'SKU-2' }, { node_id: 'Food', is_excluded: true }],
        },
      ],
      qualifiers: [{ id: 'q1' }, { id: 'q2' }],
      store_ids: [store],
      revision: 2,
    });
    expect(await keysOf(tenant, `/v1/promotions/store/${store}`)).toEqual([a, b].sort());
    expect(await catalogVersion(tenant)).toBe(version + 1);
    expect(
      (await transact([{ op: 'd', promo_id_retailer: b, store_id: store }], { path: 'transaction' })).status,
    ).toBe(204);
    expect(await keysOf(tenant, `/v1/promotions/store/${store}`)).toEqual([a]);
  });

  it('judges a promotion by what has become of it in the end', async () => {
    const { id, retailer_promotion_id } = await create(tenant, documented(fresh()));
    const node = (node_id: string) => [{ node_id, node_type: 'i' }];
    const groups = {
      op: 'g',
      promo_id_retailer: retailer_promotion_id,
      group_to_nodes: { g1: node('A'), g2: { qty_or_value_min: 1, nodes: node('B') } },
    };
    const family = { op: 'u', promotion_id: id, family: 'c', discount_type: 'f', discount_value: 500 };
    expect(await refusals([groups])).toEqual(['/ops/0/groups custom']);
    expect(await refusals([family])).toEqual(['/ops/0/groups custom']);
    expect((await transact([family, groups])).status).toBe(204);
    expect(await read(tenant, id)).toMatchObject({
      family: 'combo',
      groups: [
        { name: 'g1', minimum: 1, nodes: [{ node_id: 'A' }] },
        { name: 'g2', minimum: 1, nodes: [{ node_id: 'B' }] },
      ],
    });
    expect(await refusals([{ op: 'n', promotion_id: id, nodes: node('C') }])).toEqual([
      '/ops/0/group missing_field',
    ]);
    expect(await refusals([{ op: 'n', promotion_id: id, group: 'g3', nodes: node('C') }])).toEqual([
      '/ops/0/group missing',
    ]);
    expect((await transact([{ op: 'n', promotion_id: id, group: 'g2', nodes: node('C') }])).status).toBe(204);
    expect((await read(tenant, id)).groups[1]?.nodes[0]?.node_id).toBe('C');
  });

  it('names every operation that fails by its place', async () => {
    const [here, both] = [fresh(), fresh()];
    await create(tenant, documented(here, { store_ids: [store] }));
    await create(tenant, documented(both, { store_ids: [store] }));
    await create(tenant, documented(both, { store_ids: [other] }));
    const before = await everything();
    expect(
      await refusals([
        { op: 'c', ...documented(here, { stores: [store] }) },
        { op: 'c', ...documented('twice', { stores: [other] }) },
        { op: 'c', ...documented('twice') },
        { op: 'd', promo_id_retailer: here, store_id: other },
        { op: 'u', promo_id_retailer: both, title: 'which?' },
        { op: 'u', promo_id_retailer: both, store_id: other, title: 'this' },
        { op: 'u', promo_id_retailer: here, promo_short_code: 'x', retailer: 'theirs' },
        { op: 'u', promo_id_retailer: here, groups: [{ name: 'g9', minimum: 1 }] },
        { op: 'u', promo_id_retailer: here, promo_groups: 'all' },
        { op: 'c', ...documented(fresh()), retailer: 'theirs' },
        { op: 'x', promo_id_retailer: here },
        { op: 's', special_promo_info: [] },
        { op: 'd', promo_id_retailer: here },
        'nothing',
      ]),
    ).toEqual([
      '/ops/0/retailer_promotion_id duplicate_key',
      '/ops/2/retailer_promotion_id duplicate_key',
      '/ops/3/retailer_promotion_id missing',
      '/ops/4/retailer_promotion_id ambiguous',
      '/ops/6/retailer read_only',
      '/ops/7/groups/0/name missing',
      '/ops/8/groups invalid_type',
      '/ops/9/retailer other_retailer',
      '/ops/10/op invalid_union',
      '/ops/11/retailer_promotion_id missing_field',
      '/ops/12/store_id invalid_type',
      '/ops/13 invalid_type',
    ]);
    expect(await refusals([{ op: 'u', promo_id_retailer: here, discount_value: 20_000 }])).toEqual([
      '/ops/0/discount_value custom',
    ]);
    expect(await everything()).toBe(before);
  });

  it('frees a key that it unlinks for what it creates next', async () => {
    const key = fresh();
    await create(tenant, documented(key, { store_ids: [store] }));
    const free = { op: 'd', promo_id_retailer: key, store_id: store };
    const make = { op: 'c', ...documented(key, { stores: [store], title: 'Second' }) };
    expect(await refusals([make, free])).toEqual(['/ops/0/retailer_promotion_id duplicate_key']);
    expect((await transact([free, make])).status).toBe(204);
    const kept = await call('GET', `/v1/promotions/${store}/${key}`, { token: tenant.admin });
    expect(kept.json).toMatchObject({ title: 'Second', revision: 1 });
  });

  it('is of your own retailer, has operations, and under a key is made once', async () => {
    const stranger = await newTenant();
    const one = { op: 'c', ...documented(fresh()) };
    expect(
      (await expectProblem(404, transact([one], { body: { retailer: stranger.retailer_id } }))).code,
    ).toBe('not_found');
    expect((await expectProblem(422, transact([]))).code).toBe('invalid');
    const key = crypto.randomUUID();
    expect((await transact([one], { key })).status).toBe(204);
    const again = await transact([one], { key });
    expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([204, 'true']);
    expect((await transact([one])).status).toBe(400);
    // What another tenant has is not there.
    const { id } = await create(stranger, documented(fresh()));
    expect(await refusals([{ op: 'u', promotion_id: id, title: 'Taken over' }])).toEqual([
      '/ops/0/promotion_id missing',
    ]);
  });

  it('of ten thousand operations is made whole or not at all', async () => {
    const big = await newTenant();
    const transactBig = (ops: unknown[]) =>
      call('POST', '/v1/promotions/bulk_transaction', { token: big.admin, body: { ops } });
    const keys = Array.from({ length: 10_000 }, (_, i) => `P${i}`);
    const nothing = await everything(big);
    const ops = keys.map((key) => ({ op: 'c', ...documented(key) }));
    const broken = [...ops.slice(0, 9_999), { op: 'u', promo_id_retailer: 'none', title: '' }];
    const { errors } = await expectProblem(400, transactBig(broken));
    expect(errors?.map(({ path }) => path)).toEqual(['/ops/9999/retailer_promotion_id']);
    expect(await everything(big)).toBe(nothing);
    const started = performance.now();
    expect((await transactBig(ops)).status).toBe(204);
    const created = performance.now();
    const updates = keys.map((key, i) => ({ op: 'u', promo_id_retailer: key, evaluate_priority: i }));
    expect((await transactBig(updates)).status).toBe(204);
    const updated = performance.now();
    const count = env.DB.prepare(
      `SELECT count(*) AS n FROM promotion WHERE retailer_id = ? AND document ->> 'priority' = substr(retailer_promotion_id, 2) + 0`,
    );
    expect(await count.bind(big.retailer_id).first<number>('n')).toBe(10_000);
    expect(await catalogVersion(big)).toBe(2);
    const seconds = (ms: number) => (ms / 1000).toFixed(2);
    console.info(
      `10,000 creates ${seconds(created - started)} s, 10,000 updates ${seconds(updated - created)} s`,
    );
  }, 60_000);

  it('has ten thousand operations at most, in a body of eight mebibytes', async () => {
    const ops = Array.from({ length: 10_001 }, () => ({ op: 'd' }));
    expect((await expectProblem(422, transact(ops))).errors?.[0]?.path).toBe('/ops');
    const large = [{ op: 'u', title: 'x'.repeat(8 * 1024 * 1024) }];
    expect((await expectProblem(413, transact(large))).code).toBe('body_too_large');
  });
});
