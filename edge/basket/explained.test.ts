import { expect, it } from 'vitest';
import { Basket } from '../../shared/api/basket.ts';
import {
  BREAD,
  begin,
  bodyOf,
  COLA,
  objectOf,
  openShop,
  ordered,
  publish,
  scanCode,
  shelf,
  sqlOf,
  type Walk,
} from './test/fixture.ts';

const read = async (w: Walk, explanation = true) =>
  Basket.parse(bodyOf(await objectOf(w).read(w.call(), { explanation })));

it('a basket says what is missing for a promotion, as soon as it is', async () => {
  const w = await begin(await openShop());
  const { basket } = bodyOf(await scanCode(w, COLA));
  expect(basket.suggestions).toEqual([
    {
      promotion_id: 'two-colas',
      title: 'Two colas for less',
      text: 'Two colas for less: add 1 more to save £1.00',
      groups: [{ name: 'g1', counts: 'units', required: 2, present: 1, missing: 1 }],
      potential_discount: 100,
      free_item_missing: false,
      line_ids: ['lin_1'],
    },
  ]);
  expect((await read(w, false)).suggestions).toEqual(basket.suggestions);
  const { basket: full } = bodyOf(await scanCode(w, COLA));
  expect(full).toMatchObject({ discount: 100, suggestions: [] });
});

it('a basket explains its price to whoever asks, also once it is an order', async () => {
  const w = await begin(await openShop());
  expect((await read(w)).explanation).toEqual({ text: [], lines: [] });
  for (const code of [COLA, COLA, BREAD]) bodyOf(await scanCode(w, code));
  const { explanation, ...basket } = await read(w);
  expect(explanation?.text.join(' ')).toContain('Two colas for less: −£1');
  expect(explanation?.lines).toEqual([{ line_id: 'lin_1', text: ['Two colas for less: −£1.00.'] }]);
  expect(await read(w, false)).toEqual(basket);
  const order = await ordered(w.shop, { codes: [COLA, COLA] });
  expect((await read(order)).explanation?.lines).toHaveLength(1);
});

it('a basket that was priced from an older shelf has no explanation until it is priced again', async () => {
  const shop = await openShop();
  const w = await begin(shop);
  bodyOf(await scanCode(w, COLA));
  await publish(shop, 2, shelf());
  // Another trip of this isolate has the new shelf.
  bodyOf(await scanCode(await begin(shop), BREAD));
  expect(await read(w)).toMatchObject({ shelf_version: 1, explanation: null });
  bodyOf(await scanCode(w, BREAD));
  expect(await read(w)).toMatchObject({ shelf_version: 2, explanation: { text: [expect.any(String)] } });
});

it('a basket of an older build is read as before', async () => {
  const w = await begin(await openShop());
  bodyOf(await scanCode(w, COLA));
  await sqlOf(w, `UPDATE basket SET priced = json_remove(priced, '$.suggestions', '$.now_local')`);
  expect(await read(w)).toMatchObject({ total: 574, suggestions: [], explanation: null });
});
