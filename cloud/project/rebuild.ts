import { and, eq, sql } from 'drizzle-orm';
import { z } from 'zod';
import { err, ok, type Result } from '../../shared/result.ts';
import { type Db, type Statement, writeAtOnce } from '../db/client.ts';
import {
  agentReport,
  eventSeen,
  incident,
  orderCollection,
  orderLine,
  orderPayment,
  orderReview,
  orderRow,
  posTransaction,
  projectionCursor,
  refundRow,
  reportOrder,
} from '../db/schema.ts';
import type { Refusal } from '../http/refuse.ts';
import type { Place } from '../store/read_publication.ts';
import { cursorsOf } from './cursor.ts';
import { seqOf } from './parse_event.ts';
import { type EventSource, sweepStore } from './sweep.ts';

export const Rebuilt = z.object({ applied: z.number().int(), complete: z.boolean() });
export type Rebuilt = z.infer<typeof Rebuilt>;

/**
 * Deletes a store's projection and applies all its events anew. Refused where the store's object no longer
 * has all of them, or where an earlier life of it has rows here: then deleting would lose what nobody can
 * tell again. `audited` is written with the deletion.
 */
export async function rebuildProjection(
  db: Db,
  object: EventSource,
  place: Place,
  now: string,
  audited: Statement,
): Promise<Result<Rebuilt, Refusal>> {
  const { epoch, head, events } = await object.eventsAfter(0, 1);
  const [first] = events;
  if (head > 0 && (first === undefined || seqOf(first) !== 1))
    return err({ code: 'conflict', detail: 'The store no longer keeps all of its events.' });
  const cursors = await cursorsOf(db, place);
  if (cursors.some((cursor) => cursor.epoch !== epoch))
    return err({ code: 'conflict', detail: 'Some of the orders are of an earlier life of the store.' });
  await writeAtOnce(db, [...deletions(db, place), audited]);
  return ok(await sweepStore(db, object, place, now));
}

function deletions(db: Db, { retailer_id, store_id }: Place): Statement[] {
  const orders = sql`(SELECT id FROM ${orderRow} WHERE retailer_id = ${retailer_id} AND store_id = ${store_id})`;
  return [
    db
      .delete(orderLine)
      .where(and(eq(orderLine.retailer_id, retailer_id), sql`${orderLine.order_id} IN ${orders}`))
      .toSQL(),
    db
      .delete(orderPayment)
      .where(and(eq(orderPayment.retailer_id, retailer_id), sql`${orderPayment.order_id} IN ${orders}`))
      .toSQL(),
    ...[
      orderRow,
      orderReview,
      orderCollection,
      refundRow,
      posTransaction,
      incident,
      agentReport,
      reportOrder,
      eventSeen,
      projectionCursor,
    ].map((table) =>
      db
        .delete(table)
        .where(and(eq(table.retailer_id, retailer_id), eq(table.store_id, store_id)))
        .toSQL(),
    ),
  ];
}
