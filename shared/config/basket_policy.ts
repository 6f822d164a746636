import { z } from 'zod';
import { ItemId } from '../ids/index.ts';

/** What a store does where the counted stock says that there are fewer. An item with a stock of 0 is never sold. */
export const StockMode = z.enum(['off', 'warn', 'block']);
export type StockMode = z.infer<typeof StockMode>;

/** When staff must look at a basket, beyond what its items ask for by themselves. */
export const VerificationPolicy = z.strictObject({
  /** Names of category levels of which every item needs staff. */
  categories: z.array(z.string().min(1).max(128)).max(100).default([]),
  /** How many of a hundred thousand baskets are looked at by chance; which ones follows from their ids. */
  sample_per_100k: z.int().min(0).max(100_000).default(0),
  /** How long an approval holds. */
  lapse_ms: z
    .int()
    .min(100)
    .default(30 * 60_000),
  /** What a rejection takes out of the basket. */
  reject_policy: z.enum(['all_restricted', 'highest_age_only']).default('all_restricted'),
});
export type VerificationPolicy = z.infer<typeof VerificationPolicy>;

/** Whether shoppers must be at the store. Needs the store's `position`; metres. */
export const GeofencePolicy = z.strictObject({
  mode: z.enum(['off', 'warn', 'block']).default('off'),
  radius_m: z.number().min(1).max(100_000).default(200),
  /** A fix that is less exact than this counts as none. */
  accuracy_max_m: z.number().min(1).max(100_000).default(100),
  /** A scan is looked at while the basket is empty. */
  apply_to: z.array(z.enum(['scan', 'checkout'])).default(['scan', 'checkout']),
});
export type GeofencePolicy = z.infer<typeof GeofencePolicy>;

/** Something whose price the shopper says: a donation, a tip, a bag. It is in no catalogue and in no promotion. */
export const OpenLinePolicy = z.strictObject({
  kind: z.string().regex(/^[a-z][a-z0-9_]{0,31}$/),
  /** What receipts and orders call it. */
  item_id: ItemId,
  sku: z.string().min(1).max(128),
  name: z.string().min(1).max(255),
  tax_code: z.string().min(1).max(64),
  /** Least and most, in minor units. */
  min: z.int().min(0),
  max: z.int().min(0),
});
export type OpenLinePolicy = z.infer<typeof OpenLinePolicy>;

/** How much of some goods a traveller may buy in a period: what duty-free shops are bound to. */
export const QuotaPolicy = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9_]{0,31}$/),
  period: z.enum(['daily', 'monthly', 'yearly']),
  /** Most in one period, in `unit`. */
  limit: z.int().min(0),
  /** What people call it: ml, pieces. */
  unit: z.string().min(1).max(16),
  /** What counts, by SKU or by the name of a category level; the first that speaks of an item counts. */
  items: z
    .array(
      z.strictObject({
        skus: z.array(z.string().min(1).max(128)).max(500).default([]),
        categories: z.array(z.string().min(1).max(128)).max(100).default([]),
        /** Of one piece. */
        units_per_item: z.int().min(1),
      }),
    )
    .min(1)
    .max(500),
});
export type QuotaPolicy = z.infer<typeof QuotaPolicy>;

/** Everything has a default, so a configuration that says nothing stays valid. */
export const BasketPolicy = z.strictObject({
  /** Units of one item over all lines of a basket; 0: no limit but the item's own. */
  max_quantity_per_item: z.int().min(0).default(0),
  max_lines: z.int().min(1).max(500).default(500),
  /** Most that a basket may come to, in minor units. */
  max_total: z.int().min(1).optional(),
  stock: z
    .strictObject({
      scan_and_go: StockMode.default('warn'),
      click_and_collect: StockMode.default('block'),
    })
    .prefault({}),
  /** Whether an item whose units bear tags may be scanned by its barcode: the gate would alarm for its tag. */
  tagged_items: z.enum(['mixed', 'rfid_only']).default('mixed'),
  /** Without activity; that of a basket in the shop is `basket_ttl_ms` beside this policy. */
  click_and_collect_ttl_ms: z
    .int()
    .min(100)
    .default(72 * 3_600_000),
  quotas: z.array(QuotaPolicy).max(20).default([]),
  open_lines: z.array(OpenLinePolicy).max(20).default([]),
  verification: VerificationPolicy.prefault({}),
  geofence: GeofencePolicy.prefault({}),
});
export type BasketPolicy = z.infer<typeof BasketPolicy>;
