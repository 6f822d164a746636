import type { StoreEvent } from '../../shared/events/index.ts';
import { type Db, type Statement, writeAtOnce } from '../db/client.ts';
import { jobStatements } from '../fulfilment/create_jobs.ts';
import { appliedOf, noteApplied, type Source } from './cursor.ts';
import { rowsOf } from './rows.ts';
import { writeRows } from './write_rows.ts';

/** One batch stays far below what a parameter may hold (2 MB) and a batch may take (30 s). */
export const APPLY_EVENTS_MAX = 100;
export const APPLY_CHARACTERS_MAX = 400_000;

/** An event in its place: what is to be applied, or null for one that only counts as passed. */
export interface Placed {
  seq: number;
  event: StoreEvent | null;
  characters: number;
}

/**
 * Applies events of one source, each once by its number, in any order. Their rows, the documents that follow from
 * them and the bookkeeping are one batch: a crash leaves both or neither. Answers how many were new.
 */
export async function applyEvents(
  db: Db,
  source: Source,
  placed: readonly Placed[],
  now: string,
): Promise<number> {
  let count = 0;
  for (const portion of portionsOf(placed)) {
    const applied = await appliedOf(
      db,
      source,
      portion.map(({ seq }) => seq),
    );
    const fresh = [
      ...new Map(portion.filter(({ seq }) => !applied.has(seq)).map((one) => [one.seq, one])).values(),
    ];
    if (fresh.length === 0) continue;
    await writeAtOnce(db, await statementsOf(db, source, fresh, now));
    count += fresh.length;
  }
  return count;
}

async function statementsOf(
  db: Db,
  source: Source,
  fresh: readonly Placed[],
  now: string,
): Promise<Statement[]> {
  const events = fresh.flatMap(({ event }) => (event === null ? [] : [event]));
  const seqs = fresh.map(({ seq }) => seq);
  return [
    ...writeRows(source.retailer_id, rowsOf(events)),
    ...(await jobStatements(db, source, events, Date.parse(now))),
    ...noteApplied(db, source, seqs, now),
  ];
}

/** Cuts a list into portions within the limits; one event above them goes alone. */
export function portionsOf(placed: readonly Placed[]): Placed[][] {
  const portions: Placed[][] = [];
  let characters = 0;
  for (const one of placed) {
    const last = portions.at(-1);
    const full =
      last === undefined ||
      last.length >= APPLY_EVENTS_MAX ||
      characters + one.characters > APPLY_CHARACTERS_MAX;
    if (full) {
      portions.push([one]);
      characters = 0;
    } else last.push(one);
    characters += one.characters;
  }
  return portions;
}
