import { z } from 'zod';
import { Currency, Instant, Money } from '../../../shared/api/common.ts';

/**
 * The HTTP/JSON interface of the test provider. It stands for someone else's service, so its words are its
 * own: the adapter alone knows both vocabularies.
 */
const TEST_METHODS = ['card', 'card_declined', 'card_3ds', 'card_pending', 'card_timeout'] as const;

export const NewCharge = z.strictObject({
  reference: z.string().min(1).max(128),
  amount: Money.min(1),
  currency: Currency,
  method: z.enum(TEST_METHODS),
  description: z.string().max(255),
  return_url: z.url().max(2000),
  webhook_url: z.url().max(2000),
});
export type NewCharge = z.infer<typeof NewCharge>;

export const ChargeStatus = z.enum(['processing', 'requires_action', 'captured', 'declined', 'voided']);
export type ChargeStatus = z.infer<typeof ChargeStatus>;

export const Charge = z.object({
  id: z.string(),
  reference: z.string(),
  amount: Money,
  currency: Currency,
  status: ChargeStatus,
  challenge_url: z.string().optional(),
  decline_code: z.string().optional(),
});
export type Charge = z.infer<typeof Charge>;

export const ChargeList = z.object({ data: z.array(Charge) });
export const ProviderError = z.object({ error: z.object({ code: z.string(), message: z.string() }) });

export const ChargeWebhook = z.object({ type: z.string(), timestamp: Instant, data: Charge });
export type ChargeWebhook = z.infer<typeof ChargeWebhook>;
