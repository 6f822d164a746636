import { sql } from 'drizzle-orm';
import type { StoreEvent } from '../../shared/events/index.ts';
import { type Db, writeAtOnce } from '../db/client.ts';
import { store } from '../db/schema.ts';
import type { StoreNamespace } from '../env.ts';
import { applyEvents, type Placed } from './apply.ts';
import { hasGap, type Source } from './cursor.ts';
import { keepDead } from './dead_event.ts';
import { parseEvent } from './parse_event.ts';
import { sweepStore } from './sweep.ts';

/** As much of a queue's message as the consumer needs. */
interface QueuedMessage {
  readonly body: unknown;
  ack(): void;
  retry(): void;
}

interface Readable {
  message: QueuedMessage;
  placed: Placed & { event: StoreEvent };
}

/**
 * Applies a batch of the events queue. What is no event of a known store is kept as dead and done with; what
 * the database would not take goes back to the queue, alone. A gap is filled from the store's object at once.
 */
export async function consumeEvents(
  db: Db,
  stores: StoreNamespace,
  messages: readonly QueuedMessage[],
  now: string,
): Promise<void> {
  const readable: Readable[] = [];
  for (const message of messages) {
    const parsed = parseEvent(message.body);
    if (!parsed.ok) {
      await bury(db, message, parsed.error, now);
      continue;
    }
    const characters =
      typeof message.body === 'string' ? message.body.length : JSON.stringify(message.body).length;
    readable.push({ message, placed: { seq: parsed.value.seq, event: parsed.value, characters } });
  }
  const known = await knownStores(db, readable);
  for (const group of bySource(readable)) {
    if (!known.has(placeKey(group.source))) {
      for (const { message } of group.members) await bury(db, message, 'of a store that nobody has', now);
      continue;
    }
    await applyGroup(db, group, now);
    await fillGap(db, stores, group.source, now);
  }
}

async function bury(db: Db, message: QueuedMessage, reason: string, now: string): Promise<void> {
  try {
    await writeAtOnce(db, [await keepDead(db, { source: 'queue', reason, body: message.body }, now)]);
    message.ack();
  } catch {
    message.retry();
  }
}

interface Group {
  source: Source;
  members: Readable[];
}

const placeKey = ({ retailer_id, store_id }: { retailer_id: string; store_id: string }): string =>
  `${retailer_id} ${store_id}`;

function bySource(readable: readonly Readable[]): Group[] {
  const groups = new Map<string, Group>();
  for (const one of readable) {
    const { retailer_id, store_id, epoch } = one.placed.event;
    const key = `${placeKey(one.placed.event)} ${epoch}`;
    const group = groups.get(key) ?? { source: { retailer_id, store_id, epoch }, members: [] };
    group.members.push(one);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** The pairs of retailer and store in the messages that are true: a message's tenant is checked, not believed. */
async function knownStores(db: Db, readable: readonly Readable[]): Promise<ReadonlySet<string>> {
  const ids = JSON.stringify([...new Set(readable.map(({ placed }) => placed.event.store_id))]);
  const rows = await db
    .select({ retailer_id: store.retailer_id, store_id: store.id })
    .from(store)
    .where(sql`${store.id} IN (SELECT value FROM json_each(${ids}))`);
  return new Set(rows.map(placeKey));
}

async function applyGroup(db: Db, { source, members }: Group, now: string): Promise<void> {
  const all = members.map(({ placed }) => placed);
  try {
    await applyEvents(db, source, all, now);
    for (const { message } of members) message.ack();
    return;
  } catch {
    // One of them may be what the database does not take: the others shall not wait for it.
  }
  for (const { message, placed } of members) {
    try {
      await applyEvents(db, source, [placed], now);
      message.ack();
    } catch {
      message.retry();
    }
  }
}

/** The scheduled sweep fills what this cannot: an object that is away must not hold up the queue. */
async function fillGap(db: Db, stores: StoreNamespace, source: Source, now: string): Promise<void> {
  try {
    if (await hasGap(db, source)) await sweepStore(db, stores.getByName(source.store_id), source, now);
  } catch {
    return;
  }
}

/** Messages that the queue gave up on. */
export async function consumeDeadLetters(
  db: Db,
  messages: readonly QueuedMessage[],
  now: string,
): Promise<void> {
  for (const message of messages) {
    try {
      await writeAtOnce(db, [
        await keepDead(db, { source: 'dead_letter', reason: 'the queue gave up', body: message.body }, now),
      ]);
      message.ack();
    } catch {
      message.retry();
    }
  }
}
