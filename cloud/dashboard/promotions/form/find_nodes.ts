import type { Item } from '../../../../shared/catalog/item.ts';
import { ALL_ITEMS } from '../../../../shared/promotion/schema.ts';
import { type DraftNode, nodeOf } from './draft.ts';

type Level = Exclude<DraftNode['node_type'], 'item'>;

/** Something that a search offers to a part of a promotion. */
export interface Offer {
  node: DraftNode;
  name: string;
  /** What stands beside the name: a path, a number of items, a SKU. */
  note: string;
  item: Item | null;
}

export interface Category {
  level: Level;
  value: string;
  /** The categories above it. */
  path: string[];
  items: number;
}

const LEVELS: readonly Level[] = ['c1', 'c2', 'c3', 'c4', 'c5', 'c6', 'c7'];
const CATEGORIES_OFFERED_MAX = 6;

/** The categories of items, each level and value once, the larger ones first. */
export function categoriesOf(items: Iterable<Item>): Category[] {
  const found = new Map<string, Category>();
  for (const { category } of items) {
    for (const [depth, value] of category.entries()) {
      const level = LEVELS[depth];
      if (level === undefined) continue;
      const known = found.get(`${level}/${value}`);
      if (known !== undefined) known.items++;
      else found.set(`${level}/${value}`, { level, value, path: category.slice(0, depth), items: 1 });
    }
  }
  return [...found.values()].sort((a, b) => b.items - a.items || a.value.localeCompare(b.value));
}

/** Categories whose name holds the text; those that begin with it come first. */
export function findCategories(categories: readonly Category[], text: string): Offer[] {
  const wanted = text.trim().toLowerCase();
  const starts = (value: string) => (value.toLowerCase().startsWith(wanted) ? 0 : 1);
  return categories
    .filter(({ value }) => value.toLowerCase().includes(wanted))
    .sort((a, b) => starts(a.value) - starts(b.value))
    .slice(0, CATEGORIES_OFFERED_MAX)
    .map(({ level, value, path, items }) => ({
      node: nodeOf(value, level),
      name: value,
      note: [...path, items === 1 ? '1 item' : `${items} items`].join(' · '),
      item: null,
    }));
}

export const everythingOffer = (): Offer => ({
  node: nodeOf(ALL_ITEMS, 'item'),
  name: 'Everything',
  note: 'all items of the store',
  item: null,
});

export const itemOffer = (item: Item): Offer => ({
  node: nodeOf(item.sku, 'item'),
  name: item.name,
  note: item.sku,
  item,
});

export const isSameNode = (a: DraftNode, b: DraftNode): boolean =>
  a.node_id === b.node_id && a.node_type === b.node_type;
