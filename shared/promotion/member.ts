import type { PromotionLine } from './basket.ts';
import { ALL_ITEMS, type AttributeFilter, type PromotionGroup, type PromotionNode } from './schema.ts';

/** Whether a line meets every condition; an attribute that it lacks meets none. */
export function passes(filters: readonly AttributeFilter[] | undefined, line: PromotionLine): boolean {
  return (
    filters === undefined || filters.every((filter) => holds(filter, line.attributes?.[filter.attribute]))
  );
}

function holds({ op, value }: AttributeFilter, actual: string | number | boolean | undefined): boolean {
  if (actual === undefined) return false;
  const single = Array.isArray(value) ? undefined : value;
  switch (op) {
    case 'eq':
      return actual === single;
    case 'ne':
      return actual !== single;
    case 'in':
      return Array.isArray(value) ? value.includes(actual) : actual === value;
    case 'lt':
      return single !== undefined && typeof actual === typeof single && actual < single;
    case 'gt':
      return single !== undefined && typeof actual === typeof single && actual > single;
  }
}

/** Whether a node names the line: by SKU, by a category's level and value, or as everything. */
export function hits(node: PromotionNode, line: PromotionLine): boolean {
  if (!passes(node.filters, line)) return false;
  if (node.node_id === ALL_ITEMS) return true;
  if (node.node_type === 'item') return node.node_id === line.sku;
  return line.categories.some(({ name, value }) => name === node.node_type && value === node.node_id);
}

/** Whether a line belongs to a group: an including node hits it and no excluded one does. */
export function isMember(group: PromotionGroup, line: PromotionLine): boolean {
  if (!passes(group.filters, line)) return false;
  return (
    group.nodes.some((node) => !node.is_excluded && hits(node, line)) &&
    !group.nodes.some((node) => node.is_excluded && hits(node, line))
  );
}

/** The including node that speaks for a member: the item before the deepest category before everything. */
export function mostSpecific(group: PromotionGroup, line: PromotionLine): PromotionNode | null {
  let best: PromotionNode | null = null;
  for (const node of group.nodes) {
    if (node.is_excluded || !hits(node, line)) continue;
    if (best === null || depth(node) > depth(best)) best = node;
  }
  return best;
}

function depth({ node_id, node_type }: PromotionNode): number {
  if (node_id === ALL_ITEMS) return 0;
  return node_type === 'item' ? 8 : Number(node_type.slice(1));
}
