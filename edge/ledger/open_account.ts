import { post } from '../../shared/ledger/decide.ts';
import { unwrap } from '../../shared/result.ts';
import type { OpenLedger } from '../../shared/rpc/ledger.ts';
import type { Sql } from '../store/sql.ts';
import { bookOf, writeChange } from './rows.ts';
import { createTables } from './schema.ts';

/** Makes the tables, the account and the first line of its journal, in the caller's transaction. */
export function openAccount(sql: Sql, opening: OpenLedger, now: number): void {
  const { ledger_id, retailer_id, kind, currency, last4, limit, minor_per_point, by } = opening;
  const schema = createTables(sql);
  sql.exec(
    `INSERT INTO account (one, schema, ledger_id, retailer_id, kind, currency, last4, credit_limit, numerator,
       denominator, created_at) VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ...[schema, ledger_id, retailer_id, kind, currency, last4, limit],
    ...[minor_per_point.numerator, minor_per_point.denominator, now],
  );
  if (opening.opening === 0) return;
  const entry = { entry_id: 'opening', kind: 'opening', units: opening.opening, payment_id: null } as const;
  // What is owed from before may be more than the limit now allows: it is a fact, not a new credit.
  const book = { ...bookOf(sql), limit: Number.MAX_SAFE_INTEGER };
  writeChange(sql, unwrap(post(book, null, [], entry)).change, { by, note: '', now });
}
