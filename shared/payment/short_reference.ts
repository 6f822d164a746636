import { PaymentId } from '../ids/index.ts';

/**
 * A payment id in at most 35 letters and digits, for formats that hold no more: UPI's `tr` takes 35, Razorpay's
 * `receipt` 40. 32 digits of the UUID, then the attempt in base 36; it reads back without a table.
 */
export function shortReference(payment_id: string): string {
  const [, uuid = '', attempt = ''] = PaymentId.parse(payment_id).split('_');
  return `${uuid.replaceAll('-', '')}${Number(attempt).toString(36)}`;
}

/** Null where the text is no short reference. */
export function paymentIdOfShort(text: string): PaymentId | null {
  const parts = /^([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})([0-9a-z]{1,3})$/.exec(
    text,
  );
  if (parts === null) return null;
  const [, a, b, c, d, e, attempt = ''] = parts;
  const id = PaymentId.safeParse(`pay_${a}-${b}-${c}-${d}-${e}_${Number.parseInt(attempt, 36)}`);
  return id.success && shortReference(id.data) === text ? id.data : null;
}
