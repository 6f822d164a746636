import { z } from 'zod';

/** Everything has a default, so a configuration that says nothing stays valid. */
export const OrderPolicy = z.strictObject({});
export type OrderPolicy = z.infer<typeof OrderPolicy>;
