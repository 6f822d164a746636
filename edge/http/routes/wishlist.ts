import { createRoute, z } from '@hono/zod-openapi';
import {
  PutWishlistItem,
  TransferWishlist,
  Wishlist,
  type WishlistItem,
  WishlistTransfer,
} from '../../../shared/api/shopper.ts';
import type { StoreConfig } from '../../../shared/config/store_config.ts';
import { ItemId, StoreId } from '../../../shared/ids/index.ts';
import type { Result } from '../../../shared/result.ts';
import type { Refusal } from '../../basket/port.ts';
import { answered, refused } from '../answer.ts';
import { callOf } from '../call.ts';
import type { App } from '../context.ts';
import { idempotent, jsonAnswer, jsonBody, READ_REFUSALS, refusals, WRITE_REFUSALS } from '../describe.ts';
import { shopperOf } from '../objects.ts';
import { ownStore } from '../own_store.ts';
import { refuse } from '../refuse.ts';
import { forRoles } from '../require_role.ts';

const common = { tags: ['Shoppers'], ...forRoles('shopper') };
const ItemPath = z.object({ item_id: ItemId });

const read = createRoute({
  ...common,
  method: 'get',
  path: '/v1/wishlist',
  summary: 'The shopper’s list at a store',
  description: 'Names, prices and what is to be had are of this moment; the list holds none of them for her.',
  request: { query: z.object({ store_id: StoreId.optional() }) },
  responses: { 200: jsonAnswer(Wishlist, 'The list'), ...READ_REFUSALS, ...refusals(422) },
});

const put = createRoute({
  ...common,
  method: 'put',
  path: '/v1/wishlist/items/{item_id}',
  summary: 'Put an item on the list, or say how many are wanted',
  request: { params: ItemPath, body: jsonBody(PutWishlistItem) },
  responses: { 200: jsonAnswer(Wishlist, 'The list'), ...WRITE_REFUSALS },
});

const remove = createRoute({
  ...common,
  method: 'delete',
  path: '/v1/wishlist/items/{item_id}',
  summary: 'Take an item off the list',
  request: { params: ItemPath },
  responses: { 200: jsonAnswer(Wishlist, 'The list'), ...WRITE_REFUSALS },
});

const move = createRoute({
  ...common,
  method: 'post',
  path: '/v1/wishlist/transfers',
  summary: 'Bring the list into a basket',
  description:
    'By the rules of a scan. A line that is there already is topped up to the listed quantity; what cannot be sold is named.',
  request: { body: jsonBody(TransferWishlist), headers: idempotent },
  responses: { 200: jsonAnswer(WishlistTransfer, 'What was moved, and the basket'), ...WRITE_REFUSALS },
});

export function wishlist(app: App): void {
  app.openapi(read, async (c) => {
    const config = await ownStore(c, c.req.valid('query').store_id);
    if (config === null) return refuse(c, 'unknown_store');
    const list = listOf(config, await shopperOf(c).openWishlist(config.store_id));
    return list.ok ? c.json(list.value, 200) : refused(c, list.error);
  });
  app.openapi(put, async (c) => {
    const config = await ownStore(c);
    if (config === null) return refuse(c, 'unknown_store');
    const { store_id } = config;
    const wish = { store_id, ...c.req.valid('param'), ...c.req.valid('json') };
    const list = listOf(config, await shopperOf(c).putWish(wish));
    return list.ok ? c.json(list.value, 200) : refused(c, list.error);
  });
  app.openapi(remove, async (c) => {
    const config = await ownStore(c);
    if (config === null) return refuse(c, 'unknown_store');
    const { store_id } = config;
    const list = listOf(config, await shopperOf(c).dropWish({ store_id, ...c.req.valid('param') }));
    return list.ok ? c.json(list.value, 200) : refused(c, list.error);
  });
  app.openapi(move, async (c) => {
    if ((await ownStore(c)) === null) return refuse(c, 'unknown_store');
    const { basket_id } = c.req.valid('json');
    return answered(c, 200, await shopperOf(c).transferWishlist(await callOf(c), basket_id));
  });
}

function listOf(
  { store_id, currency }: StoreConfig,
  items: Result<WishlistItem[], Refusal>,
): Result<Wishlist, Refusal> {
  return items.ok ? { ok: true, value: { store_id, currency, items: items.value } } : items;
}
