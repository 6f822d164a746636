import { ALL_ITEMS, type PromotionGroup, type PromotionNode } from '../schema.ts';
import { listed } from './amounts.ts';

/** The name of an item, where the caller knows it. */
export type NameOf = (sku: string) => string | undefined;

const NAMES_MAX = 3;

/** What a group is of, in shop words: "crisps or sweets", "6 chosen items"; null is everything. */
export function thingsOf({ nodes }: PromotionGroup, nameOf: NameOf): string | null {
  const including = nodes.filter((node) => !node.is_excluded);
  const excluded = nodes.filter((node) => node.is_excluded);
  const isAll = including.some(({ node_id }) => node_id === ALL_ITEMS);
  const things = isAll ? 'everything' : namesOf(including, nameOf);
  if (excluded.length === 0) return isAll ? null : things;
  return `${things} but ${namesOf(excluded, nameOf)}`;
}

/** So many of a group, as a part of a sentence: "3 crisps", "one from crisps", "2 items". */
export function someOf(count: number, group: PromotionGroup, nameOf: NameOf): string {
  const things = thingsOf(group, nameOf);
  const items = count === 1 ? 'item' : 'items';
  if (things === null) return `${count} ${items}`;
  if (isOneItem(group)) return count === 1 ? things : `${count} ${things}`;
  if (things.startsWith('everything ')) return `${count} ${items} ${things.slice('everything '.length)}`;
  if (count === 1) return `one from ${things}`;
  return /^\d/.test(things) ? `${count} of ${things}` : `${count} ${things}`;
}

/** Whether the group holds a single item, which needs no choosing. */
export const isOneItem = ({ nodes }: PromotionGroup): boolean =>
  nodes.length === 1 && nodes[0]?.node_type === 'item' && nodes[0].node_id !== ALL_ITEMS;

export function nameOfNode({ node_id, node_type }: PromotionNode, nameOf: NameOf): string {
  if (node_id === ALL_ITEMS) return 'everything';
  return node_type === 'item' ? (nameOf(node_id) ?? `item ${node_id}`) : asWord(node_id);
}

function namesOf(nodes: readonly PromotionNode[], nameOf: NameOf): string {
  const categories = nodes.filter((node) => node.node_type !== 'item');
  const items = nodes.filter((node) => node.node_type === 'item');
  const known = items.every(({ node_id }) => nameOf(node_id) !== undefined);
  const named = items.length === 1 || (known && items.length <= NAMES_MAX);
  const parts =
    categories.length > NAMES_MAX
      ? [`${categories.length} categories`]
      : categories.map((node) => nameOfNode(node, nameOf));
  if (named) parts.push(...items.map((node) => nameOfNode(node, nameOf)));
  else if (items.length > 0) parts.push(`${items.length} chosen items`);
  return listed(parts, 'or');
}

/** Within a sentence a category is an ordinary word: "Tea & Coffee" becomes "tea & coffee", "BBQ" stays. */
const asWord = (category: string): string =>
  category.replaceAll(
    /(^|\s|-)(\p{Lu})(?=\p{Ll}|\s|$)/gu,
    (_, before: string, letter: string) => before + letter.toLowerCase(),
  );
