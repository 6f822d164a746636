import { z } from 'zod';
import { Currency, Instant, Money } from '../../../shared/api/common.ts';

/**
 * The wire format of a generic card gateway: a plain protocol of our own for a provider, or for a translator in
 * front of one, that has none worth an adapter. docs/gateways.md describes it whole. Amounts are minor units.
 */
const Reference = z.string().min(1).max(128);

/** `POST /payments`. `reference` is the idempotency key: the same again is the same payment. */
export const NewCardPayment = z.strictObject({
  reference: Reference,
  amount_minor: Money.min(1),
  currency: Currency,
  capture: z.enum(['auto', 'manual']),
  description: z.string().max(255),
  return_url: z.url().max(2000),
  callback_url: z.url().max(2000),
  /** A one-time token of the provider's form; without it and `saved_card` the payer goes to the provider's page. */
  token: z.string().max(512).optional(),
  saved_card: z.string().max(512).optional(),
  /** Keep the card under this name of its owner. */
  save_for: z.string().max(128).optional(),
});
export type NewCardPayment = z.infer<typeof NewCardPayment>;

/** `POST /payments/{id}/capture` and `/refund`; a refund may say why. */
export const MoneyRequest = z.strictObject({
  amount_minor: Money.min(1),
  reference: Reference,
  reason: z.string().max(255).optional(),
  callback_url: z.url().max(2000).optional(),
});
/** `POST /payments/{id}/void`: always of the whole. */
export const VoidRequest = z.strictObject({ reference: Reference });

export const CardPayment = z.object({
  id: z.string().min(1).max(128),
  reference: Reference,
  status: z.enum([
    'requires_redirect',
    'pending',
    'authorized',
    'capture_pending',
    'captured',
    'declined',
    'voided',
    'expired',
  ]),
  /** Of `status`: what was asked for, is reserved, or was taken. */
  amount_minor: Money,
  currency: z.string().length(3),
  redirect_url: z.url().optional(),
  /** Until when a reservation or the page holds. */
  expires_at: Instant.optional(),
  card: z
    .object({
      brand: z.string().max(40),
      last4: z.string().regex(/^\d{4}$/),
      expiry: z.string().regex(/^\d{2}\/\d{2}$/),
    })
    .optional(),
  /** The provider's name of the card it now keeps. */
  saved_card: z.string().max(512).optional(),
  decline: z.object({ code: z.string(), message: z.string(), soft: z.boolean() }).optional(),
});
export type CardPayment = z.infer<typeof CardPayment>;
export const CardPayments = z.object({ data: z.array(CardPayment) });

export const CardRefund = z.object({
  id: z.string().min(1).max(128),
  reference: Reference,
  status: z.enum(['pending', 'succeeded', 'failed']),
  amount_minor: Money,
  currency: z.string().length(3),
  failure: z.object({ code: z.string(), message: z.string() }).optional(),
});
export type CardRefund = z.infer<typeof CardRefund>;
export const CardRefunds = z.object({ data: z.array(CardRefund) });

/** Every refusal: that it has this shape is what proves that nothing was done. */
export const Refused = z.object({ error: z.object({ code: z.string(), message: z.string() }) });

export const CardWebhook = z.object({
  event_id: z.string().min(1).max(128),
  type: z.string().max(64),
  occurred_at: Instant.optional(),
  data: z.object({
    id: z.string(),
    reference: z.string(),
    amount_minor: Money,
    currency: z.string().length(3),
    refund_reference: z.string().optional(),
  }),
});
