import { env } from 'cloudflare:test';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { BasketId, type StoreId } from '../../shared/ids/index.ts';
import { unwrap } from '../../shared/result.ts';
import { openDb, writeAtOnce } from '../db/client.ts';
import { wasGuarded } from '../db/guard.ts';
import {
  actOfTenant,
  call,
  epc,
  expectJson,
  expectProblem,
  item,
  newStore,
  newTenant,
  settings,
  type Tenant,
} from '../test/fixture.ts';
import { Publication, PublicationRow } from './publication.ts';
import { putStore } from './put_store.ts';

let tenant: Tenant;
beforeAll(async () => {
  tenant = await newTenant();
});

const put = (path: string, body: unknown, token = tenant.admin) =>
  expectJson(z.looseObject({}), 200, call('PUT', path, { token, body }));
const publish = (store: StoreId, key?: string) =>
  call('POST', `/v1/stores/${store}/publications`, {
    token: tenant.admin,
    ...(key === undefined ? {} : { key }),
  });
const published = (store: StoreId) => expectJson(Publication, 201, publish(store));
const history = async (store: StoreId) =>
  (
    await expectJson(
      z.object({ data: z.array(PublicationRow) }),
      200,
      call('GET', `/v1/stores/${store}/publications`, { token: tenant.admin }),
    )
  ).data;
const Ids = z.array(z.looseObject({ id: z.string() }));
const freshBasket = () => BasketId.parse(`bsk_${crypto.randomUUID()}`);

describe('a publication', () => {
  it('brings settings, devices, catalogue, promotions and tags to the store', async () => {
    tenant = await newTenant();
    const store = await newStore(tenant);
    const object = env.STORE.getByName(store);
    expect(await object.status()).toBeNull();
    // More than one part of the shelf.
    const items = Array.from({ length: 501 }, (_, i) =>
      item({ sku: `S${i}`, codes: [`C${i}`], tagged: i === 0 }),
    );
    for (let i = 0; i < items.length; i += 500) await put('/v1/items', { items: items.slice(i, i + 500) });
    const [first, second] = items;
    const nodes = [{ node_id: 'S1' }];
    const promotion = (id: string, more: object = {}) => ({
      id,
      family: 'easy',
      title: id,
      groups: [{ name: 'g1', minimum: 1, nodes }],
      discount_value: 1000,
      ...more,
    });
    const elsewhere = await newStore(tenant, { name: 'Elsewhere' });
    await put('/v1/promotions', {
      promotions: [
        promotion('prm_all'),
        promotion('prm_here', { store_ids: [store] }),
        promotion('prm_there', { store_ids: [elsewhere] }),
        promotion('prm_off', { is_active: false }),
      ],
    });
    await put(`/v1/stores/${store}/tags`, {
      tags: [
        { epc: epc(1).toLowerCase(), item_id: first?.id },
        { epc: epc(2), item_id: first?.id },
      ],
    });
    const gate = await expectJson(
      z.looseObject({ id: z.string(), secret: z.string() }),
      201,
      call('POST', '/v1/devices', {
        token: tenant.admin,
        body: { store_id: store, kind: 'gate', name: 'Gate 1' },
      }),
    );
    expect(gate).not.toHaveProperty('token');

    const answer = await published(store);
    expect(answer).toMatchObject({
      store_id: store,
      version: 1,
      items: 501,
      promotions: 2,
      tags: 2,
      tags_registered: 2,
    });

    expect(await object.status()).toMatchObject({ config_version: 1, shelf_version: 1 });
    const config = await object.config();
    expect(config).toMatchObject({
      ...settings(),
      v: 1,
      version: 1,
      store_id: store,
      retailer_id: tenant.retailer_id,
    });
    expect(config?.devices).toEqual([
      expect.objectContaining({ id: gate.id, username: gate.id, kind: 'gate', name: 'Gate 1' }),
    ]);
    const shelf = await object.shelfForBasket();
    expect(shelf).toEqual({ version: 1, catalog_version: 1 });
    const promotions = await object.promotionsForBasket({ version: 1, from: 0 });
    expect(promotions?.parts.flatMap((part) => Ids.parse(JSON.parse(part))).map(({ id }) => id)).toEqual([
      'prm_all',
      'prm_here',
    ]);
    const take = (raw: string, kind: 'code' | 'epc') =>
      object.take({ basket_id: freshBasket(), raw, kind, quantity: 1 });
    expect(await take('C1', 'code')).toMatchObject({ ok: true, value: { item: second } });
    expect(await take(epc(1), 'epc')).toMatchObject({ ok: true, value: { item: first, epc: epc(1) } });

    // A revoked device is not in the next version, and only what is new of the tags goes again.
    await expectJson(z.unknown(), 200, call('DELETE', `/v1/devices/${gate.id}`, { token: tenant.admin }));
    await put(`/v1/stores/${store}/tags`, {
      tags: [
        { epc: epc(2), item_id: second?.id },
        { epc: epc(3), item_id: first?.id },
        { epc: epc(1), item_id: first?.id },
      ],
    });
    expect(await published(store)).toMatchObject({ version: 2, items: 501, tags: 3, tags_registered: 2 });
    expect((await object.config())?.devices).toEqual([]);
    expect(await take(epc(2), 'epc')).toMatchObject({ ok: true, value: { item: { id: second?.id } } });

    const rows = await history(store);
    expect(rows.map(({ version, state, items: n }) => ({ version, state, n }))).toEqual([
      { version: 2, state: 'published', n: 501 },
      { version: 1, state: 'published', n: 501 },
    ]);
    const shown = await expectJson(
      z.looseObject({}),
      200,
      call('GET', `/v1/stores/${store}`, { token: tenant.admin }),
    );
    expect(shown).toMatchObject({ id: store, published_version: 2, revision: 1, name: 'High Street' });
  });

  it('under a key is made once', async () => {
    const store = await newStore(tenant);
    const key = crypto.randomUUID();
    const first = await expectJson(Publication, 201, publish(store, key));
    const again = await publish(store, key);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(again.json).toEqual(first);
    expect(await history(store)).toHaveLength(1);
  });

  it('under a key that is still running is told so, and one that died with its isolate runs again', async () => {
    const store = await newStore(tenant);
    const key = crypto.randomUUID();
    await expectJson(Publication, 201, publish(store, key));
    const running = (at: string) =>
      env.DB.prepare('UPDATE idempotency SET response = NULL, created_at = ? WHERE key = ?')
        .bind(at, key)
        .run();
    await running(new Date().toISOString());
    expect(await expectProblem(409, publish(store, key))).toMatchObject({
      code: 'idempotency_in_flight',
      retryable: true,
    });
    await running(new Date(Date.now() - 3_600_000).toISOString());
    expect(await expectJson(Publication, 201, publish(store, key))).toMatchObject({ version: 2 });
  });

  it('of several at once leaves the store with the last, and each version is given once', async () => {
    const store = await newStore(tenant);
    const replies = await Promise.all(Array.from({ length: 4 }, () => publish(store)));
    for (const { status } of replies) expect([201, 409]).toContain(status);
    const rows = await history(store);
    expect(rows.map(({ version }) => version)).toEqual([4, 3, 2, 1]);
    const best = Math.max(...rows.filter(({ state }) => state === 'published').map(({ version }) => version));
    expect(await env.STORE.getByName(store).status()).toMatchObject({ shelf_version: best });
    expect(rows.filter(({ state }) => state === 'running')).toEqual([]);
  });

  it('goes above the version of a store that knows more than this database', async () => {
    const store = await newStore(tenant);
    await published(store);
    await published(store);
    await env.DB.batch([
      env.DB.prepare('UPDATE store SET last_version = 0 WHERE id = ?').bind(store),
      env.DB.prepare('DELETE FROM publication WHERE store_id = ?').bind(store),
    ]);
    expect(await published(store)).toMatchObject({ version: 3 });
  });

  it('of another tenant’s store is not there, and reserves no key', async () => {
    const store = await newStore(tenant);
    const stranger = await newTenant();
    const key = crypto.randomUUID();
    const reply = () => call('POST', `/v1/stores/${store}/publications`, { token: stranger.admin, key });
    expect((await expectProblem(404, reply())).code).toBe('not_found');
    expect((await expectProblem(404, reply())).code).toBe('not_found');
    expect(await env.STORE.getByName(store).status()).toBeNull();
  });
});

describe('a store', () => {
  it('is edited at the revision that was read', async () => {
    const store = await newStore(tenant);
    const edit = (name: string, tag?: string) =>
      call('PUT', `/v1/stores/${store}`, {
        token: tenant.admin,
        body: settings({ name }),
        ...(tag === undefined ? {} : { headers: { 'if-match': tag } }),
      });
    const read = await call('GET', `/v1/stores/${store}`, { token: tenant.admin });
    expect(read.headers.get('etag')).toBe('"1"');
    const edited = await edit('Renamed', '"1"');
    expect([edited.status, edited.headers.get('etag')]).toEqual([200, '"2"']);
    expect((await expectProblem(412, edit('Too late', '"1"'))).code).toBe('precondition_failed');
    expect((await edit('Anyhow')).status).toBe(200);
    expect((await edit('Any revision', '*')).status).toBe(200);
    const row = await env.DB.prepare('SELECT name, revision FROM store WHERE id = ?').bind(store).first();
    expect(row).toEqual({ name: 'Any revision', revision: 4 });
    const audit = await env.DB.prepare(`SELECT action FROM audit_log WHERE target = ? ORDER BY id`)
      .bind(store)
      .all();
    expect(audit.results.map((one) => one['action'])).toEqual([
      'store.create',
      'store.update',
      'store.update',
      'store.update',
    ]);
  });

  it('is edited by one of two who read the same revision', async () => {
    const store = await newStore(tenant);
    const db = openDb(env.DB);
    const act = actOfTenant(tenant);
    const edit = async (name: string, if_match: string | null) =>
      unwrap(
        await putStore(db, act, { id: store, settings: settings({ name }), if_match, demo_allowed: true }),
      );
    // All have decided before the first writes.
    const [first, second, third] = [await edit('A', '"1"'), await edit('B', '"1"'), await edit('C', null)];
    await writeAtOnce(db, first.statements);
    await expect(writeAtOnce(db, second.statements)).rejects.toSatisfy(wasGuarded);
    await expect(writeAtOnce(db, third.statements)).rejects.toSatisfy(wasGuarded);
    expect([second.guarded?.code, third.guarded?.code]).toEqual(['precondition_failed', 'conflict']);
    const row = await env.DB.prepare('SELECT name, revision FROM store WHERE id = ?').bind(store).first();
    expect(row).toEqual({ name: 'A', revision: 2 });
    const written = env.DB.prepare(
      `SELECT count(*) AS n FROM audit_log WHERE target = ? AND action = 'store.update'`,
    );
    expect(await written.bind(store).first<number>('n')).toBe(1);
  });

  it('keeps demo words to demo stores', async () => {
    const store = `str_${crypto.randomUUID()}`;
    const { errors } = await expectProblem(
      422,
      call('PUT', `/v1/stores/${store}`, { token: tenant.admin, body: settings({ demo: false }) }),
    );
    expect(errors?.map(({ path, code }) => [path, code])).toEqual([['/gateways/0/gateway', 'demo_only']]);
    const body = settings({
      timezone: 'Mars/Olympus',
      tax_codes: [...settings().tax_codes, ...settings().tax_codes],
    });
    expect(
      (await expectProblem(422, call('PUT', `/v1/stores/${store}`, { token: tenant.admin, body })))
        .errors?.[0]?.path,
    ).toBe('/timezone');
  });
});
