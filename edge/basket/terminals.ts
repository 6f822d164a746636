import type { PaymentId } from '../../shared/ids/index.ts';
import { isLive } from '../../shared/payment/leg.ts';
import { ok, type Result } from '../../shared/result.ts';
import { inquire } from './inquire.ts';
import type { Refusal } from './port.ts';
import { basketOf, legOf } from './rows.ts';
import { refuse, type Trip } from './trip.ts';

/** One payment on a terminal at a time, in the whole store: taken before the attempt is recorded. */
export async function leaseTerminal(
  trip: Trip,
  terminal_id: string,
  payment_id: PaymentId,
): Promise<Result<null, Refusal>> {
  const { basket_id } = basketOf(trip.sql);
  const leased = await trip.store.ask((store) => store.leaseTerminal({ terminal_id, payment_id, basket_id }));
  if (!leased.ok) return leased;
  return leased.value.ok ? ok(null) : refuse('terminal_busy');
}

/** The alarm's question about an open attempt; one on a terminal keeps the terminal for as long as it is open. */
export async function askAgain(trip: Trip, paymentId: string): Promise<void> {
  await inquire(trip, paymentId);
  const leg = legOf(trip.sql, paymentId);
  if (leg === null || leg.terminal_id === null || !isLive(leg.state)) return;
  await leaseTerminal(trip, leg.terminal_id, leg.payment_id);
}
