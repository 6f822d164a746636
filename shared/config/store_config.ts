import { z } from 'zod';
import { Currency } from '../api/common.ts';
import { DeviceId, RetailerId, StoreId } from '../ids/index.ts';
import { OfflinePolicy } from '../offline/limits.ts';
import { ScanPolicy } from './scan_policy.ts';

/** One tax level of a code; rates in parts per million (20 % = 200 000). */
export const TaxLevel = z.object({ id: z.string(), name: z.string(), rate_ppm: z.number().int().min(0) });
export const TaxCode = z.object({ code: z.string(), levels: z.array(TaxLevel) });

export const StoreGateway = z.object({
  gateway: z.string(),
  /** Random path segment of this account's webhook address. */
  account_key: z.string().min(16),
  environment: z.enum(['test', 'live']),
  methods: z.array(z.string()),
});
export type StoreGateway = z.infer<typeof StoreGateway>;

/** A device that may speak to the agent's broker. Its secret is 256 random bits, so a plain digest suffices. */
export const DeviceCredential = z.object({
  id: DeviceId,
  kind: z.enum(['gate', 'reader', 'printer', 'kiosk', 'agent']),
  name: z.string(),
  username: z.string().min(1).max(128),
  secret_sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** Seconds since the epoch: tokens issued before do not count any more. */
  tokens_from: z.number().int().min(0).optional(),
});
export type DeviceCredential = z.infer<typeof DeviceCredential>;

export const StorePolicies = z.object({
  /** How long a scanned tag stays reserved for its basket without activity. */
  reservation_ttl_ms: z
    .number()
    .int()
    .min(100)
    .default(30 * 60_000),
  basket_ttl_ms: z
    .number()
    .int()
    .min(100)
    .default(24 * 3_600_000),
  /** A locked basket whose order nobody pays for is cancelled after this time. */
  checkout_ttl_ms: z
    .number()
    .int()
    .min(100)
    .default(15 * 60_000),
  exit_pass_ttl_ms: z
    .number()
    .int()
    .min(1_000)
    .max(600_000)
    .default(10 * 60_000),
  /** What a gate does with a tag that is neither sold nor known but bears one of our company prefixes. */
  unknown_tag: z.enum(['alarm', 'ignore']).default('alarm'),
  /** The answer for an unsold tag while the line is cut: the shop's own risk. */
  offline_unsold: z.enum(['alarm', 'open']).default('alarm'),
  /** How long the agent may ask the edge about an unsold tag before the alarm; 0 = never ask. */
  ask_edge_ms: z.number().int().min(0).max(2_000).default(150),
  auto_print: z.boolean().default(false),
  /** Selling by kiosk and till while the line is cut. */
  offline: OfflinePolicy.prefault({}),
  /** How codes are read. */
  scan: ScanPolicy.prefault({}),
  /** The smallest coin in minor units, to which cash is rounded; absent: what is usual for the currency. */
  cash_step: z.number().int().min(1).optional(),
});
export type StorePolicies = z.infer<typeof StorePolicies>;

/** Everything a store's edge object and agents need to know of the store; published whole by the cloud. */
export const StoreConfig = z.object({
  v: z.literal(1),
  version: z.number().int().min(1),
  store_id: StoreId,
  retailer_id: RetailerId,
  name: z.string(),
  address_lines: z.array(z.string()),
  tax_number: z.string().optional(),
  currency: Currency,
  timezone: z.string(),
  prices_include_tax: z.boolean(),
  tax_rounding: z.enum(['line', 'invoice']),
  tax_codes: z.array(TaxCode),
  order_prefix: z.string().max(12),
  /** GS1 company prefixes of the retailer's own tags: an unknown tag with one of them is ours. */
  company_prefixes: z.array(z.string().regex(/^[0-9]{6,12}$/)),
  gateways: z.array(StoreGateway),
  devices: z.array(DeviceCredential),
  receipt_footer: z.array(z.string()),
  policies: StorePolicies,
  /** A demo store: demo sign-ins and the test gateway are allowed only here. */
  demo: z.boolean(),
});
export type StoreConfig = z.infer<typeof StoreConfig>;
