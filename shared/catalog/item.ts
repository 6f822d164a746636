import { z } from 'zod';
import { ItemId } from '../ids/index.ts';
import { MinorUnits } from '../money/minor_units.ts';
import { Gtin14 } from './gtin.ts';

const NAME_MAX = 255;
const CODES_MAX = 100;
const CODE_CHARACTERS_MAX = 200;
/** Promotions name category levels c1 to c7. */
const CATEGORY_LEVELS_MAX = 7;

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
});
export type Item = z.infer<typeof Item>;

/** The category path as promotions match it: the department is level c1. */
export function categoryLevels(item: Item): { name: string; value: string }[] {
  return item.category.map((value, level) => ({ name: `c${level + 1}`, value }));
}
