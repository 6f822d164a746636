import type { Order } from '../../shared/api/order.ts';
import type { CollectionPolicy } from '../../shared/config/order_policy.ts';
import {
  type Collection,
  type CollectionActor,
  type CollectionRules,
  type CollectionStatus,
  type CollectionStep,
  moveCollection,
} from '../../shared/order/collection.ts';
import { unwrap } from '../../shared/result.ts';
import type { CollectionTold } from '../../shared/rpc/store.ts';
import { first, type Sql } from '../store/sql.ts';
import { addDuty, fulfil } from './duty.ts';
import { heldLines } from './refund_rows.ts';
import { audit, iso, linesOf } from './rows.ts';

type CollectionRow = {
  status: CollectionStatus;
  token: string;
  hold_until: number | null;
  /** JSON of the tags with the revisions that sold them. */
  tags: string | null;
};

/** Null: nobody fetches this order later, or it is not paid yet. */
export const collectionOf = (sql: Sql): CollectionRow | null =>
  first<CollectionRow>(sql, 'SELECT status, token, hold_until, tags FROM collection');

export const rulesOf = ({ auto_ready, reject_rules }: CollectionPolicy): CollectionRules => ({
  auto_ready,
  shopper_may_cancel: reject_rules.shopper_may_cancel,
});

/** As staff and the cloud see it: the token is the shopper's. */
export function viewCollection(sql: Sql): Collection | null {
  const row = collectionOf(sql);
  if (row === null) return null;
  type Step = {
    status: CollectionStatus;
    actor: CollectionActor;
    by: string | null;
    reason: string | null;
    at: number;
  };
  const history = sql.exec<Step>('SELECT status, actor, by, reason, at FROM collection_step ORDER BY n').map(
    ({ status, actor, by, reason, at }): CollectionStep => ({
      ...{ status, actor },
      ...(by === null ? {} : { by }),
      ...(reason === null ? {} : { reason }),
      at: iso(at),
    }),
  );
  const { status, hold_until } = row;
  return { status, hold_until: hold_until === null ? null : iso(hold_until), history };
}

/** The order as its shopper sees it, with what she shows. */
export function withToken(sql: Sql, order: Order): Order {
  const row = collectionOf(sql);
  if (row === null || order.collection === undefined) return order;
  return { ...order, collection: { ...order.collection, token: row.token } };
}

/** The order is paid: from now on somebody has to fetch it. In the caller's transaction. */
export function beginCollection(sql: Sql, token: string, policy: CollectionPolicy, nowMs: number): void {
  sql.exec(`INSERT INTO collection (one, status, token) VALUES (1, 'created', ?)`, token);
  stepCollection(sql, 'created', SYSTEM, policy, nowMs);
  if (!policy.auto_ready) return;
  const to = unwrap(moveCollection('created', 'ready', 'system', rulesOf(policy)));
  stepCollection(sql, to, SYSTEM, policy, nowMs);
}

export interface Stepper {
  actor: CollectionActor;
  by?: string | undefined;
  reason?: string | undefined;
}
export const SYSTEM: Stepper = { actor: 'system' };

/** Writes a step that was decided, until when the order is kept, and that the store must hear of it. */
export function stepCollection(
  sql: Sql,
  to: CollectionStatus,
  { actor, by, reason }: Stepper,
  { hold_hours }: CollectionPolicy,
  nowMs: number,
): void {
  const until = to === 'ready_to_collect' ? nowMs + hold_hours * 3_600_000 : null;
  sql.exec('UPDATE collection SET status = ?, hold_until = ?', to, until);
  sql.exec(
    'INSERT INTO collection_step (status, actor, by, reason, at) VALUES (?, ?, ?, ?, ?)',
    ...[to, actor, by ?? null, reason ?? null, nowMs],
  );
  addDuty(sql, 'collection', '', nowMs);
  if (until === null) fulfil(sql, { kind: 'hold_over', subject: '' });
  else addDuty(sql, 'hold_over', '', until);
  audit(sql, nowMs, 'collection', { status: to, actor, by, reason });
}

/** What is still to be handed over: what was sold, less what went back. */
export function toHandOver(sql: Sql): Pick<CollectionTold, 'items' | 'tags'> {
  const gone = new Map<string, number>();
  for (const { line_id, quantity } of heldLines(sql)) gone.set(line_id, (gone.get(line_id) ?? 0) + quantity);
  const left = linesOf(sql).flatMap((line) => {
    const quantity = line.quantity - (gone.get(line.line_id) ?? 0);
    return quantity > 0 && line.kind !== 'deposit' ? [{ ...line, quantity }] : [];
  });
  return {
    items: left.reduce((sum, { quantity }) => sum + quantity, 0),
    tags: left.flatMap(({ epc, item }) => (epc === null ? [] : [{ epc, item_id: item.id }])),
  };
}
