import { afterEach, describe, expect, it, vi } from 'vitest';
import { digestOf } from '../../shared/offline/chain.ts';
import { until } from '../testing/agent.ts';
import { KIOSK, OTHER_KIOSK, ourEpc, PRINTER } from '../testing/fixtures.ts';
import { CASH, type KioskStore, openKiosk } from '../testing/kiosk.ts';
import { CIDER_GTIN, SCARF_GTIN, SOCKS_GTIN, testShelf } from '../testing/shelf.ts';
import { expectProblem } from '../testing/store.ts';

// A busy machine is no reason to fail: nothing here is about time.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let store: KioskStore;
afterEach(() => store.stop());

describe('a kiosk whose store has no line', () => {
  it('sells, promotes, taxes, numbers and prints, and the gate opens', async () => {
    store = await openKiosk();
    const { call, buy } = store;
    await store.cut();
    const { order, paid } = await buy([{ code: SOCKS_GTIN, quantity: 2 }, { epc: ourEpc(2).toLowerCase() }], {
      ...CASH,
      tendered: 3000,
    });
    expect(order).toMatchObject({
      number: 'EX-K1-000001',
      status: 'created',
      subtotal: 2048,
      discount: 100,
      total: 1948,
      tax: 324,
      promotions: [{ promotion_id: 'two_socks', discount: 100 }],
    });
    expect(paid.json).toMatchObject({ status: 'captured', amount: 1948 });
    const done = await call('GET', `/v1/orders/${order.id}`);
    expect(done.json).toMatchObject({ status: 'completed', payment_status: 'captured', captured: 1948 });
    const tag = await call('GET', `/v1/tags/${ourEpc(2)}`);
    expect(tag.json).toMatchObject({ status: 'sold', order_id: order.id });
    await until(() => expect(store.printer.receipts().at(-1)?.text).toContain('EX-K1-000001'));
    const paper = await call('GET', `/v1/orders/${order.id}/receipt?format=text`);
    expect(paper.text).toContain('Change £10.52');
    expect((await call('GET', '/v1/till')).json).toMatchObject({
      link: 'down',
      limits: { total: 2_000_000 - 1948, count: 4_999 },
      unsent: { count: 1, total: 1948 },
    });
  });

  it('hands everything over once the line is back, once', async () => {
    store = await openKiosk();
    const { call, buy } = store;
    await store.cut();
    const { order } = await buy([{ epc: ourEpc(3) }], CASH);
    await store.edge.start();
    await until(() => expect(store.edge.books.ofDevice(KIOSK)).toHaveLength(1));
    const [sale] = store.edge.books.ofDevice(KIOSK);
    expect(sale).toMatchObject({ kind: 'sale', order_id: order.id, linked: false, totals: { total: 1250 } });
    expect(sale === undefined ? '' : digestOf(sale)).toBe(sale?.digest);
    await until(async () => {
      expect((await call('GET', '/syncz')).json.till.unsent.count).toBe(0);
      expect(store.agent.state.book.pendingLocally).toBe(0);
    });
    expect(store.agent.state.book.get(ourEpc(3))).toMatchObject({ status: 'sold', order_id: order.id });

    const manager = await store.edge.token('manager');
    for (let again = 0; again < 3; again++)
      await call('POST', '/v1/till/upload', undefined, { token: manager });
    await until(() => expect(store.edge.books.uploads.length).toBeGreaterThan(1));
    await until(async () => expect((await call('GET', '/syncz')).json.till.unsent.count).toBe(0));
    expect(store.edge.books.ofDevice(KIOSK)).toHaveLength(1);
  });

  it('stops at its limits, each with a name', async () => {
    store = await openKiosk({ offline: { max_sale: 1_000, max_total: 800, max_count: 2 } });
    const { call, buy, basketWith } = store;
    await store.cut();
    const scarf = await basketWith({ epc: ourEpc(2) });
    expectProblem(await call('POST', '/v1/orders', { basket_id: scarf }), 409, 'offline_sale_limit');
    await buy([{ code: SOCKS_GTIN }], CASH);
    const socks = await basketWith({ code: SOCKS_GTIN }, { code: SOCKS_GTIN });
    expectProblem(await call('POST', '/v1/orders', { basket_id: socks }), 409, 'offline_total_limit');
    await buy([{ code: SOCKS_GTIN }], CASH);
    expectProblem(await call('POST', '/v1/orders', { basket_id: socks }), 409, 'offline_count_limit');
    expect((await call('GET', '/v1/till')).json.closed).toBe('offline_count_limit');
    await store.edge.start();
    await until(async () => expect((await call('GET', '/v1/till')).json.closed).toBeNull());
    expect((await call('POST', '/v1/orders', { basket_id: socks })).status).toBe(201);
  });

  it('sells nothing where the store does not want it', async () => {
    store = await openKiosk({ offline: { enabled: false } });
    const { call, basketWith } = store;
    await store.cut();
    const basket = await basketWith({ code: SOCKS_GTIN });
    expectProblem(await call('POST', '/v1/orders', { basket_id: basket }), 409, 'offline_disabled');
  });
});

describe('a till', () => {
  it('answers like the edge to what cannot be', async () => {
    store = await openKiosk();
    const { call, basketWith } = store;
    const basket = await basketWith({ epc: ourEpc(2) });
    const scan = (body: unknown, id = basket) => call('POST', `/v1/baskets/${id}/scans`, body);
    expectProblem(await scan({ epc: ourEpc(2) }), 409, 'epc_in_basket');
    expectProblem(await scan({ epc: ourEpc(1) }), 409, 'epc_sold');
    expectProblem(await scan({ code: '9521141000999' }), 422, 'bad_code');
    expectProblem(await scan({ code: 'nothing' }), 404, 'unknown_item');
    expectProblem(await scan({ code: SCARF_GTIN, quantity: 1_000_000 }), 422, 'invalid');
    const other = await basketWith({ code: SCARF_GTIN });
    expectProblem(await scan({ epc: ourEpc(2) }, other), 409, 'epc_in_other_basket');
    const line = (await call('GET', `/v1/baskets/${basket}`)).json.lines[0].id;
    expectProblem(
      await call('PATCH', `/v1/baskets/${basket}/lines/${line}`, { quantity: 2 }),
      409,
      'quantity_fixed',
    );
    const empty = await call('DELETE', `/v1/baskets/${basket}/lines/${line}`);
    expect(empty.json).toMatchObject({ lines: [], total: 0 });
    expectProblem(await call('POST', '/v1/orders', { basket_id: basket }), 409, 'basket_empty');
    expect((await scan({ epc: ourEpc(2) }, other)).status).toBe(200);
    const stranger = await store.edge.token('kiosk', { sub: OTHER_KIOSK });
    expectProblem(
      await call('GET', `/v1/baskets/${other}`, undefined, { token: stranger }),
      404,
      'not_found',
    );
  });

  it('asks staff for an age, and takes their word for that age', async () => {
    store = await openKiosk();
    const { call, basketWith } = store;
    const basket = await basketWith({ code: CIDER_GTIN });
    expectProblem(await call('POST', '/v1/orders', { basket_id: basket }), 409, 'verification_required');
    expectProblem(await call('POST', `/v1/baskets/${basket}/approvals`), 403, 'forbidden');
    const token = await store.edge.token('cashier', { sub: 'stf_1' });
    const approved = await call('POST', `/v1/baskets/${basket}/approvals`, undefined, { token });
    expect(approved.json.verification.status).toBe('approved');
    expect((await call('POST', '/v1/orders', { basket_id: basket })).status).toBe(201);
  });

  it('gives one order a basket, one answer a key, and a void for what was given up', async () => {
    store = await openKiosk();
    const { call, basketWith } = store;
    const basket = await basketWith({ code: SOCKS_GTIN });
    const first = await call('POST', '/v1/orders', { basket_id: basket });
    const second = await call('POST', '/v1/orders', { basket_id: basket });
    expect([first.status, second.status]).toEqual([201, 200]);
    expect(second.json).toEqual(first.json);
    const cancelled = await call('POST', `/v1/orders/${first.json.id}/cancel`);
    expect(cancelled.json.status).toBe('cancelled');
    expectProblem(await call('POST', `/v1/orders/${first.json.id}/payments`, CASH), 409, 'order_cancelled');
    await until(() =>
      expect(store.edge.books.ofDevice(KIOSK)).toMatchObject([
        { kind: 'void', reason: 'order_cancelled', from: 1, to: 1, order_id: first.json.id },
      ]),
    );

    const next = await basketWith({ code: SOCKS_GTIN });
    const order = await call('POST', '/v1/orders', { basket_id: next });
    const pay = () =>
      call('POST', `/v1/orders/${order.json.id}/payments`, CASH, { headers: { 'idempotency-key': 'k1' } });
    const [paid, again] = [await pay(), await pay()];
    expect(again.json).toEqual(paid.json);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expectProblem(await call('POST', `/v1/orders/${order.json.id}/payments`, CASH), 409, 'already_paid');

    const manager = await store.edge.token('manager');
    const closed = await call('POST', '/v1/till/close', { device_id: KIOSK }, { token: manager });
    expect(closed.status).toBe(200);
    await until(() => {
      const documents = store.edge.books.ofDevice(KIOSK);
      const used = documents.flatMap((one) =>
        one.kind === 'sale' ? [one.number.value] : range(one.from, one.to),
      );
      const leased = Math.max(...[...store.edge.books.leases.values()].map(({ to }) => to));
      expect(new Set(used).size).toBe(used.length);
      expect(used.length).toBeGreaterThanOrEqual(2_000);
      expect(leased).toBeGreaterThanOrEqual(used.length);
    });
  });

  it('takes cash in parts, rounds the last one to the coin and leaves a debt only where it may', async () => {
    store = await openKiosk({ cash_step: 50, offline: { pay_later: { enabled: true, max_sale: 800 } } });
    const { call, buy, basketWith } = store;
    const basket = await basketWith({ code: SOCKS_GTIN }, { code: SOCKS_GTIN });
    const order = await call('POST', '/v1/orders', { basket_id: basket });
    expect(order.json.total).toBe(698);
    const pay = (tender: object) => call('POST', `/v1/orders/${order.json.id}/payments`, tender);
    expectProblem(await pay({ ...CASH, amount: 699 }), 409, 'amount_mismatch');
    expectProblem(await pay({ ...CASH, tendered: 500 }), 409, 'amount_mismatch');
    expectProblem(await pay({ gateway: 'terminal', method: 'card' }), 422, 'unknown_gateway');
    expect((await pay({ ...CASH, amount: 200 })).json.status).toBe('captured');
    expect((await pay({ ...CASH, tendered: 1000 })).json).toMatchObject({ amount: 498, status: 'captured' });
    await until(() =>
      expect(store.edge.books.ofDevice(KIOSK)).toMatchObject([
        {
          payments: [
            { method: 'cash', amount: 200, tendered: 200, change: 0, rounding: 0 },
            { method: 'cash', amount: 498, tendered: 1000, change: 500, rounding: 2 },
          ],
        },
      ]),
    );

    const later = await buy([{ code: SOCKS_GTIN }], { gateway: 'pay_later', method: 'link' });
    expect(later.paid.json).toMatchObject({ status: 'pending', next_action: { type: 'redirect' } });
    const owed = await call('GET', `/v1/orders/${later.order.id}`);
    expect(owed.json).toMatchObject({ status: 'completed', payment_status: 'pending', captured: 0 });
    const receipt = await call('GET', `/v1/orders/${later.order.id}/receipt?format=json`);
    expect(receipt.json.qr).toBe(later.paid.json.next_action.url);
    const dear = await buy([{ code: SCARF_GTIN }], { gateway: 'pay_later', method: 'link' });
    expectProblem(dear.paid, 409, 'pay_later_limit');
  });

  it('sells from the old shelf until a new one is whole', async () => {
    store = await openKiosk();
    const { call, basketWith } = store;
    store.edge.shelfPageItems = 1;
    let held = 0;
    store.edge.httpFault = (path) => {
      if (!path.includes('/shelf') || !path.includes('after=2')) return null;
      held += 1;
      return held < 3 ? 500 : null;
    };
    store.edge.publishShelf(testShelf(4, 1500));
    await until(() => expect(held).toBe(1));
    const old = await basketWith({ code: SCARF_GTIN });
    expect((await call('GET', `/v1/baskets/${old}`)).json).toMatchObject({ total: 1250, shelf_version: 3 });
    await until(async () => expect((await call('GET', '/v1/till')).json.shelf_version).toBe(4));
    const basket = await basketWith({ code: SCARF_GTIN });
    expect((await call('GET', `/v1/baskets/${basket}`)).json).toMatchObject({
      total: 1500,
      shelf_version: 4,
    });
    const pages = store.edge.httpCalls.filter((path) => path.includes('/shelf?version=4'));
    expect(pages.filter((path) => path.includes('after=1'))).toHaveLength(1);
  });

  it('names the kiosk’s printer where it has one, and prints nothing twice', async () => {
    store = await openKiosk();
    const { call, buy } = store;
    const { order } = await buy([{ code: SOCKS_GTIN }], CASH);
    const job = await call('POST', '/v1/print_jobs', { order_id: order.id });
    expect(job.json).toMatchObject({ order_id: order.id, printer_id: PRINTER });
    await until(() => expect(store.printer.receipts()).toHaveLength(1));
  });
});

const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i);
