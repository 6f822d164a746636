import { createRoute, z } from '@hono/zod-openapi';
import { EpcHex, Instant } from '../../../shared/api/common.ts';
import { EasState } from '../../../shared/eas/profile.ts';
import { ListQuery, listOf } from '../../../shared/http/list.ts';
import { VendorDeliveryId } from '../../../shared/ids/index.ts';
import type { VendorDelivery } from '../../state/vendor_deliveries.ts';
import { requireRole, STAFF } from '../auth.ts';
import type { AgentParts, App } from '../context.ts';
import {
  BEARER,
  CONFLICT,
  DISK_FULL,
  idempotent,
  jsonAnswer,
  NOT_FOUND,
  TOKEN_REFUSALS,
  UNREADABLE,
} from '../describe.ts';
import { onceOnly } from '../once.ts';
import { refuse } from '../refuse.ts';

const Status = z.enum(['waiting', 'delivered', 'dead']);

const Delivery = z.object({
  id: z.string(),
  vendor: z.string(),
  epc: EpcHex,
  to: EasState,
  order_id: z.string(),
  status: Status,
  attempts: z.int(),
  /** Why the last attempt failed, or what came of it. */
  code: z.string().optional(),
  next_attempt_at: Instant.optional(),
  created_at: Instant,
  updated_at: Instant,
});

const Query = ListQuery.extend({ status: Status.optional(), vendor: z.string().max(40).optional() });

export function vendorDeliveries(app: App, parts: AgentParts): void {
  const once = onceOnly(parts);
  const table = parts.state.tables.vendorDeliveries;
  const list = createRoute({
    method: 'get',
    path: '/v1/vendor_deliveries',
    tags: ['Vendors'],
    summary: 'What vendors of gates were told of tags, and what they would not take',
    description: 'Newest first. `status=dead` is the list of what is not tried any more.',
    security: BEARER,
    middleware: [requireRole(parts, STAFF)] as const,
    request: { query: Query },
    responses: { 200: jsonAnswer(listOf(Delivery), 'A page'), ...TOKEN_REFUSALS, ...UNREADABLE },
  });
  const replay = createRoute({
    method: 'post',
    path: '/v1/vendor_deliveries/{vendor_delivery_id}/replays',
    tags: ['Vendors'],
    summary: 'Tells a vendor once more what it would not take',
    description:
      'A dead delivery gets all its attempts again. 409: it is not dead, or something newer has happened to its tag.',
    security: BEARER,
    middleware: [requireRole(parts, STAFF)] as const,
    request: { headers: idempotent, params: z.object({ vendor_delivery_id: VendorDeliveryId }) },
    responses: {
      202: jsonAnswer(Delivery, 'It waits again'),
      ...TOKEN_REFUSALS,
      ...NOT_FOUND,
      ...CONFLICT,
      ...UNREADABLE,
      ...DISK_FULL,
    },
  });

  app.openapi(list, (c) => {
    const { limit, starting_after, ending_before, status, vendor } = c.req.valid('query');
    const seqOf = (id: string | undefined, otherwise: number): number =>
      id === undefined ? otherwise : (table.get(id)?.seq ?? otherwise);
    const oldestFirst = ending_before !== undefined;
    const found = table.list(
      { vendor, status },
      {
        below: seqOf(starting_after, Number.MAX_SAFE_INTEGER),
        above: seqOf(ending_before, 0),
        oldestFirst,
        limit: limit + 1,
      },
    );
    const page = found.slice(0, limit);
    if (oldestFirst) page.reverse();
    return c.json({ data: page.map(answerOf), has_more: found.length > limit }, 200);
  });

  app.openapi(replay, (c) =>
    once(c, (remember) => {
      const id = c.req.valid('param').vendor_delivery_id;
      const written = parts.state.write((tables) => {
        const one = parts.vendors.replay(tables, id);
        if (one.ok) remember(tables, 202, answerOf(one.value));
        return one;
      });
      if (!written.ok) return refuse(c, 'disk_full');
      const one = written.value;
      if (one.ok) {
        parts.vendors.kick();
        return c.json(answerOf(one.value), 202);
      }
      if (one.error === 'not_found') return refuse(c, 'not_found');
      const detail = one.error === 'not_dead' ? 'it is not dead' : 'something newer has happened to this tag';
      return refuse(c, 'conflict', { detail });
    }),
  );
}

function answerOf(one: VendorDelivery): z.infer<typeof Delivery> {
  const iso = (ms: number): string => new Date(ms).toISOString();
  return {
    id: one.id,
    vendor: one.vendor,
    epc: EpcHex.parse(one.epc),
    to: one.to,
    order_id: one.ref,
    status: one.status,
    attempts: one.attempts,
    ...(one.code === null ? {} : { code: one.code }),
    ...(one.status === 'waiting' ? { next_attempt_at: iso(one.due_at) } : {}),
    created_at: iso(one.created_at),
    updated_at: iso(one.updated_at),
  };
}
