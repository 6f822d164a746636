import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { Basket, ScanAnswer } from '../../../shared/api/basket.ts';
import { Order, Payment } from '../../../shared/api/order.ts';
import { GuestSession } from '../../../shared/api/store.ts';
import { seal } from '../../../shared/offline/chain.ts';
import { OfflineSale } from '../../../shared/offline/document.ts';
import { sealedSale } from '../../../shared/offline/sale.fixture.ts';
import { UploadAnswer } from '../../../shared/offline/wire.ts';
import { checkPoslog } from '../../../shared/poslog/check.ts';
import { unwrap } from '../../../shared/result.ts';
import { kioskOfAgent } from '../../support/agent_kiosk.ts';
import { call, expectJson, type Reply, type Request } from '../../support/client.ts';
import { Gate } from '../../support/gate.ts';
import { Kiosk } from '../../support/kiosk.ts';
import { changePolicies, type OwnShop, ownShop } from '../../support/own_shop.ts';
import { priced, publishStore, putItems } from '../../support/payment_store.ts';
import { freshDataDir, removeDataDir, type Sesame, startSesame, until } from '../../support/sesame.ts';

/** Numbers are given once, whatever comes at once, again, or late. */
const SHOPPERS = 200;
const PATIENCE_MS = 120_000;
const [LAST_BEFORE, HIGHEST] = [9_899, 9_999];
const ITEM = priced('SS-1', 574);

let sesame: Sesame;
const data = freshDataDir();
beforeAll(async () => {
  sesame = await startSesame({ data });
});
afterAll(async () => {
  await sesame?.stop();
  removeDataDir(data);
});

/** So many calls are on their way at once; the others wait, as connections of a shop's line do. */
const CONNECTIONS = 32;
let free = CONNECTIONS;
const queue: (() => void)[] = [];
async function inTurn<T>(ask: () => Promise<T>): Promise<T> {
  if (free > 0) free -= 1;
  else await new Promise<void>((next) => queue.push(next));
  try {
    return await ask();
  } finally {
    const next = queue.shift();
    if (next === undefined) free += 1;
    else next();
  }
}

/** A phone of its own address: what one address may ask in a second is limited. */
class Phone {
  readonly #shop: OwnShop;
  readonly #address: string;
  #token: string | undefined;

  constructor(shop: OwnShop, n: number) {
    this.#shop = shop;
    // The benchmark network is nobody's (RFC 2544).
    this.#address = `198.18.7.${n + 1}`;
  }

  /** A connection that breaks is no answer: the call is made again under its key, as phones do. */
  #call(
    method: string,
    path: string,
    { key = crypto.randomUUID(), ...request }: Request = {},
  ): Promise<Reply> {
    const headers = { 'cf-connecting-ip': this.#address };
    const token = this.#token === undefined ? {} : { token: this.#token };
    const ask = () => call(this.#shop.edge, method, path, { ...token, ...request, key, headers });
    return inTurn(() => until(`an answer to ${method} ${path}`, ask, PATIENCE_MS));
  }

  async order(): Promise<Order> {
    const body = { store_id: this.#shop.store_id };
    const session = this.#call('POST', '/v1/guest_sessions', { body });
    this.#token = (await expectJson(GuestSession, 201, session)).token;
    const { id } = await expectJson(Basket, 201, this.#call('POST', '/v1/baskets', { body }));
    const scan = this.#call('POST', `/v1/baskets/${id}/scans`, { body: { code: 'SS-1' } });
    await expectJson(ScanAnswer, 200, scan);
    const create = () => this.#call('POST', '/v1/orders', { body: { basket_id: id }, key: `order-${id}` });
    const order = await expectJson(Order, 201, create());
    expect((await expectJson(Order, 201, create())).number).toBe(order.number);
    return order;
  }

  /** Pays, as phones on a bad line do: the same call under the same key, twice at once and once more. */
  async pay(order: Order): Promise<Order> {
    const path = `/v1/orders/${order.id}/payments`;
    const request = { body: { gateway: 'test', method: 'card' }, key: `pay-${order.id}` };
    const once = () => this.#call('POST', path, request);
    await Promise.all([once(), once()]);
    await expectJson(Payment, 201, once());
    return until(
      'the order to be completed',
      async () => {
        const now = await expectJson(Order, 200, this.#call('GET', `/v1/orders/${order.id}`));
        return now.status === 'completed' && now.captured === now.total ? now : null;
      },
      PATIENCE_MS,
    );
  }
}

const OrderRows = z.looseObject({
  data: z.array(z.looseObject({ id: z.string(), number: z.string(), status: z.string(), total: z.number() })),
  has_more: z.boolean(),
});
async function ordersOfCloud(store_id: string): Promise<z.infer<typeof OrderRows>['data']> {
  const all: z.infer<typeof OrderRows>['data'] = [];
  for (let after = ''; ; after = `&starting_after=${all.at(-1)?.id}`) {
    const path = `/v1/orders?store_id=${store_id}&limit=100${after}`;
    const page = call(sesame.cloud, 'GET', path, { token: sesame.tokens.admin });
    const { data, has_more } = await expectJson(OrderRows, 200, page);
    all.push(...data);
    if (!has_more) return all;
  }
}
const poslogOf = (orderId: string) =>
  until(`the POSLog of ${orderId}`, async () => {
    const token = sesame.tokens.admin;
    const reply = await call(sesame.cloud, 'GET', `/v1/orders/${orderId}/poslog`, { token });
    return reply.status === 200 ? unwrap(checkPoslog(reply.text)) : null;
  });

it('gives each of two hundred orders that are paid at once its own numbers, and wraps once', async () => {
  const poslog = (lo: number) => ({ order: { numbers: { poslog: { lo, hi: HIGHEST } } } });
  // A range that holds the last number goes on from it: the one sale before brings the store to 9,900.
  const shop = await ownShop(sesame, { items: [ITEM], policies: poslog(LAST_BEFORE) });
  const early = new Phone(shop, SHOPPERS);
  const before = await early.pay(await early.order());
  expect(before.poslog).toMatchObject({ number: LAST_BEFORE });
  await changePolicies(sesame, shop.store_id, poslog(1));

  const phones = Array.from({ length: SHOPPERS }, (_, n) => new Phone(shop, n));
  const opened = await Promise.all(phones.map(async (phone) => ({ phone, order: await phone.order() })));
  const paid = await Promise.all(opened.map(({ phone, order }) => phone.pay(order)));

  const epoch = before.poslog?.epoch ?? 0;
  const given = paid
    .map(({ poslog: one }) => [(one?.epoch ?? -1) - epoch, one?.number ?? -1] as const)
    .sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const wrapped = Array.from({ length: SHOPPERS }, (_, n) =>
    LAST_BEFORE + 1 + n <= HIGHEST ? [0, LAST_BEFORE + 1 + n] : [1, LAST_BEFORE + 1 + n - HIGHEST],
  );
  expect(given).toEqual(wrapped);
  const counters = [before, ...paid].map(({ number }) => Number(/[0-9]+$/.exec(number)?.[0]));
  const [first = 0] = counters;
  expect(counters.toSorted((a, b) => a - b)).toEqual(counters.map((_, n) => first + n));

  const kept = await until('the cloud to know every order', async () => {
    const all = (await ordersOfCloud(shop.store_id)).filter(({ status }) => status === 'completed');
    return all.length > SHOPPERS ? all : null;
  });
  expect(kept.map(({ id }) => id).sort()).toEqual([before, ...paid].map(({ id }) => id).sort());
  for (const number of [HIGHEST, 1]) {
    const order = paid.find(({ poslog: one }) => one?.number === number);
    expect(await poslogOf(order?.id ?? '')).toMatchObject({ number: String(number), grand: '5.74' });
  }
}, 300_000);

const [E1, E2] = ['3035682EC80C0E4000001A85', '302E32C91940564000001A85'];
const COFFEE = priced('OR-COFFEE', 574, { gtins: ['05901234123457'], tagged: true });
const ONE_OFF = {
  id: `prm_${crypto.randomUUID()}`,
  title: 'One off',
  discount_type: 'amount',
  groups: [{ name: 'g', minimum: 2, nodes: [{ node_id: 'OR-COFFEE', node_type: 'item' }] }],
};
const Sync = z.looseObject({
  link: z.string(),
  till: z.looseObject({ unsent: z.looseObject({ count: z.number() }), refused: z.array(z.unknown()) }),
});
const sync = () => expectJson(Sync, 200, call(sesame.agent, 'GET', '/syncz'));

/** Publishes the promotion with this much off, in minor units. */
async function publishOneOff(discount_value: number): Promise<void> {
  const body = { promotions: [{ ...ONE_OFF, discount_value, store_ids: [sesame.store_id] }] };
  const put = call(sesame.cloud, 'PUT', '/v1/promotions', { token: sesame.tokens.admin, body });
  await expectJson(z.unknown(), 200, put);
  await publishStore(sesame, sesame.store_id);
}

async function setLine(state: 'up' | 'cut'): Promise<void> {
  await call(sesame.floor, 'POST', '/demo/line', { body: { state } });
  await until('the line', async () => (await sync()).link === (state === 'up' ? 'up' : 'down'));
}

it('keeps what a kiosk took without a line, although the promotion is another one by the time it tells', async () => {
  const { store_id, cloud, tokens } = sesame;
  await putItems(sesame, [COFFEE]);
  const tags = [E1, E2].map((epc) => ({ epc, item_id: COFFEE.id }));
  await expectJson(
    z.unknown(),
    200,
    call(cloud, 'PUT', `/v1/stores/${store_id}/tags`, { token: tokens.admin, body: { tags } }),
  );
  await publishOneOff(100);
  const kiosk = new Kiosk(sesame);
  await until('the till to sell by the new prices', async () => {
    const basket = await kiosk.basketWith([{ epc: E1 }, { epc: E2 }]);
    for (const { id } of basket.lines)
      await call(sesame.agent, 'DELETE', `/v1/baskets/${basket.id}/lines/${id}`, { token: tokens.kiosk });
    return basket.total === 1_048;
  });
  await setLine('cut');
  const sale = await kiosk.buy([{ epc: E1 }, { epc: E2 }]);
  expect(sale).toMatchObject({ status: 'completed', subtotal: 1_148, discount: 100, total: 1_048 });
  const gate = await Gate.connect(sesame);
  expect((await gate.walk(E1, E2)).decision).toBe('open');
  expect((await sync()).till.unsent.count).toBe(1);

  await publishOneOff(500);
  await setLine('up');
  const send = () => call(sesame.agent, 'POST', '/v1/till/upload', { token: tokens.manager });
  await Promise.all([send(), send()]);
  await send();
  await until('the sale to be handed over', async () => (await sync()).till.unsent.count === 0);
  expect((await sync()).till.refused).toEqual([]);
  const token = tokens.manager;
  const order = await until('the edge to know the sale', async () => {
    const reply = await call(sesame.edge, 'GET', `/v1/orders/${sale.id}`, { token });
    return reply.status === 200 ? Order.parse(reply.json) : null;
  });
  expect(order).toMatchObject({ number: sale.number, subtotal: 1_148, discount: 100, total: 1_048 });
  expect(await poslogOf(sale.id)).toMatchObject({ grand: '10.48' });
  expect((await ordersOfCloud(store_id)).filter(({ number }) => number === sale.number)).toHaveLength(1);
  expect((await gate.walk(E1, E2)).decision).toBe('open');
  await gate.close();
});

it('takes the forty-second sale of a kiosk once, refuses another in its place, and names the one that is missing', async () => {
  const { sell, send, upload } = await kioskOfAgent(sesame, 'K1', 50);
  /** Two of 5.74 less 1.00, without tags. */
  const twoLessOne = () => sell({ lines: sealedSale(1).lines });
  const [earlier, sale] = [Array.from({ length: 41 }, twoLessOne), twoLessOne()];
  expect(await upload(...earlier)).toEqual(earlier.map(() => 'accepted'));
  expect(sale).toMatchObject({ device_seq: 42, totals: { total: 1_048 } });

  const answers = [...(await Promise.all([upload(sale), upload(sale)])), await upload(sale)].flat();
  expect(answers.sort()).toEqual(['accepted', 'duplicate', 'duplicate']);

  const { digest: _, ...rest } = sale;
  const totals = { ...sale.totals, discount: 99, total: 1_049 };
  const dearer = OfflineSale.parse(seal<OfflineSale>({ ...rest, totals }));
  const refused = await send(dearer);
  expect([refused.status, refused.json]).toMatchObject([
    409,
    { results: [{ status: 'conflict', device_seq: 42 }] },
  ]);
  const stored = await expectJson(
    Order,
    200,
    call(sesame.edge, 'GET', `/v1/orders/${sale.order_id}`, { token: sesame.tokens.manager }),
  );
  expect(stored).toMatchObject({ total: 1_048, poslog: { number: 42 }, till: { device_seq: 42 } });

  const [skipped, next] = [twoLessOne(), twoLessOne()];
  const told = await expectJson(UploadAnswer, 200, send(next));
  expect(told.results).toMatchObject([{ status: 'accepted', device_seq: 44, missing: [43] }]);
  const made = await expectJson(UploadAnswer, 200, send(skipped));
  expect(made.results).toMatchObject([{ status: 'accepted', device_seq: 43, missing: [] }]);

  expect(await poslogOf(sale.order_id)).toMatchObject({ number: '42', grand: '10.48' });
  const all = await ordersOfCloud(sesame.store_id);
  expect(all.filter(({ number }) => number === sale.number.text).map(({ id, total }) => [id, total])).toEqual(
    [[sale.order_id, 1_048]],
  );
});
