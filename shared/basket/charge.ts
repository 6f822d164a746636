import { z } from 'zod';
import type { Item } from '../catalog/item.ts';
import type { Resolution } from '../catalog/resolution.ts';
import { proportion } from '../money/rounding.ts';
import { err, ok, type Result } from '../result.ts';

const GRAMS_PER_PRICE_UNIT = 1_000;
const BASIS_POINTS = 10_000;

/**
 * What one line costs in place of the shelf's price, and why: its label or its weight says so, or it is one
 * certain unit. Such a line has quantity one and never merges. The catalogue's price stays with the line's item.
 */
export const LineCharge = z.object({
  /** Minor units. */
  unit_price: z.int().min(0),
  by: z.enum(['price_label', 'weight', 'markdown', 'serial', 'open_price']),
  weight_grams: z.int().min(1).optional(),
  /** A fixed price in minor units, or a percentage in hundredths, as the label had it. */
  markdown: z.object({ mode: z.enum(['fixed', 'percent']), value: z.int().min(0) }).optional(),
  promotable: z.boolean(),
  serial: z.string().optional(),
});
export type LineCharge = z.infer<typeof LineCharge>;

export type ChargeRefusal = {
  code: 'bad_code';
  detail: 'weight_needed' | 'not_sold_by_weight' | 'value_zero';
};

interface Terms {
  /** Whether promotions still count on a line with a markdown label (`scan.rtc.promotable`). */
  markdown_promotable: boolean;
  /** What a scale says, where the code itself bears no weight. */
  scale_grams?: number | undefined;
}

/** The charge of what was resolved; null: it costs what the shelf says, and units of it share a line. */
export function chargeOf(
  found: Resolution<Item>,
  { markdown_promotable, scale_grams }: Terms,
): Result<LineCharge | null, ChargeRefusal> {
  const { item, markdown, price_minor, serial, epc } = found;
  const grams = found.net_grams ?? scale_grams;
  if (grams === 0 || price_minor === 0) return refuse('value_zero');
  const said = {
    ...(grams === undefined ? {} : { weight_grams: grams }),
    ...(serial === undefined ? {} : { serial }),
  };
  const shelfPrice = priceOf(item, grams);
  if (markdown !== undefined) {
    const unit_price = markedDown(markdown, shelfPrice);
    if (unit_price === null) return refuse('weight_needed');
    return ok({ unit_price, by: 'markdown', markdown, promotable: markdown_promotable, ...said });
  }
  if (price_minor !== undefined)
    return ok({ unit_price: price_minor, by: 'price_label', promotable: true, ...said });
  if (item.sold_by === 'weight') {
    if (shelfPrice === null) return refuse('weight_needed');
    return ok({ unit_price: shelfPrice, by: 'weight', promotable: true, ...said });
  }
  // Its label weighs it, and the shelf sells it by the piece: whichever is wrong, the price would be.
  if (found.net_grams !== undefined && isVariable(found)) return refuse('not_sold_by_weight');
  if (serial === undefined || epc !== undefined) return ok(null);
  return ok({ unit_price: item.unit_price, by: 'serial', promotable: true, ...said });
}

const refuse = (detail: ChargeRefusal['detail']) => err({ code: 'bad_code' as const, detail });

/** Null: sold by weight, and nobody has weighed it. */
function priceOf({ sold_by, unit_price }: Item, grams: number | undefined): number | null {
  if (sold_by === 'each') return unit_price;
  return grams === undefined ? null : proportion(unit_price, grams, GRAMS_PER_PRICE_UNIT);
}

/** The lower of label and shelf: labels outlive price cuts. Null: a percentage of a price that nobody knows. */
function markedDown(
  { mode, value }: NonNullable<LineCharge['markdown']>,
  shelfPrice: number | null,
): number | null {
  if (mode === 'fixed') return shelfPrice === null ? value : Math.min(value, shelfPrice);
  if (shelfPrice === null) return null;
  return proportion(shelfPrice, BASIS_POINTS - value, BASIS_POINTS);
}

/** A label of the shop, or a GTIN whose indicator says that every piece measures otherwise. */
const isVariable = ({ matched_by, gtin14 }: Resolution<Item>): boolean =>
  matched_by === 'embedded' || (gtin14?.startsWith('9') ?? false);
