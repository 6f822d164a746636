import { z } from 'zod';
import type { PromotionBasket, PromotionLine } from '../../../shared/promotion/basket.ts';
import type { Promotion } from '../../../shared/promotion/schema.ts';
import { CURRENCY } from './measure_cell.ts';

/** A basket and the promotions that it touches, as a file that can be measured again. */
export const CaseFile = z.object({
  promotions: z.array(z.unknown()),
  basket: z.object({ currency: z.string(), lines: z.array(z.custom<PromotionLine>()) }),
});

export function caseOf(
  promotions: readonly Promotion[],
  lines: readonly PromotionLine[],
): { promotions: Promotion[]; basket: PromotionBasket } {
  const named = new Set(
    lines.flatMap(({ sku, categories }) => [
      `item ${sku}`,
      ...categories.map(({ name, value }) => `${name} ${value}`),
    ]),
  );
  const isSeen = ({ node_id, node_type }: Promotion['groups'][number]['nodes'][number]) =>
    node_id === 'ALL' || named.has(`${node_type} ${node_id}`);
  const touching = promotions.filter(({ groups }) => groups.some(({ nodes }) => nodes.some(isSeen)));
  return {
    promotions: touching.map((promotion) => ({
      ...promotion,
      // A group needs a node; one that nothing of the basket hits says as much as many.
      groups: promotion.groups.map((group) => {
        const nodes = group.nodes.filter(isSeen);
        return { ...group, nodes: nodes.length > 0 ? nodes : group.nodes.slice(0, 1) };
      }),
    })),
    basket: { currency: CURRENCY, lines },
  };
}
