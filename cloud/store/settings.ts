import { z } from 'zod';
import { StoreConfig, StorePolicies, TaxCode, TaxLevel } from '../../shared/config/store_config.ts';
import { OfflinePolicy } from '../../shared/offline/limits.ts';
import { PaymentAccount } from '../../shared/payment/account.ts';
import type { Refusal } from '../http/refuse.ts';

const NAME_MAX = 200;
const TAX_CODES_MAX = 100;
const GATEWAYS_MAX = 50;
const LINES_MAX = 20;
const Lines = z.array(z.string().max(NAME_MAX)).max(LINES_MAX);

const Timezone = z.string().min(1).max(64).refine(isTimezone, 'expected an IANA time zone');

/** Selling without a line, with a word for every field: one that nobody knows is refused, not lost. */
const StrictOfflinePolicy = OfflinePolicy.extend({
  pay_later: OfflinePolicy.shape.pay_later.unwrap().strict().prefault({}),
}).strict();

/** What an admin decides of a store: the StoreConfig without ids, version and devices. Unknown fields are refused. */
export const StoreSettings = z.strictObject({
  ...StoreConfig.omit({ v: true, version: true, store_id: true, retailer_id: true, devices: true }).shape,
  name: z.string().min(1).max(NAME_MAX),
  timezone: Timezone,
  address_lines: Lines,
  receipt_footer: Lines,
  tax_codes: z
    .array(
      z.strictObject({ ...TaxCode.shape, levels: z.array(z.strictObject(TaxLevel.shape)).max(LINES_MAX) }),
    )
    .max(TAX_CODES_MAX),
  gateways: z.array(z.strictObject(PaymentAccount.shape)).max(GATEWAYS_MAX),
  policies: z.strictObject({ ...StorePolicies.shape, offline: StrictOfflinePolicy.prefault({}) }),
});
export type StoreSettings = z.infer<typeof StoreSettings>;

function isTimezone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** What the schema cannot see: demo words outside a demo, and names that appear twice. */
export function checkSettings(settings: StoreSettings, demoAllowed: boolean): Refusal | null {
  const errors: { path: string; code: string; message: string }[] = [];
  if (settings.demo && !demoAllowed)
    errors.push({ path: '/demo', code: 'demo_refused', message: 'this deployment takes no demo stores' });
  for (const [i, { gateway, environment, base_url }] of settings.gateways.entries()) {
    if (base_url !== undefined && environment === 'live')
      errors.push({
        path: `/gateways/${i}/base_url`,
        code: 'test_only',
        message: 'a live account has its provider’s own address',
      });
    if (gateway !== 'test' || settings.demo) continue;
    errors.push({
      path: `/gateways/${i}/gateway`,
      code: 'demo_only',
      message: 'the test gateway is for demo stores',
    });
  }
  const codes = settings.tax_codes.map(({ code }) => code);
  for (const [i, code] of codes.entries()) {
    if (codes.indexOf(code) < i)
      errors.push({ path: `/tax_codes/${i}/code`, code: 'duplicate', message: `tax code "${code}" twice` });
  }
  const { lease_size, lease_low_water } = settings.policies.offline;
  if (lease_low_water >= lease_size)
    errors.push({
      path: '/policies/offline/lease_low_water',
      code: 'too_large',
      message: `must be below lease_size, which is ${lease_size}`,
    });
  return errors.length === 0 ? null : { code: 'invalid', errors };
}
