import { z } from 'zod';

const TEXT_MAX = 200;
const METHODS_MAX = 40;
const Text = z.string().min(1).max(TEXT_MAX);

/** Where a payer stands. A terminal or cash is never offered to a phone. */
export const PaymentChannel = z.enum(['web', 'kiosk', 'cashier']);
export type PaymentChannel = z.infer<typeof PaymentChannel>;

/**
 * A merchant's account with a payment provider, as one store uses it. Credentials are never in it: `secret_ref`
 * names the Worker secret that holds them, as a JSON object of texts.
 */
export const PaymentAccount = z.object({
  gateway: z.string().min(1).max(64),
  /** Random path segment of this account's webhook address; it begins with the store's UUID and a dot. */
  account_key: z.string().min(16).max(TEXT_MAX),
  environment: z.enum(['test', 'live']),
  methods: z.array(z.string().min(1).max(64)).max(METHODS_MAX),
  display_name: Text.optional(),
  /** Of several accounts that take a method, the lowest number comes first. */
  priority: z.int().min(0).max(1_000).optional(),
  /** Absent: every channel. */
  channels: z.array(PaymentChannel).min(1).optional(),
  /** `manual`: money is reserved at payment and taken by a capture. Absent: `auto`. */
  capture: z.enum(['auto', 'manual']).optional(),
  /** The provider's name of the merchant account, where it has one. */
  merchant: Text.optional(),
  /** Name of the Worker secret with the credentials. */
  secret_ref: z
    .string()
    .regex(/^GATEWAY_[A-Z0-9_]{1,60}$/, 'expected GATEWAY_ and capital letters')
    .optional(),
  /** Another address of the provider: only in the environment `test`. */
  base_url: z.url().max(TEXT_MAX).optional(),
  /** What only this kind of gateway asks for: docs/gateways.md names the fields of each. */
  settings: z
    .record(z.string().max(64), z.union([z.string().max(2_000), z.number(), z.boolean()]))
    .optional(),
});
export type PaymentAccount = z.infer<typeof PaymentAccount>;
