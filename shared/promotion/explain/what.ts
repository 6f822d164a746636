import { thingsOf } from '../describe/things.ts';
import { ALL_ITEMS, type PromotionGroup } from '../schema.ts';

/** A group in words, where its document has any: categories have names, an item has only a SKU. */
export function whatOf(group: PromotionGroup | undefined): string | null {
  const isNamed = group?.nodes.every(
    ({ node_type, node_id }) => node_type !== 'item' || node_id === ALL_ITEMS,
  );
  return group !== undefined && isNamed === true ? thingsOf(group, () => undefined) : null;
}
