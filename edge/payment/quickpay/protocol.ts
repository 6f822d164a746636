import { z } from 'zod';

/** The part of QuickPay's API v10 that the adapter reads. Amounts are minor units. */
const Operation = z.object({
  id: z.int(),
  type: z.string(),
  amount: z.int().min(0),
  pending: z.boolean(),
  qp_status_code: z.string().nullish(),
  qp_status_msg: z.string().nullish(),
  aq_status_code: z.string().nullish(),
  aq_status_msg: z.string().nullish(),
  /** The address that was given with the operation. */
  callback_url: z.string().nullish(),
  created_at: z.string().nullish(),
});
export type Operation = z.infer<typeof Operation>;

export const QuickPayPayment = z.object({
  id: z.int(),
  order_id: z.string(),
  accepted: z.boolean(),
  state: z.string(),
  currency: z.string(),
  variables: z.record(z.string(), z.unknown()).nullish(),
  link: z.object({ url: z.string().nullish() }).nullish(),
  metadata: z
    .object({
      brand: z.string().nullish(),
      last4: z.string().nullish(),
      exp_month: z.coerce.string().nullish(),
      exp_year: z.coerce.string().nullish(),
    })
    .nullish(),
  operations: z.array(Operation),
});
export type QuickPayPayment = z.infer<typeof QuickPayPayment>;
export const QuickPayPayments = z.array(QuickPayPayment);

export const PaymentLink = z.object({ url: z.url() });
export const QuickPayError = z.object({
  message: z.string(),
  errors: z.record(z.string(), z.array(z.string())).nullish(),
});

/** Where an operation tells of itself; the refund's name in it is how that refund is found again. */
export const refundCallback = (webhookUrl: string, refundId: string): string => {
  const url = new URL(webhookUrl);
  url.searchParams.set('refund_id', refundId);
  return url.href;
};

export function refundIdOf(callbackUrl: string | null | undefined): string | null {
  if (!callbackUrl || !URL.canParse(callbackUrl)) return null;
  return new URL(callbackUrl).searchParams.get('refund_id');
}
