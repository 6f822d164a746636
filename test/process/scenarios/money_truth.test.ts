import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { AuditRow } from '../../../shared/api/audit.ts';
import type { Basket } from '../../../shared/api/basket.ts';
import type { Order } from '../../../shared/api/order.ts';
import { Refund } from '../../../shared/api/refund.ts';
import { checkPoslog } from '../../../shared/poslog/check.ts';
import { unwrap } from '../../../shared/result.ts';
import { call, expectJson, expectProblem, type Reply, Shopper } from '../../support/client.ts';
import { type OwnShop, ownShop, staffOf } from '../../support/own_shop.ts';
import { priced } from '../../support/payment_store.ts';
import { freshDataDir, removeDataDir, type Sesame, startSesame, until } from '../../support/sesame.ts';

/** What a basket costs is what is captured, told to the retailer and given back, to the penny. */
const [A, B, C, BOTTLE] = [
  priced('MT-A', 574),
  priced('MT-B', 199),
  priced('MT-C', 1_299),
  priced('1154505', 249, {
    deposit: { name: 'Pfand', sku: '1661890', amount: 25, tax_code: 'deposit' },
  }),
];
const item = (sku: string) => ({ node_id: sku, node_type: 'item' });
const named = (title: string) => ({ id: `prm_${crypto.randomUUID()}`, title });

const PROMOTIONS = [
  {
    ...named('One off'),
    discount_type: 'amount',
    discount_value: 100,
    groups: [{ name: 'g', minimum: 2, nodes: [item('MT-A')] }],
  },
  {
    ...named('Three for two'),
    family: 'requisite',
    discount_type: 'percent',
    discount_value: 10_000,
    target_group: 't',
    target_quantity: 1,
    groups: [
      { name: 'g', minimum: 2, nodes: [item('MT-B')] },
      { name: 't', minimum: 1, nodes: [item('MT-B')] },
    ],
  },
  {
    ...named('Five off all'),
    family: 'basket_threshold',
    layer: 2,
    price_base: 'running',
    discount_type: 'percent',
    discount_value: 500,
    groups: [{ name: 'g', minimum: 0, nodes: [item('ALL')] }],
  },
];
/** Names the deposit's article as well, which no promotion may touch all the same. */
const TENTH_OFF = {
  ...named('A tenth off'),
  discount_type: 'percent',
  discount_value: 1_000,
  max_applications: 99,
  groups: [{ name: 'g', minimum: 1, nodes: [item('1154505'), item('1661890')] }],
};

let sesame: Sesame;
const data = freshDataDir();
beforeAll(async () => {
  sesame = await startSesame({ data });
});
afterAll(async () => {
  await sesame?.stop();
  removeDataDir(data);
});

const WithAudit = z.looseObject({ audit: z.array(AuditRow) });
const sumOf = (rows: readonly AuditRow[], field: 'original' | 'modified' | 'savings' | 'override') =>
  rows.reduce((total, row) => total + row[field], 0);

async function auditOf({ edge }: OwnShop, basketId: string, token: string): Promise<AuditRow[]> {
  const read = call(edge, 'GET', `/v1/baskets/${basketId}?include=audit`, { token });
  return (await expectJson(WithAudit, 200, read)).audit;
}

async function bought(shop: OwnShop, scans: [code: string, quantity: number][]) {
  const shopper = await Shopper.enter(shop);
  const { id } = await shopper.openBasket();
  for (const [code, quantity] of scans) {
    const body = { code, quantity };
    const scanned = await shopper.call('POST', `/v1/baskets/${id}/scans`, { body });
    expect(scanned.status, scanned.text).toBe(200);
  }
  const opened = await shopper.openOrder(id);
  await shopper.pay(opened.id);
  const order = await shopper.orderWhen(opened.id, ({ status }) => status === 'completed');
  await until(
    'the cloud to know the order',
    async () =>
      (await call(sesame.cloud, 'GET', `/v1/orders/${order.id}`, { token: sesame.tokens.admin })).status ===
      200,
  );
  return { shopper, order };
}

const refund = (orderId: string, token: string, body: unknown): Promise<Reply> =>
  call(sesame.cloud, 'POST', `/v1/orders/${orderId}/refunds`, { token, body });
const unitsOf = (line: { id: string }, quantity: number) => ({
  kind: 'lines',
  reason: 'changed_mind',
  lines: [{ line_id: line.id, quantity, return_to_stock: true }],
});
const lineOf = ({ lines }: Pick<Order | Basket, 'lines'>, sku: string) => {
  const line = lines.find((one) => one.sku === sku);
  if (line === undefined) throw new Error(`no line of ${sku}`);
  return line;
};

it('captures 26.08 for the worked basket, tells the same to the retailer, and gives back no penny more', async () => {
  const shop = await ownShop(sesame, { items: [A, B, C], promotions: PROMOTIONS });
  const [first, second] = await Promise.all([staffOf(sesame, shop.store_id), staffOf(sesame, shop.store_id)]);
  const { order, shopper } = await bought(shop, [
    ['MT-A', 2],
    ['MT-B', 3],
    ['MT-C', 1],
  ]);
  expect(order).toMatchObject({ subtotal: 3_044, discount: 436, total: 2_608, captured: 2_608 });
  const [a, b, c] = ['MT-A', 'MT-B', 'MT-C'].map((sku) => lineOf(order, sku));
  if (a === undefined || b === undefined || c === undefined) throw new Error('a line is missing');

  const audit = await auditOf(shop, order.basket_id, first);
  const of = ({ id }: { id: string }) =>
    sumOf(
      audit.filter(({ line_id }) => line_id === id),
      'modified',
    );
  expect([a, b, c].map(of)).toEqual([996, 378, 1_234]);
  const [original, savings, override] = (['original', 'savings', 'override'] as const).map((field) =>
    sumOf(audit, field),
  );
  expect([original, savings, override]).toEqual([3_044, 436, 0]);
  expect(sumOf(audit, 'modified')).toBe(order.captured);

  const poslog = await until('the POSLog', async () => {
    const path = `/v1/orders/${order.id}/poslog`;
    const reply = await call(sesame.cloud, 'GET', path, { token: first });
    return reply.status === 200 ? reply.text : null;
  });
  expect(unwrap(checkPoslog(poslog))).toMatchObject({ number: String(order.poslog?.number), grand: '26.08' });
  expect(checkPoslog(poslog.replace('26.08', '26.09'))).toMatchObject({
    ok: false,
    error: { code: 'unbalanced' },
  });

  for (const staff of [first, second, first])
    expect(await expectJson(Refund, 201, refund(order.id, staff, unitsOf(b, 1)))).toMatchObject({
      status: 'succeeded',
      amount: 126,
      refunded: 126,
    });
  expect(await expectProblem(409, refund(order.id, first, unitsOf(b, 1)))).toBe('quantity_refunded');

  const both = await Promise.all([first, second].map((staff) => refund(order.id, staff, unitsOf(c, 1))));
  const given = both.filter(({ status }) => status === 201).map(({ json }) => Refund.parse(json));
  expect(given.map(({ amount }) => amount)).toEqual([1_234]);
  const [lost] = both.filter(({ status }) => status !== 201);
  if (lost === undefined) throw new Error('both of them gave it back');
  expect(await expectProblem(409, lost)).toBe('quantity_refunded');

  const rest = 2_608 - 378 - 1_234;
  const sum = (amount: number) => ({ kind: 'amount', amount, reason: 'other', note: 'A sum' });
  expect((await refund(order.id, first, sum(rest + 1))).status).toBe(422);
  const last = await expectJson(Refund, 201, refund(order.id, first, { kind: 'full', reason: 'other' }));
  expect(last.amount).toBe(rest);
  expect((await refund(order.id, first, sum(1))).status).toBeGreaterThanOrEqual(400);
  const now = await shopper.orderWhen(order.id, ({ refund_status }) => refund_status === 'full');
  const back = now.refunds?.filter(({ status }) => status === 'succeeded') ?? [];
  expect(back.reduce((total, { amount }) => total + amount, 0)).toBe(2_608);
});

it('takes no promotion off a deposit and gives it back with its bottle', async () => {
  const plain = await ownShop(sesame, { items: [BOTTLE] });
  const reduced = await ownShop(sesame, { items: [BOTTLE], promotions: [TENTH_OFF] });
  const staff = await staffOf(sesame, plain.store_id);

  const { order } = await bought(plain, [['1154505', 3]]);
  const parts = ({ lines }: Order) =>
    lines.map(({ sku, quantity, total, discount, kind = 'item' }) => ({
      sku,
      quantity,
      total,
      discount,
      kind,
    }));
  expect(order.total).toBe(822);
  expect(parts(order)).toEqual([
    { sku: '1154505', quantity: 3, total: 747, discount: 0, kind: 'item' },
    { sku: '1661890', quantity: 3, total: 75, discount: 0, kind: 'deposit' },
  ]);
  const one = await expectJson(Refund, 201, refund(order.id, staff, unitsOf(lineOf(order, '1154505'), 1)));
  expect(one.amount).toBe(274);
  expect(one.lines.map(({ sku, quantity, amount }) => [sku, quantity, amount])).toEqual([
    ['1154505', 1, 249],
    ['1661890', 1, 25],
  ]);

  const { order: cheaper } = await bought(reduced, [['1154505', 3]]);
  expect(parts(cheaper)).toEqual([
    { sku: '1154505', quantity: 3, total: 672, discount: 75, kind: 'item' },
    { sku: '1661890', quantity: 3, total: 75, discount: 0, kind: 'deposit' },
  ]);
  expect(cheaper).toMatchObject({ total: 747, captured: 747 });
});
