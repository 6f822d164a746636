import { z } from 'zod';
import { PaymentId } from '../../../shared/ids/index.ts';
import { paymentIdOfShort } from '../../../shared/payment/short_reference.ts';
import { err, ok, type Result } from '../../../shared/result.ts';
import type { Outcome, RawWebhook, VerifiedWebhook, WebhookRefusal } from '../gateway.ts';
import { checkSignature } from '../generic_card/signature.ts';
import { jsonOf } from '../provider_call.ts';

/**
 * What a bank's or an aggregator's notifier tells of a UPI payment: our own protocol. `sale_id` is the `tr` of the link
 * or the payment's id. Whose store it is follows from the address and its secret, never from `tenant_ref`.
 */
const UpiMessage = z.object({
  event_id: z.string().min(1).max(200),
  tenant_ref: z.string().max(200).nullish(),
  sale_id: z.string().min(1).max(200),
  upi_txn_id: z.string().max(200).nullish(),
  rrn: z.string().max(40).nullish(),
  /** The payer's address: read past, and kept nowhere. */
  vpa: z.string().max(255).nullish(),
  amount_minor: z.int().min(0),
  currency: z.string().length(3),
  status: z.enum(['SUCCESS', 'FAILED', 'PENDING']),
  occurred_at: z.iso.datetime({ offset: true }).nullish(),
});
type UpiMessage = z.infer<typeof UpiMessage>;

/** `X-Signature: t=…,v1=…` over the raw bytes; nothing of the body is looked at before it holds. */
export async function verifyUpiMessage(
  secrets: readonly string[],
  { headers, body, now_ms }: RawWebhook,
): Promise<Result<VerifiedWebhook, WebhookRefusal>> {
  const verdict = await checkSignature(secrets, headers.get('x-signature'), body, now_ms);
  if (verdict !== 'valid') return err({ code: verdict === 'stale' ? 'stale' : 'invalid_signature' });
  const parsed = UpiMessage.safeParse(jsonOf(body));
  if (!parsed.success) return err({ code: 'invalid' });
  const { event_id, sale_id, status, occurred_at } = parsed.data;
  const named = PaymentId.safeParse(sale_id);
  const event = {
    gateway: 'upi_generic',
    event_id,
    kind: 'payment',
    type: `upi.${status.toLowerCase()}`,
    payment_id: named.success ? named.data : paymentIdOfShort(sale_id),
    refund_id: null,
    reference: sale_id,
    ...(occurred_at == null ? {} : { occurred_at: new Date(occurred_at).toISOString() }),
    claims: { outcome: outcomeOf(parsed.data, sale_id) },
  } as const;
  return ok({
    events: [event],
    ack: { status: 200, body: '{"received":true}', content_type: 'application/json' },
  });
}

function outcomeOf(message: UpiMessage, reference: string): Outcome {
  const { status, amount_minor: amount, currency, upi_txn_id, rrn } = message;
  const refs = {
    ...(upi_txn_id == null ? {} : { upi_txn_id }),
    ...(rrn == null ? {} : { rrn }),
  };
  switch (status) {
    case 'SUCCESS':
      return { s: 'captured', amount, currency, reference, refs };
    case 'PENDING':
      return { s: 'pending', reference, refs };
    case 'FAILED':
      // The symbol can be paid once more, and a success that comes later still counts.
      return {
        s: 'declined',
        code: 'upi_failed',
        message: 'The UPI payment failed.',
        soft: true,
        reference,
        refs,
      };
  }
}
