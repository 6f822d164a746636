import { and, asc, eq, gt, sql } from 'drizzle-orm';
import type { StoreForCloud } from '../../shared/rpc/store.ts';
import { type Db, type Statement, writeAtOnce } from '../db/client.ts';
import { store } from '../db/schema.ts';
import type { StoreNamespace } from '../env.ts';
import type { Place } from '../store/read_publication.ts';
import { applyEvents, type Placed } from './apply.ts';
import { cursorsOf, jumpTo, type Source } from './cursor.ts';
import { keepDead } from './dead_event.ts';
import { parseEvent, seqOf } from './parse_event.ts';

const EVENTS_PER_PAGE = 500;
/** One run ends in bounded time; the next one goes on where it stopped. */
const PAGES_PER_SWEEP_MAX = 40;
const STORES_PER_SWEEP_MAX = 200;

/** As much of a store's object as a sweep needs. */
export type EventSource = Pick<StoreForCloud, 'eventsAfter'>;

interface Swept {
  applied: number;
  /** Nothing is left to fetch. */
  complete: boolean;
}

/**
 * Fetches from a store's object what the queue has not brought: everything above the cursor of its present
 * life. What cannot be read is kept as dead and passed, so that one bad event does not stop all others.
 */
export async function sweepStore(db: Db, object: EventSource, place: Place, now: string): Promise<Swept> {
  const cursors = await cursorsOf(db, place);
  let guess = cursors[0] ?? { epoch: '', contiguous: 0 };
  let applied = 0;
  for (let page = 0; page < PAGES_PER_SWEEP_MAX; page++) {
    const { epoch, head, events } = await object.eventsAfter(guess.contiguous, EVENTS_PER_PAGE);
    if (epoch !== guess.epoch) {
      const known = cursors.find((cursor) => cursor.epoch === epoch)?.contiguous ?? 0;
      const asked = guess.contiguous;
      guess = { epoch, contiguous: known };
      // The answer was for the cursor of another life: ask again, unless it happens to fit.
      if (known !== asked) continue;
    }
    if (events.length === 0) return { applied, complete: true };
    const source = { ...place, epoch };
    const read = await readPage(db, source, guess.contiguous, events, now);
    await writeAtOnce(db, read.statements);
    applied += await applyEvents(db, source, read.placed, now);
    guess = { epoch, contiguous: read.placed.at(-1)?.seq ?? guess.contiguous };
    if (guess.contiguous >= head) return { applied, complete: true };
  }
  return { applied, complete: false };
}

/** The page with its numbers, and the writes about what is unreadable or no longer there. */
async function readPage(
  db: Db,
  source: Source,
  after: number,
  events: readonly string[],
  now: string,
): Promise<{ placed: Placed[]; statements: Statement[] }> {
  const placed: Placed[] = [];
  const statements: Statement[] = [];
  let previous = after;
  for (const body of events) {
    const parsed = parseEvent(body);
    const event = parsed.ok && belongsTo(parsed.value, source) ? parsed.value : null;
    const seq = event?.seq ?? seqOf(body) ?? previous + 1;
    if (event === null) {
      const reason = parsed.ok ? 'of another store' : parsed.error;
      statements.push(await keepDead(db, { source: 'sweep', reason, body }, now));
    }
    if (seq > previous + 1) {
      const body = { ...source, from: previous + 1, to: seq - 1 };
      statements.push(
        await keepDead(db, { source: 'sweep', reason: 'no longer kept by the store', body }, now),
      );
      statements.push(...jumpTo(db, source, seq - 1, now));
    }
    placed.push({ seq, event, characters: body.length });
    previous = seq;
  }
  return { placed, statements };
}

const belongsTo = (
  event: { retailer_id: string; store_id: string; epoch: string },
  source: Source,
): boolean =>
  event.retailer_id === source.retailer_id &&
  event.store_id === source.store_id &&
  event.epoch === source.epoch;

interface SweptStores {
  stores: number;
  applied: number;
  /** Stores that could not be asked; the next run asks them again. */
  failed: string[];
}

/** Sweeps the stores that were not asked for longest. One store that is away does not keep the others waiting. */
export async function sweepStores(db: Db, stores: StoreNamespace, now: string): Promise<SweptStores> {
  const due = await db
    .select({ retailer_id: store.retailer_id, store_id: store.id })
    .from(store)
    .where(gt(store.last_version, 0))
    .orderBy(asc(sql`coalesce(${store.swept_at}, '')`), asc(store.id))
    .limit(STORES_PER_SWEEP_MAX);
  const swept: SweptStores = { stores: due.length, applied: 0, failed: [] };
  for (const place of due) {
    try {
      swept.applied += (await sweepStore(db, stores.getByName(place.store_id), place, now)).applied;
    } catch {
      swept.failed.push(place.store_id);
    }
    await db
      .update(store)
      .set({ swept_at: now })
      .where(and(eq(store.retailer_id, place.retailer_id), eq(store.id, place.store_id)));
  }
  return swept;
}
