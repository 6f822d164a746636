import { isLive } from '../../shared/payment/leg.ts';
import { doubtOf } from '../payment/doubt.ts';
import type { GatewayAbilities, Outcome, WebhookEvent } from '../payment/gateway.ts';
import { audit, basketOf, type LegRow } from './rows.ts';
import { tell } from './tell.ts';
import type { Trip } from './trip.ts';

/**
 * What a message of a provider that will be asked is good for, in the caller's transaction: names that only it tells
 * (the answer that should have told them may be lost), and a doubt. Where messages bear no signature the question may
 * name no amount, so one that speaks of another amount keeps anything from being believed until a person has looked.
 */
export function noteClaim(
  trip: Trip,
  leg: LegRow,
  { reference }: Pick<WebhookEvent, 'reference'>,
  outcome: Outcome,
  can: Pick<GatewayAbilities, 'webhooks'>,
): void {
  const { sql } = trip;
  const refs = 'refs' in outcome ? outcome.refs : undefined;
  sql.exec(
    'UPDATE leg SET reference = coalesce(reference, ?), refs = ? WHERE n = ?',
    ...[reference, JSON.stringify({ ...JSON.parse(leg.refs), ...refs }), leg.n],
  );
  if (can.webhooks !== 'unsigned' || !isLive(leg.state)) return;
  const { currency } = basketOf(sql);
  const doubt = doubtOf(outcome, { asked: leg.amount, currency, state: leg.state }, 'webhook');
  if (doubt === null || (outcome.s !== 'captured' && outcome.s !== 'authorized')) return;
  sql.exec('UPDATE leg SET doubted = 1, next_at = NULL, updated_at = ? WHERE n = ?', trip.now(), leg.n);
  audit(sql, trip.now(), 'doubted', { payment_id: leg.payment_id, doubt, said: outcome.amount });
  tell(trip, 'payment_amount_mismatch', leg, {
    said: String(outcome.amount),
    said_currency: outcome.currency ?? currency,
  });
}

/** Staff want the message applied: what the provider answers now is believed. */
export function endDoubt({ sql }: Trip, leg: Pick<LegRow, 'n'>): void {
  sql.exec('UPDATE leg SET doubted = 0 WHERE n = ?', leg.n);
}

/** A signed message says that what counted as done was not: only a person can find out why. */
export function tellBroken(trip: Trip, leg: LegRow, outcome: Outcome): void {
  if (outcome.s !== 'error' || leg.state !== 'captured') return;
  tell(trip, 'payment_amount_mismatch', leg, { said: '0', said_currency: basketOf(trip.sql).currency });
}
