import type { BasketId } from '../../shared/ids/index.ts';
import type { Sql } from './sql.ts';

/**
 * Frees tags that a basket no longer wants; others' holds and repeats change nothing. A pinned basket keeps
 * its tags until its order is cancelled or paid, so a release that comes late cannot free them.
 */
export function release(sql: Sql, request: { basket_id: BasketId; epcs: readonly string[] }): void {
  for (const epc of request.epcs) {
    sql.exec(
      `DELETE FROM hold WHERE epc = ?1 AND basket_id = ?2
       AND EXISTS (SELECT 1 FROM holder WHERE basket_id = ?2 AND pinned = 0)`,
      epc,
      request.basket_id,
    );
  }
}
