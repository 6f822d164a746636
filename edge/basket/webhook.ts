import { ok, type Result } from '../../shared/result.ts';
import type { WebhookEvent } from '../payment/gateway.ts';
import { first, type Sql } from '../store/sql.ts';
import { endDoubt, noteClaim, tellBroken } from './claim.ts';
import { hear } from './hear.ts';
import { captureNow, inquire } from './inquire.ts';
import type { Refusal } from './port.ts';
import { applyRefundEvent } from './refund_outcome.ts';
import { audit, type LegRow, legOf, legsOf } from './rows.ts';
import { perform } from './settle.ts';
import { tell } from './tell.ts';
import { adapterOf, refuse, type Trip } from './trip.ts';

/**
 * Takes a provider's message once. It only says that there is something to hear: the provider is asked before money is
 * believed, so messages may come late, twice or in any order. Of a provider that cannot be asked the signed word counts,
 * by the rank of the states: older news never take back newer ones.
 */
export async function applyWebhook(
  trip: Trip,
  webhook: WebhookEvent,
  { replay }: { replay: boolean },
): Promise<Result<{ applied: boolean }, Refusal>> {
  if (webhook.kind === 'refund') return takeRefundWebhook(trip, webhook, replay);
  const named = webhook.payment_id === null ? null : legOf(trip.sql, webhook.payment_id);
  const leg = named ?? legBy(trip, webhook.reference);
  if (leg === null || leg.gateway !== webhook.gateway) return refuse('not_found');
  const fresh = trip.write(() => {
    if (isKnown(trip.sql, webhook) && !replay) return false;
    const now = trip.now();
    noteTaken(trip.sql, webhook, leg.payment_id, now);
    // Should this object die before the answer, the alarm asks.
    if (webhook.kind === 'payment') trip.sql.exec('UPDATE leg SET next_at = ? WHERE n = ?', now, leg.n);
    return true;
  });
  if (!fresh) return ok({ applied: false });
  const applied = await heed(trip, leg.payment_id, webhook, replay);
  await captureNow(trip);
  await perform(trip, 'commit');
  return ok({ applied });
}

const legBy = ({ sql }: Trip, reference: string | null): LegRow | null =>
  reference === null ? null : (legsOf(sql).find((leg) => leg.reference === reference) ?? null);

const isKnown = (sql: Sql, { gateway, event_id }: WebhookEvent): boolean =>
  first(sql, 'SELECT 1 AS found FROM webhook WHERE gateway = ? AND event_id = ?', gateway, event_id) !== null;

function noteTaken(sql: Sql, { gateway, event_id }: WebhookEvent, paymentId: string, nowMs: number): void {
  sql.exec(
    'INSERT INTO webhook (gateway, event_id, payment_id, at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
    ...[gateway, event_id, paymentId, nowMs],
  );
}

/** Whether the message was one that this trip acts on. */
async function heed(trip: Trip, paymentId: string, webhook: WebhookEvent, replay: boolean): Promise<boolean> {
  const leg = legOf(trip.sql, paymentId);
  if (leg === null) return false;
  if (webhook.kind !== 'payment') {
    trip.write(() => {
      audit(trip.sql, trip.now(), 'provider_told', { payment_id: paymentId, type: webhook.type });
      if (webhook.kind === 'dispute') tell(trip, 'payment_disputed', leg, { type: webhook.type });
    });
    return webhook.kind === 'dispute';
  }
  const can = adapterOf(trip, leg)?.can;
  const outcome = webhook.claims !== undefined && 'outcome' in webhook.claims ? webhook.claims.outcome : null;
  if (outcome !== null && can?.ask === 'repeat' && can.webhooks === 'signed') {
    await hear(trip, leg, outcome, 'webhook', () => tellBroken(trip, leg, outcome));
    return true;
  }
  trip.write(() => {
    if (outcome !== null && can !== undefined) noteClaim(trip, leg, webhook, outcome, can);
    if (replay) endDoubt(trip, leg);
  });
  await inquire(trip, paymentId);
  return true;
}

/** A message about money on its way back: what a signed one says counts, since the money was ours to give. */
async function takeRefundWebhook(
  trip: Trip,
  webhook: WebhookEvent,
  replay: boolean,
): Promise<Result<{ applied: boolean }, Refusal>> {
  const taken = trip.write(() => {
    if (isKnown(trip.sql, webhook) && !replay) return 'known';
    const now = trip.now();
    if (!applyRefundEvent(trip.sql, webhook, now)) return 'unknown';
    noteTaken(trip.sql, webhook, webhook.payment_id ?? '', now);
    return 'taken';
  });
  if (taken === 'unknown') return refuse('not_found');
  if (taken === 'known') return ok({ applied: false });
  for (const kind of ['refund', 'refund_failed'] as const) await perform(trip, kind);
  return ok({ applied: true });
}
