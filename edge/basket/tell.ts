import type { PaymentIncident } from '../../shared/rpc/payment.ts';
import { addDuty } from './duty.ts';
import { basketOf, type LegRow, orderOf } from './rows.ts';
import type { Trip } from './trip.ts';

/**
 * Has staff told of a payment, in the caller's transaction: the store keeps the incident, once for each attempt and
 * kind however often it is told.
 */
export function tell(
  { sql, now }: Pick<Trip, 'sql' | 'now'>,
  kind: PaymentIncident['kind'],
  leg: Pick<LegRow, 'payment_id' | 'amount' | 'gateway' | 'method'>,
  detail: Readonly<Record<string, string>>,
): void {
  const order = orderOf(sql);
  const incident: PaymentIncident = {
    key: `${leg.payment_id} ${kind}`,
    kind,
    detail: {
      order_id: order?.order_id ?? '',
      number: order?.number ?? '',
      payment_id: leg.payment_id,
      gateway: leg.gateway,
      method: leg.method,
      amount: String(leg.amount),
      currency: basketOf(sql).currency,
      ...detail,
    },
  };
  addDuty(sql, 'tell', JSON.stringify(incident), now());
}
