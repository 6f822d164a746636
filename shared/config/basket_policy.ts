import { z } from 'zod';

/** Everything has a default, so a configuration that says nothing stays valid. */
export const BasketPolicy = z.strictObject({});
export type BasketPolicy = z.infer<typeof BasketPolicy>;
