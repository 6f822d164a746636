import { runInDurableObject } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import { StoreEvent } from '../../shared/events/index.ts';
import { unwrap } from '../../shared/result.ts';
import type { Caller } from './port.ts';
import {
  begin,
  bodyOf,
  COLA,
  codeOf,
  cutStore,
  ORIGIN,
  objectOf,
  openShop,
  ordered,
  orderId,
  payWith,
  readOrder,
  retailer,
  ring,
  type Shop,
  scanCode,
  shirt,
  sqlOf,
  storeOf,
  type Walk,
} from './test/fixture.ts';

const CHECKED = { order: { exit_check: { always: true } } };

const staff = (shop: Shop, id: string, key?: string) => {
  const caller: Caller = {
    kind: 'staff',
    staff_id: id,
    role: 'cashier',
    retailer_id: retailer,
    store_id: shop.store_id,
  };
  const idempotency = key === undefined ? {} : { idempotency: { route: 'POST /v', key, body_hash: 'b' } };
  return { caller, origin: ORIGIN, ...idempotency };
};
const paid = async (shop: Shop): Promise<Walk> => {
  const w = await ordered(shop, { epcs: [shirt(1)] });
  bodyOf(await payWith(w, 'card'));
  return w;
};
const look = (w: Walk, result: 'verified' | 'failed', id = 'stf_1', reason?: string) =>
  objectOf(w).reviewOrder(staff(w.shop, id), { result, ...(reason === undefined ? {} : { reason }) });
const claimsOf = async (w: Walk) => bodyOf(await objectOf(w).exitPass(w.call(), false));
const timeToComeIsOver = (w: Walk) =>
  runInDurableObject(objectOf(w), (_, state) => {
    state.storage.sql.exec('UPDATE orders SET verify_at = 1 WHERE verify_at IS NOT NULL');
  });
const eventsOf = async (w: Walk) => {
  const { events } = await storeOf(w.shop).eventsAfter(0, 500);
  return events.map((json) => StoreEvent.parse(JSON.parse(json)));
};

describe('an order that staff must look at', () => {
  it('has a pass that says so, until somebody has looked', async () => {
    const w = await paid(await openShop(CHECKED));
    expect((await readOrder(w)).order).toMatchObject({
      status: 'completed',
      verification_status: 'pending',
      poslog: { number: 1, epoch: 0, workstation: '200' },
      business_date: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
    });
    const before = await claimsOf(w);
    expect(before.verify).toBe('staff');
    expect(await claimsOf(w)).toEqual(before);

    expect(bodyOf(await look(w, 'verified')).order.verification_status).toBe('verified');
    const after = await claimsOf(w);
    expect(after.verify).toBeUndefined();
    expect(after.jti).not.toBe(before.jti);
    expect(after.epcs).toEqual(before.epcs);
    expect((await eventsOf(w)).at(-1)).toMatchObject({ type: 'order.verified', data: { reviewer: 'stf_1' } });
  });

  it('keeps its gate shut after a look that failed, until another one has looked', async () => {
    const w = await paid(await openShop(CHECKED));
    bodyOf(await look(w, 'failed', 'stf_1', 'a bottle more'));
    expect((await claimsOf(w)).verify).toBe('staff');
    expect(codeOf(await look(w, 'verified', 'stf_1'))).toBe('second_reviewer_needed');
    bodyOf(await look(w, 'verified', 'stf_2'));
    expect((await claimsOf(w)).verify).toBeUndefined();
  });

  it('is answered again under its key, also where the first answer was cut off', async () => {
    const w = await paid(await openShop(CHECKED));
    const mend = await cutStore(w.shop, 'reviewOrder', 'after');
    const call = () => objectOf(w).reviewOrder(staff(w.shop, 'stf_1', 'k'), { result: 'verified' });
    expect(codeOf(await call())).toBe('store_unavailable');
    mend();
    expect(unwrap(await call())).toMatchObject({ replayed: false });
    expect(unwrap(await call())).toMatchObject({ replayed: true });
    expect((await eventsOf(w)).filter(({ type }) => type === 'order.verified')).toHaveLength(1);
  });

  it('counts as looked at where nobody came', async () => {
    const w = await paid(await openShop(CHECKED));
    await ring(w);
    expect((await readOrder(w)).order.verification_status).toBe('pending');
    await timeToComeIsOver(w);
    await ring(w);
    expect((await readOrder(w)).order.verification_status).toBe('verified');
    expect(await sqlOf(w, 'SELECT verify_at FROM orders')).toEqual([{ verify_at: null }]);
    expect((await eventsOf(w)).at(-1)).toMatchObject({ type: 'order.verified', data: { reviewer: null } });
  });

  it('waits for staff by the clock neither where nobody set one, nor while its tag is looked into', async () => {
    const patient = await paid(
      await openShop({ order: { exit_check: { always: true, auto_verify_after_min: 0 } } }),
    );
    expect(await sqlOf(patient, 'SELECT verify_at FROM orders')).toEqual([{ verify_at: null }]);

    const shop = await openShop(CHECKED);
    const first = await paid(shop);
    const second = await ordered(shop, { epcs: [shirt(2)] });
    // The ledger sold the second one's tag to the first one meanwhile: an incident of the second order.
    await runInDurableObject(storeOf(shop), (_, state) => {
      state.storage.sql.exec(
        `UPDATE tag SET status = 'sold', order_id = ? WHERE epc = ?`,
        orderId(first),
        shirt(2),
      );
    });
    bodyOf(await payWith(second, 'card'));
    await timeToComeIsOver(second);
    await ring(second);
    expect((await readOrder(second)).order.verification_status).toBe('pending');
    const [{ verify_at } = {}] = await sqlOf(second, 'SELECT verify_at FROM orders');
    expect(Number(verify_at)).toBeGreaterThan(1);
  });

  it('is nobody else`s to look at', async () => {
    const w = await paid(await openShop(CHECKED));
    expect(codeOf(await objectOf(w).reviewOrder(w.call(), { result: 'verified' }))).toBe('forbidden');
    const other = await openShop();
    expect(codeOf(await objectOf(w).reviewOrder(staff(other, 'stf_9'), { result: 'verified' }))).toBe(
      'not_found',
    );
  });
});

describe('staff of the store', () => {
  it('give up an order that is not paid; its numbers stay with its void', async () => {
    const w = await ordered(await openShop(), { epcs: [shirt(1)] });
    const gone = bodyOf(await objectOf(w).cancelOrder(staff(w.shop, 'stf_1')));
    expect(gone.order.status).toBe('cancelled');
    expect((await eventsOf(w)).at(-1)).toMatchObject({
      type: 'order.cancelled',
      data: { number: 'HS100000', poslog: { number: 1, workstation: '200' } },
    });
    expect(bodyOf(await objectOf(w).cancelOrder(staff(w.shop, 'stf_1'))).order.status).toBe('cancelled');
  });

  it('give up none that is paid', async () => {
    const w = await paid(await openShop());
    expect(codeOf(await objectOf(w).cancelOrder(staff(w.shop, 'stf_1')))).toBe('already_paid');
  });
});

const STORM = 200;

it('completes trips at the same time without giving a number twice, over the end of the range', async () => {
  const shop = await openShop({ order: { numbers: { poslog: { hi: 9_999 } } } });
  const start = 10_000 - STORM / 2;
  await runInDurableObject(storeOf(shop), (_, state) => {
    state.storage.sql.exec(
      `INSERT INTO series (series, cur, lo, hi) VALUES ('poslog', ?, 1, 9999)`,
      start - 1,
    );
  });
  const walks = await Promise.all(
    Array.from({ length: STORM }, async () => {
      const w = await begin(shop);
      bodyOf(await scanCode(w, COLA));
      unwrap(await objectOf(w).openOrder(w.call()));
      return w;
    }),
  );
  // Each pays, and asks again at once: a repeat costs no number.
  await Promise.all(
    walks.flatMap((w) => [payWith(w, 'card', { key: w.id }), objectOf(w).readOrder(w.call())]),
  );
  const orders = await Promise.all(walks.map((w) => readOrder(w)));
  const numbers = orders.map(({ order }) => `${order.poslog?.epoch}:${order.poslog?.number}`);
  const first = Array.from({ length: STORM / 2 }, (_, n) => `0:${start + n}`);
  const second = Array.from({ length: STORM / 2 }, (_, n) => `1:${n + 1}`);
  expect(numbers.sort()).toEqual([...first, ...second].sort());
});
