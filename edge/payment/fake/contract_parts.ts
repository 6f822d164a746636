import { expect } from 'vitest';
import type {
  Attempt,
  AttemptRequest,
  Outcome,
  RefundOutcome,
  RefundRequest,
  WebhookEvent,
} from '../gateway.ts';
import type { GatewayUnderTest } from './contract.ts';

/** The attempt as the core would keep it after this outcome. */
export function attemptOf(request: AttemptRequest, outcome: Outcome): Attempt {
  return {
    request,
    reference: 'reference' in outcome ? outcome.reference : null,
    refs: 'refs' in outcome ? (outcome.refs ?? {}) : {},
    authorized: outcome.s === 'authorized' ? outcome.amount : 0,
    captured: outcome.s === 'captured' ? outcome.amount : 0,
  };
}

export const refundOf = (request: AttemptRequest, amount: number): RefundRequest => ({
  refund_id: `ref_${crypto.randomUUID()}`,
  amount,
  currency: request.currency,
  reason: 'returned',
  reference: null,
  webhook_url: request.webhook_url,
});

/** Every event of every message so far. A message that is not believed fails the test. */
export async function verified(under: GatewayUnderTest): Promise<WebhookEvent[]> {
  const events: WebhookEvent[] = [];
  for (const raw of (await under.deliveries?.()) ?? []) {
    const read = await under.gateway.verifyWebhook(raw);
    expect(read).toMatchObject({ ok: true });
    if (read.ok) events.push(...read.value.events);
  }
  return events;
}

/** The last word of the messages on an attempt. */
export async function claimed(under: GatewayUnderTest, payment_id: string): Promise<Outcome> {
  const claims = (await verified(under))
    .filter((one) => one.payment_id === payment_id)
    .flatMap(({ claims }) => (claims !== undefined && 'outcome' in claims ? [claims.outcome] : []));
  return claims.at(-1) ?? { s: 'not_found' };
}

/** The last word of the messages on a refund. */
export async function refundClaimed(under: GatewayUnderTest, refund_id: string): Promise<RefundOutcome> {
  const claims = (await verified(under))
    .filter((one) => one.refund_id === refund_id)
    .flatMap(({ claims }) => (claims !== undefined && 'refund' in claims ? [claims.refund] : []));
  return claims.at(-1) ?? { s: 'not_found' };
}
