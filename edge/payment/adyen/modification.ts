import { z } from 'zod';
import type { Attempt, Outcome, RefundOutcome, RefundRequest } from '../gateway.ts';
import type { AdyenAccount } from './account.ts';
import { type AdyenAmount, toAdyen } from './amount.ts';
import type { AdyenClient } from './client.ts';
import { pspOf, referenceOf } from './payment.ts';

/** Only a receipt: what becomes of a capture, a cancel or a refund comes as a notification. */
const Received = z.object({ pspReference: z.string(), status: z.literal('received') });

type Kind = 'captures' | 'cancels' | 'refunds';

const pathOf = (psp: string, kind: Kind): string => `/payments/${encodeURIComponent(psp)}/${kind}`;

export async function capture(
  client: AdyenClient,
  { merchant }: AdyenAccount,
  attempt: Attempt,
  { amount, key }: { amount: number; key: string },
): Promise<Outcome> {
  const psp = pspOf(attempt);
  const written = toAdyen(amount, attempt.request.currency);
  if (psp === null) return { s: 'unknown', reason: 'unavailable' };
  if (written === null)
    return { s: 'error', code: 'invalid_amount', message: 'Adyen cannot hold this amount.' };
  // Under the payment's own reference, so that its notification is known again.
  const body = { merchantAccount: merchant, amount: written, reference: referenceOf(attempt.request) };
  const answer = await client.post(Received, pathOf(psp, 'captures'), body, key);
  return answer.ok ? { s: 'capture_pending', reference: psp } : answer.failure;
}

/** Releases what is reserved. */
export async function cancel(
  client: AdyenClient,
  { merchant }: AdyenAccount,
  attempt: Attempt,
  psp: string,
  key: string,
): Promise<Outcome> {
  const body = { merchantAccount: merchant, reference: referenceOf(attempt.request) };
  const answer = await client.post(Received, pathOf(psp, 'cancels'), body, key);
  return answer.ok ? { s: 'void_pending', reference: psp } : answer.failure;
}

export async function refund(
  client: AdyenClient,
  { merchant }: AdyenAccount,
  attempt: Attempt,
  { refund_id, amount, currency }: RefundRequest,
): Promise<RefundOutcome> {
  const psp = pspOf(attempt);
  if (psp === null) return { s: 'unknown', reason: 'unavailable' };
  const written: AdyenAmount | null = toAdyen(amount, currency);
  if (written === null)
    return { s: 'failed', code: 'invalid_amount', message: 'Adyen cannot hold this amount.' };
  const body = {
    merchantAccount: merchant,
    amount: written,
    reference: refund_id,
    merchantRefundReason: 'CUSTOMER REQUEST',
  };
  const answer = await client.post(Received, pathOf(psp, 'refunds'), body, refund_id);
  if (answer.ok) return { s: 'pending', reference: answer.value.pspReference };
  const { failure } = answer;
  return failure.s === 'unknown' ? failure : { s: 'failed', code: failure.code, message: failure.message };
}

/** Once Adyen has taken it there is nothing to ask; before, only the same request again tells. */
export async function getRefund(
  client: AdyenClient,
  account: AdyenAccount,
  attempt: Attempt,
  request: RefundRequest,
): Promise<RefundOutcome> {
  return request.reference === null
    ? refund(client, account, attempt, request)
    : { s: 'pending', reference: request.reference };
}
