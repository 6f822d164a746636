import { z } from 'zod';
import { BasketId, PaymentId } from '../ids/index.ts';
import type { Result } from '../result.ts';

/**
 * `payment_amount_mismatch`: a provider spoke of another amount or currency; `over_captured`: more was taken than was
 * asked or owed; `late_capture`: money came for an order that no longer wanted it; `payment_unknown`: nobody has said
 * for a quarter of an hour what became of it; `reservation_expiring`: reserved money waits for its capture and is about
 * to be free again; `money_to_return`: only a person can give it back; `payment_disputed`: the payer's bank wants it back.
 */
export const PAYMENT_INCIDENT_KINDS = [
  'payment_amount_mismatch',
  'over_captured',
  'late_capture',
  'payment_unknown',
  'reservation_expiring',
  'money_to_return',
  'payment_disputed',
] as const;

/** What a trip has its store tell staff. `key` is the same for the same matter: it is raised once. */
export const PaymentIncident = z.object({
  key: z.string().min(1).max(200),
  kind: z.enum(PAYMENT_INCIDENT_KINDS),
  detail: z.record(z.string(), z.string()),
});
export type PaymentIncident = z.infer<typeof PaymentIncident>;

/** One payment on a terminal. */
export const TerminalLease = z.object({
  terminal_id: z.string().min(1).max(128),
  payment_id: PaymentId,
  basket_id: BasketId,
});
export type TerminalLease = z.infer<typeof TerminalLease>;

/** A lease that its trip does not renew ends after this long: the trip died before its attempt was recorded. */
export const TERMINAL_LEASE_MS = 15 * 60_000;

/** What a StoreObject does for the payments of its trips. */
export interface StoreForPayments {
  /** Keeps an incident for staff. Again under the same key changes nothing. */
  raisePaymentIncident(incident: PaymentIncident): Promise<void>;
  /** One trip's payment on a terminal at a time. Again, or for the trip's next payment, renews the lease. */
  leaseTerminal(lease: TerminalLease): Promise<Result<{ until: string }, { code: 'terminal_busy' }>>;
  /** Only the payment that holds the terminal frees it. */
  freeTerminal(lease: Pick<TerminalLease, 'terminal_id' | 'payment_id'>): Promise<void>;
}
