import { z } from 'zod';
import { configured } from '../configured.ts';
import type { GatewayContext } from '../gateway.ts';

/** The version of the Checkout API that every request is written in. */
const CHECKOUT_VERSION = 'v71';
const CHECKOUT_TEST = 'https://checkout-test.adyen.com';
const TERMINAL_TEST = 'https://terminal-api-test.adyen.com';
const TERMINAL_LIVE = 'https://terminal-api-live.adyen.com';

const Settings = z.strictObject({
  /** Names the company's own live addresses (Customer Area, API URLs). Needed in the environment `live`. */
  live_prefix: z
    .string()
    .regex(/^[a-z0-9-]{1,100}$/i)
    .optional(),
  /** The Terminal API's region, and in the environment `test` any other address. Absent: Europe. */
  terminal_base: z.url().optional(),
});

const Secrets = z.object({
  api_key: z.string().min(1),
  /** The HMAC key of the webhook in hex, or several with commas while they are exchanged. */
  hmac_key: z.string().regex(/^[0-9a-fA-F]{2,}(\s*,\s*[0-9a-fA-F]{2,})*$/),
  /** HTTP basic authentication of the webhook. Absent: the signature alone. */
  notification_user: z.string().min(1).optional(),
  notification_password: z.string().min(1).optional(),
});

export interface AdyenAccount extends Pick<GatewayContext, 'http' | 'now'> {
  merchant: string;
  live: boolean;
  api_key: string;
  checkout_url: string;
  terminal_url: string;
  hmac_keys: string[];
  /** What the `Authorization` header of a notification must be. */
  notification_authorization: string | null;
  /** Nothing else than terminals is paid with through this account. */
  terminals_only: boolean;
}

/** Null where a credential or the merchant account is missing, or an address is not Adyen's. */
export const adyenAccount = configured(Settings, Secrets, (ctx, settings, secrets): AdyenAccount | null => {
  const { account, http, now } = ctx;
  const { merchant } = account;
  if (merchant === undefined) return null;
  const live = account.environment === 'live';
  const checkout = live
    ? liveCheckout(settings.live_prefix)
    : (account.base_url?.replace(/\/$/, '') ?? CHECKOUT_TEST);
  const terminal = (settings.terminal_base ?? (live ? TERMINAL_LIVE : TERMINAL_TEST)).replace(/\/$/, '');
  // The key of a live account goes to Adyen and to nobody else.
  if (checkout === null || (live && !/^https:\/\/terminal-api-live(-[a-z]+)?\.adyen\.com$/.test(terminal)))
    return null;
  const { api_key, hmac_key, notification_user, notification_password } = secrets;
  const basic = `${notification_user ?? ''}:${notification_password ?? ''}`;
  return {
    http,
    now,
    merchant,
    live,
    api_key,
    checkout_url: `${checkout}/${CHECKOUT_VERSION}`,
    terminal_url: `${terminal}/sync`,
    hmac_keys: hmac_key.split(',').map((one) => one.trim()),
    notification_authorization: notification_user === undefined ? null : `Basic ${btoa(basic)}`,
    terminals_only: account.methods.every((method) => method === 'card_terminal'),
  };
});

const liveCheckout = (prefix: string | undefined): string | null =>
  prefix === undefined ? null : `https://${prefix}-checkout-live.adyenpayments.com/checkout`;
