import { ok, type Result } from '../../shared/result.ts';
import type { WebhookEvent } from '../payment/gateway.ts';
import { first } from '../store/sql.ts';
import { inquire } from './inquire.ts';
import type { Refusal } from './port.ts';
import { applyRefundEvent } from './refund_outcome.ts';
import { legOf, legsOf } from './rows.ts';
import { perform } from './settle.ts';
import { refuse, type Trip } from './trip.ts';

/**
 * Takes a provider's message once. The message only says that there is something to hear: the provider is
 * asked before money is believed, so messages may come late, twice or in any order.
 */
export async function applyWebhook(
  trip: Trip,
  webhook: WebhookEvent,
  { replay }: { replay: boolean },
): Promise<Result<{ applied: boolean }, Refusal>> {
  if (webhook.kind === 'refund') return takeRefundWebhook(trip, webhook, replay);
  const named = webhook.payment_id === null ? null : legOf(trip.sql, webhook.payment_id);
  const leg = named ?? legsOf(trip.sql).find((one) => one.reference === webhook.reference) ?? null;
  if (leg === null || leg.gateway !== webhook.gateway) return refuse('not_found');
  const { gateway, event_id } = webhook;
  const fresh = trip.write(() => {
    const known = first(
      trip.sql,
      'SELECT 1 AS found FROM webhook WHERE gateway = ? AND event_id = ?',
      gateway,
      event_id,
    );
    if (known !== null && !replay) return false;
    const now = trip.now();
    trip.sql.exec(
      'INSERT INTO webhook (gateway, event_id, payment_id, at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
      ...[gateway, event_id, leg.payment_id, now],
    );
    // Should this object die before the answer, the alarm asks.
    trip.sql.exec('UPDATE leg SET next_at = ? WHERE n = ?', now, leg.n);
    return true;
  });
  if (!fresh) return ok({ applied: false });
  await inquire(trip, leg.payment_id);
  await perform(trip, 'commit');
  return ok({ applied: true });
}

/** A message about money on its way back: what a signed one says counts, since the money was ours to give. */
async function takeRefundWebhook(
  trip: Trip,
  webhook: WebhookEvent,
  replay: boolean,
): Promise<Result<{ applied: boolean }, Refusal>> {
  const { gateway, event_id } = webhook;
  const taken = trip.write(() => {
    const known = first(
      trip.sql,
      'SELECT 1 AS found FROM webhook WHERE gateway = ? AND event_id = ?',
      gateway,
      event_id,
    );
    if (known !== null && !replay) return 'known';
    const now = trip.now();
    if (!applyRefundEvent(trip.sql, webhook, now)) return 'unknown';
    trip.sql.exec(
      'INSERT INTO webhook (gateway, event_id, payment_id, at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
      ...[gateway, event_id, webhook.payment_id ?? '', now],
    );
    return 'taken';
  });
  if (taken === 'unknown') return refuse('not_found');
  if (taken === 'known') return ok({ applied: false });
  for (const kind of ['refund', 'refund_failed'] as const) await perform(trip, kind);
  return ok({ applied: true });
}
