import { z } from 'zod';

/** The parts of Orders v2, Payments v2 and Webhooks v1 that the adapter reads; other fields are let through. */
export const PayPalMoney = z.object({ currency_code: z.string().length(3), value: z.string().max(32) });
const Details = z.object({ reason: z.string().optional() }).optional();

const Capture = z.object({
  id: z.string(),
  status: z.enum(['COMPLETED', 'DECLINED', 'PARTIALLY_REFUNDED', 'PENDING', 'REFUNDED', 'FAILED']),
  status_details: Details,
  amount: PayPalMoney,
});
export type Capture = z.infer<typeof Capture>;

const Authorization = z.object({
  id: z.string(),
  status: z.enum(['CREATED', 'CAPTURED', 'DENIED', 'PARTIALLY_CAPTURED', 'VOIDED', 'PENDING', 'EXPIRED']),
  amount: PayPalMoney,
  expiration_time: z.string().optional(),
});
export type Authorization = z.infer<typeof Authorization>;

export const Refund = z.object({
  id: z.string(),
  status: z.enum(['CANCELLED', 'FAILED', 'PENDING', 'COMPLETED']),
  status_details: Details,
  custom_id: z.string().optional(),
});
export type Refund = z.infer<typeof Refund>;

const Unit = z.object({
  custom_id: z.string().optional(),
  payments: z
    .object({
      captures: z.array(Capture).optional(),
      authorizations: z.array(Authorization).optional(),
      refunds: z.array(Refund).optional(),
    })
    .optional(),
});

export const PayPalOrder = z.object({
  id: z.string(),
  status: z.enum(['CREATED', 'SAVED', 'APPROVED', 'VOIDED', 'COMPLETED', 'PAYER_ACTION_REQUIRED']),
  purchase_units: z.array(Unit).optional(),
  links: z.array(z.object({ rel: z.string(), href: z.string() })).optional(),
});
export type PayPalOrder = z.infer<typeof PayPalOrder>;

export { Capture as CaptureAnswer };

export const PayPalError = z.object({
  name: z.string(),
  message: z.string().optional(),
  details: z.array(z.object({ issue: z.string(), description: z.string().optional() })).optional(),
});
export const Token = z.object({ access_token: z.string().min(1), expires_in: z.int().min(0) });
export const Verification = z.object({ verification_status: z.string() });

export const PayPalWebhook = z.object({
  id: z.string().min(1).max(128),
  event_type: z.string().max(128),
  create_time: z.string().optional(),
  resource: z.object({
    id: z.string(),
    status: z.string().optional(),
    amount: PayPalMoney.optional(),
    custom_id: z.string().optional(),
    purchase_units: z.array(Unit).optional(),
    supplementary_data: z
      .object({ related_ids: z.object({ order_id: z.string().optional() }).optional() })
      .optional(),
  }),
});
export type PayPalWebhook = z.infer<typeof PayPalWebhook>;

/** A refund carries both our names, because its message says of the payment only PayPal's capture. */
export const refundCustomId = (paymentId: string, refundId: string): string => `${paymentId}/${refundId}`;

export function oursOf(customId: string | undefined): {
  payment_id: string | null;
  refund_id: string | null;
} {
  const [payment_id = null, refund_id = null] = customId?.split('/') ?? [];
  return { payment_id, refund_id };
}
