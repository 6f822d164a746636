import { z } from 'zod';

/** Everything has a default, so a configuration that says nothing stays valid. */
export const PaymentPolicy = z.strictObject({
  /** An order of nothing completes without a provider. */
  allow_zero_total: z.boolean().default(true),
});
export type PaymentPolicy = z.infer<typeof PaymentPolicy>;
