import { z } from 'zod';

/** What a member of staff is. Ordered: an admin may do everything in the tenant. */
export const StaffRole = z.enum(['admin', 'manager', 'cashier']);
export type StaffRole = z.infer<typeof StaffRole>;
