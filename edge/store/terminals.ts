import { err, ok, type Result } from '../../shared/result.ts';
import { TERMINAL_LEASE_MS, type TerminalLease } from '../../shared/rpc/payment.ts';
import { iso, type Scope } from './scope.ts';
import { first } from './sql.ts';

/** One trip's payment on a terminal at a time; a trip itself has one open payment at most. Again renews the lease. */
export function leaseTerminal(
  { sql, now }: Scope,
  { terminal_id, payment_id, basket_id }: TerminalLease,
): Result<{ until: string }, { code: 'terminal_busy' }> {
  const held = first<{ basket_id: string; until: number }>(
    sql,
    'SELECT basket_id, until FROM terminal_lease WHERE terminal_id = ?',
    terminal_id,
  );
  if (held !== null && held.basket_id !== basket_id && held.until > now)
    return err({ code: 'terminal_busy' });
  const until = now + TERMINAL_LEASE_MS;
  sql.exec(
    `INSERT INTO terminal_lease (terminal_id, payment_id, basket_id, until) VALUES (?, ?, ?, ?)
     ON CONFLICT (terminal_id) DO UPDATE SET payment_id = excluded.payment_id, basket_id = excluded.basket_id,
       until = excluded.until`,
    ...[terminal_id, payment_id, basket_id, until],
  );
  return ok({ until: iso(until) });
}

/** Only the payment that holds the terminal frees it. */
export function freeTerminal(
  { sql }: Scope,
  { terminal_id, payment_id }: Pick<TerminalLease, 'terminal_id' | 'payment_id'>,
): void {
  sql.exec('DELETE FROM terminal_lease WHERE terminal_id = ? AND payment_id = ?', terminal_id, payment_id);
}
