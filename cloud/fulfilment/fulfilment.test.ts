import { env } from 'cloudflare:test';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { OrderPolicy } from '../../shared/config/order_policy.ts';
import type { StoreId } from '../../shared/ids/index.ts';
import { checkPoslog } from '../../shared/poslog/check.ts';
import { PosTransaction } from '../../shared/poslog/transaction.ts';
import { unwrap } from '../../shared/result.ts';
import type { CommitSale } from '../../shared/rpc/store.ts';
import { openDb } from '../db/client.ts';
import { OrderDetail } from '../order/order.ts';
import { deliver, runSchedule } from '../test/deliver.ts';
import { call, expectJson, expectProblem, newTenant, settings, type Tenant } from '../test/fixture.ts';
import { Receiver, SECRET } from '../test/receiver.ts';
import { eventsOf, liveStore, newTrip, type Trip, walk } from '../test/trip.ts';
import { driveJobs, RETRY_AFTER_MS } from './drive_jobs.ts';
import { FulfilmentJob } from './job.ts';

const TARGET = {
  key: 'pos',
  kind: 'http_xml',
  url: 'https://pos.example.com/in',
  secret_ref: 'FULFILMENT_POS',
  document: 'poslog_xml',
};

let tenant: Tenant;
let place: StoreId;
let receiver: Receiver;
/** Milliseconds that the clock of the sender is ahead. */
let ahead: number;

const open = async (targets: object[] = [TARGET], exit_check: object = {}) => {
  const order = OrderPolicy.parse({ exit_check });
  const policies = { ...settings().policies, order };
  place = await liveStore(tenant, { demo: false, gateways: [], policies });
  await put(targets);
};
const put = (targets: object[]) =>
  expectJson(
    z.unknown(),
    200,
    call('PUT', `/v1/stores/${place}/fulfilment_targets`, { token: tenant.admin, body: { targets } }),
  );
/** Tells the cloud all that the store has to tell; what it knows already counts once. Nothing is sent by this. */
const tell = async () => deliver(await eventsOf(place));
const drive = (secret: string | undefined = SECRET) =>
  driveJobs(openDb(env.DB), {
    http: receiver.http,
    secret: (ref) => (ref === 'FULFILMENT_POS' ? secret : undefined),
    demo: false,
    now: () => Date.now() + ahead,
  });
const jobs = async (query = ''): Promise<FulfilmentJob[]> => {
  const list = z.object({ data: z.array(FulfilmentJob), has_more: z.boolean() });
  return (await expectJson(list, 200, call('GET', `/v1/fulfilment_jobs?${query}`, { token: tenant.admin })))
    .data;
};
const job = async (query = ''): Promise<FulfilmentJob> => {
  const [first] = await jobs(query);
  if (first === undefined) throw new Error('no job');
  return first;
};
const retry = (id: string, token = tenant.admin) =>
  call('POST', `/v1/fulfilment_jobs/${id}/retry`, { token });
const detail = (trip: Trip) =>
  expectJson(OrderDetail, 200, call('GET', `/v1/orders/${trip.open.order_id}`, { token: tenant.admin }));
const pay = async (trip: Trip, change: (sale: CommitSale) => CommitSale = (sale) => sale) => {
  const object = env.STORE.getByName(place);
  const { number } = unwrap(await object.openOrder(trip.open));
  await object.commitSale(change(trip.commit(number)));
};

beforeEach(async () => {
  tenant = await newTenant();
  receiver = new Receiver();
  receiver.now = () => Date.now() + ahead;
  // A run sends what is due of everybody; what other tests left is not of interest here.
  await env.DB.batch([
    env.DB.prepare('DELETE FROM fulfilment_job'),
    env.DB.prepare('DELETE FROM fulfilment_target'),
  ]);
  ahead = 0;
  // What the Worker itself would send goes nowhere in most of these tests.
  vi.stubGlobal('fetch', async () => new Response('not there', { status: 503 }));
});
afterEach(() => vi.unstubAllGlobals());

/** The Worker's own attempt after the events has failed; the next one is the test's. */
const sold = async (trip = newTrip(place)) => {
  await walk(place, trip, 'paid');
  await tell();
  ahead = RETRY_AFTER_MS[0];
  return trip;
};

describe('a completed order', () => {
  it('is sent once, signed and balanced, and the receiver`s own name of it is kept', async () => {
    await open();
    const trip = await sold();
    expect(await job()).toMatchObject({ state: 'queued', attempts: 1, reason: '503 not there' });
    expect(await drive()).toBe(1);
    const [[key, body] = ['', '']] = receiver.taken;
    const sent = await job();
    expect(sent).toMatchObject({
      id: key,
      order_id: trip.open.order_id,
      doc_type: 'sale',
      state: 'acked',
      remote_id: 'doc-1',
      reason: null,
      next_at: null,
    });
    expect(unwrap(checkPoslog(body))).toMatchObject({
      store_code: place,
      workstation: '200',
      number: '1',
      grand: '12.50',
    });
    ahead = 24 * 3_600_000;
    expect(await drive()).toBe(0);
    expect(await detail(trip)).toMatchObject({
      fulfilment_status: 'acked',
      summary: { fulfilment_status: 'acked' },
      fulfilment: [{ target: 'pos', state: 'acked' }],
    });
  });

  it('is sent by the Worker itself as soon as it hears of it, and by the minute`s round', async () => {
    await open();
    vi.stubGlobal('fetch', (input: Request) => receiver.http(input));
    await walk(place, newTrip(place), 'paid');
    await tell();
    expect(await job()).toMatchObject({ state: 'acked', attempts: 1 });

    receiver.next = [503];
    await walk(place, newTrip(place), 'paid');
    await tell();
    expect(await job()).toMatchObject({ state: 'queued', attempts: 1 });
    await env.DB.prepare('UPDATE fulfilment_job SET next_at = 1 WHERE next_at IS NOT NULL').run();
    await runSchedule();
    expect((await jobs()).map(({ state }) => state)).toEqual(['acked', 'acked']);
  });

  it('makes one job a target however often it is told, and none for a target that came later', async () => {
    await open([TARGET, { ...TARGET, key: 'erp', kind: 'http_json', document: 'poslog_json' }]);
    await sold();
    await tell();
    expect((await jobs()).map(({ target }) => target).sort()).toEqual(['erp', 'pos']);
    await drive();
    expect(receiver.taken.size).toBe(2);
    const json = [...receiver.taken.values()].find((body) => body.startsWith('{')) ?? '';
    expect(PosTransaction.parse(JSON.parse(json))).toMatchObject({ kind: 'sale', grand: 1250 });
    await put([TARGET, { ...TARGET, key: 'late' }]);
    await tell();
    expect(await jobs()).toHaveLength(2);
  });

  it('of a demo store goes only to who takes training', async () => {
    place = await liveStore(tenant);
    await put([TARGET, { ...TARGET, key: 'school', settings: { training: true } }]);
    await sold();
    expect((await jobs()).map(({ target }) => target)).toEqual(['school']);
  });

  it('does not hold up a run for longer than a slow receiver may: the next run goes on', async () => {
    await open();
    for (let n = 0; n < 2; n++) await walk(place, newTrip(place), 'paid');
    await tell();
    ahead = RETRY_AFTER_MS[0];
    const slow = (request: Request) => {
      ahead += 31_000;
      return receiver.http(request);
    };
    const run = () =>
      driveJobs(openDb(env.DB), {
        http: slow,
        secret: () => SECRET,
        demo: false,
        now: () => Date.now() + ahead,
      });
    expect([await run(), await run(), await run()]).toEqual([1, 1, 0]);
    expect((await jobs()).map(({ state }) => state)).toEqual(['acked', 'acked']);
  });

  it('of two runs at once is sent once', async () => {
    await open();
    await sold();
    expect((await Promise.all([drive(), drive(), drive()])).reduce((sum, n) => sum + n, 0)).toBe(1);
    expect(receiver.requests).toBe(1);
  });
});

describe('a receiver that does not answer', () => {
  it('is asked again after 1 min, 5 min, 30 min, 2 h and 12 h; then a person is', async () => {
    await open();
    await sold();
    for (const [n, wait] of RETRY_AFTER_MS.slice(1).entries()) {
      receiver.next = [n % 2 === 0 ? 0 : 500];
      expect(await drive()).toBe(1);
      const waiting = await job();
      expect(waiting).toMatchObject({ state: 'queued', attempts: n + 2 });
      expect(await drive()).toBe(0);
      ahead += wait;
    }
    receiver.next = [503];
    expect(await drive()).toBe(1);
    expect(await job('status=failed')).toMatchObject({ attempts: 6, next_at: null, reason: '503 not now' });
    ahead += 365 * 24 * 3_600_000;
    expect(await drive()).toBe(0);

    const failed = await job();
    const manager = await tenant.hire('manager', place);
    await expectJson(FulfilmentJob, 200, retry(failed.id, manager));
    expect(await drive()).toBe(1);
    expect(await job()).toMatchObject({ state: 'acked', attempts: 1 });
    expect((await expectProblem(409, retry(failed.id))).code).toBe('conflict');
  });

  it('that will never take it is asked no more', async () => {
    await open();
    await sold();
    receiver.next = [422];
    await drive();
    expect(await job()).toMatchObject({ state: 'failed', reason: '422 not now', next_at: null });
  });

  it('died before its answer was written down: the same document goes out again under the same key', async () => {
    await open();
    await sold();
    await drive();
    await env.DB.prepare(`UPDATE fulfilment_job SET state = 'sent', next_at = 1`).run();
    await drive();
    expect(receiver.requests).toBe(2);
    expect(receiver.taken.size).toBe(1);
    expect(await job()).toMatchObject({ state: 'acked' });
  });

  it('is never asked without a signature', async () => {
    await open();
    await sold();
    expect(
      await driveJobs(openDb(env.DB), {
        http: receiver.http,
        secret: () => undefined,
        demo: false,
        now: () => Date.now() + ahead,
      }),
    ).toBe(1);
    expect(receiver.requests).toBe(0);
    expect(await job()).toMatchObject({ state: 'queued', reason: 'no secret FULFILMENT_POS' });
    ahead += RETRY_AFTER_MS[1];
    await drive('another secret');
    expect(await job()).toMatchObject({ state: 'queued', reason: '401 bad signature' });
  });
});

describe('an order whose bag is to be checked', () => {
  it('waits for the look where the target says so, in whatever order the news come', async () => {
    for (const backwards of [false, true]) {
      await open([TARGET, { ...TARGET, key: 'checked', gate_on: 'verified' }], { always: true });
      const trip = newTrip(place);
      await walk(place, trip, 'paid');
      const review = (result: 'verified' | 'failed', reviewer: string) =>
        env.STORE.getByName(place).reviewOrder({
          basket_id: trip.open.basket_id,
          result,
          reviewer,
          reason: 'r',
        });
      if (!backwards) {
        await tell();
        expect(await detail(trip)).toMatchObject({ verification_status: 'pending' });
        expect(await job(`store_id=${place}&status=none`)).toMatchObject({
          target: 'checked',
          next_at: null,
        });
      }
      unwrap(await review('failed', 'stf_1'));
      if (!backwards) {
        await tell();
        expect(await jobs(`store_id=${place}&status=none`)).toHaveLength(1);
      }
      unwrap(await review('verified', 'stf_2'));
      const events = await eventsOf(place);
      if (backwards) for (const event of events.reverse()) await deliver([event]);
      else await tell();
      ahead = RETRY_AFTER_MS[0];
      await drive();
      expect((await jobs(`store_id=${place}`)).map(({ state }) => state)).toEqual(['acked', 'acked']);
      const { verification_status, timeline } = await detail(trip);
      expect(verification_status).toBe('verified');
      expect(timeline.map(({ text }) => text).slice(-2)).toEqual([
        'staff found the bag wrong: r',
        'staff checked the bag: r',
      ]);
      ahead = 0;
    }
  });
});

describe('a sale that does not balance', () => {
  it('is kept apart until a person lets it go', async () => {
    await open();
    const trip = newTrip(place);
    await pay(trip, (sale) => ({ ...sale, order: { ...sale.order, captured: sale.order.total - 1 } }));
    await tell();
    ahead = RETRY_AFTER_MS[0];
    expect(await drive()).toBe(0);
    const kept = await job('status=quarantined');
    expect(kept).toMatchObject({ reason: 'amount_mismatch', next_at: null, attempts: 0 });
    expect(await detail(trip)).toMatchObject({
      verification_status: 'pending',
      fulfilment_status: 'quarantined',
    });
    await expectJson(FulfilmentJob, 200, retry(kept.id));
    expect(await drive()).toBe(1);
  });

  it('is found by the checker also where nobody else saw it', async () => {
    await open();
    const trip = newTrip(place);
    await pay(trip, (sale) => ({
      ...sale,
      order: { ...sale.order, payments: sale.order.payments.map((one) => ({ ...one, amount: 1 })) },
    }));
    await tell();
    expect(await job()).toMatchObject({
      state: 'quarantined',
      reason: 'unbalanced: the tenders less change are not the grand amount',
    });
  });
});

describe('an order that was given up', () => {
  it('is told as a void under its own number', async () => {
    await open();
    const trip = newTrip(place);
    await walk(place, trip, 'cancelled');
    await tell();
    ahead = RETRY_AFTER_MS[0];
    await drive();
    const [body = ''] = receiver.taken.values();
    expect(unwrap(checkPoslog(body))).toMatchObject({ cancelled: true, number: '1' });
    const at = `/v1/orders/${trip.open.order_id}/poslog`;
    expect((await call('GET', at, { token: tenant.admin })).text).toBe(body);
  });
});

describe('a file of lines', () => {
  it('goes out at its time with all that has come, once', async () => {
    const minute = { every_min: 60 };
    await open([{ ...TARGET, kind: 'batch_csv', document: 'csv', settings: minute }]);
    for (let n = 0; n < 3; n++) await walk(place, newTrip(place), 'paid');
    await tell();
    ahead = 3_600_000;
    receiver.next = [503];
    expect(await drive()).toBe(1);
    ahead += RETRY_AFTER_MS[0];
    expect(await drive()).toBe(1);
    expect(receiver.taken.size).toBe(1);
    const [body = ''] = receiver.taken.values();
    const lines = body.trimEnd().split('\r\n');
    expect(lines).toHaveLength(1 + 3 * 2);
    expect(lines[0]).toContain('store_code,workstation,number');
    expect((await jobs()).map(({ state }) => state)).toEqual(['acked', 'acked', 'acked']);
  });
});

describe('the POSLog of an order', () => {
  it('is read by staff in each of its forms', async () => {
    await open([]);
    const trip = newTrip(place);
    await walk(place, trip, 'paid');
    await tell();
    const cashier = await tenant.hire('cashier', place);
    const at = `/v1/orders/${trip.open.order_id}/poslog`;
    const xml = await call('GET', at, { token: cashier });
    expect(xml.headers.get('content-type')).toBe('application/xml; charset=utf-8');
    expect(unwrap(checkPoslog(xml.text)).grand).toBe('12.50');
    const json = await expectJson(PosTransaction, 200, call('GET', `${at}?format=json`, { token: cashier }));
    expect(json).toMatchObject({ kind: 'sale', number: 1, training: false });
    expect((await call('GET', `${at}?format=csv`, { token: cashier })).text).toContain(',sale,1,sale,OAT-1,');
    await expectProblem(404, call('GET', `${at}?document=void`, { token: cashier }));
    await expectProblem(422, call('GET', `${at}?format=pdf`, { token: cashier }));
  });
});

describe('targets', () => {
  it('are replaced whole, and only with addresses that may be', async () => {
    await open();
    const path = `/v1/stores/${place}/fulfilment_targets`;
    const read = async () => (await call('GET', path, { token: tenant.admin })).json;
    expect(await read()).toMatchObject({ targets: [{ key: 'pos', active: true }] });
    const body = (targets: object[]) => call('PUT', path, { token: tenant.admin, body: { targets } });
    const bad = await expectProblem(422, body([{ ...TARGET, url: 'https://a:b@pos.example.com/' }]));
    expect(bad.errors).toMatchObject([{ path: '/targets/0/url', code: 'bad_address' }]);
    await expectProblem(422, body([TARGET, TARGET]));
    await expectProblem(
      403,
      call('PUT', path, { token: await tenant.hire('manager', place), body: { targets: [] } }),
    );
    await put([]);
    expect(await read()).toEqual({ targets: [] });
  });

  it('that are switched off keep their jobs until they are on again', async () => {
    await open();
    await sold();
    await put([{ ...TARGET, active: false }]);
    expect(await drive()).toBe(0);
    await put([TARGET]);
    expect(await drive()).toBe(1);
  });
});
