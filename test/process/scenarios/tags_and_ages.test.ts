import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { Basket, Verification } from '../../../shared/api/basket.ts';
import { call, expectJson, expectProblem, Shopper } from '../../support/client.ts';
import { type OwnShop, ownShop, staffOf } from '../../support/own_shop.ts';
import { priced } from '../../support/payment_store.ts';
import { freshDataDir, removeDataDir, type Sesame, startSesame, until } from '../../support/sesame.ts';

/** Whose the goods are before anybody has paid: a tag is one shopper's at a time, and some goods need staff. */
let sesame: Sesame;
const data = freshDataDir();
beforeAll(async () => {
  sesame = await startSesame({ data });
});
afterAll(async () => {
  await sesame?.stop();
  removeDataDir(data);
});

const E1 = '3035682EC80C0E4000001A85';
const LedgerTag = z.looseObject({ status: z.string(), order_id: z.string().nullish() });

it('gives a tag to one phone at a time, and to the next one when the first has been idle', async () => {
  const shirt = priced('ST-SHIRT', 574, { gtins: ['05901234123457'], tagged: true });
  const shop = await ownShop(sesame, {
    items: [shirt],
    tags: [{ epc: E1, item_id: shirt.id }],
    policies: { reservation_ttl_ms: 3_000 },
  });
  const [a, b] = await Promise.all([Shopper.enter(shop), Shopper.enter(shop)]);
  const [first, second] = await Promise.all([a.openBasket(), b.openBasket()]);
  const tryIt = () => b.call('POST', `/v1/baskets/${second.id}/scans`, { body: { epc: E1 } });
  const tag = async () => {
    const path = `/v1/stores/${shop.store_id}/tags/${E1}`;
    return expectJson(LedgerTag, 200, call(shop.edge, 'GET', path, { token: sesame.tokens.admin }));
  };

  expect((await a.scan(first.id, { epc: E1 })).total).toBe(574);
  expect(await expectProblem(409, tryIt())).toBe('epc_in_other_basket');
  const taken = await until('the hold of the idle phone to end', async () => {
    const reply = await tryIt();
    if (reply.status !== 200) expect(await expectProblem(409, reply)).toBe('epc_in_other_basket');
    return reply.status === 200 ? reply : null;
  });
  expect(taken.json).toMatchObject({ basket: { total: 574, lines: [{ epc: E1 }] } });

  const order = await b.openOrder(second.id);
  const late = () => a.call('POST', '/v1/orders', { body: { basket_id: first.id } });
  expect(await expectProblem(409, late())).toBe('epc_in_other_basket');
  const waiting = await expectJson(Basket, 200, a.call('GET', `/v1/baskets/${first.id}`));
  expect(waiting.status).toBe('open');
  await b.pay(order.id);
  expect(await b.orderWhen(order.id, ({ status }) => status === 'completed')).toMatchObject({
    captured: 574,
  });
  expect(await tag()).toMatchObject({ status: 'sold', order_id: order.id });
  expect(await expectProblem(409, late())).toBe('epc_sold');

  const [line] = waiting.lines;
  await expectJson(Basket, 200, a.call('DELETE', `/v1/baskets/${first.id}/lines/${line?.id}`));
  expect(await expectProblem(409, late())).toBe('basket_empty');
});

const LEMONADE = priced('AC-LEMONADE', 150);
const STRAW = priced('AC-STRAW', 20, { kind: 'addon' });
const BEER = priced('AC-BEER', 300, {
  age_restriction: 18,
  kind: 'with_addons',
  addon_groups: [{ id: 'straws', name: 'Straws', min: 0, max: 2, item_ids: [STRAW.id] }],
  deposit: { name: 'Deposit', sku: 'AC-DEPOSIT', amount: 25, tax_code: 'deposit' },
});
const SPIRIT = priced('AC-SPIRIT', 2_000, { age_restriction: 21 });

it('lets staff of the store alone decide about ages, and asks again for a higher one', async () => {
  const shop = await ownShop(sesame, { items: [LEMONADE, STRAW, BEER, SPIRIT] });
  const elsewhere = await ownShop(sesame, {});
  const [cashier, stranger] = await Promise.all([
    staffOf(sesame, shop.store_id),
    staffOf(sesame, elsewhere.store_id),
  ]);
  const shopper = await Shopper.enter(shop);

  const { id } = await shopper.openBasket();
  await shopper.scan(id, { code: 'AC-LEMONADE' });
  await shopper.scan(id, { code: 'AC-BEER' });
  const order = () => shopper.call('POST', '/v1/orders', { body: { basket_id: id } });
  const decide = (what: 'accept' | 'reject', token: string) => staffSays(shop, id, what, token);
  const check = () => expectJson(Verification, 200, shopper.call('GET', `/v1/baskets/${id}/verification`));

  expect(await expectProblem(409, order())).toBe('verification_required');
  await expectJson(Verification, 201, shopper.call('POST', `/v1/baskets/${id}/verification`));
  expect(await expectProblem(403, decide('accept', shopper.token))).toBe('forbidden');
  expect(await expectProblem(404, decide('accept', stranger))).toBe('not_found');
  expect(await check()).toMatchObject({ status: 'pending', minimum_age: 18 });
  expect(await expectProblem(409, order())).toBe('verification_required');

  await expectJson(Basket, 200, decide('accept', cashier));
  expect((await check()).status).toBe('approved');
  await shopper.scan(id, { code: 'AC-SPIRIT' });
  expect(await check()).toMatchObject({ status: 'required', minimum_age: 21 });
  expect(await expectProblem(409, order())).toBe('verification_required');
  await expectJson(Verification, 201, shopper.call('POST', `/v1/baskets/${id}/verification`));
  await expectJson(Basket, 200, decide('accept', cashier));
  const opened = await shopper.openOrder(id);
  await shopper.pay(opened.id);
  const paid = await shopper.orderWhen(opened.id, ({ status }) => status === 'completed');
  expect(paid.captured).toBe(150 + 300 + 25 + 2_000);
});

it('takes the restricted lines with their add-ons and deposits out of a rejected basket', async () => {
  const shop = await ownShop(sesame, { items: [LEMONADE, STRAW, BEER] });
  const cashier = await staffOf(sesame, shop.store_id);
  const shopper = await Shopper.enter(shop);
  const { id } = await shopper.openBasket();
  await shopper.scan(id, { code: 'AC-LEMONADE' });
  const { lines } = await shopper.scan(id, { code: 'AC-BEER' });
  const beer = lines.find(({ sku }) => sku === 'AC-BEER');
  const straws = { item_id: STRAW.id, quantity: 2 };
  const path = `/v1/baskets/${id}/lines/${beer?.id}/addons`;
  const full = await expectJson(Basket, 200, shopper.call('POST', path, { body: straws }));
  const skus = (basket: Basket) => basket.lines.map(({ sku }) => sku).sort();
  expect(skus(full)).toEqual(['AC-BEER', 'AC-DEPOSIT', 'AC-LEMONADE', 'AC-STRAW']);
  expect(full.total).toBe(150 + 300 + 25 + 40);

  await expectJson(Verification, 201, shopper.call('POST', `/v1/baskets/${id}/verification`));
  const rest = await expectJson(Basket, 200, staffSays(shop, id, 'reject', cashier));
  expect(skus(rest)).toEqual(['AC-LEMONADE']);
  expect(rest.total).toBe(150);
  const order = await shopper.openOrder(id);
  await shopper.pay(order.id);
  expect((await shopper.orderWhen(order.id, ({ status }) => status === 'completed')).captured).toBe(150);
});

const staffSays = ({ edge }: OwnShop, basketId: string, what: 'accept' | 'reject', token: string) =>
  call(edge, 'POST', `/v1/baskets/${basketId}/verification/${what}`, { token, body: {} });
