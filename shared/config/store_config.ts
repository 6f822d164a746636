import { z } from 'zod';
import { Currency, Position } from '../api/common.ts';
import { DeviceId, RetailerId, StoreId } from '../ids/index.ts';
import { OfflinePolicy } from '../offline/limits.ts';
import { PaymentAccount } from '../payment/account.ts';
import { NumberFormat, ReceiptLanguage } from '../receipt/document.ts';
import { BasketPolicy } from './basket_policy.ts';
import { OrderPolicy } from './order_policy.ts';
import { PaymentPolicy } from './payment_policy.ts';
import { RefundPolicy } from './refund_policy.ts';
import { ScanPolicy } from './scan_policy.ts';

/** One tax level of a code; rates in parts per million (20 % = 200 000). */
export const TaxLevel = z.object({ id: z.string(), name: z.string(), rate_ppm: z.number().int().min(0) });
export const TaxCode = z.object({ code: z.string(), levels: z.array(TaxLevel) });

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

/**
 * What a gate does with a tag that the store does not know. `alarm`: any of them; `retailer_prefix_only`: those
 * with one of our company prefixes, so that other shops' tagged clothes pass; `ignore`: none.
 */
export const UnknownPolicy = z.enum(['alarm', 'retailer_prefix_only', 'ignore']);
export type UnknownPolicy = z.infer<typeof UnknownPolicy>;

const Rssi = z.number().min(-120).max(0);
const Antennas = z.array(z.number().int().min(0).max(255)).min(1);

/**
 * The rules of one gate. They act on alarms, barriers, outputs and records; every read that has an id is
 * answered as the tags are, whatever stands here.
 */
export const GatePolicy = z.object({
  unknown_policy: UnknownPolicy.optional(),
  offline_unsold: z.enum(['alarm', 'open']).optional(),
  grace_ms: z.number().int().min(0).max(1_500).optional(),
  /** A lane that is walked in one direction only. `in` never alarms. */
  direction: z.enum(['in', 'out']).optional(),
  /** Weaker reads (dBm) are of somebody who is only near. A read without a strength counts as strong. */
  rssi_min: Rssi.optional(),
  /** Antennas by where they look. Out is far, then near within `confirm_ms`; in is the other way round. */
  zones: z
    .object({
      far: Antennas,
      near: Antennas,
      near_rssi_min: Rssi.optional(),
      confirm_ms: z.number().int().min(100).max(30_000).default(3_000),
    })
    .optional(),
});
export type GatePolicy = z.infer<typeof GatePolicy>;

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
  /** The same in finer words; where it is set, it counts. */
  unknown_policy: UnknownPolicy.optional(),
  /** The answer for an unsold tag while the line is cut: the shop's own risk. */
  offline_unsold: z.enum(['alarm', 'open']).default('alarm'),
  /** How long the agent may ask the edge about an unsold tag before the alarm; 0 = never ask. */
  ask_edge_ms: z.number().int().min(0).max(2_000).default(150),
  /** How long an alarm may wait for a tag whose basket is being paid for at this moment; 0 = not at all. */
  grace_ms: z.number().int().min(0).max(1_500).default(0),
  /** Rules of single gates, by gate id. */
  gates: z.record(DeviceId, GatePolicy).default({}),
  auto_print: z.boolean().default(false),
  /** Selling by kiosk and till while the line is cut. */
  offline: OfflinePolicy.prefault({}),
  /** How codes are read. */
  scan: ScanPolicy.prefault({}),
  /** The smallest coin in minor units, to which cash is rounded; absent: what is usual for the currency. */
  cash_step: z.number().int().min(1).optional(),
  /** What may be in a basket, and who must look at it. */
  basket: BasketPolicy.prefault({}),
  /** Numbers of orders and documents, what follows a sale, and the check at the exit. */
  order: OrderPolicy.prefault({}),
  payment: PaymentPolicy.prefault({}),
  refund: RefundPolicy.prefault({}),
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
  /** Where it is, in degrees (WGS 84); absent: nobody's distance to it is known. */
  position: Position.optional(),
  prices_include_tax: z.boolean(),
  tax_rounding: z.enum(['line', 'invoice']),
  tax_codes: z.array(TaxCode),
  order_prefix: z.string().max(12),
  /** GS1 company prefixes of the retailer's own tags: an unknown tag with one of them is ours. */
  company_prefixes: z.array(z.string().regex(/^[0-9]{6,12}$/)),
  gateways: z.array(PaymentAccount),
  devices: z.array(DeviceCredential),
  receipt_footer: z.array(z.string()),
  /** The language of receipts' labels, and how their amounts are written; English where they are left out. */
  receipt_language: ReceiptLanguage.optional(),
  receipt_numbers: NumberFormat.optional(),
  policies: StorePolicies,
  /** A demo store: demo sign-ins and the test gateway are allowed only here. */
  demo: z.boolean(),
});
export type StoreConfig = z.infer<typeof StoreConfig>;
