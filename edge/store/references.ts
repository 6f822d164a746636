import type { BasketId } from '../../shared/ids/index.ts';
import { first, type Sql } from './sql.ts';

/** Remembers which trip a provider's reference belongs to. The first link stands: a reference never moves. */
export function linkReference(
  sql: Sql,
  link: { gateway: string; reference: string; basket_id: BasketId },
): void {
  sql.exec(
    'INSERT INTO reference (gateway, reference, basket_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
    link.gateway,
    link.reference,
    link.basket_id,
  );
}

export function findReference(sql: Sql, find: { gateway: string; reference: string }): BasketId | null {
  return (
    first<{ basket_id: BasketId }>(
      sql,
      'SELECT basket_id FROM reference WHERE gateway = ? AND reference = ?',
      find.gateway,
      find.reference,
    )?.basket_id ?? null
  );
}
