import { runInDurableObject } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import { StoreEvent } from '../../shared/events/index.ts';
import { FeedEntry } from '../../shared/feed/frames.ts';
import { unwrap } from '../../shared/result.ts';
import type { ChangeCollection } from './port.ts';
import {
  bodyOf,
  COLA,
  codeOf,
  cutStore,
  moneyTaken,
  ORIGIN,
  objectOf,
  openShop,
  orderId,
  payWith,
  publish,
  readOrder,
  retailer,
  ring,
  type Shop,
  scanCode,
  scanTag,
  shelf,
  shirt,
  sqlOf,
  storeOf,
  type Walk,
  wakeNow,
  walk,
} from './test/fixture.ts';

const staff = (shop: Shop, id = 'stf_1') => ({
  caller: {
    kind: 'staff' as const,
    staff_id: id,
    role: 'cashier' as const,
    retailer_id: retailer,
    store_id: shop.store_id,
  },
  origin: ORIGIN,
});

/** A paid order that somebody will fetch. */
async function bought(shop: Shop, what: { codes?: string[]; epcs?: string[] } = { epcs: [shirt(1)] }) {
  const w = walk(shop);
  bodyOf(await objectOf(w).create(w.call(), { purchase_type: 'click_and_collect' }));
  for (const code of what.codes ?? []) bodyOf(await scanCode(w, code));
  for (const epc of what.epcs ?? []) bodyOf(await scanTag(w, epc));
  unwrap(await objectOf(w).openOrder(w.call()));
  bodyOf(await payWith(w, 'card'));
  return w;
}

const by = (w: Walk, change: ChangeCollection, id?: string) =>
  objectOf(w).changeCollection(staff(w.shop, id), change);
const shopper = (w: Walk, change: ChangeCollection) => objectOf(w).changeCollection(w.call(), change);
const collectionOf = async (w: Walk) => (await readOrder(w)).order.collection;
const tokenOf = async (w: Walk) => (await collectionOf(w))?.token ?? '';
const tagOf = (w: Walk, epc: string) => storeOf(w.shop).tag(epc);
const eventsOf = async (shop: Shop) => {
  const { events } = await storeOf(shop).eventsAfter(0, 500);
  return events.map((json) => StoreEvent.parse(JSON.parse(json)));
};
const stepsOf = async (shop: Shop) =>
  (await eventsOf(shop)).flatMap((event) =>
    event.type === 'order.collection_changed' ? [[event.data.n, event.data.status, event.data.actor]] : [],
  );
const lastOnFeed = (shop: Shop) =>
  runInDurableObject(storeOf(shop), (_, state) => {
    const [row] = state.storage.sql.exec('SELECT json FROM feed ORDER BY seq DESC LIMIT 1').toArray();
    return FeedEntry.parse(JSON.parse(String(row?.['json'])));
  });

describe('an order that is fetched later', () => {
  it('sells its tags when it is collected and not before; then there is a pass', async () => {
    const shop = await openShop({ order: { exit_check: { always: true } } });
    const w = await bought(shop);
    const { order, pass } = await readOrder(w);
    expect(order).toMatchObject({
      status: 'completed',
      payment_status: 'captured',
      verification_status: 'not_required',
      collection: { status: 'created', hold_until: null, history: [{ status: 'created', actor: 'system' }] },
    });
    expect(pass).toBeNull();
    expect(codeOf(await objectOf(w).exitPass(w.call(), false))).toBe('not_collected');
    expect(await tagOf(w, shirt(1))).toMatchObject({ status: 'unsold', held_by: w.id });

    bodyOf(await by(w, { do: 'accept' }));
    const ready = bodyOf(await by(w, { do: 'ready' })).order.collection;
    expect(ready).toMatchObject({ status: 'ready_to_collect' });
    expect(Date.parse(ready?.hold_until ?? '')).toBeGreaterThan(Date.now() + 71 * 3_600_000);
    // Staff never see what the shopper shows.
    expect(ready?.token).toBeUndefined();
    const token = await tokenOf(w);
    expect(token).toMatch(/^[2-9A-Z]{6}$/);
    expect(codeOf(await by(w, { do: 'collect', token: 'WRONG2' }))).toBe('wrong_token');
    expect(await tagOf(w, shirt(1))).toMatchObject({ status: 'unsold' });

    bodyOf(await by(w, { do: 'collect', token: token.toLowerCase() }));
    const tag = await tagOf(w, shirt(1));
    expect(tag).toMatchObject({ status: 'sold', order_id: orderId(w) });
    expect(await lastOnFeed(shop)).toMatchObject({
      type: 'tags',
      tags: [{ epc: shirt(1), status: 'sold', rev: tag?.rev, order_id: orderId(w) }],
    });
    expect((await readOrder(w)).pass).toMatchObject({ epcs: [[shirt(1), tag?.rev]] });
    expect(await stepsOf(shop)).toEqual([
      [1, 'created', 'system'],
      [2, 'accepted', 'staff'],
      [3, 'ready_to_collect', 'staff'],
      [4, 'collected', 'staff'],
    ]);
  });

  it('is handed over once, however many members of staff do so at once', async () => {
    const w = await bought(await openShop({ order: { collection: { auto_ready: true } } }));
    const token = await tokenOf(w);
    const all = await Promise.all(
      Array.from({ length: 8 }, (_, n) => by(w, { do: 'collect', token }, `stf_${n}`)),
    );
    expect(all.filter(({ ok }) => ok)).toHaveLength(1);
    for (const one of all)
      if (!one.ok)
        expect(one.error).toMatchObject({ code: 'collection_conflict', collection_status: 'collected' });
    expect((await stepsOf(w.shop)).filter(([, status]) => status === 'collected')).toHaveLength(1);
  });

  it('sells its tags although the store did not answer at first', async () => {
    const w = await bought(await openShop({ order: { collection: { auto_ready: true } } }));
    const mend = await cutStore(w.shop, 'recordCollection', 'after');
    bodyOf(await by(w, { do: 'collect', token: await tokenOf(w) }));
    expect((await readOrder(w)).pass).toBeNull();
    mend();
    await wakeNow(w);
    expect(await tagOf(w, shirt(1))).toMatchObject({ status: 'sold' });
    expect((await readOrder(w)).pass).not.toBeNull();
    expect((await stepsOf(w.shop)).map(([n]) => n)).toEqual([1, 2, 3]);
  });

  it('stands in the store`s list at its step', async () => {
    const w = await bought(await openShop(), { codes: [COLA, COLA], epcs: [shirt(1)] });
    await wakeNow(w);
    expect(await storeOf(w.shop).collections('created')).toMatchObject([
      { order_id: orderId(w), number: 'HS100000', items: 3, hold_until: null },
    ]);
    bodyOf(await by(w, { do: 'accept' }));
    expect(await storeOf(w.shop).collections('created')).toEqual([]);
    expect(await storeOf(w.shop).collections('accepted')).toHaveLength(1);
  });
});

describe('an order that comes to nothing', () => {
  it('goes back whole where the store rejects it, its tags and its stock are free', async () => {
    const shop = await openShop();
    const counted = shelf().map((item) => (item.sku === COLA ? { ...item, stock: 2 } : item));
    await publish(shop, 2, counted);
    const w = await bought(shop, { codes: [COLA, COLA], epcs: [shirt(1)] });
    const other = walk(shop);
    bodyOf(await objectOf(other).create(other.call(), { purchase_type: 'click_and_collect' }));
    expect(codeOf(await scanTag(other, shirt(1)))).toBe('epc_in_other_basket');
    expect(await moneyTaken(shop)).toBe(1048 + 1999);

    const { order } = bodyOf(await by(w, { do: 'reject', reason: 'the freezer broke' }));
    expect(order).toMatchObject({
      payment_status: 'refunded',
      refund_status: 'full',
      collection: { status: 'rejected_store', history: [{}, { by: 'stf_1', reason: 'the freezer broke' }] },
    });
    expect(await moneyTaken(shop)).toBe(0);
    expect(await tagOf(w, shirt(1))).toEqual(expect.not.objectContaining({ held_by: w.id }));
    bodyOf(await scanTag(other, shirt(1)));
    bodyOf(await scanCode(other, COLA, 2));
    unwrap(await objectOf(other).openOrder(other.call()));
  });

  it('goes back in part where single lines are rejected; the rest is collected', async () => {
    const w = await bought(await openShop(), { epcs: [shirt(1), shirt(2)] });
    const lines = (await readOrder(w)).order.lines;
    const gone = lines.find(({ epc }) => epc === shirt(1))?.id;
    if (gone === undefined) throw new Error('no line of the shirt');
    const reject: ChangeCollection = {
      ...{ do: 'reject', reason: 'torn' },
      lines: [{ line_id: gone, quantity: 1 }],
    };
    expect(bodyOf(await by(w, reject)).order).toMatchObject({
      refund_status: 'partial',
      collection: { status: 'created' },
    });
    expect(await moneyTaken(w.shop)).toBe(1999);
    expect(codeOf(await by(w, reject))).toBe('quantity_refunded');
    bodyOf(await by(w, { do: 'accept' }));
    bodyOf(await by(w, { do: 'ready' }));
    bodyOf(await by(w, { do: 'collect', token: await tokenOf(w) }));
    expect(await tagOf(w, shirt(1))).toEqual(expect.objectContaining({ status: 'unsold' }));
    expect(await tagOf(w, shirt(2))).toMatchObject({ status: 'sold' });
  });

  it('is its shopper`s to give up until it is ready', async () => {
    const w = await bought(await openShop());
    expect(codeOf(await by(w, { do: 'cancel' }))).toBe('forbidden');
    bodyOf(await by(w, { do: 'accept' }));
    const given = bodyOf(await shopper(w, { do: 'cancel', reason: 'found another' })).order;
    expect(given).toMatchObject({ refund_status: 'full', collection: { status: 'rejected_customer' } });
    expect(await moneyTaken(w.shop)).toBe(0);
    const late = await shopper(w, { do: 'cancel' });
    expect(late).toMatchObject({ error: { collection_status: 'rejected_customer' } });

    const ready = await bought(await openShop({ order: { collection: { auto_ready: true } } }));
    expect(await shopper(ready, { do: 'cancel' })).toMatchObject({
      error: { code: 'collection_conflict', collection_status: 'ready_to_collect' },
    });
    expect(await moneyTaken(ready.shop)).toBe(1999);
  });

  it.each([
    ['refund', 0],
    ['keep', 1999],
  ] as const)('is given up when nobody came in time: %s', async (not_collected, kept) => {
    const w = await bought(
      await openShop({ order: { collection: { auto_ready: true, reject_rules: { not_collected } } } }),
    );
    // An alarm that rings too early gives nothing up.
    await wakeNow(w);
    expect(await collectionOf(w)).toMatchObject({ status: 'ready_to_collect' });
    await runInDurableObject(objectOf(w), (_, state) => {
      state.storage.sql.exec('UPDATE collection SET hold_until = 1');
    });
    await wakeNow(w);
    await ring(w);
    expect(await collectionOf(w)).toMatchObject({ status: 'not_collected', hold_until: null });
    expect((await collectionOf(w))?.history.at(-1)).toMatchObject({ actor: 'system' });
    expect(await moneyTaken(w.shop)).toBe(kept);
    expect(await tagOf(w, shirt(1))).toEqual(expect.not.objectContaining({ held_by: w.id }));
    expect(await sqlOf(w, `SELECT 1 FROM duty WHERE kind = 'hold_over'`)).toEqual([]);
  });

  it('lets go of money that was only reserved', async () => {
    const shop = await openShop();
    const gateways = shop.config.gateways.map((account) => ({ ...account, capture: 'manual' as const }));
    unwrap(await storeOf(shop).putConfig({ ...shop.config, version: 2, gateways }));
    const w = await bought(shop);
    expect((await readOrder(w)).order).toMatchObject({ status: 'created', payment_status: 'authorized' });
    const { order } = bodyOf(await by(w, { do: 'reject', reason: 'sold out' }));
    expect(order.status).toBe('cancelled');
    expect(await moneyTaken(shop)).toBe(0);
    expect(await tagOf(w, shirt(1))).toEqual(expect.not.objectContaining({ held_by: w.id }));
  });

  it('is no order of goods in hand, and none that is not paid', async () => {
    const shop = await openShop();
    const w = walk(shop);
    bodyOf(await objectOf(w).create(w.call()));
    bodyOf(await scanCode(w, COLA));
    unwrap(await objectOf(w).openOrder(w.call()));
    expect(codeOf(await by(w, { do: 'accept' }))).toBe('not_to_collect');
    const later = walk(shop);
    bodyOf(await objectOf(later).create(later.call(), { purchase_type: 'click_and_collect' }));
    bodyOf(await scanCode(later, COLA));
    unwrap(await objectOf(later).openOrder(later.call()));
    expect(codeOf(await by(later, { do: 'accept' }))).toBe('not_paid');
    const elsewhere = await openShop();
    expect(codeOf(await objectOf(later).changeCollection(staff(elsewhere), { do: 'accept' }))).toBe(
      'not_found',
    );
  });
});
