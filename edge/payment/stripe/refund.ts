import { z } from 'zod';
import type { Attempt, RefundOutcome, RefundRequest } from '../gateway.ts';
import type { StripeAccount } from './account.ts';
import { toStripe } from './amount.ts';
import type { StripeClient, StripeFailure } from './client.ts';

export const Refund = z.object({
  id: z.string(),
  object: z.literal('refund'),
  amount: z.number(),
  currency: z.string(),
  status: z.string().nullable(),
  failure_reason: z.string().nullish(),
  payment_intent: z.string().nullish(),
  metadata: z.record(z.string(), z.string()).nullable(),
});
export type Refund = z.infer<typeof Refund>;

const RefundList = z.object({ data: z.array(Refund), has_more: z.boolean() });
const PAGE = 100;

export async function refund(
  client: StripeClient,
  { settings }: StripeAccount,
  { reference, request }: Attempt,
  { refund_id, amount, currency }: RefundRequest,
): Promise<RefundOutcome> {
  if (reference === null) return { s: 'unknown', reason: 'unavailable' };
  const written = toStripe(amount, currency);
  if (written === null)
    return { s: 'failed', code: 'invalid_amount', message: 'Stripe cannot hold this amount.' };
  const answer = await client.post(
    Refund,
    'refunds',
    {
      payment_intent: reference,
      amount: written,
      reason: 'requested_by_customer',
      // The platform gives back its share of the fee too.
      refund_application_fee: settings.application_fee_bps === undefined ? undefined : true,
      metadata: { refund_id, payment_id: request.payment_id },
    },
    refund_id,
  );
  return answer.ok ? refundOutcome(answer.value) : notMade(answer.failure);
}

/** Without its id it is looked for among the refunds of the payment: that list, unlike a search, has no lag. */
export async function getRefund(
  client: StripeClient,
  attempt: Attempt,
  { reference, refund_id }: RefundRequest,
): Promise<RefundOutcome> {
  if (reference !== null) {
    const one = await client.get(Refund, `refunds/${encodeURIComponent(reference)}`);
    return one.ok ? refundOutcome(one.value) : unread(one.failure);
  }
  if (attempt.reference === null) return { s: 'not_found' };
  let after: string | undefined;
  for (;;) {
    const query = { payment_intent: attempt.reference, limit: PAGE, starting_after: after };
    const page = await client.get(RefundList, 'refunds', query);
    if (!page.ok) return unread(page.failure);
    const found = page.value.data.find((one) => one.metadata?.['refund_id'] === refund_id);
    if (found !== undefined) return refundOutcome(found);
    after = page.value.data.at(-1)?.id;
    if (!page.value.has_more || after === undefined) return { s: 'not_found' };
  }
}

export function refundOutcome({ id, status, failure_reason }: Refund): RefundOutcome {
  switch (status) {
    case 'succeeded':
      return { s: 'succeeded', reference: id };
    case 'pending':
    case 'requires_action':
      return { s: 'pending', reference: id };
    case 'failed':
    case 'canceled':
      return {
        s: 'failed',
        code: failure_reason ?? status,
        message: 'Stripe could not give the money back.',
        reference: id,
      };
    default:
      return { s: 'unknown', reason: 'unreadable' };
  }
}

function notMade(failure: StripeFailure): RefundOutcome {
  return failure.s === 'unknown' ? failure : { s: 'failed', code: failure.code, message: failure.message };
}

/** A question that is refused says nothing of the refund. */
function unread(failure: StripeFailure): RefundOutcome {
  if (failure.s === 'unknown') return failure;
  return failure.s === 'error' && failure.code === 'resource_missing'
    ? { s: 'not_found' }
    : { s: 'unknown', reason: 'unreadable' };
}
