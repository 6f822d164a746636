import { z } from 'zod';
import { ShopperId, StoreId } from '../ids/index.ts';
import { Currency, Instant } from './common.ts';

export const CreateGuestSession = z.strictObject({ store_id: StoreId });
export const GuestSession = z.object({ token: z.string(), shopper_id: ShopperId, expires_at: Instant });
export type GuestSession = z.infer<typeof GuestSession>;

/** What a shopper may know of a store. */
export const PublicStore = z.object({
  id: StoreId,
  name: z.string(),
  address_lines: z.array(z.string()),
  currency: Currency,
  timezone: z.string(),
  prices_include_tax: z.boolean(),
  policies: z.object({
    reservation_ttl_ms: z.number().int(),
    basket_ttl_ms: z.number().int(),
    exit_pass_ttl_ms: z.number().int(),
  }),
  gateways: z.array(
    z.object({ gateway: z.string(), methods: z.array(z.string()), environment: z.enum(['test', 'live']) }),
  ),
  shelf_version: z.number().int(),
});
export type PublicStore = z.infer<typeof PublicStore>;
