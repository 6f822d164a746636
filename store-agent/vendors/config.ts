import { z } from 'zod';
import { EAS_PROFILES } from '../../shared/eas/profiles/index.ts';

export const VENDORS_MAX = 8;

/** One vendor's box or cloud that is told which tags were sold. */
export const VendorConfig = z
  .strictObject({
    id: z.string().regex(/^[a-z][a-z0-9_]{0,39}$/),
    /** The name of a profile that ships, or a file of one's own. */
    profile: z
      .string()
      .refine((name) => EAS_PROFILES.has(name), `expected one of ${[...EAS_PROFILES.keys()].join(', ')}`)
      .optional(),
    profile_file: z.string().min(1).optional(),
    base_url: z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, '')),
    /** Files, by the name under which the profile asks for what is in them. */
    secrets: z.record(z.string().regex(/^[a-z_]{1,40}$/), z.string().min(1)).default({}),
    /** Local time of the store. */
    reconcile_at: z
      .string()
      .regex(/^([01]\d|2[0-3]):[0-5]\d$/)
      .default('03:30'),
    batch_max: z.int().min(1).max(1_000).optional(),
    timeout_ms: z.int().min(100).max(60_000).optional(),
    rate_per_s: z.number().min(0.1).max(1_000).optional(),
  })
  .refine((one) => (one.profile === undefined) !== (one.profile_file === undefined), {
    message: 'expected either profile or profile_file',
  });
export type VendorConfig = z.infer<typeof VendorConfig>;
