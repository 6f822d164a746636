import type { Oddity } from '../lint.ts';
import { isBasketFamily, ruleOf } from '../rule.ts';
import type { Promotion } from '../schema.ts';

/** Where the order in which items are taken is not what its word says. */
export function selectionOrder(promotion: Promotion): Oddity[] {
  const rule = ruleOf(promotion);
  const { selection, trigger_selection, groups } = promotion;
  const cutsSets = rule.triggers > 0 && groups.length === 1;
  const oddities: Oddity[] = [];
  if (promotion.family !== 'basket_threshold' && !cutsSets) {
    if (selection === 'lowest_of_highest') {
      oddities.push({
        code: 'order_like_lowest_first',
        path: 'selection',
        message: 'Here "lowest of highest" takes the cheapest items first, just like "lowest first".',
      });
    } else if (selection === 'lowest_of_each_set') {
      oddities.push({
        code: 'order_like_highest_first',
        path: 'selection',
        message: 'Here "lowest of each set" takes the dearest items first, just like "highest first".',
      });
    }
  }
  const buys =
    rule.triggers > 0 && groups.length === 2 && !isBasketFamily(rule.family)
      ? groups[rule.triggerGroup]
      : undefined;
  if (buys !== undefined && !isOneItem(buys.nodes)) {
    const low = trigger_selection === 'lowest_first' || trigger_selection === 'lowest_of_highest';
    oddities.push({
      code: 'trigger_order_reversed',
      path: 'trigger_selection',
      message: low
        ? 'The items to buy are used dearest first, although their order says lowest.'
        : 'The items to buy are used cheapest first, although their order says highest or of each set.',
    });
  }
  return oddities;
}

/** Items of one price have no order that anybody could see. */
function isOneItem(nodes: Promotion['groups'][number]['nodes']): boolean {
  const taken = nodes.filter((node) => !node.is_excluded);
  return taken.length === 1 && taken[0]?.node_type === 'item' && taken[0].node_id !== 'ALL';
}
