import { BasketId } from '../../shared/ids/index.ts';
import type { WaitingBasket } from '../../shared/rpc/store.ts';
import type { Sql } from './sql.ts';

/** Staff see so many at a time; the longest wait first, so nobody is forgotten. */
const WAITING_SHOWN_MAX = 200;

/** The basket's own word on whether it waits for staff; the newest counts. */
export function noteVerification(
  sql: Sql,
  { basket_id, waiting }: { basket_id: BasketId; waiting: WaitingBasket | null },
): void {
  if (waiting === null) {
    sql.exec('DELETE FROM verification WHERE basket_id = ?', basket_id);
    return;
  }
  const { code, need, revision, opened_at } = waiting;
  sql.exec(
    'INSERT OR REPLACE INTO verification (basket_id, code, need, revision, opened_at) VALUES (?, ?, ?, ?, ?)',
    ...[basket_id, code, JSON.stringify(need), revision, opened_at],
  );
}

export function waitingBaskets(sql: Sql): ({ basket_id: BasketId } & WaitingBasket)[] {
  type Row = { basket_id: string; code: string; need: string; revision: number; opened_at: number };
  return sql
    .exec<Row>('SELECT * FROM verification ORDER BY opened_at, basket_id LIMIT ?', WAITING_SHOWN_MAX)
    .map((row) => ({ ...row, basket_id: BasketId.parse(row.basket_id), need: JSON.parse(row.need) }));
}
