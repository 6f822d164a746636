import { CardFacts } from '../../shared/api/order.ts';
import { PaymentIncident } from '../../shared/rpc/payment.ts';
import { logError } from '../http/log.ts';
import { type Duty, fulfil } from './duty.ts';
import type { Refusal } from './port.ts';
import { basketOf, legOf } from './rows.ts';
import type { Trip } from './trip.ts';

/** Has the store keep an incident for staff; the subject is the incident. */
export async function tellStaff(trip: Trip, duty: Duty): Promise<Refusal | null> {
  const incident = PaymentIncident.parse(JSON.parse(duty.subject));
  const told = await trip.store.ask((store) => store.raisePaymentIncident(incident));
  if (!told.ok) return told.error;
  fulfil(trip.sql, duty);
  return null;
}

/** The subject is the payment and its terminal, with one blank between them. */
export async function freeTerminal(trip: Trip, duty: Duty): Promise<Refusal | null> {
  const at = duty.subject.indexOf(' ');
  const leg = legOf(trip.sql, duty.subject.slice(0, at));
  if (leg === null) throw new Error('a terminal of no attempt');
  const { payment_id } = leg;
  const terminal_id = duty.subject.slice(at + 1);
  const told = await trip.store.ask((store) => store.freeTerminal({ terminal_id, payment_id }));
  if (!told.ok) return told.error;
  fulfil(trip.sql, duty);
  return null;
}

/** Hands a card that the provider now keeps to its shopper, and forgets its token here. */
export async function keepCard(trip: Trip, duty: Duty): Promise<Refusal | null> {
  const leg = legOf(trip.sql, duty.subject);
  if (leg === null) throw new Error('a card of no attempt');
  const opened = leg.saved === null ? null : await trip.vault.open(leg.saved, leg.payment_id);
  if (opened !== null) {
    const { token, customer } = JSON.parse(opened);
    const card = CardFacts.parse(leg.card === null ? {} : JSON.parse(leg.card));
    const { payment_id, gateway, account_key } = leg;
    try {
      const shopper = trip.shopper(basketOf(trip.sql).shopper_id);
      await shopper.keepCard({ payment_id, gateway, account_key, token, customer, card });
    } catch (error) {
      logError('the shopper’s object did not answer', { error });
      return { code: 'store_unavailable' };
    }
  }
  trip.write(() => {
    fulfil(trip.sql, duty);
    trip.sql.exec('UPDATE leg SET saved = NULL WHERE n = ?', leg.n);
  });
  return null;
}
