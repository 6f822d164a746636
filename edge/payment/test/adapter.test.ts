import { abortAllDurableObjects, env, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import type { Attempt, AttemptRequest, Gateway, Http, Outcome } from '../gateway.ts';
import { testGateway } from './adapter.ts';
import { apiKey } from './keys.ts';
import { verifyTestWebhook } from './webhook.ts';

const SECRET = 'a secret of the tests';
const ORIGIN = 'https://edge.test';
const account = () => `account.${crypto.randomUUID()}`;
const objectOf = (account_key: string) => env.TEST_PROVIDER.getByName(account_key);
const httpTo =
  (account_key: string): Http =>
  (request) =>
    objectOf(account_key).fetch(request);

function gateway(account_key: string, http: Http = httpTo(account_key)): Gateway {
  return testGateway({ http, base_url: ORIGIN, account_key, secret: SECRET });
}

const request = (method: string, payment_id = `pay_${crypto.randomUUID()}_1`): AttemptRequest => ({
  payment_id,
  order_id: 'ord_7',
  order_number: '7',
  amount: 1_250,
  currency: 'GBP',
  method,
  capture: 'auto',
  instrument: { kind: 'none' },
  save_card: false,
  channel: 'web',
  shopper_id: 'shp_7',
  began_at: '2026-07-01T10:00:00.000Z',
  description: 'Order 7',
  return_url: 'https://shop.test/#/orders/7',
  webhook_url: 'https://edge.test/v1/webhooks/test/x',
});

const referenceOf = (outcome: Outcome): string => ('reference' in outcome ? (outcome.reference ?? '') : '');
const refs = (request: AttemptRequest, outcome: Outcome): Attempt => ({
  request,
  reference: referenceOf(outcome),
  refs: {},
  authorized: 0,
  captured: 0,
});
/** The answer never reached us. */
const unanswered = (r: AttemptRequest): Attempt => ({ ...refs(r, { s: 'not_found' }), reference: null });

async function movements(account_key: string): Promise<{ kind: string; amount: number }[]> {
  return runInDurableObject(objectOf(account_key), (_, state) =>
    state.storage.sql
      .exec<{ kind: string; amount: number }>('SELECT kind, amount FROM movement ORDER BY at, kind')
      .toArray(),
  );
}

/** Moves everything that waits for its time to now, then lets the alarm do it. */
async function hasten(account_key: string): Promise<void> {
  await runInDurableObject(objectOf(account_key), (_, state) => {
    state.storage.sql.exec('UPDATE charge SET settles_at = 1 WHERE settles_at IS NOT NULL');
    state.storage.sql.exec('UPDATE charge SET shown_from = 1');
    state.storage.sql.exec('UPDATE refund SET settles_at = 1 WHERE settles_at IS NOT NULL');
    state.storage.sql.exec('UPDATE delivery SET next_at = 1');
  });
  await runDurableObjectAlarm(objectOf(account_key));
}

/** Catches the account's webhooks instead of sending them. */
async function catchWebhooks(
  account_key: string,
  answer: () => Response,
): Promise<{ headers: Headers; body: string }[]> {
  const caught: { headers: Headers; body: string }[] = [];
  await runInDurableObject(objectOf(account_key), (provider) => {
    provider.send = async (sent) => {
      caught.push({ headers: sent.headers, body: await sent.text() });
      return answer();
    };
  });
  return caught;
}

describe('the gateway `test`', () => {
  it('captures a card at once, and only once a key', async () => {
    const key = account();
    const r = request('card');
    const first = await gateway(key).createAttempt(r);
    expect(first).toMatchObject({ s: 'captured', amount: 1_250 });
    expect(await gateway(key).createAttempt(r)).toEqual(first);
    expect(await gateway(key).getAttempt(unanswered(r))).toEqual(first);
    expect(await movements(key)).toEqual([{ kind: 'capture', amount: 1_250 }]);
  });

  it('refuses a key that was used for another charge, and nothing is charged', async () => {
    const key = account();
    const r = request('card');
    await gateway(key).createAttempt(r);
    expect(await gateway(key).createAttempt({ ...r, amount: 9_999 })).toMatchObject({
      s: 'error',
      code: 'idempotency_key_reuse',
    });
    expect(await movements(key)).toHaveLength(1);
  });

  it('declines', async () => {
    const key = account();
    expect(await gateway(key).createAttempt(request('card_declined'))).toMatchObject({
      s: 'declined',
      code: 'card_declined',
    });
    expect(await movements(key)).toEqual([]);
  });

  it('says so when it knows nothing of an attempt, and keeps nothing of the question', async () => {
    const key = account();
    expect(await gateway(key).getAttempt(unanswered(request('card')))).toEqual({
      s: 'not_found',
    });
    const tables = await runInDurableObject(objectOf(key), (_, state) =>
      state.storage.sql.exec(`SELECT name FROM sqlite_master WHERE name = 'charge'`).toArray(),
    );
    expect(tables).toEqual([]);
  });

  it('gives the money of a captured charge back whole, once', async () => {
    const key = account();
    const r = request('card');
    const charged = await gateway(key).createAttempt(r);
    expect(await gateway(key).void(refs(r, charged), 'v')).toMatchObject({ s: 'voided' });
    expect(await gateway(key).void(refs(r, charged), 'v')).toMatchObject({ s: 'voided' });
    expect(await movements(key)).toHaveLength(2);
  });

  it('keeps a pending card pending until its time has come, then tells by webhook', async () => {
    const key = account();
    const r = request('card_pending');
    const caught = await catchWebhooks(key, () => new Response(null, { status: 200 }));
    const charged = await gateway(key).createAttempt(r);
    expect(charged).toMatchObject({ s: 'pending' });
    await hasten(key);
    expect(await gateway(key).getAttempt(refs(r, charged))).toMatchObject({ s: 'captured', amount: 1_250 });
    expect(caught).toHaveLength(1);
    const { headers, body } = caught[0] ?? { headers: new Headers(), body: '' };
    expect(await verifyTestWebhook(env, key, headers, body)).toMatchObject({
      ok: true,
      value: {
        events: [
          {
            gateway: 'test',
            event_id: headers.get('webhook-id'),
            payment_id: r.payment_id,
            reference: referenceOf(charged),
          },
        ],
      },
    });
    await hasten(key);
    expect(caught).toHaveLength(1);
  });

  it('sends a webhook again that was not taken, under the same id', async () => {
    const key = account();
    let status = 503;
    const caught = await catchWebhooks(key, () => new Response(null, { status }));
    await gateway(key).createAttempt(request('card_pending'));
    await hasten(key);
    status = 200;
    await hasten(key);
    await hasten(key);
    expect(caught.map(({ headers }) => headers.get('webhook-id'))).toEqual([
      caught[0]?.headers.get('webhook-id'),
      caught[0]?.headers.get('webhook-id'),
    ]);
  });

  it('refuses a webhook whose body, id, time or key is another', async () => {
    const key = account();
    const caught = await catchWebhooks(key, () => new Response(null));
    await gateway(key).createAttempt(request('card_pending'));
    await hasten(key);
    const { headers, body } = caught[0] ?? { headers: new Headers(), body: '' };
    const changed = (name: string, value: string) => {
      const copy = new Headers(headers);
      copy.set(name, value);
      return copy;
    };
    const bad = { ok: false, error: { code: 'invalid_signature' } };
    const later = Date.now() + 6 * 60_000;
    expect((await verifyTestWebhook(env, key, headers, body)).ok).toBe(true);
    expect(await verifyTestWebhook(env, key, headers, body.replace('1250', '1'))).toEqual(bad);
    expect(await verifyTestWebhook(env, key, changed('webhook-id', 'msg_other'), body)).toEqual(bad);
    expect(await verifyTestWebhook(env, key, headers, body, later)).toEqual(bad);
    expect(await verifyTestWebhook(env, account(), headers, body)).toEqual(bad);
    expect(await verifyTestWebhook({}, key, headers, body)).toEqual(bad);
    expect(await verifyTestWebhook(env, key, new Headers(), body)).toEqual(bad);
    const two = changed('webhook-signature', `v1,${'A'.repeat(43)}= ${headers.get('webhook-signature')}`);
    expect((await verifyTestWebhook(env, key, two, body)).ok).toBe(true);
  });

  it('leads a payer through 3-D Secure and back', async () => {
    const key = account();
    const r = request('card_3ds');
    const caught = await catchWebhooks(key, () => new Response(null));
    const charged = await gateway(key).createAttempt(r);
    if (charged.s !== 'action_required') throw new Error(charged.s);
    const page = new URL(charged.action.url ?? '');
    expect(page.pathname.startsWith(`/test_provider/${key}/challenges/`)).toBe(true);
    const path = page.pathname.slice(`/test_provider/${key}`.length);
    const shown = await objectOf(key).fetch(`${ORIGIN}${path}`);
    expect(await shown.text()).toContain('Approve £12.50?');
    const body = new URLSearchParams({ decision: 'approve' }).toString();
    const post = {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      redirect: 'manual',
    } as const;
    const back = await objectOf(key).fetch(`${ORIGIN}${path}`, post);
    expect([back.status, back.headers.get('location')]).toEqual([303, r.return_url]);
    expect(await gateway(key).continueAttempt(refs(r, charged), {})).toMatchObject({ s: 'captured' });
    const again = await objectOf(key).fetch(`${ORIGIN}${path}`, { ...post, body: 'decision=decline' });
    expect(again.status).toBe(303);
    await hasten(key);
    expect(await movements(key)).toHaveLength(1);
    expect(caught.map(({ body: sent }) => JSON.parse(sent).type)).toEqual(['charge.captured']);
    expect(await (await objectOf(key).fetch(`${ORIGIN}${path}`)).text()).toContain('Nothing to approve');
    expect((await objectOf(key).fetch(`${ORIGIN}/challenges/ch_none`)).status).toBe(404);
  });

  it('takes `card_timeout` and never answers: unknown, then processing, then captured', async () => {
    const key = account();
    const r = request('card_timeout');
    expect(await gateway(key).createAttempt(r)).toEqual({ s: 'unknown', reason: 'timeout' });
    expect(await gateway(key).getAttempt(unanswered(r))).toMatchObject({
      s: 'pending',
    });
    expect(await movements(key)).toHaveLength(1);
    await hasten(key);
    expect(await gateway(key).getAttempt(unanswered(r))).toMatchObject({
      s: 'captured',
    });
  }, 20_000);

  it('charges nobody without the key of the account', async () => {
    const key = account();
    const charge = (authorization: string) =>
      objectOf(key).fetch(`${ORIGIN}/charges`, {
        method: 'POST',
        headers: { authorization, 'idempotency-key': 'k' },
        body: '{}',
      });
    expect((await charge('Bearer tk_0')).status).toBe(401);
    expect((await charge(`Bearer ${await apiKey(SECRET, account())}`)).status).toBe(401);
    expect((await charge(`Bearer ${await apiKey(SECRET, key)}`)).status).toBe(422);
  });
});

describe('the test provider in full', () => {
  const captured = (r: AttemptRequest, charged: Outcome): Attempt => ({
    ...refs(r, charged),
    captured: 1_250,
  });
  const refund = (refund_id: string, amount: number) => ({
    refund_id,
    amount,
    currency: 'GBP',
    reason: 'returned',
    reference: null,
    webhook_url: 'https://edge.test/v1/webhooks/test/x',
  });

  it('reserves, takes a part once and releases the rest', async () => {
    const key = account();
    const r = { ...request('card'), capture: 'manual' } as const;
    const reserved = await gateway(key).createAttempt(r);
    expect(reserved).toMatchObject({
      s: 'authorized',
      amount: 1_250,
      currency: 'GBP',
      card: { last4: '0001' },
    });
    expect(await movements(key)).toEqual([]);
    const take = (amount: number) => gateway(key).capture(refs(r, reserved), { amount, key: 'c' });
    expect(await take(1_251)).toMatchObject({ s: 'error', code: 'amount_too_large' });
    expect(await take(1_000)).toMatchObject({ s: 'captured', amount: 1_000 });
    expect(await take(1_000)).toMatchObject({ s: 'captured', amount: 1_000 });
    expect(await take(250)).toMatchObject({ s: 'error', code: 'not_authorized' });
    expect(await movements(key)).toEqual([{ kind: 'capture', amount: 1_000 }]);
  });

  it('releases a reservation, and nothing was ever taken', async () => {
    const key = account();
    const r = request('card_auth');
    const reserved = await gateway(key).createAttempt(r);
    expect(await gateway(key).void(refs(r, reserved), 'v')).toMatchObject({ s: 'voided' });
    expect(await gateway(key).capture(refs(r, reserved), { amount: 1, key: 'c' })).toMatchObject({
      s: 'error',
    });
    expect(await movements(key)).toEqual([]);
  });

  it('approves a half, lies about the currency, and takes more than was asked', async () => {
    const key = account();
    expect(await gateway(key).createAttempt(request('card_partial'))).toMatchObject({
      s: 'captured',
      amount: 625,
    });
    expect(await gateway(key).createAttempt(request('card_lies'))).toMatchObject({ currency: 'XTS' });
    expect(await gateway(key).createAttempt(request('card_over'))).toMatchObject({
      s: 'captured',
      amount: 1_350,
    });
  });

  it('declines, and takes the money all the same', async () => {
    const key = account();
    const r = request('card_late');
    const caught = await catchWebhooks(key, () => new Response(null));
    const declined = await gateway(key).createAttempt(r);
    expect(declined.s).toBe('declined');
    await hasten(key);
    expect(await gateway(key).getAttempt(refs(r, declined))).toMatchObject({ s: 'captured', amount: 1_250 });
    expect(caught.map(({ body }) => JSON.parse(body).type)).toEqual(['charge.captured']);
  });

  it('tells everything twice, and old news last', async () => {
    const key = account();
    const caught = await catchWebhooks(key, () => new Response(null));
    await gateway(key).createAttempt(request('card_twice'));
    await hasten(key);
    expect(new Set(caught.map(({ headers }) => headers.get('webhook-id'))).size).toBe(3);
    expect(caught.map(({ body }) => JSON.parse(body).type).sort()).toEqual([
      'charge.captured',
      'charge.captured',
      'charge.processing',
    ]);
  });

  it('gives money back in parts, once a reference, and never more than was taken', async () => {
    const key = account();
    const r = request('card');
    const attempt = captured(r, await gateway(key).createAttempt(r));
    const first = await gateway(key).refund(attempt, refund('r1', 1_000));
    expect(first).toMatchObject({ s: 'succeeded' });
    expect(await gateway(key).refund(attempt, refund('r1', 1_000))).toEqual(first);
    expect(await gateway(key).getRefund(attempt, refund('r1', 1_000))).toEqual(first);
    expect(await gateway(key).refund(attempt, refund('r1', 999))).toMatchObject({
      s: 'failed',
      code: 'idempotency_key_reuse',
    });
    expect(await gateway(key).refund(attempt, refund('r2', 251))).toMatchObject({ code: 'amount_too_large' });
    expect(await gateway(key).getRefund(attempt, refund('r2', 251))).toEqual({ s: 'not_found' });
    expect(await gateway(key).void(attempt, 'v')).toMatchObject({ s: 'error', code: 'refunded' });
    expect(await gateway(key).refund(attempt, refund('r3', 250))).toMatchObject({ s: 'succeeded' });
    expect((await movements(key)).map(({ kind, amount }) => [kind, amount]).sort()).toEqual([
      ['capture', 1_250],
      ['refund', 1_000],
      ['refund', 250],
    ]);
  });

  it.each([
    ['card_refund_pending', 'succeeded'],
    ['card_refund_fails', 'failed'],
  ] as const)('decides the refund of `%s` later and tells by webhook: %s', async (method, end) => {
    const key = account();
    const r = request(method);
    const caught = await catchWebhooks(key, () => new Response(null));
    const attempt = captured(r, await gateway(key).createAttempt(r));
    expect(await gateway(key).refund(attempt, refund('r1', 300))).toMatchObject({ s: 'pending' });
    await hasten(key);
    expect(await gateway(key).getRefund(attempt, refund('r1', 300))).toMatchObject({ s: end });
    const { headers, body } = caught[0] ?? { headers: new Headers(), body: '' };
    expect(await verifyTestWebhook(env, key, headers, body)).toMatchObject({
      value: { events: [{ kind: 'refund', refund_id: 'r1', claims: { refund: { s: end }, amount: 300 } }] },
    });
    expect((await movements(key)).some(({ kind }) => kind === 'refund')).toBe(end === 'succeeded');
  });

  it('brings the ledger of an older build over', async () => {
    const key = account();
    const r = request('card');
    await runInDurableObject(objectOf(key), (_, { storage: { sql } }) => {
      sql.exec(`CREATE TABLE charge (id TEXT PRIMARY KEY, idempotency_key TEXT NOT NULL UNIQUE, reference TEXT NOT NULL,
        request TEXT NOT NULL, status TEXT NOT NULL CHECK (status IN ('processing', 'captured')), challenge_url TEXT,
        created_at INTEGER NOT NULL, settles_at INTEGER, shown_from INTEGER NOT NULL)`);
      sql.exec('CREATE INDEX charge_reference ON charge (reference)');
      sql.exec('CREATE INDEX charge_settles ON charge (settles_at) WHERE settles_at IS NOT NULL');
      sql.exec(`CREATE TABLE movement (charge_id TEXT NOT NULL REFERENCES charge (id), kind TEXT NOT NULL,
        amount INTEGER NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (charge_id, kind))`);
      sql.exec(
        'CREATE TABLE delivery (id TEXT PRIMARY KEY, url TEXT, body TEXT, attempts INTEGER DEFAULT 0, next_at INTEGER)',
      );
      const { amount, currency, method, description, return_url, webhook_url, payment_id } = r;
      const asked = { reference: payment_id, amount, currency, method, description, return_url, webhook_url };
      sql.exec(
        `INSERT INTO charge VALUES ('ch_1', 'k', ?, ?, 'captured', NULL, 1, NULL, 1)`,
        ...[payment_id, JSON.stringify(asked)],
      );
      sql.exec(`INSERT INTO movement VALUES ('ch_1', 'capture', 1250, 1)`);
    });
    await abortAllDurableObjects();
    const attempt = captured(r, await gateway(key).getAttempt(unanswered(r)));
    expect(attempt.reference).toBe('ch_1');
    expect(await gateway(key).refund(attempt, refund('r1', 1_250))).toMatchObject({ s: 'succeeded' });
    expect(await movements(key)).toEqual([
      { kind: 'capture', amount: 1_250 },
      { kind: 'refund', amount: 1_250 },
    ]);
  });
});

describe('an answer that proves nothing is unknown, never a refusal', () => {
  it.each([
    ['a dropped connection', () => Promise.reject(new Error('reset'))],
    ['a server error', async () => Response.json({ error: { code: 'x', message: 'y' } }, { status: 502 })],
    ['a page of a proxy', async () => new Response('<html>', { status: 200 })],
    ['a 4xx that is not the provider’s own', async () => Response.json({ oops: true }, { status: 403 })],
    ['a charge of another shape', async () => Response.json({ id: 'ch_1' })],
  ])('%s', async (_, http) => {
    expect(await gateway(account(), http).createAttempt(request('card'))).toMatchObject({ s: 'unknown' });
  });
});
