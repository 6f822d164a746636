import { expect, it } from 'vitest';
import { StoreEvent } from '../../shared/events/index.ts';
import { checkPoslog } from '../../shared/poslog/check.ts';
import { saleTransaction } from '../../shared/poslog/of_order.ts';
import { poslogXml } from '../../shared/poslog/xml.ts';
import { unwrap } from '../../shared/result.ts';
import {
  BREAD,
  bodyOf,
  COLA,
  openShop,
  ordered,
  payWith,
  type Shop,
  shirt,
  storeOf,
} from './test/fixture.ts';

const soldIn = async (shop: Shop) => {
  const { events } = await storeOf(shop).eventsAfter(0, 500);
  const event = events
    .map((json) => StoreEvent.parse(JSON.parse(json)))
    .find(({ type }) => type === 'order.completed');
  if (event?.type !== 'order.completed' || event.data.poslog === undefined) throw new Error('nothing sold');
  return { order: event.data.order, poslog: event.data.poslog };
};

it.each([
  ['included in the prices', {}],
  ['on top of the prices', { prices_include_tax: false }],
  ['rounded once for the whole basket', { tax_rounding: 'invoice' }],
])('tells the taxes of every line, %s, so that the POSLog balances', async (_, more) => {
  const shop = await openShop({}, more);
  const w = await ordered(shop, { codes: [COLA, COLA, BREAD], epcs: [shirt(1)] });
  bodyOf(await payWith(w, 'card'));
  const { order, poslog } = await soldIn(shop);
  expect(poslog.line_taxes?.map(({ line_id }) => line_id)).toEqual(order.lines.map(({ id }) => id));
  const taxes = poslog.line_taxes?.flatMap((line) => line.taxes.map(({ tax }) => tax)) ?? [];
  expect(taxes.reduce((sum, tax) => sum + tax, 0)).toBe(order.tax);
  expect(order.tax).toBeGreaterThan(0);
  const checked = unwrap(checkPoslog(poslogXml(saleTransaction(order, poslog))));
  expect(checked).toMatchObject({ number: '1', workstation: '200', grand: (order.total / 100).toFixed(2) });
});
