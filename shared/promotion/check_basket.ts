import type { PromotionBasket } from './basket.ts';

/** Every unit is looked at; whoever fills baskets bounds lines and quantities well below this. */
const BASKET_UNITS_MAX = 200_000;

const natural = (n: number): boolean => Number.isSafeInteger(n) && n >= 0;

/** Callers check what people give them; what is left is a bug and throws. */
export function checkBasket({ lines }: PromotionBasket): void {
  let units = 0;
  const ids = new Set<string>();
  for (const line of lines) {
    const { line_id, quantity, unit_price, mrp = unit_price, weight_milli = 0, pack_size = 1 } = line;
    if (
      !natural(quantity) ||
      quantity === 0 ||
      !natural(unit_price) ||
      !natural(mrp) ||
      !natural(weight_milli) ||
      !natural(pack_size) ||
      pack_size === 0
    ) {
      throw new RangeError(`line ${line_id}: quantity ${quantity}, unit price ${unit_price}, mrp ${mrp}`);
    }
    if (weight_milli > 0 && quantity !== 1)
      throw new RangeError(`line ${line_id}: a weighed line is one unit`);
    units += quantity * pack_size;
    if (units > BASKET_UNITS_MAX) throw new RangeError(`more than ${BASKET_UNITS_MAX} units`);
    if (ids.has(line_id)) throw new RangeError(`two lines with the id ${line_id}`);
    ids.add(line_id);
  }
  const parents = lines.filter((line) => line.parent_line_id !== undefined);
  if (parents.length === 0) return;
  const quantities = new Map(lines.map((line) => [line.line_id, line.quantity]));
  for (const { line_id, parent_line_id } of parents) {
    if (quantities.get(parent_line_id ?? '') !== 1)
      throw new RangeError(`line ${line_id}: an add-on belongs to a line of one unit`);
  }
}
