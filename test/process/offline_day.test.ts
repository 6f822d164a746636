import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, expect, it } from 'vitest';
import { z } from 'zod';
import type { Order } from '../../shared/api/order.ts';
import { call, expectJson, expectProblem } from '../support/client.ts';
import { Gate } from '../support/gate.ts';
import { Kiosk } from '../support/kiosk.ts';
import { freshDataDir, removeDataDir, type Sesame, sleep, startSesame, until } from '../support/sesame.ts';
import { deliverTags, gateIsRight, ledgerIsRight, ledgerOf } from '../support/tagged_stock.ts';

/** A day without a line: the kiosk sells on while the agent is killed again and again, and nothing is lost or doubled. */
const LONG = process.env['LONG'] !== undefined;
const SALES = LONG ? 1_000 : 60;
const KILLS = LONG ? 20 : 3;
const CANCELLED_EVERY = 25;
/** Tags delivered before the line is cut; about half of the trips sell one or more, and as many tags stay. */
const TAGS = Math.round(SALES * 1.2);
const TAGGED_TRIPS = 0.5;
const TAG_PRICE_BELOW = 1_500;
const RANDOM_SEED = 952;
/** Above this the agent fetches no more numbers, so none arrive while the till is closed. */
const LOW_WATER = 1_500;

const Till = z.looseObject({
  closed: z.string().nullable(),
  device_id: z.string(),
  numbers_left: z.number(),
  limits: z.looseObject({ count: z.number(), total: z.number() }).nullable(),
  unsent: z.looseObject({ count: z.number(), total: z.number() }),
});
const Sync = z.looseObject({
  link: z.string(),
  till: z.looseObject({
    unsent: z.looseObject({ count: z.number() }),
    damaged: z.array(z.looseObject({ device_seq: z.number() })),
    refused: z.array(z.unknown()),
    gaps: z.array(z.unknown()),
  }),
});
const Orders = z.looseObject({
  data: z.array(z.looseObject({ id: z.string(), number: z.string(), status: z.string(), total: z.number() })),
  has_more: z.boolean(),
});
const OrderTill = z.looseObject({ till: z.looseObject({ offline: z.boolean() }).nullable() });
const Waiting = z.looseObject({ waiting: z.number() });
const Voided = z.looseObject({ voided: z.number() });

const data = freshDataDir();
let sesame: Sesame | undefined;
afterAll(async () => {
  await sesame?.stop();
  removeDataDir(data);
});

function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
}

async function setLine(store: Sesame, state: 'up' | 'cut'): Promise<void> {
  await call(store.floor, 'POST', '/demo/line', { body: { state } });
  await until(
    `the line to be ${state}`,
    async () => (await sync(store)).link === (state === 'up' ? 'up' : 'down'),
  );
}

const sync = (store: Sesame) => expectJson(Sync, 200, call(store.agent, 'GET', '/syncz'));
const till = (kiosk: Kiosk) => expectJson(Till, 200, kiosk.get('/v1/till'));

/** Everything that the till has is at the edge. */
const handedOver = (store: Sesame) =>
  until('every sale to be handed over', async () => (await sync(store)).till.unsent.count === 0, 120_000);

async function ordersOfCloud(store: Sesame): Promise<z.infer<typeof Orders>['data']> {
  const all: z.infer<typeof Orders>['data'] = [];
  for (let after = ''; ; ) {
    const path = `/v1/orders?store_id=${store.store_id}&sold_by=till&limit=100${after}`;
    const page = await expectJson(
      Orders,
      200,
      call(store.cloud, 'GET', path, { token: store.tokens.manager }),
    );
    all.push(...page.data);
    if (!page.has_more) return all;
    after = `&starting_after=${page.data.at(-1)?.id}`;
  }
}

/** What the agent's disk says of the device's numbers: each value once, with what it became. */
function numbersOnDisk(): { sold: number[]; voided: number[]; leased: number[] } {
  const db = new DatabaseSync(join(data, 'agent', 'agent.sqlite'), { readOnly: true });
  const range = (from: number, to: number): number[] =>
    Array.from({ length: to - from + 1 }, (_, i) => from + i);
  const Body = z.looseObject({
    kind: z.string(),
    from: z.number().optional(),
    to: z.number().optional(),
    number: z.looseObject({ value: z.number() }).optional(),
  });
  const bodies = db
    .prepare('SELECT body FROM till_document ORDER BY device_id, device_seq')
    .all()
    .map((row) => Body.parse(JSON.parse(String(row['body']))));
  const leases = db.prepare('SELECT first, last FROM till_lease').all();
  db.close();
  return {
    sold: bodies.flatMap(({ number }) => (number === undefined ? [] : [number.value])),
    voided: bodies.flatMap(({ from, to }) => (from === undefined || to === undefined ? [] : range(from, to))),
    leased: leases.flatMap((row) => range(Number(row['first']), Number(row['last']))),
  };
}

it(
  'sells for a day without a line, is killed again and again, and hands every sale over once',
  async () => {
    const store = await startSesame({ data });
    sesame = store;
    const kiosk = new Kiosk(store);
    const gate = await Gate.connect(store);
    const ready = await until('the till to be stocked', async () => {
      const now = await till(kiosk);
      return now.closed === null && now.numbers_left >= SALES ? now : null;
    });
    const cheap = await cheapCodes(kiosk, store);
    const delivered = await deliverTags(store, TAGS, TAG_PRICE_BELOW);
    const ofStore = (await ledgerOf(store)).map(({ epc }) => epc);
    expect(ofStore).toEqual(expect.arrayContaining(delivered));
    await setLine(store, 'cut');

    const random = randomOf(RANDOM_SEED);
    const forSale = delivered
      .map((epc) => ({ epc, at: random() }))
      .sort((a, b) => a.at - b.at)
      .map(({ epc }) => epc);
    const killAt = new Set<number>();
    while (killAt.size < KILLS) killAt.add(1 + Math.floor(random() * (SALES - 2)));
    const sold: Order[] = [];
    const cancelled: string[] = [];
    const soldEpcs = new Map<string, string>();
    const putBack: string[] = [];
    for (let sale = 0; sale < SALES; sale++) {
      const killing = killAt.has(sale)
        ? sleep(random() * 60).then(() => store.kill('agent'))
        : Promise.resolve(0);
      const cancelling = sale % CANCELLED_EVERY === CANCELLED_EVERY - 1;
      const several = 1 + Math.floor(random() * 1.25) + Math.floor(random() * 1.1);
      const epcs = cancelling || random() < TAGGED_TRIPS ? forSale.splice(0, several) : [];
      const scans = [
        { code: cheap[sale % cheap.length], quantity: 1 + Math.floor(random() * 3) },
        { code: cheap[(sale * 7 + 3) % cheap.length] },
        ...epcs.map((epc) => ({ epc })),
      ];
      if (cancelling) {
        const order = await kiosk.openOrder((await kiosk.basketWith(scans)).id);
        await kiosk.post(`/v1/orders/${order.id}/cancel`, undefined);
        cancelled.push(order.id);
        putBack.push(...epcs);
      } else {
        const order = await kiosk.buy(scans);
        expect(order).toMatchObject({
          status: 'completed',
          payment_status: 'captured',
          captured: order.total,
        });
        sold.push(order);
        for (const epc of epcs) soldEpcs.set(epc, order.id);
        if (epcs.length > 0) expect((await gateAnswers(gate, ...epcs)).decision).toBe('open');
      }
      await killing;
    }
    const before = await till(kiosk);
    const total = sold.reduce((sum, order) => sum + order.total, 0);
    expect(before.unsent).toMatchObject({ count: sold.length, total });
    expect(new Set(sold.map(({ number }) => number)).size).toBe(sold.length);
    expect(soldEpcs.size).toBeGreaterThan(TAGS / 3);
    expect(forSale.length).toBeGreaterThan(TAGS / 3);
    expect(putBack.length).toBeGreaterThan(0);

    await gateIsRight(store, ofStore, soldEpcs);
    await store.kill('agent');
    await gateIsRight(store, ofStore, soldEpcs);
    expect((await sync(store)).link).not.toBe('up');

    await setLine(store, 'up');
    await handedOver(store);
    for (let again = 0; again < 3; again++) {
      const upload = call(store.agent, 'POST', '/v1/till/upload', { token: store.tokens.manager });
      expect((await expectJson(Waiting, 200, upload)).waiting).toBeGreaterThanOrEqual(sold.length);
      await handedOver(store);
    }
    await gateIsRight(store, ofStore, soldEpcs);
    await ledgerIsRight(store, ofStore, soldEpcs);
    await store.kill('agent');
    await gateIsRight(store, ofStore, soldEpcs);

    await until('the till to be stocked again', async () => (await till(kiosk)).numbers_left >= LOW_WATER);
    const close = { token: store.tokens.manager, body: { device_id: ready.device_id } };
    const closed = await expectJson(Voided, 200, call(store.agent, 'POST', '/v1/till/close', close));
    expect(closed.voided).toBeGreaterThan(0);
    await handedOver(store);
    expect((await sync(store)).till).toMatchObject({ damaged: [], refused: [], gaps: [] });

    const cloud = await until(
      'the cloud to know every sale',
      async () => {
        const all = await ordersOfCloud(store);
        return all.length >= sold.length ? all : null;
      },
      120_000,
    );
    const completed = cloud.filter(({ status }) => status === 'completed');
    expect(completed.map(({ id }) => id).sort()).toEqual(sold.map(({ id }) => id).sort());
    expect(completed.reduce((sum, order) => sum + order.total, 0)).toBe(total);
    expect(completed.map(({ number }) => number).sort()).toEqual(sold.map(({ number }) => number).sort());
    const [some] = sold;
    const detail = call(store.cloud, 'GET', `/v1/orders/${some?.id}`, { token: store.tokens.manager });
    expect(await expectJson(OrderTill, 200, detail)).toMatchObject({ till: { offline: true } });

    await gateIsRight(store, ofStore, soldEpcs);
    await gate.close();
    await store.stop();
    sesame = undefined;
    const { sold: values, voided, leased } = numbersOnDisk();
    expect(values.length).toBe(sold.length);
    expect([...values, ...voided].sort((a, b) => a - b)).toEqual(leased.sort((a, b) => a - b));
    expect(voided.length).toBe(closed.voided + cancelled.length);
  },
  LONG ? 3_600_000 : 600_000,
);

it('names a record that was changed in one byte, sends nothing from it on, and sells no more on that till', async () => {
  const first = await startSesame({ data });
  sesame = first;
  const selling = new Kiosk(first);
  await until('numbers', async () => (await till(selling)).numbers_left > 0);
  const cheap = await cheapCodes(selling, first);
  await setLine(first, 'cut');
  const orders: Order[] = [];
  for (let sale = 0; sale < 5; sale++) orders.push(await selling.buy([{ code: cheap[sale % cheap.length] }]));
  await first.stop();
  sesame = undefined;

  const changed = changeOneByte(orders[2]?.id ?? '');
  const second = await startSesame({ data });
  sesame = second;
  const kiosk = new Kiosk(second);
  await until('the first two to be handed over', async () => {
    const { till: now, link } = await sync(second);
    return link === 'up' && now.unsent.count === 3 ? now : null;
  });
  expect((await sync(second)).till.damaged).toMatchObject([{ device_seq: changed }]);
  expect((await till(kiosk)).closed).toBe('journal_damaged');
  const basket = await kiosk.basketWith([{ code: cheap[0] }]);
  expect(await expectProblem(409, kiosk.post('/v1/orders', { basket_id: basket.id }))).toBe(
    'journal_damaged',
  );
  const ids = await until('the cloud to know of two', async () => {
    const all = (await ordersOfCloud(second)).map(({ id }) => id);
    return orders.slice(0, 2).every(({ id }) => all.includes(id)) ? all : null;
  });
  for (const { id } of orders.slice(2)) expect(ids).not.toContain(id);
}, 300_000);

/** Somebody makes a sale cheaper in the till's own file. Answers the sequence number of the record. */
function changeOneByte(orderId: string): number {
  const db = new DatabaseSync(join(data, 'agent', 'agent.sqlite'));
  const row = db.prepare('SELECT device_seq, body FROM till_document WHERE order_id = ?').get(orderId);
  const body = String(row?.['body']);
  const at = body.indexOf('"tendered":') + '"tendered":'.length;
  const other = body[at] === '1' ? '2' : '1';
  db.prepare('UPDATE till_document SET body = ? WHERE order_id = ?').run(
    body.slice(0, at) + other + body.slice(at + 1),
    orderId,
  );
  db.close();
  return Number(row?.['device_seq']);
}

/** A thousand sales stay below what may be sold without a line, so only cheap things are bought. */
async function cheapCodes(kiosk: Kiosk, store: Sesame): Promise<string[]> {
  const cheap: string[] = [];
  for (const code of [...store.samples.promoted_codes, ...store.samples.codes]) {
    const { total } = await kiosk.basketWith([{ code }]);
    if (total > 0 && total < 500) cheap.push(code);
  }
  expect(cheap.length).toBeGreaterThan(2);
  return cheap;
}

/** The gate's connection may be a moment behind an agent that was just started again. */
const gateAnswers = (gate: Gate, ...epcs: string[]) =>
  until('the gate to be answered', async () => gate.walk(...epcs).catch(() => null), 60_000);
