import type { z } from 'zod';
import type { Attempt, AttemptRequest, Outcome } from '../gateway.ts';
import { type Razorpay, refusalOf } from './client.ts';
import { errorOf } from './order_flow.ts';
import { decisive, outcomeOf } from './outcome.ts';
import { Payments, QrCode } from './protocol.ts';

/** Razorpay closes a code by itself, and not earlier than fifteen minutes after it was made. */
const CLOSES_AFTER_MS = 20 * 60_000;

/**
 * A QR code for one payment of this amount. A code whose answer was lost was never shown to anybody, so a new one is
 * made and the lost one closes unpaid.
 */
export async function showQrCode(
  razorpay: Razorpay,
  request: AttemptRequest,
  nowMs: number,
): Promise<Outcome> {
  const { amount, description, order_number, payment_id } = request;
  const answer = await razorpay.post(
    '/payments/qr_codes',
    {
      type: 'upi_qr',
      name: order_number,
      usage: 'single_use',
      fixed_amount: true,
      payment_amount: amount,
      description,
      close_by: Math.floor((nowMs + CLOSES_AFTER_MS) / 1000),
      notes: { payment_id },
    },
    QrCode,
  );
  if (answer.s !== 'body') return errorOf(refusalOf(answer));
  return shown(answer.body);
}

const shown = ({ id: reference, image_url, image_content }: z.infer<typeof QrCode>): Outcome => ({
  s: 'action_required',
  action: { type: 'qr', url: image_url, ...(image_content == null ? {} : { payload: image_content }) },
  reference,
});

/** The code first and its payments then: a payment that came before it closed is never missed. */
export async function askQrCode(razorpay: Razorpay, { reference }: Attempt): Promise<Outcome> {
  if (reference === null) return { s: 'not_found' };
  const path = `/payments/qr_codes/${encodeURIComponent(reference)}`;
  const code = await razorpay.get(path, QrCode);
  const payments = await razorpay.get(`${path}/payments`, Payments);
  if (code.s !== 'body' || payments.s !== 'body') return { s: 'unknown', reason: 'unavailable' };
  const payment = decisive(payments.body.items);
  if (payment !== undefined && (payment.status !== 'failed' || code.body.status === 'closed'))
    return outcomeOf(payment, reference);
  return code.body.status === 'closed' ? { s: 'expired', reference } : shown(code.body);
}

/** Closes the code, then looks whether somebody was faster. */
export async function closeQrCode(razorpay: Razorpay, attempt: Attempt): Promise<Outcome> {
  const { reference } = attempt;
  if (reference === null) return { s: 'not_found' };
  const closed = await razorpay.post(
    `/payments/qr_codes/${encodeURIComponent(reference)}/close`,
    null,
    QrCode,
  );
  if (closed.s === 'unknown') return closed;
  const became = await askQrCode(razorpay, attempt);
  return became.s === 'expired' ? { s: 'cancelled', reference } : became;
}
