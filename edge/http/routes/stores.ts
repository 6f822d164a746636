import { createRoute, z } from '@hono/zod-openapi';
import { EpcHex } from '../../../shared/api/common.ts';
import { PublicStore } from '../../../shared/api/store.ts';
import { canonicalEpc } from '../../../shared/catalog/epc.ts';
import { StoreId } from '../../../shared/ids/index.ts';
import type { App } from '../context.ts';
import { jsonAnswer, READ_REFUSALS, refusals } from '../describe.ts';
import { basketOf, storeOf } from '../objects.ts';
import { refuse } from '../refuse.ts';
import { forRoles } from '../require_role.ts';

const StorePath = z.object({ store_id: StoreId });

const read = createRoute({
  method: 'get',
  path: '/v1/stores/{store_id}',
  tags: ['Shoppers'],
  summary: 'What a shopper may know of a store',
  ...forRoles('shopper', 'admin', 'manager', 'cashier', 'service', 'kiosk', 'agent'),
  request: { params: StorePath },
  responses: { 200: jsonAnswer(PublicStore, 'The store'), ...READ_REFUSALS },
});

const Tag = z.object({
  epc: EpcHex,
  status: z.enum(['sold', 'unsold', 'unknown']),
  rev: z.number().int(),
  order_id: z.string().optional(),
  /** Told to agents: the basket that holds it is being paid for at this moment. */
  paying: z.literal(true).optional(),
});

const readTag = createRoute({
  method: 'get',
  path: '/v1/stores/{store_id}/tags/{epc}',
  tags: ['Gates'],
  summary: 'What the ledger knows of one tag',
  ...forRoles('agent', 'admin', 'manager', 'cashier'),
  request: { params: StorePath.extend({ epc: z.string().max(200) }) },
  responses: { 200: jsonAnswer(Tag, 'The tag'), ...READ_REFUSALS, ...refusals(422) },
});

const TagRow = z.object({
  epc: EpcHex,
  item_id: z.string().optional(),
  name: z.string().optional(),
  status: z.enum(['free', 'held', 'sold']),
  order_id: z.string().optional(),
});

const listTags = createRoute({
  method: 'get',
  path: '/v1/stores/{store_id}/tags',
  tags: ['Staff'],
  summary: 'The tags of a store',
  ...forRoles('admin', 'manager', 'cashier'),
  request: {
    params: StorePath,
    query: z.object({
      status: z.enum(['free', 'held', 'sold']).optional(),
      limit: z.coerce.number().int().min(1).max(100).default(20),
      starting_after: z.string().max(200).optional(),
    }),
  },
  responses: {
    200: jsonAnswer(z.object({ data: z.array(TagRow), has_more: z.boolean() }), 'A page of tags by EPC'),
    ...READ_REFUSALS,
    ...refusals(422),
  },
});

export function stores(app: App): void {
  app.openapi(read, async (c) => {
    const { store_id } = c.req.valid('param');
    const store = storeOf(c, store_id);
    const config = await store.config();
    if (config === null || config.retailer_id !== c.get('claims').retailer) return refuse(c, 'not_found');
    return c.json(
      {
        id: config.store_id,
        name: config.name,
        address_lines: config.address_lines,
        currency: config.currency,
        timezone: config.timezone,
        prices_include_tax: config.prices_include_tax,
        policies: {
          reservation_ttl_ms: config.policies.reservation_ttl_ms,
          basket_ttl_ms: config.policies.basket_ttl_ms,
          exit_pass_ttl_ms: config.policies.exit_pass_ttl_ms,
        },
        gateways: config.gateways.map(({ gateway, methods, environment }) => ({
          gateway,
          methods,
          environment,
        })),
        shelf_version: (await store.shelfForBasket())?.version ?? 0,
      },
      200,
    );
  });

  app.openapi(readTag, async (c) => {
    const { store_id, epc } = c.req.valid('param');
    const parsed = canonicalEpc(epc);
    if (!parsed.ok) return refuse(c, 'bad_code', { detail: 'not an EPC' });
    if (!(await ofOwnRetailer(c, store_id))) return refuse(c, 'not_found');
    const tag = await storeOf(c, store_id).tag(parsed.value);
    if (tag === null) return c.json({ epc: parsed.value, status: 'unknown' as const, rev: 0 }, 200);
    const { held_by, ...known } = tag;
    // Only a gate that is about to alarm wants to know, and only then is the basket asked.
    const asked = held_by !== undefined && c.get('claims').role === 'agent';
    const paying = asked && (await basketOf(c, held_by).isBeingPaid());
    return c.json({ ...known, ...(paying ? { paying } : {}) }, 200);
  });

  app.openapi(listTags, async (c) => {
    const { store_id } = c.req.valid('param');
    const { status, limit, starting_after } = c.req.valid('query');
    if (!(await ofOwnRetailer(c, store_id))) return refuse(c, 'not_found');
    const rows = await c.env.STORE.getByName(store_id).tags({
      limit: limit + 1,
      ...(status ? { status } : {}),
      ...(starting_after ? { after: starting_after } : {}),
    });
    return c.json({ data: rows.slice(0, limit), has_more: rows.length > limit }, 200);
  });
}

async function ofOwnRetailer(c: Parameters<typeof storeOf>[0], id: StoreId): Promise<boolean> {
  const config = await storeOf(c, id).config();
  return config !== null && config.retailer_id === c.get('claims').retailer;
}
