import type { Sql } from '../store/sql.ts';

/** What other objects must still be told. Each is safe to repeat, so it is repeated until it is answered. */
export type DutyKind =
  | 'open'
  | 'cancel'
  | 'commit'
  | 'release'
  | 'link'
  | 'refund'
  | 'refund_failed'
  | 'refund_unresolved'
  | 'verify'
  | 'tell'
  | 'free_terminal'
  | 'keep_card'
  | 'collection'
  | 'hold_over';

export interface Duty {
  kind: DutyKind;
  /**
   * The tag of a release, the reference of a link, the reason of a cancel, the incident of a tell, the payment and
   * terminal to free, the payment of a card, the id of a refund; else
   * empty.
   */
  subject: string;
  tries: number;
  next_at: number;
  [column: string]: string | number | null;
}

const BACKOFF_FIRST_MS = 1_000;
const BACKOFF_MAX_MS = 60_000;

export function addDuty(sql: Sql, kind: DutyKind, subject: string, nowMs: number): void {
  sql.exec(
    'INSERT INTO duty (kind, subject, next_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
    kind,
    subject,
    nowMs,
  );
}

export function dutiesOf(sql: Sql, kind: DutyKind): Duty[] {
  return sql.exec<Duty>('SELECT * FROM duty WHERE kind = ?', kind);
}

/** The kinds that are due now, in the order in which they follow from one another. */
export function dueKinds(sql: Sql, nowMs: number): DutyKind[] {
  const order: readonly DutyKind[] = [
    ...(['open', 'commit', 'cancel', 'release', 'link'] as const),
    ...(['refund', 'refund_failed', 'refund_unresolved', 'verify'] as const),
    ...(['tell', 'free_terminal', 'keep_card'] as const),
    ...(['collection', 'hold_over'] as const),
  ];
  const due = new Set(
    sql
      .exec<{ kind: DutyKind }>('SELECT DISTINCT kind FROM duty WHERE next_at <= ?', nowMs)
      .map(({ kind }) => kind),
  );
  return order.filter((kind) => due.has(kind));
}

export function fulfil(sql: Sql, { kind, subject }: Pick<Duty, 'kind' | 'subject'>): void {
  sql.exec('DELETE FROM duty WHERE kind = ? AND subject = ?', kind, subject);
}

export function postpone(sql: Sql, { kind, subject, tries }: Duty, nowMs: number): void {
  const wait = Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** Math.min(tries, 16));
  sql.exec(
    'UPDATE duty SET tries = tries + 1, next_at = ? WHERE kind = ? AND subject = ?',
    ...[nowMs + wait, kind, subject],
  );
}
