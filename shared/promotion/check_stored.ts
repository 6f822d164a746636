import type { Promotion } from './schema.ts';

export interface StoredIssue {
  /** In our own field names, dotted: `groups.0.nodes`. */
  path: string;
  code: 'missing_key' | 'no_including_node' | 'whole_set_only' | 'order_ignored';
  message: string;
}

/**
 * What a promotion must meet to be kept, beyond what every promotion must: one of a single basket needs no key
 * and may come out empty. A spend-and-save is discounted as a whole, so it may not claim anything else.
 */
export function checkForStorage(promotion: Promotion): StoredIssue[] {
  const issues: StoredIssue[] = [];
  if ((promotion.retailer_promotion_id ?? '').trim() === '') {
    issues.push({
      path: 'retailer_promotion_id',
      code: 'missing_key',
      message: "the retailer's own key is needed",
    });
  }
  for (const [g, { name, nodes }] of promotion.groups.entries()) {
    if (nodes.every((node) => node.is_excluded)) {
      issues.push({
        path: `groups.${g}.nodes`,
        code: 'no_including_node',
        message: `group ${name} leaves items out but takes none in`,
      });
    }
  }
  if (promotion.family === 'basket_threshold') {
    if (promotion.discount_on !== 'set') {
      issues.push({
        path: 'discount_on',
        code: 'whole_set_only',
        message: 'a discount on the spend is for the whole set',
      });
    }
    if (promotion.selection !== 'lowest_first') {
      issues.push({
        path: 'selection',
        code: 'order_ignored',
        message: 'a discount on the spend is for all of its items, the lowest price first',
      });
    }
  }
  return issues;
}
