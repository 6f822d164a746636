import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { expect, it, vi } from 'vitest';
import { StoreEvent } from '../../shared/events/index.ts';
import { HOLD_SWEEP_DELAY_MS } from './holds.ts';
import { OUTBOX_GRACE_MS } from './outbox.ts';
import {
  basket,
  commitOf,
  config,
  EPC_1,
  EPC_2,
  freshStoreId,
  itemId,
  opening,
  openStore,
  otherRetailer,
  shelf,
  shopper,
  stubOf,
  takeOf,
  takeTag,
} from './test/fixture.ts';

vi.setConfig({ testTimeout: 30_000 });
/** Shorter than the alarm that would do it too, so that only the command itself can have done it. */
const PATIENT = { timeout: OUTBOX_GRACE_MS - 2_000 };

type Stub = ReturnType<typeof stubOf>;

const eventsOf = async (stub: Stub) =>
  (await stub.eventsAfter(0, 500)).events.map((json) => StoreEvent.parse(JSON.parse(json)));
const alarmOf = (stub: Stub) => runInDurableObject(stub, (_object, { storage }) => storage.getAlarm());
const backlog = async (stub: Stub) => (await stub.status())?.outbox_backlog;

it('writes nothing for a store that was never provisioned', async () => {
  const stub = stubOf(freshStoreId());
  expect(await stub.config()).toBeNull();
  expect(await stub.status()).toBeNull();
  expect(await stub.tag(EPC_1)).toBeNull();
  expect(await stub.tags({ limit: 10 })).toEqual([]);
  expect(await stub.take(takeOf(1, 'IN-HOUSE-3'))).toEqual({ ok: false, error: { code: 'unknown_store' } });
  await stub.release({ basket_id: basket(1), epcs: [EPC_1] });
  expect(await stub.cancelOrder({ basket_id: basket(1), reason: '' })).toMatchObject({
    error: { code: 'not_found' },
  });
  expect(await stub.findReference({ gateway: 'test', reference: 'r' })).toBeNull();
  expect(await stub.registerTags({ tags: [] })).toEqual({ ok: false, error: { code: 'unknown_store' } });
  const part = { version: 1, part: 0, items: shelf() };
  expect(await stub.stageShelf(part)).toEqual({ ok: false, error: { code: 'unknown_store' } });
  const swap = { version: 1, parts: 0, promotion_parts: 0, catalog_version: 1 };
  expect(await stub.swapShelf(swap)).toEqual({ ok: false, error: { code: 'unknown_store' } });
  expect(await stub.eventsAfter(0, 10)).toEqual({ epoch: '', head: 0, events: [] });
  const tables = await runInDurableObject(stub, (_object, { storage }) =>
    storage.sql.exec(`SELECT name FROM sqlite_master WHERE substr(name, 1, 4) <> '_cf_'`).toArray(),
  );
  expect(tables).toEqual([]);
});

it('is born with its first configuration, and an epoch of its own', async () => {
  const [a, b] = [freshStoreId(), freshStoreId()];
  expect(await stubOf(a).putConfig(config(a))).toEqual({ ok: true, value: { version: 1 } });
  await stubOf(b).putConfig(config(b));
  expect(await stubOf(a).config()).toEqual(config(a));
  const [one, two] = [await stubOf(a).status(), await stubOf(b).status()];
  expect(one).toMatchObject({
    head: 1,
    config_version: 1,
    shelf_version: 0,
    open_incidents: 0,
    outbox_backlog: 0,
  });
  expect(one?.epoch).not.toBe(two?.epoch);
});

it('refuses another retailer, another store and an older version; a repeat changes nothing', async () => {
  const { stub, store_id } = await openStore({ version: 2 });
  const put = (more: Record<string, unknown>) => stub.putConfig(config(store_id, more));
  const head = (await stub.status())?.head ?? 0;
  expect(await put({ version: 3, retailer_id: otherRetailer })).toEqual({
    ok: false,
    error: { code: 'other_tenant' },
  });
  expect(await put({ version: 1 })).toEqual({ ok: false, error: { code: 'stale_version' } });
  expect(await put({ version: 2, name: 'Repeat' })).toEqual({ ok: true, value: { version: 2 } });
  expect((await stub.config())?.name).toBe('High Street');
  expect((await stub.status())?.head).toBe(head);
  expect(await put({ version: 3, name: 'Low Street' })).toEqual({ ok: true, value: { version: 3 } });
  expect(await stub.status()).toMatchObject({ head: head + 1, config_version: 3 });
  const taken = await stub.take(takeOf(1, 'IN-HOUSE-3'));
  expect(taken.ok && taken.value.config_version).toBe(3);

  const elsewhere = stubOf(freshStoreId());
  expect(await elsewhere.putConfig(config(store_id))).toEqual({ ok: false, error: { code: 'other_tenant' } });
  expect(await elsewhere.config()).toBeNull();
});

it('finds everything again after it was evicted', async () => {
  const { stub, store_id } = await openStore();
  await stub.take(takeTag(1, EPC_1));
  await evictDurableObject(stub);
  const woken = stubOf(store_id);
  expect(await woken.config()).toEqual(config(store_id));
  expect(await woken.shelfForBasket()).toEqual({ version: 1, catalog_version: 1 });
  expect(await woken.promotionsForBasket({ version: 1, from: 0 })).toEqual({
    parts: ['[{"id":"p1"}]'],
    next: null,
  });
  expect(await woken.take(takeTag(2, EPC_1))).toEqual({
    ok: false,
    error: { code: 'epc_in_other_basket', epc: EPC_1 },
  });
});

it('gives 200 orders at once 200 numbers without a gap, and their repeats the same', async () => {
  const { stub } = await openStore();
  const numbers = await Promise.all(
    Array.from({ length: 400 }, async (_, i) => {
      const opened = await stub.openOrder(opening((i % 200) + 1));
      return opened.ok ? Number(opened.value.number.slice('HS-'.length)) : 0;
    }),
  );
  expect(numbers.slice(200)).toEqual(numbers.slice(0, 200));
  expect([...new Set(numbers)].sort((a, b) => a - b)).toEqual(
    Array.from({ length: 200 }, (_, i) => 100_000 + i),
  );
});

it('commits a basket once, however often and at once it is asked', async () => {
  const { stub, store_id } = await openStore();
  await stub.take(takeTag(1, EPC_1));
  await stub.openOrder(opening(1, [EPC_1]));
  const commit = () => stub.commitSale(commitOf(1, store_id, 'HS-100000', [EPC_1]));
  const sales = await Promise.all([commit(), commit(), commit()]);
  expect(sales[1]).toEqual(sales[0]);
  expect(sales[2]).toEqual(sales[0]);
  expect(await stub.tag(EPC_1)).toMatchObject({ status: 'sold', rev: sales[0].tags[0]?.rev });
  expect((await eventsOf(stub)).map((event) => event.type)).toEqual(['order.created', 'order.completed']);
});

it('lets one of two baskets have a tag, whichever asks first', async () => {
  const { stub } = await openStore();
  const taken = await Promise.all([1, 2, 3].map((n) => stub.take(takeTag(n, EPC_1))));
  expect(taken.filter((one) => one.ok)).toHaveLength(1);
});

it('frees a tag when its basket is idle for the reservation time, without waiting for any sweep', async () => {
  const { stub } = await openStore({ policies: { reservation_ttl_ms: 100 } });
  const taken = await stub.take(takeTag(1, EPC_1));
  const until = taken.ok ? Date.parse(taken.value.reserved_until ?? '') : 0;
  expect(until).toBeGreaterThan(0);
  while (Date.now() <= until) await scheduler.wait(10);
  expect((await stub.take(takeTag(2, EPC_1))).ok).toBe(true);
  // The first basket checks out late: its line is refused before any payment.
  expect(await stub.openOrder(opening(1, [EPC_1]))).toEqual({
    ok: false,
    error: { code: 'epc_in_other_basket', epc: EPC_1 },
  });
});

it('drains its events into the queue after each command', async () => {
  const { stub } = await openStore();
  await stub.openOrder(opening(1));
  await expect.poll(() => backlog(stub), PATIENT).toBe(0);
  expect(await eventsOf(stub)).toMatchObject([{ type: 'order.created', seq: 1 }]);
});

it('keeps events while the queue is down, retries by alarm, and answers them by RPC meanwhile', async () => {
  const { stub } = await openStore();
  let tries = 0;
  const restore = await runInDurableObject(stub, (object) => {
    const env = Reflect.get(object, 'env');
    const down = {
      sendBatch: async () => {
        tries++;
        throw new Error('the queue is down');
      },
    };
    Reflect.set(object, 'env', { EVENTS: down });
    return () => runInDurableObject(stub, (same) => void Reflect.set(same, 'env', env));
  });
  await stub.openOrder(opening(1));
  await expect.poll(() => tries, PATIENT).toBeGreaterThan(0);
  // The alarm retries, not each of these commands.
  await Promise.all(Array.from({ length: 50 }, (_, i) => stub.openOrder(opening(i + 2))));
  expect(tries).toBeLessThan(10);
  expect(await backlog(stub)).toBe(51);
  expect(await eventsOf(stub)).toHaveLength(51);
  expect(await alarmOf(stub)).not.toBeNull();
  const before = tries;
  await runDurableObjectAlarm(stub);
  expect(tries).toBeGreaterThan(before);
  expect(await alarmOf(stub)).not.toBeNull();
  await restore();
  await runDurableObjectAlarm(stub);
  await expect.poll(() => backlog(stub), PATIENT).toBe(0);
});

it('drains what an object left that died before it could: the next one arms its alarm from the tables', async () => {
  const { stub, store_id } = await openStore();
  await stub.openOrder(opening(1));
  await expect.poll(() => backlog(stub), PATIENT).toBe(0);
  await runInDurableObject(stub, async (_object, { storage }) => {
    storage.sql.exec(`UPDATE mark SET value = 0 WHERE name = 'outbox_sent'`);
    await storage.deleteAlarm();
  });
  await evictDurableObject(stub);
  const woken = stubOf(store_id);
  expect(await backlog(woken)).toBe(1);
  expect(await runDurableObjectAlarm(woken)).toBe(true);
  expect(await backlog(woken)).toBe(0);
});

it('arms one alarm for the first hold, and leaves it alone while later ones come', async () => {
  const { stub } = await openStore();
  await expect.poll(() => alarmOf(stub), PATIENT).toBeNull();
  const first = await stub.take(takeTag(1, EPC_1));
  const until = first.ok ? Date.parse(first.value.reserved_until ?? '') : 0;
  const armed = await alarmOf(stub);
  expect(armed).toBe(until + HOLD_SWEEP_DELAY_MS);
  await stub.take(takeTag(2, EPC_2));
  await stub.take(takeTag(1, EPC_1));
  expect(await alarmOf(stub)).toBe(armed);
  await runDurableObjectAlarm(stub);
  expect(await alarmOf(stub)).toBeGreaterThanOrEqual(armed ?? 0);
});

it('answers a guest session`s key the same for 35 days, and refuses the key with another body', async () => {
  const { stub } = await openStore();
  const record = { shopper_id: shopper, iat: 1, exp: 2 };
  const ask = (body_hash: string, iat: number) =>
    stub.guestSession({ key: 'k', body_hash, record: { ...record, iat } });
  expect(await ask('h', 1)).toEqual({ ok: true, value: { record, replayed: false } });
  expect(await ask('h', 5)).toEqual({ ok: true, value: { record, replayed: true } });
  expect(await ask('other', 5)).toEqual({ ok: false, error: { code: 'idempotency_key_reuse' } });
});

it('finds the basket of a provider`s reference, and moves none to another basket', async () => {
  const { stub } = await openStore();
  const link = (n: number, gateway: string) =>
    stub.linkReference({ gateway, reference: 'ref', basket_id: basket(n) });
  await link(1, 'test');
  await link(2, 'test');
  await link(3, 'other');
  expect(await stub.findReference({ gateway: 'test', reference: 'ref' })).toBe(basket(1));
  expect(await stub.findReference({ gateway: 'other', reference: 'ref' })).toBe(basket(3));
  expect(await stub.findReference({ gateway: 'test', reference: 'none' })).toBeNull();
});

it('tells a tag`s state with its revision, and staff a list', async () => {
  const { stub, store_id } = await openStore();
  expect(await stub.registerTags({ tags: [{ epc: EPC_1, item_id: itemId(1) }] })).toEqual({
    ok: true,
    value: { registered: 1 },
  });
  expect(await stub.tag(EPC_1)).toEqual({ epc: EPC_1, status: 'unsold', rev: 1 });
  expect(await stub.tag(EPC_2)).toEqual({ epc: EPC_2, status: 'unknown', rev: 0 });
  await stub.openOrder(opening(1, [EPC_1]));
  expect(await stub.tags({ limit: 10 })).toMatchObject([{ epc: EPC_1, name: 'Item 1', status: 'held' }]);
  await stub.commitSale(commitOf(1, store_id, 'HS-100000', [EPC_1]));
  expect(await stub.tag(EPC_1)).toEqual({
    epc: EPC_1,
    status: 'sold',
    rev: 2,
    order_id: opening(1).order_id,
  });
});

it('refuses payloads of another Worker that are not what they should be', async () => {
  const { stub } = await openStore();
  await runInDurableObject(stub, async (object) => {
    const tags = [{ epc: 'not hex', item_id: itemId(1) }];
    await expect(object.registerTags({ tags })).rejects.toThrow();
    await expect(object.eventsAfter(0, 501)).rejects.toThrow();
    await expect(
      object.swapShelf({ version: 0, parts: 0, promotion_parts: 0, catalog_version: 1 }),
    ).rejects.toThrow();
  });
});
