import { expect, it } from 'vitest';
import { z } from 'zod';
import { Order } from '../../shared/api/order.ts';
import { StoreId } from '../../shared/ids/index.ts';
import {
  bodyOf,
  COLA,
  objectOf,
  openShop,
  payWith,
  scanCode,
  wakeNow,
  walk,
} from '../basket/test/fixture.ts';
import { call, cloudToken, codeOf, expectJson } from './test/fixture.ts';

const Conflict = z.object({ code: z.string(), collection_status: z.string() });
const List = z.object({ data: z.array(z.object({ order_id: z.string(), status: z.string() })) });

it('an order to be collected is staff`s of its store to bring on, step by step', async () => {
  const shop = await openShop();
  const w = walk(shop);
  bodyOf(await objectOf(w).create(w.call(), { purchase_type: 'click_and_collect' }));
  bodyOf(await scanCode(w, COLA));
  const opened = await objectOf(w).openOrder(w.call());
  const id = opened.ok ? opened.value.body.order.id : '';
  bodyOf(await payWith(w, 'card'));
  await wakeNow(w);
  const token = await cloudToken('cashier', { store: shop.store_id });
  const list = (status: string) =>
    call('GET', `/v1/stores/${shop.store_id}/collections?status=${status}`, { token });
  const step = (name: string, by = token, body?: unknown) =>
    call('POST', `/v1/orders/${id}/collection/${name}`, {
      token: by,
      ...(body === undefined ? {} : { body }),
    });

  expect((await expectJson(List, 200, list('created'))).data).toMatchObject([{ order_id: id }]);
  const elsewhere = { store: StoreId.parse(`str_${crypto.randomUUID()}`) };
  expect(await codeOf(404, step('accept', await cloudToken('manager', elsewhere)))).toBe('not_found');
  const accepted = await expectJson(Order, 200, step('accept'));
  expect(accepted.collection).toMatchObject({ status: 'accepted' });
  expect(accepted.collection?.token).toBeUndefined();
  expect(await expectJson(Conflict, 409, step('accept'))).toMatchObject({
    code: 'collection_conflict',
    collection_status: 'accepted',
  });
  expect((await expectJson(List, 200, list('accepted'))).data).toHaveLength(1);
  await expectJson(Order, 200, step('ready'));
  expect(await codeOf(422, step('collect', token, { token: 'NOTIT2' }))).toBe('wrong_token');
  const shown = bodyOf(await objectOf(w).readOrder(w.call())).order.collection?.token;
  const collected = await expectJson(Order, 200, step('collect', token, { token: shown }));
  expect(collected.collection).toMatchObject({ status: 'collected' });
});
