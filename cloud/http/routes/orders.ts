import { z } from '@hono/zod-openapi';
import { and, eq, gte, isNotNull, isNull, lt, type SQL, sql } from 'drizzle-orm';
import { Instant } from '../../../shared/api/common.ts';
import { Order, PaymentStatus } from '../../../shared/api/order.ts';
import { canonicalEpc } from '../../../shared/catalog/epc.ts';
import { listOf } from '../../../shared/http/list.ts';
import { OrderId, type RetailerId, StoreId } from '../../../shared/ids/index.ts';
import { openDb } from '../../db/client.ts';
import { orderLine, orderRow as table } from '../../db/schema.ts';
import { asOrderRow, ORDER_COLUMNS, OrderDetail, OrderRow, reachable, readOrder } from '../../order/order.ts';
import type { App } from '../context.ts';
import { ListQuery, readPage } from '../page.ts';
import { refuse, refused } from '../refuse.ts';
import { guarded, jsonAnswer, STAFF } from '../route.ts';

const OrderQuery = ListQuery.extend({
  store_id: StoreId.optional(),
  status: OrderRow.shape.status.optional(),
  payment_status: PaymentStatus.optional(),
  number: z.string().max(64).optional(),
  /** How the check at the exit stands. */
  verification: Order.shape.verification_status.optional(),
  /** Sold by a till or kiosk on its own, or by a shopper's phone. */
  sold_by: z.enum(['till', 'phone']).optional(),
  /** An order with this tag on one of its lines. */
  epc: z.string().max(200).optional(),
  /** Created at this instant or later. */
  from: Instant.optional(),
  /** Created before this instant. */
  to: Instant.optional(),
});

const list = guarded(STAFF, {
  method: 'get',
  path: '/v1/orders',
  tags: ['Orders'],
  summary: 'Find orders',
  request: { query: OrderQuery },
  responses: { 200: jsonAnswer(listOf(OrderRow.openapi('OrderRow')), 'Newest first') },
});

const read = guarded(STAFF, {
  method: 'get',
  path: '/v1/orders/{order_id}',
  tags: ['Orders'],
  summary: 'One order with its lines, its payments and what happened to it, in words',
  request: { params: z.object({ order_id: OrderId }) },
  responses: { 200: jsonAnswer(OrderDetail.openapi('OrderDetail'), 'The order') },
});

export function orders(app: App): void {
  app.openapi(list, async (c) => {
    const db = openDb(c.env.DB);
    const query = c.req.valid('query');
    const principal = c.get('principal');
    const ours = reachable(principal);
    const at = async (id: string) => {
      const [row] = await db
        .select({ created_at: table.created_at, id: table.id })
        .from(table)
        .where(and(ours, eq(table.id, id)));
      return row === undefined ? null : [row.created_at, row.id];
    };
    const order = { columns: [table.created_at, table.id], direction: 'descending', at } as const;
    const page = await readPage(query, order, ({ within, orderBy, limit }) =>
      db
        .select(ORDER_COLUMNS)
        .from(table)
        .where(and(ours, filtersOf(query, principal.retailer_id), within))
        .orderBy(...orderBy)
        .limit(limit),
    );
    if (!page.ok) return refused(c, page.error);
    return c.json(
      { data: z.array(OrderRow).parse(page.value.data.map(asOrderRow)), has_more: page.value.has_more },
      200,
    );
  });

  app.openapi(read, async (c) => {
    const found = await readOrder(openDb(c.env.DB), c.get('principal'), c.req.valid('param').order_id);
    return found === null ? refuse(c, 'not_found') : c.json(found, 200);
  });
}

function filtersOf(query: z.infer<typeof OrderQuery>, retailer: RetailerId): SQL | undefined {
  const { store_id, status, payment_status, number, verification, sold_by, epc, from, to } = query;
  return and(
    store_id === undefined ? undefined : eq(table.store_id, store_id),
    status === undefined ? undefined : eq(table.status, status),
    payment_status === undefined ? undefined : eq(table.payment_status, payment_status),
    number === undefined ? undefined : eq(table.number, number),
    verification === undefined ? undefined : eq(table.verification_status, verification),
    sold_by === undefined ? undefined : sold_by === 'till' ? isNotNull(table.till) : isNull(table.till),
    epc === undefined ? undefined : withTag(retailer, epc),
    // Instants are kept with milliseconds; a client may leave them out.
    from === undefined ? undefined : gte(table.created_at, new Date(from).toISOString()),
    to === undefined ? undefined : lt(table.created_at, new Date(to).toISOString()),
  );
}

function withTag(retailer: RetailerId, epc: string): SQL {
  const spelt = canonicalEpc(epc);
  const canonical = spelt.ok ? spelt.value : epc;
  return sql`${table.id} IN (SELECT ${orderLine.order_id} FROM ${orderLine}
    WHERE ${orderLine.retailer_id} = ${retailer} AND ${orderLine.epc} = ${canonical})`;
}
