import type { Promotion } from './schema.ts';

export interface StoredIssue {
  /** In our own field names, dotted: `groups.0.nodes`. */
  path: string;
  code: 'missing_key' | 'no_including_node';
  message: string;
}

/**
 * What a promotion must meet to be kept, beyond what every promotion must: one of a single basket needs no key
 * and may come out empty. What is only odd is for `lint` to say.
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
  return issues;
}
