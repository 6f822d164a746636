import { z } from 'zod';
import { configured } from '../configured.ts';
import type { GatewayContext } from '../gateway.ts';

/** Every request and every object is of this version, whatever the account's own default is. */
export const STRIPE_VERSION = '2026-10-28.endive';
const STRIPE_API = 'https://api.stripe.com';
const FEE_BPS_MAX = 10_000;

const Settings = z.strictObject({
  /** A connected account that the platform's key acts for (direct charges). */
  stripe_account: z
    .string()
    .regex(/^acct_[A-Za-z0-9]+$/)
    .optional(),
  /** The platform's fee on a direct charge, in basis points, rounded down. */
  application_fee_bps: z.int().min(1).max(FEE_BPS_MAX).optional(),
  /** Follows the account's prefix on the payer's statement. */
  statement_suffix: z.string().min(1).max(22).optional(),
});

const Secrets = z.object({
  api_key: z.string().min(1),
  /** One signing secret of the endpoint, or several with commas while they are exchanged. */
  webhook_secret: z.string().min(1),
});

export interface StripeAccount extends Pick<GatewayContext, 'http' | 'now'> {
  base_url: string;
  live: boolean;
  api_key: string;
  webhook_secrets: string[];
  settings: z.infer<typeof Settings>;
}

/** Null where a credential is missing or a setting is not one of Stripe's. */
export const stripeAccount = configured(Settings, Secrets, (ctx, settings, secrets): StripeAccount | null => {
  const { account, http, now } = ctx;
  // A fee without a connected account has nobody to be taken from.
  if (settings.application_fee_bps !== undefined && settings.stripe_account === undefined) return null;
  const live = account.environment === 'live';
  return {
    http,
    now,
    live,
    base_url: (live ? undefined : account.base_url)?.replace(/\/$/, '') ?? STRIPE_API,
    api_key: secrets.api_key,
    webhook_secrets: secrets.webhook_secret.split(',').map((one) => one.trim()),
    settings,
  };
});
