import { type CollectionStatus, collectionToken, isOver } from '../../shared/order/collection.ts';
import type { CollectionRow, CollectionTold } from '../../shared/rpc/store.ts';
import { appendFeed } from './feed_log.ts';
import { dropHolds, keepHolds } from './holds.ts';
import { tagStates } from './ledger.ts';
import { appendEvent } from './outbox.ts';
import type { Scope } from './scope.ts';
import { sellTags } from './sell_tags.ts';
import { allocate } from './series.ts';
import { first, type Sql } from './sql.ts';

/** Staff see so many at a time. */
const COLLECTIONS_SHOWN_MAX = 200;

/** What the shopper of an order shows when she comes for it. */
export function newCollectionToken(scope: Scope): string {
  const chance = scope.newUuid().slice(-8);
  const random = [0, 2, 4, 6].map((at) => Number.parseInt(chance.slice(at, at + 2), 16));
  return collectionToken(allocate(scope, 'collection').value, random);
}

type Answer = { tags: { epc: string; rev: number }[] };

/**
 * Takes an order to be collected as it stands. Its tags stay kept for it, and gates alarm for them, until it is
 * collected: then they are sold, and agents hear of it with this transaction. Whatever ends it otherwise frees them.
 * Every step is told on once; an older word that comes late changes nothing.
 */
export function recordCollection(scope: Scope, told: CollectionTold): Answer {
  const { basket_id, order_id, number, items, tags } = told;
  const { status, hold_until, history } = told.collection;
  const known = first<{ steps: number; answer: string | null }>(
    scope.sql,
    'SELECT steps, answer FROM collection WHERE basket_id = ?',
    basket_id,
  );
  if (known !== null && (known.answer !== null || history.length <= known.steps))
    return known.answer === null ? { tags: [] } : JSON.parse(known.answer);

  const answer = status === 'collected' ? handOver(scope, told) : { tags: [] };
  if (isOver(status)) dropHolds(scope.sql, basket_id);
  else
    keepHolds(
      scope.sql,
      basket_id,
      tags.map(({ epc }) => epc),
    );
  scope.sql.exec(
    `INSERT INTO collection (basket_id, order_id, number, status, items, hold_until, steps, changed_at, answer)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
     ON CONFLICT (basket_id) DO UPDATE SET
       status = ?4, items = ?5, hold_until = ?6, steps = ?7, changed_at = ?8, answer = ?9`,
    ...[basket_id, order_id, number, status, items, hold_until === null ? null : Date.parse(hold_until)],
    ...[history.length, scope.now, isOver(status) ? JSON.stringify(answer) : null],
  );
  for (const [at, step] of history.entries()) {
    if (at < (known?.steps ?? 0)) continue;
    const last = at === history.length - 1;
    appendEvent(scope, {
      type: 'order.collection_changed',
      data: { order_id, number, n: at + 1, ...step, hold_until: last ? hold_until : null },
    });
  }
  return answer;
}

function handOver(scope: Scope, { order_id, number, tags }: CollectionTold): Answer {
  const sold = sellTags(
    scope,
    { order_id, number },
    tags.map(({ epc, item_id }) => [epc, item_id] as const),
  );
  const epcs = sold.tags.map(({ epc }) => epc);
  if (epcs.length > 0) appendFeed(scope, { type: 'tags', tags: tagStates(scope.sql, epcs) });
  return { tags: sold.tags };
}

export const collections = (sql: Sql, status: CollectionStatus): CollectionRow[] =>
  sql.exec<CollectionRow & { [column: string]: string | number | null }>(
    `SELECT order_id, number, status, items, hold_until, changed_at FROM collection
     WHERE status = ? ORDER BY changed_at, basket_id LIMIT ?`,
    ...[status, COLLECTIONS_SHOWN_MAX],
  );
