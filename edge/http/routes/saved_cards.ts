import { createRoute, z } from '@hono/zod-openapi';
import { SavedCard } from '../../../shared/api/shopper.ts';
import { SavedCardId } from '../../../shared/ids/index.ts';
import { gatewayOfKey } from '../../payment/registry.ts';
import { forgetCard } from '../../shopper/forget_card.ts';
import type { App } from '../context.ts';
import { jsonAnswer, READ_REFUSALS, WRITE_REFUSALS } from '../describe.ts';
import { shopperOf } from '../objects.ts';
import { ownStore } from '../own_store.ts';
import { refuse } from '../refuse.ts';
import { forRoles } from '../require_role.ts';

const common = { tags: ['Shoppers'], ...forRoles('shopper') };

const list = createRoute({
  ...common,
  method: 'get',
  path: '/v1/saved_cards',
  summary: 'The shopper’s saved cards',
  responses: { 200: jsonAnswer(z.object({ data: z.array(SavedCard) }), 'Newest first'), ...READ_REFUSALS },
});

const remove = createRoute({
  ...common,
  method: 'delete',
  path: '/v1/saved_cards/{saved_card_id}',
  summary: 'Delete a saved card',
  description:
    'First at the provider. Where it does not answer nothing is deleted, and the call may be made again.',
  request: { params: z.object({ saved_card_id: SavedCardId }) },
  responses: {
    200: jsonAnswer(z.object({ id: SavedCardId, deleted: z.literal(true) }), 'It is gone'),
    ...WRITE_REFUSALS,
  },
});

export function savedCards(app: App): void {
  app.openapi(list, async (c) => {
    if ((await ownStore(c)) === null) return refuse(c, 'unknown_store');
    return c.json({ data: await shopperOf(c).savedCards() }, 200);
  });
  app.openapi(remove, async (c) => {
    const { saved_card_id: id } = c.req.valid('param');
    if ((await ownStore(c)) === null) return refuse(c, 'unknown_store');
    const card = await shopperOf(c).cardToForget(id);
    if (card === null) return refuse(c, 'not_found');
    const { token } = card;
    const forgotten =
      token === null
        ? ({ s: 'gone' } as const)
        : await forgetCard(await gatewayOfKey(c.env, card, new URL(c.req.url).origin), token);
    if (forgotten.s === 'unknown') return refuse(c, 'provider_unavailable');
    if (forgotten.s === 'refused') return refuse(c, 'conflict', { detail: forgotten.message });
    await shopperOf(c).dropCard(id);
    return c.json({ id, deleted: true as const }, 200);
  });
}
