import { z } from '@hono/zod-openapi';
import { and, eq } from 'drizzle-orm';
import {
  CreateRefund,
  Refund,
  RefundStatus,
  RefundVerdict,
  RetryRefund,
} from '../../../shared/api/refund.ts';
import { listOf } from '../../../shared/http/list.ts';
import { OrderId, RefundId, StoreId } from '../../../shared/ids/index.ts';
import { err, ok, type Result } from '../../../shared/result.ts';
import type { ChangeRefund } from '../../../shared/rpc/refunds.ts';
import { audit } from '../../audit/record.ts';
import { openDb } from '../../db/client.ts';
import { refundRow as table } from '../../db/schema.ts';
import { askOrder, type RefundDesk, refundsOfOrder } from '../../refund/ask_order.ts';
import { forgetAsk, noteAsk, orderOfRefund, refundIdOf } from '../../refund/refund_ask.ts';
import { refundStaff } from '../../refund/staff.ts';
import { canonicalJson, sha256Hex } from '../canonical.ts';
import { commitElsewhere } from '../commit_elsewhere.ts';
import type { App, Ctx } from '../context.ts';
import { ListQuery, readPage } from '../page.ts';
import { type Refusal, refuse, refused } from '../refuse.ts';
import {
  guarded,
  guardedWrite,
  IdempotencyHeader,
  jsonAnswer,
  jsonBody,
  MANAGERS,
  refusal,
  STAFF,
} from '../route.ts';

const RefundSchema = Refund.openapi('Refund');
export const RefundAsk = CreateRefund.openapi('CreateRefund');
const OrderPath = z.object({ order_id: OrderId });
const RefundPath = z.object({ refund_id: RefundId });
const READ_ELSEWHERE = {
  409: refusal('Refused as things stand: see `code`'),
  503: refusal('The store cannot be reached right now'),
} as const;

const create = guardedWrite(STAFF, {
  method: 'post',
  path: '/v1/orders/{order_id}/refunds',
  tags: ['Refunds'],
  summary: 'Give money back: all of it, for goods, or a sum',
  description:
    'Amounts are what the customer paid for the goods, after promotions. Goodwill and price adjustments are a manager’s and need a note. Above the store’s limit a second person approves. The same `Idempotency-Key` never gives back twice.',
  request: {
    params: OrderPath,
    headers: IdempotencyHeader,
    body: jsonBody(RefundAsk),
  },
  responses: {
    201: jsonAnswer(RefundSchema, 'Its outcome is known: see `status`'),
    202: jsonAnswer(RefundSchema, 'It waits for a second person, or for the customer’s bank'),
  },
});

const listOfOrder = guarded(STAFF, {
  method: 'get',
  path: '/v1/orders/{order_id}/refunds',
  tags: ['Refunds'],
  summary: 'The refunds of an order as they stand at this moment',
  request: { params: OrderPath },
  responses: { 200: jsonAnswer(listOf(RefundSchema), 'Oldest first, all of them'), ...READ_ELSEWHERE },
});

const list = guarded(STAFF, {
  method: 'get',
  path: '/v1/refunds',
  tags: ['Refunds'],
  summary: 'Find refunds',
  request: {
    query: ListQuery.extend({
      store_id: StoreId.optional(),
      order_id: OrderId.optional(),
      status: RefundStatus.optional(),
    }),
  },
  responses: { 200: jsonAnswer(listOf(RefundSchema), 'Newest first') },
});

const read = guarded(STAFF, {
  method: 'get',
  path: '/v1/refunds/{refund_id}',
  tags: ['Refunds'],
  summary: 'One refund as it stands at this moment',
  request: { params: RefundPath },
  responses: { 200: jsonAnswer(RefundSchema, 'The refund'), ...READ_ELSEWHERE },
});

const approve = guardedWrite(MANAGERS, {
  method: 'post',
  path: '/v1/refunds/{refund_id}/approve',
  tags: ['Refunds'],
  summary: 'Say yes to a refund that somebody else asked for: only now is the money reserved and sent',
  request: {
    params: RefundPath,
    headers: IdempotencyHeader,
    body: jsonBody(RefundVerdict.openapi('RefundVerdict')),
  },
  responses: { 200: jsonAnswer(RefundSchema, 'The refund; `failed` where it came too late') },
});

const reject = guardedWrite(MANAGERS, {
  method: 'post',
  path: '/v1/refunds/{refund_id}/reject',
  tags: ['Refunds'],
  summary: 'Say no to a refund that somebody else asked for',
  request: { params: RefundPath, headers: IdempotencyHeader, body: jsonBody(RefundVerdict) },
  responses: { 200: jsonAnswer(RefundSchema, 'The refund') },
});

const retry = guardedWrite(STAFF, {
  method: 'post',
  path: '/v1/refunds/{refund_id}/retry',
  tags: ['Refunds'],
  summary: 'Send what has not gone back once more, over other payments',
  request: {
    params: RefundPath,
    headers: IdempotencyHeader,
    body: jsonBody(RetryRefund.openapi('RetryRefund')),
  },
  responses: { 200: jsonAnswer(RefundSchema, 'The refund') },
});

/** Of these the outcome is still open. */
const WAITS: ReadonlySet<RefundStatus> = new Set(['requested', 'approved', 'created', 'processing']);

export function refunds(app: App): void {
  app.openapi(create, async (c) => {
    const { order_id } = c.req.valid('param');
    const ask = c.req.valid('json');
    const made = await commitElsewhere(c, Refund, async (db, act, call) => {
      const refund_id = await refundIdOf(call, act);
      const body_hash = call?.body_hash ?? (await sha256Hex(canonicalJson(ask)));
      const request = { staff: refundStaff(act.principal), refund_id, body_hash, ask };
      return {
        begin: [noteAsk(db, act, refund_id, order_id)],
        ask: () => askOrder(deskOf(c), order_id, (basket) => basket.requestRefund(request)),
        done: ({ kind, amount, reason }) => [
          audit(db, act, 'refund.request', refund_id, { order_id, kind, amount, reason }),
        ],
        // Of a key that had made another refund that one stays.
        refused: ({ code }) => (code === 'idempotency_key_reuse' ? [] : [forgetAsk(db, act, refund_id)]),
      };
    });
    if (!made.ok) return refused(c, made.error);
    return WAITS.has(made.value.status) ? c.json(made.value, 202) : c.json(made.value, 201);
  });

  app.openapi(listOfOrder, async (c) => {
    const found = await refundsOfOrder(deskOf(c), c.req.valid('param').order_id);
    return found.ok ? c.json({ data: found.value, has_more: false }, 200) : refusedRead(c, found.error);
  });

  app.openapi(list, async (c) => {
    const db = openDb(c.env.DB);
    const { store_id, order_id, status, ...query } = c.req.valid('query');
    const principal = c.get('principal');
    const ours = and(
      eq(table.retailer_id, principal.retailer_id),
      principal.store_id === null ? undefined : eq(table.store_id, principal.store_id),
    );
    const at = async (id: string) => {
      const [row] = await db
        .select({ created_at: table.created_at, id: table.id })
        .from(table)
        .where(and(ours, eq(table.id, id)));
      return row === undefined ? null : [row.created_at, row.id];
    };
    const narrowed = and(
      store_id === undefined ? undefined : eq(table.store_id, store_id),
      order_id === undefined ? undefined : eq(table.order_id, order_id),
      status === undefined ? undefined : eq(table.status, status),
    );
    const order = { columns: [table.created_at, table.id], direction: 'descending', at } as const;
    const page = await readPage(query, order, ({ within, orderBy, limit }) =>
      db
        .select({ document: table.document })
        .from(table)
        .where(and(ours, narrowed, within))
        .orderBy(...orderBy)
        .limit(limit),
    );
    if (!page.ok) return refused(c, page.error);
    const data = page.value.data.map(({ document }) => Refund.parse(JSON.parse(document)));
    return c.json({ data, has_more: page.value.has_more }, 200);
  });

  app.openapi(read, async (c) => {
    const found = await readRefund(deskOf(c), c.req.valid('param').refund_id);
    return found.ok ? c.json(found.value, 200) : refusedRead(c, found.error);
  });

  app.openapi(approve, async (c) => {
    const change = { do: 'approve', verdict: c.req.valid('json') } as const;
    const done = await changed(c, c.req.valid('param').refund_id, change);
    return done.ok ? c.json(done.value, 200) : refused(c, done.error);
  });
  app.openapi(reject, async (c) => {
    const change = { do: 'reject', verdict: c.req.valid('json') } as const;
    const done = await changed(c, c.req.valid('param').refund_id, change);
    return done.ok ? c.json(done.value, 200) : refused(c, done.error);
  });
  app.openapi(retry, async (c) => {
    const change = { do: 'retry', retry: c.req.valid('json') } as const;
    const done = await changed(c, c.req.valid('param').refund_id, change);
    return done.ok ? c.json(done.value, 200) : refused(c, done.error);
  });
}

export const deskOf = (c: Ctx): RefundDesk => ({
  db: openDb(c.env.DB),
  baskets: c.env.BASKET,
  principal: c.get('principal'),
});

/** A read finds it or not; everything else is that the store does not answer. */
export const refusedRead = (c: Ctx, { code }: Refusal) =>
  code === 'not_found' ? refuse(c, 'not_found') : refuse(c, 'store_unavailable');

async function readRefund(desk: RefundDesk, refundId: RefundId): Promise<Result<Refund, Refusal>> {
  const orderId = await orderOfRefund(desk.db, desk.principal.retailer_id, refundId);
  if (orderId === null) return err({ code: 'not_found' });
  const found = await refundsOfOrder(desk, orderId);
  if (!found.ok) return found;
  const refund = found.value.find(({ id }) => id === refundId);
  return refund === undefined ? err({ code: 'not_found' }) : ok(refund);
}

async function changed(
  c: Ctx,
  refund_id: RefundId,
  change: ChangeRefund['change'],
): Promise<Result<Refund, Refusal>> {
  const desk = deskOf(c);
  const orderId = await orderOfRefund(desk.db, desk.principal.retailer_id, refund_id);
  if (orderId === null) return err({ code: 'not_found' });
  return commitElsewhere(c, Refund, async (db, act) => ({
    begin: [],
    ask: () =>
      askOrder(desk, orderId, (basket) =>
        basket.changeRefund({ staff: refundStaff(act.principal), refund_id, change }),
      ),
    done: ({ status }) => [audit(db, act, `refund.${change.do}`, refund_id, { order_id: orderId, status })],
    refused: () => [],
  }));
}
