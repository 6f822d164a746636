import { z } from 'zod';
import { ItemId } from '../ids/index.ts';
import { MinorUnits } from '../money/minor_units.ts';
import { Gtin14 } from './gtin.ts';

const NAME_MAX = 255;
const CODES_MAX = 100;
const CODE_CHARACTERS_MAX = 200;
/** Promotions name category levels c1 to c7. */
const CATEGORY_LEVELS_MAX = 7;

export const ADDON_GROUPS_MAX = 20;
const ADDONS_PER_GROUP_MAX = 100;
const PACK_UNITS_MAX = 1_000;
const CONTAINERS_MAX = 1_000;

/** What may be chosen beside an item: `min` to `max` units for each unit of it, out of these items. */
export const AddonGroup = z.object({
  id: z.string().min(1).max(64),
  name: z.string().min(1).max(128),
  min: z.int().min(0).max(99).default(0),
  max: z.int().min(1).max(99),
  item_ids: z.array(ItemId).min(1).max(ADDONS_PER_GROUP_MAX),
});
export type AddonGroup = z.infer<typeof AddonGroup>;

/** Paid with every unit and given back with its containers; it has its own tax and no promotion touches it. */
export const Deposit = z.object({
  /** The article of the deposit, where the shop keeps one; absent: the item's own id and SKU. */
  item_id: ItemId.optional(),
  sku: z.string().min(1).max(128).optional(),
  name: z.string().min(1).max(NAME_MAX),
  /** Of one container, in minor units. */
  amount: MinorUnits.nonnegative(),
  tax_code: z.string().min(1).max(64),
  /** Containers in one unit: a crate has twenty bottles. */
  containers: z.int().min(1).max(CONTAINERS_MAX).default(1),
});
export type Deposit = z.infer<typeof Deposit>;

/** One sellable thing of a store's shelf, priced in the store's currency. */
export const Item = z.object({
  id: ItemId,
  sku: z.string().min(1).max(128),
  name: z.string().min(1).max(NAME_MAX),
  gtins: z.array(Gtin14).max(CODES_MAX),
  /** Other codes that are printed on it, verbatim: in-house labels, old barcodes. */
  codes: z.array(z.string().min(1).max(CODE_CHARACTERS_MAX)).max(CODES_MAX),
  /** Names from the department down. */
  category: z.array(z.string().min(1).max(128)).max(CATEGORY_LEVELS_MAX),
  /** Of one unit; of an item sold by weight, of one kilogram. */
  unit_price: MinorUnits.nonnegative(),
  /** The list price, where it is above the selling price. */
  mrp: MinorUnits.nonnegative().optional(),
  tax_code: z.string().min(1).max(64),
  image: z.string().max(2048).optional(),
  /** Minimum age of the buyer in years. */
  age_restriction: z.int().min(1).max(120).optional(),
  /** By weight: every line needs grams, from its label or from a scale. */
  sold_by: z.enum(['each', 'weight']),
  /** Every unit bears its own RFID tag. */
  tagged: z.boolean(),
  /** Units on hand; null or absent: not counted. */
  stock: z.int().min(0).nullable().optional(),
  /** Most units in one basket. */
  max_quantity: z.int().min(1).optional(),
  /** `with_addons`: each scan is a line of its own, for which `addon_groups` say what may be chosen. */
  kind: z.enum(['regular', 'with_addons', 'addon']).optional(),
  addon_groups: z.array(AddonGroup).max(ADDON_GROUPS_MAX).optional(),
  /** Of a pack, whose price is that of the whole; promotions count its units. */
  units_per_pack: z.int().min(1).max(PACK_UNITS_MAX).optional(),
  deposit: Deposit.optional(),
  /** Absent: every way. */
  selling_modes: z
    .array(z.enum(['scan_and_go', 'click_and_collect', 'delivery']))
    .min(1)
    .optional(),
  /** Shown for choosing without a code: bags, standard charges. */
  quick_item: z.boolean().optional(),
  /** Staff look at every basket that holds it. */
  requires_approval: z.boolean().optional(),
});
export type Item = z.infer<typeof Item>;

/** The category path as promotions match it: the department is level c1. */
export function categoryLevels(item: Item): { name: string; value: string }[] {
  return item.category.map((value, level) => ({ name: `c${level + 1}`, value }));
}
