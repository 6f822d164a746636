import { env } from 'cloudflare:test';
import { exportJWK, generateKeyPair } from 'jose';
import { beforeAll, describe, expect, inject, it, test } from 'vitest';
import { z } from 'zod';
import { basketIdOfOrder, OrderId, type RetailerId, type StoreId } from '../../shared/ids/index.ts';
import {
  call,
  edgeToken,
  epc,
  expectJson,
  expectProblem,
  item,
  newStore,
  newTenant,
  settings,
  type Tenant,
  tokenOf,
} from '../test/fixture.ts';
import { deliverWebhook } from '../test/inbox.ts';
import { keysOf } from './keys.ts';
import { verifyToken } from './token.ts';

const Operation = z.looseObject({
  security: z.array(z.record(z.string(), z.unknown())),
  'x-roles': z.array(z.string()).optional(),
  summary: z.string().min(1),
  tags: z.array(z.string()).min(1),
  responses: z.record(z.string(), z.looseObject({ description: z.string().min(1) })),
});
const Document = z.looseObject({
  openapi: z.literal('3.1.0'),
  paths: z.record(z.string(), z.record(z.string(), Operation)),
});

const routes = Object.entries(Document.parse(JSON.parse(inject('openApiDocument'))).paths).flatMap(
  ([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
);
const guarded = routes.filter(({ operation }) => operation.security.length > 0);

const INCIDENT = `inc_${crypto.randomUUID()}`;
const JOB = `ful_${crypto.randomUUID()}`;

/** What the first tenant has, and a call of every route that would read or change it. */
let mine: Tenant;
let ids: Record<string, string>;
let bodies: Record<string, unknown>;

beforeAll(async () => {
  mine = await newTenant();
  const store = await newStore(mine);
  const one = item();
  await expectJson(z.unknown(), 200, call('PUT', '/v1/items', { token: mine.admin, body: { items: [one] } }));
  const promotion = {
    id: 'prm_guard',
    family: 'easy',
    groups: [{ name: 'g1', minimum: 1, nodes: [{ node_id: one.sku }] }],
    discount_value: 1000,
  };
  await expectJson(
    z.unknown(),
    200,
    call('PUT', '/v1/promotions', { token: mine.admin, body: { promotions: [promotion] } }),
  );
  await expectJson(
    z.unknown(),
    200,
    call('PUT', `/v1/stores/${store}/tags`, {
      token: mine.admin,
      body: { tags: [{ epc: epc(1), item_id: one.id }] },
    }),
  );
  const device = await expectJson(
    z.looseObject({ id: z.string() }),
    201,
    call('POST', '/v1/devices', {
      token: mine.admin,
      body: { store_id: store, kind: 'gate', name: 'Gate 1' },
    }),
  );
  const service = await expectJson(
    z.looseObject({ id: z.string() }),
    201,
    call('POST', '/v1/service_tokens', { token: mine.admin, body: { name: 'erp' } }),
  );
  const person = await expectJson(
    z.looseObject({ id: z.string() }),
    201,
    call('POST', '/v1/staff', {
      token: mine.admin,
      body: {
        email: `${crypto.randomUUID()}@example.test`,
        name: 'A',
        role: 'cashier',
        password: 'long enough',
      },
    }),
  );
  const order = await seedProjection(mine.retailer_id, store);
  const [account] = settings().gateways;
  const account_key = account?.account_key ?? '';
  const credit = await expectJson(
    z.looseObject({ id: z.string() }),
    201,
    call('POST', '/v1/ledgers', {
      token: mine.admin,
      body: { kind: 'credit', code: crypto.randomUUID(), currency: 'GBP', limit: 1000, opening: 500 },
    }),
  );
  const repaid = { amount: 100, method: 'upi', status: 'pending' };
  const { repayment } = await expectJson(
    z.looseObject({ repayment: z.looseObject({ id: z.string() }) }),
    201,
    call('POST', `/v1/ledgers/${credit.id}/repayments`, { token: mine.admin, body: repaid }),
  );
  ids = {
    ledger_id: credit.id,
    repayment_id: repayment.id,
    store_id: store,
    item_id: one.id,
    promotion_id: promotion.id,
    retailer_id: mine.retailer_id,
    retailer_promotion_id: promotion.id,
    import_id: await importOf(mine.admin),
    device_id: device.id,
    token_id: service.id,
    staff_id: person.id,
    order_id: order,
    basket_id: basketIdOfOrder(OrderId.parse(order)),
    incident_id: INCIDENT,
    account_key,
    webhook_id: await deliverWebhook(account_key, store),
    job_id: JOB,
    refund_id: await seedRefund(mine.retailer_id, order),
  };
  bodies = {
    'PUT /v1/stores/{store_id}': settings({ name: 'Taken over' }),
    'PUT /v1/items': { items: [{ ...one, name: 'Taken over' }] },
    'PUT /v1/promotions': { promotions: [{ ...promotion, title: 'Taken over' }] },
    'PATCH /v1/promotions/{promotion_id}': { title: 'Taken over' },
    'POST /v1/promotions/bulk/{store_id}': { retailer_ids: [promotion.id] },
    'POST /v1/promotions/bulk_transaction': {
      retailer: mine.retailer_id,
      ops: [{ op: 'u', promotion_id: promotion.id, title: 'Taken over' }],
    },
    'POST /v1/promotions/transaction': {
      retailer: mine.retailer_id,
      ops: [{ op: 'd', promo_id_retailer: promotion.id, store_id: store }],
    },
    'PUT /v1/stores/{store_id}/tags': { tags: [{ epc: epc(1), item_id: one.id }] },
    'POST /v1/devices': { store_id: store, kind: 'agent', name: 'Taken over' },
    'POST /v1/service_tokens': { name: 'theirs' },
    'POST /v1/staff': {
      email: `${crypto.randomUUID()}@example.test`,
      name: 'B',
      role: 'manager',
      store_id: store,
      password: 'long enough',
    },
    'POST /v1/stores/{store_id}/publications': {},
    'POST /v1/ledgers': { kind: 'gift_card', currency: 'GBP' },
    'PATCH /v1/ledgers/{ledger_id}': { status: 'blocked' },
    'POST /v1/ledgers/{ledger_id}/top_ups': { units: 1, method: 'cash' },
    'POST /v1/ledgers/{ledger_id}/adjustments': { units: -1, reason: 'Taken over' },
    'POST /v1/ledgers/{ledger_id}/repayments': repaid,
    'POST /v1/ledgers/{ledger_id}/repayments/{repayment_id}/capture': {},
    'POST /v1/ledgers/{ledger_id}/repayments/{repayment_id}/fail': {},
    'POST /v1/stores/{store_id}/scan_tests': { code: '1' },
    'PUT /v1/stores/{store_id}/fulfilment_targets': { targets: [] },
    'POST /v1/baskets/{basket_id}/verification/accept': {},
    'POST /v1/baskets/{basket_id}/verification/reject': {},
    'POST /v1/orders/{order_id}/verification': { result: 'verified' },
    'POST /v1/orders/{order_id}/refunds': { kind: 'full', reason: 'other' },
    'POST /v1/orders/{order_id}/refund_previews': { kind: 'full', reason: 'other' },
    'POST /v1/refunds/{refund_id}/approve': {},
    'POST /v1/refunds/{refund_id}/reject': {},
    'POST /v1/refunds/{refund_id}/retry': {},
    'POST /v1/incidents/{incident_id}/acknowledge': { name: 'Taken over' },
    'POST /v1/incidents/{incident_id}/resolve': { name: 'Taken over', note: 'Taken over' },
  };
});

/** An import with an entry that is refused. */
async function importOf(token: string): Promise<string> {
  const reply = await call('POST', '/v1/promotion_imports?format=json', { token, raw: 'no promotion\n' });
  const report = z.looseObject({ id: z.string(), refused: z.number() });
  const { id } = report.parse(JSON.parse(reply.text.trim().split('\n').at(-1) ?? ''));
  return id;
}

async function seedRefund(retailer: RetailerId, order: string): Promise<string> {
  const refund = `ref_${crypto.randomUUID()}`;
  await env.DB.prepare(
    `INSERT INTO refund_ask (retailer_id, refund_id, order_id, asked_by, at) VALUES (?, ?, ?, 'stf_1', ?)`,
  )
    .bind(retailer, refund, order, '2026-07-01T10:00:00.000Z')
    .run();
  return refund;
}

async function seedProjection(retailer: RetailerId, store: StoreId): Promise<string> {
  const order = `ord_${crypto.randomUUID()}`;
  const at = '2026-07-01T10:00:00.000Z';
  await env.DB.batch([
    env.DB.prepare(
      `INSERT INTO order_row (retailer_id, id, store_id, number, status, payment_status, total, currency, items, shopper_id, created_at) VALUES (?, ?, ?, 'H1', 'created', 'waiting', 100, 'GBP', 1, 'shp_1', ?)`,
    ).bind(retailer, order, store, at),
    env.DB.prepare(
      `INSERT INTO incident (retailer_id, store_id, id, kind, detail, at) VALUES (?, ?, ?, 'late_capture', '{}', ?)`,
    ).bind(retailer, store, INCIDENT, at),
    env.DB.prepare(
      `INSERT INTO fulfilment_job (retailer_id, id, store_id, target, order_id, doc_type, doc_version, state, content_type, payload, created_at, updated_at) VALUES (?, ?, ?, 'pos', ?, 'sale', 1, 'failed', 'application/xml', '<POSLog/>', ?, ?)`,
    ).bind(retailer, JOB, store, order, at, at),
    env.DB.prepare(
      `INSERT INTO fulfilment_target (retailer_id, store_id, key, kind, url, secret_ref, document, gate_on, settings, active, updated_at) VALUES (?, ?, 'pos', 'http_xml', 'https://pos.example.com/', 'FULFILMENT_POS', 'poslog_xml', 'completed', '{}', 0, ?)`,
    ).bind(retailer, store, at),
    env.DB.prepare(
      `INSERT INTO agent_report (retailer_id, store_id, id, agent, kind, data, at) VALUES (?, ?, 'rep_1', 'agt', 'gate.alarm', '{}', ?)`,
    ).bind(retailer, store, at),
  ]);
  return order;
}

function request({ method, path }: { method: string; path: string }, token?: string) {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? `no sample for ${name}`);
  const body = bodies[`${method} ${path}`];
  return call(method, filled, {
    ...(body === undefined ? {} : { body }),
    ...(token === undefined ? {} : { token }),
  });
}

const TABLES = [
  'refund_ask',
  'store',
  'staff',
  'device',
  'enrolment_code',
  'service_token',
  'item',
  'item_code',
  'tag',
  'promotion',
  'promotion_store',
  'promotion_import',
  'promotion_import_entry',
  'publication',
  'order_row',
  'incident',
  'incident_care',
  'agent_report',
  'ledger',
  'fulfilment_job',
  'fulfilment_target',
  'audit_log',
];

/** Everything that a tenant has in the database. */
async function belongings(retailer: string): Promise<string> {
  const answers = await env.DB.batch(
    TABLES.map((table) =>
      env.DB.prepare(`SELECT * FROM ${table} WHERE retailer_id = ? ORDER BY rowid`).bind(retailer),
    ),
  );
  return JSON.stringify(answers.map(({ results }) => results));
}

test('every route is described, and every one of the interface is guarded but the sign-ins', () => {
  expect(routes.length).toBeGreaterThan(30);
  const free = routes
    .filter(({ operation }) => operation.security.length === 0)
    .map(({ method, path }) => `${method} ${path}`);
  expect(free.sort()).toEqual([
    'GET /.well-known/jwks.json',
    'GET /docs',
    'GET /livez',
    'GET /openapi.json',
    'GET /readyz',
    'POST /v1/enrolments',
    'POST /v1/staff_sessions',
  ]);
  for (const { path, operation } of guarded) {
    expect(path).toMatch(/^\/v1\//);
    expect(operation['x-roles']?.length).toBeGreaterThan(0);
    expect(operation['x-roles']).not.toContain('shopper');
  }
});

describe.each(guarded)('$method $path', (route) => {
  it('is not for callers without a valid token', async () => {
    expect((await expectProblem(401, request(route))).code).toBe('unauthenticated');
    expect((await expectProblem(401, request(route, 'nonsense'))).code).toBe('unauthenticated');
    expect((await expectProblem(401, request(route, `${mine.admin}x`))).code).toBe('unauthenticated');
  });

  it('is not for shoppers', async () => {
    const shopper = await edgeToken({ retailer: mine.retailer_id });
    expect((await expectProblem(403, request(route, shopper))).code).toBe('forbidden');
  });

  it('shows and changes nothing of another tenant', async () => {
    const stranger = await newTenant();
    const before = await belongings(mine.retailer_id);
    const reply = await request(route, stranger.admin);
    if (!route.operation['x-roles']?.includes('admin')) {
      // For devices about themselves alone: an administrator is in no role for it, here or there.
      expect(reply.status).toBe(403);
      expect(await belongings(mine.retailer_id)).toBe(before);
      return;
    }
    // 404 as if it were not there, 422 for an id inside a body, or the stranger's own, without a word of ours.
    expect([200, 201, 404, 422]).toContain(reply.status);
    if (route.path.includes('{')) expect(reply.status, reply.text).toBe(404);
    if (reply.status < 300 && route.method === 'GET') {
      for (const id of [mine.retailer_id, ...Object.values(ids)]) expect(reply.text).not.toContain(id);
    }
    expect(await belongings(mine.retailer_id)).toBe(before);
  });

  it('keeps its roles', async () => {
    const roles = route.operation['x-roles'] ?? [];
    for (const role of ['manager', 'cashier'] as const) {
      if (roles.includes(role)) continue;
      expect((await expectProblem(403, request(route, await mine.hire(role)))).code).toBe('forbidden');
    }
  });
});

describe('staff of one store', () => {
  it('reach no other store of the same retailer', async () => {
    const elsewhere = await newStore(mine, { name: 'Elsewhere' });
    const manager = await mine.hire('manager', elsewhere);
    for (const route of guarded.filter(
      ({ path, operation }) => path.includes('{store_id}') && operation['x-roles']?.includes('manager'),
    )) {
      expect((await expectProblem(404, request(route, manager))).code, route.path).toBe('not_found');
    }
    expect(
      (await expectProblem(404, call('GET', `/v1/orders/${ids['order_id']}`, { token: manager }))).code,
    ).toBe('not_found');
    for (const path of ['/v1/orders', '/v1/incidents', '/v1/gate_events', '/v1/devices']) {
      const list = await expectJson(
        z.object({ data: z.array(z.unknown()), has_more: z.boolean() }),
        200,
        call('GET', path, { token: manager }),
      );
      expect(list, path).toEqual({ data: [], has_more: false });
    }
    const stores = await expectJson(
      z.object({ data: z.array(z.looseObject({ id: z.string() })) }),
      200,
      call('GET', '/v1/stores', { token: manager }),
    );
    expect(stores.data.map(({ id }) => id)).toEqual([elsewhere]);
  });
});

describe('tokens', () => {
  const orders = (token: string) => call('GET', '/v1/orders', { token });

  const adminOf = async (retailer: RetailerId): Promise<string> => {
    const found = env.DB.prepare(`SELECT id FROM staff WHERE retailer_id = ? AND role = 'admin'`).bind(
      retailer,
    );
    return (await found.first<string>('id')) ?? '';
  };

  it('of the edge’s key make shoppers only, whatever they say', async () => {
    const { retailer_id: retailer } = mine;
    const admin = { sub: await adminOf(retailer), role: 'admin', retailer } as const;
    expect((await expectProblem(401, orders(await edgeToken(admin)))).code).toBe('unauthenticated');
    const posing = await edgeToken({ ...admin, iss: 'sesame-cloud' });
    expect((await expectProblem(401, orders(posing))).code).toBe('unauthenticated');
    // Nor does our own key make shoppers.
    const shopper = await tokenOf({ sub: admin.sub, role: 'shopper', retailer });
    expect((await expectProblem(401, orders(shopper))).code).toBe('unauthenticated');
  });

  it('end when they expire, and are for this house only', async () => {
    const past = Math.floor(Date.now() / 1000) - 60;
    const { retailer_id: retailer } = mine;
    const sub = await adminOf(retailer);
    expect((await orders(await tokenOf({ sub, role: 'admin', retailer }))).status).toBe(200);
    expect((await orders(await tokenOf({ sub, role: 'admin', retailer }, { exp: past }))).status).toBe(401);
    // The account decides too: another role, another store, another tenant or nobody at all.
    expect((await orders(await tokenOf({ sub, role: 'manager', retailer }))).status).toBe(401);
    expect((await orders(await tokenOf({ sub: 'stf_nobody', role: 'admin', retailer }))).status).toBe(401);
    expect(
      (await orders(await tokenOf({ sub, role: 'admin', retailer: (await newTenant()).retailer_id }))).status,
    ).toBe(401);
  });
});

test('a key that the cloud signed with before its rotation still counts, and makes nothing else', async () => {
  const pair = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  const old = z.looseObject({ kid: z.string(), d: z.string() }).parse(JSON.parse(env.SIGNING_KEY));
  const { d, ...oldPublic } = old;
  const trusted = z.object({ keys: z.array(z.unknown()) }).parse(JSON.parse(env.TRUSTED_KEYS)).keys;
  const rotated = await keysOf({
    ...env,
    SIGNING_KEY: JSON.stringify({ ...(await exportJWK(pair.privateKey)), kid: 'cloud-next' }),
    TRUSTED_KEYS: JSON.stringify({ keys: [...trusted, { ...oldPublic, iss: 'sesame-cloud' }] }),
  });
  expect(await verifyToken(mine.admin, rotated, Date.now())).toMatchObject({ role: 'admin' });
  const shopper = await edgeToken({ retailer: mine.retailer_id });
  expect(await verifyToken(shopper, rotated, Date.now())).toMatchObject({ role: 'shopper' });
  expect(rotated.jwks.keys.map(({ kid }) => kid)).toEqual(['cloud-next', old.kid]);
  expect(JSON.stringify(rotated.jwks)).not.toContain(d);
});

test('the OpenAPI document is valid and is the one that is served', async () => {
  expect(inject('openApiErrors')).toEqual([]);
  expect((await call('GET', '/openapi.json')).json).toEqual(JSON.parse(inject('openApiDocument')));
});
