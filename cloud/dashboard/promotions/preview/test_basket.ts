import { categoryLevels, type Item } from '../../../../shared/catalog/item.ts';
import type { EvaluationContext, PromotionBasket } from '../../../../shared/promotion/basket.ts';
import { isMember } from '../../../../shared/promotion/member.ts';
import type { Promotion } from '../../../../shared/promotion/schema.ts';

/** A line of the basket that an offer is tried on. */
export interface TestLine {
  item: Item;
  quantity: number;
}

const QUANTITY_MAX = 99;

export function basketOf(lines: readonly TestLine[], currency: string): PromotionBasket {
  return {
    currency,
    lines: lines.map(({ item, quantity }) => ({
      line_id: item.sku,
      sku: item.sku,
      quantity,
      unit_price: item.unit_price,
      mrp: item.mrp,
      categories: categoryLevels(item),
    })),
  };
}

/** `code`: a coupon or card that the test brings along; `now_local` '' leaves every schedule open. */
export function contextOf(now_local: string, code: string): EvaluationContext {
  const qualifier = code.trim();
  return {
    ...(now_local === '' ? {} : { now_local }),
    special_promos:
      qualifier === ''
        ? []
        : [
            {
              program_name: 'test',
              group_qualifiers: [{ input: qualifier, qualifier_ids: [qualifier] }],
            },
          ],
  };
}

/** One more, or one less, of an item; a line of none goes away. */
export function withItem(lines: readonly TestLine[], item: Item, more: number): TestLine[] {
  const known = lines.some((line) => line.item.sku === item.sku);
  const next = known ? lines : [...lines, { item, quantity: 0 }];
  return next
    .map((line) =>
      line.item.sku === item.sku
        ? { ...line, quantity: Math.min(QUANTITY_MAX, Math.max(0, line.quantity + more)) }
        : line,
    )
    .filter(({ quantity }) => quantity > 0);
}

/**
 * Items that earn the promotion once, from those that are known and on the shelf: the minimum of every group, of a spend enough
 * to reach it. Empty where a group has no known item.
 */
export function fittingLines(promotion: Promotion, known: Iterable<Item>): TestLine[] {
  const items = [...known].filter(({ unit_price, stock }) => unit_price > 0 && stock !== 0);
  let lines: TestLine[] = [];
  for (const group of promotion.groups) {
    const item = items.find(
      (one) => isMember(group, lineOf(one)) && !lines.some((line) => line.item === one),
    );
    if (item === undefined) return [];
    const isSpend =
      promotion.family === 'basket_threshold' ||
      (promotion.family === 'basket_threshold_target' && group.name !== promotion.target_group);
    const needed = isSpend ? Math.ceil(group.minimum / item.unit_price) : group.minimum;
    lines = withItem(lines, item, Math.max(1, needed));
  }
  return lines;
}

const lineOf = (item: Item) => ({
  line_id: item.sku,
  sku: item.sku,
  quantity: 1,
  unit_price: item.unit_price,
  categories: categoryLevels(item),
});
