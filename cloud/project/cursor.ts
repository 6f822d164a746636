import { and, desc, eq, sql } from 'drizzle-orm';
import type { RetailerId, StoreId } from '../../shared/ids/index.ts';
import { type Db, type Statement, statement } from '../db/client.ts';
import { eventSeen, projectionCursor } from '../db/schema.ts';

/** One life of a store's object: its events are numbered without gaps. */
export interface Source {
  retailer_id: RetailerId;
  store_id: StoreId;
  epoch: string;
}

const cursorOf = ({ retailer_id, store_id, epoch }: Source) =>
  and(
    eq(projectionCursor.retailer_id, retailer_id),
    eq(projectionCursor.store_id, store_id),
    eq(projectionCursor.epoch, epoch),
  );
const seenOf = ({ retailer_id, store_id, epoch }: Source) =>
  and(eq(eventSeen.retailer_id, retailer_id), eq(eventSeen.store_id, store_id), eq(eventSeen.epoch, epoch));

/** Which of these numbers are applied already. A racing consumer may apply some meanwhile: rows bear that. */
export async function appliedOf(
  db: Db,
  source: Source,
  seqs: readonly number[],
): Promise<ReadonlySet<number>> {
  const listed = JSON.stringify(seqs);
  const rows = await db.all<{ seq: number }>(sql`SELECT value AS seq FROM json_each(${listed})
    WHERE value <= coalesce((SELECT ${projectionCursor.contiguous} FROM ${projectionCursor} WHERE ${cursorOf(source)}), 0)
      OR value IN (SELECT ${eventSeen.seq} FROM ${eventSeen} WHERE ${seenOf(source)})`);
  return new Set(rows.map(({ seq }) => seq));
}

/**
 * The bookkeeping of applied numbers, for the batch of their rows: they are noted, the cursor goes forward
 * over everything that now stands without a gap, and what it passed is forgotten.
 */
export function noteApplied(db: Db, source: Source, seqs: readonly number[], now: string): Statement[] {
  const { retailer_id, store_id, epoch } = source;
  return [
    db
      .insert(projectionCursor)
      .values({ ...source, updated_at: now })
      .onConflictDoNothing()
      .toSQL(),
    statement(sql`INSERT OR IGNORE INTO ${eventSeen} (retailer_id, store_id, epoch, seq)
      SELECT ${retailer_id}, ${store_id}, ${epoch}, value FROM json_each(${JSON.stringify(seqs)})`),
    // What the cursor passed already goes first, or it would stand in the way of the count.
    forgetPassed(source),
    statement(sql`UPDATE ${projectionCursor} SET updated_at = ${now}, contiguous = contiguous + (
        SELECT count(*) FROM (
          SELECT ${eventSeen.seq} - row_number() OVER (ORDER BY ${eventSeen.seq}) AS base FROM ${eventSeen} WHERE ${seenOf(source)}
        ) WHERE base = contiguous
      ) WHERE ${cursorOf(source)}`),
    forgetPassed(source),
  ];
}

const forgetPassed = (source: Source): Statement =>
  statement(sql`DELETE FROM ${eventSeen} WHERE ${seenOf(source)}
    AND seq <= (SELECT contiguous FROM ${projectionCursor} WHERE ${cursorOf(source)})`);

/** Moves the cursor over events that nobody has any more. */
export const jumpTo = (db: Db, source: Source, contiguous: number, now: string): Statement[] => [
  db
    .insert(projectionCursor)
    .values({ ...source, updated_at: now })
    .onConflictDoNothing()
    .toSQL(),
  db
    .update(projectionCursor)
    .set({ contiguous: sql`max(contiguous, ${contiguous})`, updated_at: now })
    .where(cursorOf(source))
    .toSQL(),
];

/** Whether applied events wait above a gap. */
export async function hasGap(db: Db, source: Source): Promise<boolean> {
  const rows = await db.select({ seq: eventSeen.seq }).from(eventSeen).where(seenOf(source)).limit(1);
  return rows.length > 0;
}

/** The cursors of a store's lives, the one that moved last first. */
export const cursorsOf = (db: Db, { retailer_id, store_id }: Omit<Source, 'epoch'>) =>
  db
    .select({ epoch: projectionCursor.epoch, contiguous: projectionCursor.contiguous })
    .from(projectionCursor)
    .where(and(eq(projectionCursor.retailer_id, retailer_id), eq(projectionCursor.store_id, store_id)))
    .orderBy(desc(projectionCursor.updated_at));
