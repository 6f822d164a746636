import { z } from 'zod';
import { RetailerId, StoreId } from '../ids/index.ts';

/**
 * Who may call. `shopper` tokens and exit passes are signed by the edge, all others by the
 * cloud. `sub` is the shopper, staff member or device. The tenant comes from here and nowhere else.
 */
export const Role = z.enum(['shopper', 'admin', 'manager', 'cashier', 'service', 'kiosk', 'agent']);
export type Role = z.infer<typeof Role>;

export const Claims = z.object({
  iss: z.enum(['sesame-edge', 'sesame-cloud']),
  aud: z.literal('sesame'),
  sub: z.string().min(1).max(128),
  role: Role,
  retailer: RetailerId,
  /** Absent: any store of the retailer (admins, service tokens). */
  store: StoreId.optional(),
  iat: z.number().int(),
  exp: z.number().int(),
  jti: z.string().max(64).optional(),
});
export type Claims = z.infer<typeof Claims>;
