import { z } from 'zod';
import { Currency, Instant, Money } from '../../../shared/api/common.ts';

/**
 * The HTTP/JSON interface of the test provider. It stands for someone else's service, so its words are its
 * own: the adapter alone knows both vocabularies.
 */
const TEST_METHODS = [
  'card',
  'card_declined',
  'card_3ds',
  'card_pending',
  'card_timeout',
  /** Reserves, whatever the merchant asked for. */
  'card_auth',
  /** The issuer approves a half. */
  'card_partial',
  /** Declines, and takes the money some seconds later all the same. */
  'card_late',
  /** Speaks of another currency. */
  'card_lies',
  /** Takes more than was asked. */
  'card_over',
  /** Tells everything twice, and old news last. */
  'card_twice',
  /** Takes the money; its refunds are decided later: done, or refused. */
  'card_refund_pending',
  'card_refund_fails',
] as const;

export const NewCharge = z.strictObject({
  reference: z.string().min(1).max(128),
  amount: Money.min(1),
  currency: Currency,
  method: z.enum(TEST_METHODS),
  /** `manual`: only reserved until it is captured. Absent: taken at once. */
  capture: z.enum(['manual']).optional(),
  description: z.string().max(255),
  return_url: z.url().max(2000),
  webhook_url: z.url().max(2000),
});
export type NewCharge = z.infer<typeof NewCharge>;

export const ChargeStatus = z.enum([
  'processing',
  'requires_action',
  'authorized',
  'captured',
  'declined',
  'voided',
]);
export type ChargeStatus = z.infer<typeof ChargeStatus>;

export const Charge = z.object({
  id: z.string(),
  reference: z.string(),
  amount: Money,
  currency: Currency,
  status: ChargeStatus,
  /** What is reserved, and until when. */
  authorized: Money.optional(),
  authorized_until: Instant.optional(),
  /** What was taken. */
  captured: Money.optional(),
  card: z
    .object({
      brand: z.string(),
      last4: z.string(),
      expiry: z.string(),
      funding: z.enum(['credit', 'debit', 'prepaid']),
    })
    .optional(),
  challenge_url: z.string().optional(),
  decline_code: z.string().optional(),
});
export type Charge = z.infer<typeof Charge>;

export const ChargeList = z.object({ data: z.array(Charge) });
export const ProviderError = z.object({ error: z.object({ code: z.string(), message: z.string() }) });

/** All that is reserved, or a part of it. */
export const NewCapture = z.strictObject({ amount: Money.min(1) });

export const NewRefund = z.strictObject({ refund_id: z.string().min(1).max(128), amount: Money.min(1) });
export type NewRefund = z.infer<typeof NewRefund>;
export const Refund = z.object({
  id: z.string(),
  /** The merchant's own reference: one refund each. */
  refund_id: z.string(),
  charge: z.string(),
  amount: Money,
  currency: Currency,
  status: z.enum(['pending', 'succeeded', 'failed']),
  failure_code: z.string().optional(),
});
export type Refund = z.infer<typeof Refund>;
export const RefundList = z.object({ data: z.array(Refund) });

export const ChargeWebhook = z.object({
  type: z.string(),
  timestamp: Instant,
  data: z.union([Charge, Refund]),
});
export type ChargeWebhook = z.infer<typeof ChargeWebhook>;
