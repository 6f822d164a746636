import { env } from 'cloudflare:test';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { StoreId } from '../../shared/ids/index.ts';
import { unwrap } from '../../shared/result.ts';
import { openDb, writeAtOnce } from '../db/client.ts';
import { wasGuarded } from '../db/guard.ts';
import {
  actOfTenant,
  call,
  expectJson,
  expectProblem,
  newStore,
  newTenant,
  type Tenant,
} from '../test/fixture.ts';
import { catalogVersion, create, documented, keysOf, read } from '../test/promotions.ts';
import { cleanUpPromotions, UNLINKED_KEPT_MS } from './clean_up.ts';
import { editPromotion } from './edit_promotion.ts';
import { StoredPromotion } from './held.ts';
import { Unlinked } from './unlink.ts';

let tenant: Tenant;
let store: StoreId;
let other: StoreId;
beforeAll(async () => {
  tenant = await newTenant();
  store = await newStore(tenant);
  other = await newStore(tenant, { name: 'Elsewhere' });
});

const post = (body: unknown, key?: string) =>
  call('POST', '/v1/promotions', { token: tenant.admin, body, ...(key === undefined ? {} : { key }) });
const patch = (id: string, body: unknown, tag?: string) =>
  call('PATCH', `/v1/promotions/${id}`, {
    token: tenant.admin,
    body,
    ...(tag === undefined ? {} : { headers: { 'if-match': tag } }),
  });
const remove = (path: string, tag?: string) =>
  call('DELETE', path, {
    token: tenant.admin,
    ...(tag === undefined ? {} : { headers: { 'if-match': tag } }),
  });
const codes = (problem: { errors?: { path: string; code: string }[] | undefined }) =>
  problem.errors?.map(({ path, code }) => `${path} ${code}`);
const fresh = () => `K-${crypto.randomUUID()}`;

describe('a new promotion', () => {
  it('comes in documented words with stores and qualifiers, and is kept in ours', async () => {
    const key = fresh();
    const before = await catalogVersion(tenant);
    const reply = await post(
      documented(key, {
        retailer: tenant.retailer_id,
        stores: [{ store_id: store }],
        availability: 's',
        special_promo_info: [{ group_qualifier_id: 'club', description: 'Members' }],
        start_date_time: '2026-01-01T00:00:00',
        active_days: '1111100',
        evaluate_priority: 4,
      }),
    );
    expect([reply.status, reply.headers.get('etag')]).toEqual([201, '"1"']);
    const made = StoredPromotion.parse(reply.json);
    expect(made).toMatchObject({
      retailer_promotion_id: key,
      family: 'easy',
      discount_value: 1000,
      priority: 4,
      qualifiers: [{ id: 'club', description: 'Members' }],
      schedule: { active_days: [true, true, true, true, true, false, false] },
      store_ids: [store],
      excluded_store_ids: [],
      revision: 1,
    });
    expect(await read(tenant, made.id)).toEqual(made);
    expect(await catalogVersion(tenant)).toBe(before + 1);
  });

  it('is refused where it is no promotion, or not one to be stored, with every reason', async () => {
    const { promo_id_retailer: _, ...keyless } = documented('x');
    const nodes = [{ node_id: 'A', is_excluded: true }];
    const problem = await expectProblem(
      422,
      post({ ...keyless, promo_groups: [{ name: 'g1', qty_or_value_min: 1, promo_group_nodes: nodes }] }),
    );
    expect(codes(problem)).toEqual([
      '/retailer_promotion_id missing_key',
      '/groups/0/nodes no_including_node',
    ]);
    expect(codes(await expectProblem(422, post(documented(fresh(), { family: 'z' }))))).toEqual([
      '/family invalid_value',
    ]);
    const nowhere = `str_${crypto.randomUUID()}`;
    expect(codes(await expectProblem(422, post(documented(fresh(), { store_ids: [nowhere] }))))).toEqual([
      '/store_ids unknown_store',
    ]);
    expect(codes(await expectProblem(422, post(documented(fresh(), { id: 'prm_mine' }))))).toEqual([
      '/id read_only',
    ]);
    const foreign = (await newTenant()).retailer_id;
    expect((await expectProblem(404, post(documented(fresh(), { retailer: foreign })))).code).toBe(
      'not_found',
    );
  });

  it('has a key that no other has in one of its stores', async () => {
    const key = fresh();
    await create(tenant, documented(key, { store_ids: [store] }));
    await create(tenant, documented(key, { store_ids: [other] }));
    const stranger = await newTenant();
    await create(stranger, documented(key));
    for (const store_ids of [[store], [other, store], null]) {
      const problem = await expectProblem(422, post(documented(key, { store_ids })));
      expect(codes(problem)).toEqual(['/retailer_promotion_id duplicate_key']);
    }
    // Everywhere but in the stores that have one is nowhere that has one.
    await create(tenant, documented(key, { store_ids: null, excluded_store_ids: [store, other] }));
  });

  it('under an idempotency key is made once, also by calls that come at once', async () => {
    const document = documented(fresh());
    const key = crypto.randomUUID();
    const replies = await Promise.all(Array.from({ length: 4 }, () => post(document, key)));
    for (const { status } of replies) expect([201, 409]).toContain(status);
    expect(new Set(replies.flatMap(({ status, text }) => (status === 201 ? [text] : []))).size).toBe(1);
    const again = await post(document, key);
    expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([201, 'true']);
    expect((await expectProblem(422, post(documented(fresh()), key))).code).toBe('idempotency_key_reuse');
  });
});

describe('an edited promotion', () => {
  it('changes in the fields that are given, in either words, and null takes one away', async () => {
    const made = await create(
      tenant,
      documented(fresh(), { evaluate_priority: 3, max_discount: 500, end_date_time: '2026-12-31T23:59:59' }),
    );
    const reply = await patch(made.id, {
      evaluate_priority: null,
      title: 'New',
      start_date_time: '2026-02-01T00:00:00',
      discount_type: 'v',
      discount_value: 150,
      store_ids: [other],
    });
    expect([reply.status, reply.headers.get('etag')]).toEqual([200, '"2"']);
    const { priority, ...edited } = StoredPromotion.parse(reply.json);
    expect(priority).toBeUndefined();
    expect(edited).toMatchObject({
      title: 'New',
      discount_type: 'amount',
      discount_value: 150,
      max_discount: 500,
      schedule: { start: '2026-02-01T00:00:00.000', end: '2026-12-31T23:59:59.000' },
      store_ids: [other],
      groups: made.groups,
    });
    expect(await read(tenant, made.id)).toEqual(edited);
    const version = await catalogVersion(tenant);
    expect(StoredPromotion.parse((await patch(made.id, { title: 'New' })).json).revision).toBe(2);
    expect(await catalogVersion(tenant)).toBe(version);
  });

  it('is refused where the whole is no promotion any more, a field is fixed or none at all', async () => {
    const made = await create(tenant, documented(fresh()));
    expect(codes(await expectProblem(422, patch(made.id, { family: 'c' })))).toEqual(['/groups custom']);
    expect(
      codes(await expectProblem(422, patch(made.id, { promo_id_retailer: 'x', colour: 'red' }))),
    ).toEqual(['/promo_id_retailer read_only', '/colour unknown_field']);
    expect(await read(tenant, made.id)).toEqual(made);
  });

  it('is written by one of two who read the same revision', async () => {
    const { id } = await create(tenant, documented(fresh()));
    expect((await patch(id, { title: 'A' }, '"1"')).status).toBe(200);
    expect((await expectProblem(412, patch(id, { title: 'B' }, '"1"'))).code).toBe('precondition_failed');
    expect((await expectProblem(412, remove(`/v1/promotions/${id}`, '"1"'))).code).toBe(
      'precondition_failed',
    );
    expect(await read(tenant, id)).toMatchObject({ title: 'A', revision: 2 });

    const db = openDb(env.DB);
    const act = actOfTenant(tenant);
    const edit = async (title: string) =>
      unwrap(await editPromotion(db, act, { id, if_match: '"2"' }, { title }));
    // Both have decided before the first writes.
    const [first, second] = [await edit('C'), await edit('D')];
    await writeAtOnce(db, first.statements);
    await expect(writeAtOnce(db, second.statements)).rejects.toSatisfy(wasGuarded);
    expect(await read(tenant, id)).toMatchObject({ title: 'C', revision: 3 });
    // Without a revision the later of two who come at once decides over what the earlier has written.
    const replies = await Promise.all(['E', 'F', 'G'].map((title) => patch(id, { title })));
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(await read(tenant, id)).toMatchObject({ revision: 6 });
  });

  it('keeps its key apart from those of the stores it moves to', async () => {
    const key = fresh();
    const { id } = await create(tenant, documented(key, { store_ids: [store] }));
    await create(tenant, documented(key, { store_ids: [other] }));
    expect(codes(await expectProblem(422, patch(id, { store_ids: [store, other] })))).toEqual([
      '/retailer_promotion_id duplicate_key',
    ]);
  });
});

describe('the promotions of a store', () => {
  let shop: Tenant;
  let here: StoreId;
  let there: StoreId;
  beforeAll(async () => {
    shop = await newTenant();
    here = await newStore(shop);
    there = await newStore(shop, { name: 'There' });
    await create(shop, documented('both', { store_ids: [here, there] }));
    await create(shop, documented('here', { store_ids: [here] }));
    await create(shop, documented('there', { store_ids: [there] }));
    await create(shop, documented('everywhere'));
    await create(shop, documented('off', { store_ids: [here], is_active: false }));
    await create(shop, documented('nowhere', { store_ids: [] }));
  });
  const ask = (method: string, path: string, body?: unknown) =>
    call(method, path, { token: shop.admin, ...(body === undefined ? {} : { body }) });

  it('are listed, found by their keys, and read one by one', async () => {
    expect(await keysOf(shop, `/v1/promotions/store/${here}`)).toEqual(['both', 'everywhere', 'here', 'off']);
    expect(await keysOf(shop, `/v1/promotions?store_id=${there}`)).toEqual(['both', 'everywhere', 'there']);
    expect(await keysOf(shop, `/v1/promotions/retailer/${shop.retailer_id}?is_active=false`)).toEqual([
      'off',
    ]);
    expect(await keysOf(shop, `/v1/promotions/retailer/${shop.retailer_id}`)).toHaveLength(6);
    const foreign = ask('GET', `/v1/promotions/retailer/${tenant.retailer_id}`);
    expect((await expectProblem(404, foreign)).code).toBe('not_found');
    const found = await expectJson(
      z.object({ data: z.array(StoredPromotion), has_more: z.literal(false) }),
      200,
      ask('POST', `/v1/promotions/bulk/${here}`, { retailer_ids: ['here', 'there', 'everywhere', 'none'] }),
    );
    expect(found.data.map(({ retailer_promotion_id }) => retailer_promotion_id).sort()).toEqual([
      'everywhere',
      'here',
    ]);
    const one = await ask('GET', `/v1/promotions/${here}/both`);
    expect([one.status, one.headers.get('etag')]).toEqual([200, '"1"']);
    for (const path of [`${here}/there`, `${here}/nowhere`, `str_${crypto.randomUUID()}/everywhere`])
      expect((await expectProblem(404, ask('GET', `/v1/promotions/${path}`))).code).toBe('not_found');
  });

  it('are unlinked, linked and unlinked again', async () => {
    const path = `/v1/promotions/${here}/both`;
    const { id } = StoredPromotion.parse((await ask('GET', path)).json);
    for (let round = 1; round <= 3; round++) {
      expect((await ask('DELETE', path)).status).toBe(204);
      expect((await expectProblem(404, ask('DELETE', path))).code).toBe('not_found');
      expect(await read(shop, id)).toMatchObject({ store_ids: [there], revision: 2 * round });
      expect(await keysOf(shop, `/v1/promotions/store/${there}`)).toContain('both');
      expect((await ask('PATCH', `/v1/promotions/${id}`, { store_ids: [here, there] })).status).toBe(200);
    }
    expect(await read(shop, id)).toMatchObject({ store_ids: [here, there].sort() });
  });

  it('that are live everywhere are left out in one store, and come back', async () => {
    const path = `/v1/promotions/${here}/everywhere`;
    const { id } = StoredPromotion.parse((await ask('GET', path)).json);
    expect((await ask('DELETE', path)).status).toBe(204);
    expect(await read(shop, id)).toMatchObject({ store_ids: null, excluded_store_ids: [here] });
    expect(await keysOf(shop, `/v1/promotions/store/${here}`)).not.toContain('everywhere');
    const later = await newStore(shop, { name: 'Later' });
    expect(await keysOf(shop, `/v1/promotions/store/${later}`)).toEqual(['everywhere']);
    expect((await ask('PATCH', `/v1/promotions/${id}`, { store_ids: null })).status).toBe(200);
    expect(await read(shop, id)).toMatchObject({ store_ids: null, excluded_store_ids: [] });
    expect(await keysOf(shop, `/v1/promotions/store/${here}`)).toContain('everywhere');
  });

  it('are unlinked all together, and those of other stores stay there', async () => {
    const before = await catalogVersion(shop);
    const answer = ask('DELETE', `/v1/promotions/store/${here}`);
    expect(await expectJson(Unlinked, 200, answer)).toEqual({
      promotions: 4,
      links: 3,
      exclusions: 1,
      left_nowhere: 2,
    });
    expect(await keysOf(shop, `/v1/promotions/store/${here}`)).toEqual([]);
    expect(await keysOf(shop, `/v1/promotions/store/${there}`)).toEqual(['both', 'everywhere', 'there']);
    expect(await catalogVersion(shop)).toBe(before + 1);
    const again = await expectJson(Unlinked, 200, ask('DELETE', `/v1/promotions/store/${here}`));
    expect(again.promotions).toBe(0);
    expect(await catalogVersion(shop)).toBe(before + 1);
    // A key is free again where it is live no more.
    await create(shop, documented('here', { store_ids: [here] }));
  });
});

describe('a promotion that is live nowhere', () => {
  it('is removed after a time of grace, unless it is linked again', async () => {
    const [gone, kept] = [
      await create(tenant, documented(fresh())),
      await create(tenant, documented(fresh())),
    ];
    const linked = await create(tenant, documented(fresh(), { store_ids: [store] }));
    for (const { id } of [gone, kept, linked])
      expect((await remove(`/v1/promotions/${id}`)).status).toBe(204);
    expect(await read(tenant, gone.id)).toMatchObject({ store_ids: [], revision: 2 });
    expect((await patch(kept.id, { store_ids: [store] })).status).toBe(200);
    const clean = (ms: number) => writeAtOnce(openDb(env.DB), cleanUpPromotions(Date.now() + ms));
    await clean(UNLINKED_KEPT_MS - 60_000);
    expect(await read(tenant, gone.id)).toMatchObject({ store_ids: [] });
    await clean(UNLINKED_KEPT_MS + 60_000);
    for (const { id } of [gone, linked])
      expect(
        (await expectProblem(404, call('GET', `/v1/promotions/${id}`, { token: tenant.admin }))).code,
      ).toBe('not_found');
    expect(await read(tenant, kept.id)).toMatchObject({ store_ids: [store] });
    const rows = env.DB.prepare('SELECT count(*) AS n FROM promotion_store WHERE promotion_id IN (?, ?)');
    expect(await rows.bind(gone.id, linked.id).first<number>('n')).toBe(0);
  });
});

describe('a put', () => {
  it('gives a promotion without a key its id as one, changes nothing when repeated, and may exchange keys', async () => {
    const ids = [`prm_${crypto.randomUUID()}`, `prm_${crypto.randomUUID()}`];
    const groups = [{ name: 'g1', minimum: 1, nodes: [{ node_id: 'A' }] }];
    const put = (keys: (string | undefined)[]) =>
      call('PUT', '/v1/promotions', {
        token: tenant.admin,
        body: { promotions: ids.map((id, i) => ({ id, groups, retailer_promotion_id: keys[i] })) },
      });
    expect((await put([])).status).toBe(200);
    expect(await read(tenant, ids[0] ?? '')).toMatchObject({
      retailer_promotion_id: ids[0],
      store_ids: null,
    });
    const version = await catalogVersion(tenant);
    expect((await put([])).status).toBe(200);
    expect(await catalogVersion(tenant)).toBe(version);
    expect((await put([...ids].reverse())).status).toBe(200);
    expect(await read(tenant, ids[0] ?? '')).toMatchObject({ retailer_promotion_id: ids[1], revision: 2 });
    const problem = await expectProblem(422, put(['same', 'same']));
    expect(codes(problem)).toEqual(['/promotions/1/retailer_promotion_id duplicate_key']);
  });
});

describe('findings', () => {
  it('show what nobody can have meant', async () => {
    const shop = await newTenant();
    const { id } = await create(shop, documented('free', { discount_value: '0.00' }));
    const report = await expectJson(
      z.object({ promotions: z.number(), findings: z.array(z.looseObject({ promotion_id: z.string() })) }),
      200,
      call('GET', '/v1/promotions/lint', { token: shop.admin }),
    );
    expect(report.promotions).toBe(1);
    expect(report.findings.map(({ promotion_id, code }) => [promotion_id, code])).toContainEqual([
      id,
      'no_discount',
    ]);
  });
});
