import type { EvaluationContext, PromotionLine } from '../basket.ts';
import type { CompiledPromotions } from '../compile.ts';
import { match } from '../match.ts';
import type { Promotion, PromotionNode } from '../schema.ts';

/** An item by its SKU or a category by its level and value. */
export type NodeRef = Pick<PromotionNode, 'node_id' | 'node_type'>;

/**
 * Open promotions with a group that contains one of the nodes, in the order of their turn, by the matcher of
 * the evaluation: what includes everything contains each node, and a condition on attributes is not met. A
 * special one is there only if the context brings its qualifier.
 */
export function promotionsOf(
  compiled: CompiledPromotions,
  nodes: readonly NodeRef[],
  context: EvaluationContext = {},
): Promotion[] {
  const lines = nodes.map(({ node_id, node_type }, at): PromotionLine => {
    const isItem = node_type === 'item';
    return {
      line_id: String(at),
      sku: isItem ? node_id : '',
      quantity: 1,
      unit_price: 0,
      categories: isItem ? [] : [{ name: node_type, value: node_id }],
    };
  });
  return match(compiled, { currency: '', lines }, context, 'all').flatMap(({ closed, rule }) =>
    closed === null && rule.promotion.is_active ? [rule.promotion] : [],
  );
}
