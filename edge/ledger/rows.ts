import { availableMinor, availableUnits, type Book } from '../../shared/ledger/book.ts';
import type { Debt } from '../../shared/ledger/debts.ts';
import type { Change, Entry, EntryKind, Hold, Returned } from '../../shared/ledger/decide.ts';
import type { CreditSale, JournalEntry, LedgerView, Repayment } from '../../shared/rpc/ledger.ts';
import { first, type Sql, single } from '../store/sql.ts';

/** What the tables hold, and how a decision gets into them. Nothing here decides anything. */
export interface AccountRow {
  ledger_id: LedgerView['id'];
  kind: Book['kind'];
  currency: string;
  last4: string;
  status: Book['status'];
  credit_limit: number;
  numerator: number;
  denominator: number;
  balance: number;
  [column: string]: string | number | null;
}

export const accountOf = (sql: Sql): AccountRow => single<AccountRow>(sql, 'SELECT * FROM account');

export function bookOf(sql: Sql): Book {
  const { kind, status, credit_limit, numerator, denominator, balance } = accountOf(sql);
  const { held } = single<{ held: number }>(
    sql,
    `SELECT coalesce(sum(units), 0) AS held FROM hold WHERE state = 'held'`,
  );
  return { kind, status, limit: credit_limit, minor_per_point: { numerator, denominator }, balance, held };
}

type HoldRow = { [column in keyof Hold]: Hold[column] };

export function holdOf(sql: Sql, paymentId: string): Hold | null {
  const query = `SELECT payment_id, asked, amount, units, state, reason, captured, captured_units, returned,
    returned_units FROM hold WHERE payment_id = ?`;
  return first<HoldRow>(sql, query, paymentId);
}

export function returnedOf(sql: Sql, refundId: string): Returned | null {
  const query = 'SELECT refund_id, payment_id, amount, payout FROM returned WHERE refund_id = ?';
  return first<{ refund_id: string; payment_id: string; amount: number; payout: number }>(
    sql,
    query,
    refundId,
  );
}

export function entryOf(sql: Sql, entryId: string): Entry | null {
  type Row = { entry_id: string; kind: EntryKind; units: number; payment_id: string | null };
  const query = 'SELECT entry_id, kind, units, payment_id FROM entry WHERE entry_id = ?';
  return first<Row>(sql, query, entryId);
}

/** Open debts, the oldest first. */
export const openDebts = (sql: Sql): Debt[] =>
  sql.exec<{ entry_id: string; owed: number }>('SELECT entry_id, owed FROM debt WHERE owed > 0 ORDER BY n');

const COUNTER_ACCOUNTS: Record<EntryKind, 'takings' | 'sales' | 'corrections'> = {
  opening: 'takings',
  top_up: 'takings',
  repayment: 'takings',
  adjustment: 'corrections',
  sale: 'sales',
  refund: 'sales',
  void: 'sales',
};

/** Writes all that follows from a decision; the caller's transaction is around it. */
export function writeChange(
  sql: Sql,
  { hold, entry, returned, debts = [] }: Change,
  { by, note, now }: { by: string; note: string; now: number },
): void {
  if (entry !== undefined)
    sql.exec(
      `INSERT INTO entry (entry_id, kind, counter_account, units, balance, payment_id, note, by, at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ...[entry.entry_id, entry.kind, COUNTER_ACCOUNTS[entry.kind], entry.units],
      ...[accountOf(sql).balance + entry.units, entry.payment_id, note, by, now],
    );
  if (hold !== undefined) writeHold(sql, hold, now);
  if (returned !== undefined)
    sql.exec(
      'INSERT INTO returned (refund_id, payment_id, amount, payout, at) VALUES (?, ?, ?, ?, ?)',
      ...[returned.refund_id, returned.payment_id, returned.amount, returned.payout, now],
    );
  for (const debt of debts) writeDebt(sql, debt, entry, now);
}

function writeHold(sql: Sql, hold: Hold, now: number): void {
  sql.exec(
    `INSERT INTO hold (payment_id, asked, amount, units, state, reason, captured, captured_units, returned,
       returned_units, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (payment_id) DO UPDATE SET state = excluded.state, captured = excluded.captured,
       captured_units = excluded.captured_units, returned = excluded.returned,
       returned_units = excluded.returned_units`,
    ...[hold.payment_id, hold.asked, hold.amount, hold.units, hold.state, hold.reason, hold.captured],
    ...[hold.captured_units, hold.returned, hold.returned_units, now],
  );
}

function writeDebt(sql: Sql, { entry_id, owed }: Debt, entry: Entry | undefined, now: number): void {
  const paidAt = owed === 0 ? now : null;
  if (entry?.entry_id === entry_id)
    sql.exec(
      `INSERT INTO debt (n, entry_id, amount, owed, paid_at)
       SELECT n, entry_id, units, ?, ? FROM entry WHERE entry_id = ?`,
      ...[owed, paidAt, entry_id],
    );
  else sql.exec('UPDATE debt SET owed = ?, paid_at = ? WHERE entry_id = ?', owed, paidAt, entry_id);
}

export function viewOf(sql: Sql): LedgerView {
  const { ledger_id, currency, last4 } = accountOf(sql);
  const book = bookOf(sql);
  return {
    id: ledger_id,
    kind: book.kind,
    status: book.status,
    currency,
    last4,
    unit: book.kind === 'loyalty' ? 'points' : 'minor',
    limit: book.kind === 'credit' ? book.limit : null,
    minor_per_point: book.kind === 'loyalty' ? book.minor_per_point : null,
    balance: book.balance,
    held: book.held,
    available: book.status === 'blocked' ? 0 : availableUnits(book),
    available_amount: book.status === 'blocked' ? 0 : availableMinor(book),
  };
}

const iso = (ms: number): string => new Date(ms).toISOString();

/** Newest first, before the entry `after`; null: there is no such entry. */
export function journalPage(
  sql: Sql,
  after: string | undefined,
  limit: number,
): { data: JournalEntry[]; has_more: boolean } | null {
  type Row = Omit<JournalEntry, 'at' | 'id'> & { entry_id: string; at: number };
  const from =
    after === undefined
      ? Number.MAX_SAFE_INTEGER
      : first<{ n: number }>(sql, 'SELECT n FROM entry WHERE entry_id = ?', after)?.n;
  if (from === undefined) return null;
  const rows = sql.exec<Row>(
    `SELECT entry_id, kind, units, balance, payment_id, note, by, at FROM entry WHERE n < ?
     ORDER BY n DESC LIMIT ?`,
    from,
    limit + 1,
  );
  const data = rows
    .slice(0, limit)
    .map(({ entry_id, at, ...row }) => ({ id: entry_id, ...row, at: iso(at) }));
  return { data, has_more: rows.length > limit };
}

export function creditSales(sql: Sql, limit: number): CreditSale[] {
  type Row = {
    entry_id: string;
    payment_id: string | null;
    amount: number;
    owed: number;
    paid_at: number | null;
  };
  const rows = sql.exec<Row>(
    `SELECT debt.entry_id, entry.payment_id, debt.amount, debt.owed, debt.paid_at FROM debt
     JOIN entry ON entry.n = debt.n ORDER BY debt.n DESC LIMIT ?`,
    limit,
  );
  return rows.map(({ paid_at, ...row }) => ({
    ...row,
    udhaar_paid: row.owed === 0,
    udhaar_paid_on: paid_at === null ? null : iso(paid_at),
  }));
}

type RepaymentRow = Omit<Repayment, 'id' | 'created_at' | 'settled_at'> & {
  repayment_id: string;
  created_at: number;
  settled_at: number | null;
};

const REPAYMENT_COLUMNS = 'repayment_id, amount, method, reference, status, created_at, settled_at';

const repaymentView = ({ repayment_id, created_at, settled_at, ...row }: RepaymentRow): Repayment => ({
  id: repayment_id,
  ...row,
  created_at: iso(created_at),
  settled_at: settled_at === null ? null : iso(settled_at),
});

export function repaymentOf(sql: Sql, id: string): Repayment | null {
  const query = `SELECT ${REPAYMENT_COLUMNS} FROM repayment WHERE repayment_id = ?`;
  const row = first<RepaymentRow>(sql, query, id);
  return row === null ? null : repaymentView(row);
}

export const repaymentsOf = (sql: Sql, limit: number): Repayment[] =>
  sql
    .exec<RepaymentRow>(`SELECT ${REPAYMENT_COLUMNS} FROM repayment ORDER BY n DESC LIMIT ?`, limit)
    .map(repaymentView);
