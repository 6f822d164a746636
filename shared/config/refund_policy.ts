import { z } from 'zod';

/** Everything has a default, so a configuration that says nothing stays valid. */
export const RefundPolicy = z.strictObject({});
export type RefundPolicy = z.infer<typeof RefundPolicy>;
