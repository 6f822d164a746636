import { signal } from '@preact/signals';
import { Item } from '../../../../shared/catalog/item.ts';
import { listOf } from '../../../../shared/http/list.ts';
import { call } from './call.ts';

const ItemPage = listOf(Item);
const FOUND_MAX = 8;
const PAGE_ROWS = 100;
/** The categories are those of so many items; what is beyond is found by searching for an item. */
const BROWSED_MAX = 3_000;

/** Items that this tab has seen, by SKU. */
export const items = signal<ReadonlyMap<string, Item>>(new Map());
export const itemNames = signal<ReadonlyMap<string, string>>(new Map());

function see(found: readonly Item[]): void {
  if (found.every(({ sku }) => items.value.has(sku))) return;
  items.value = new Map([...items.value, ...found.map((item) => [item.sku, item] as const)]);
  itemNames.value = new Map([...items.value].map(([sku, { name }]) => [sku, name]));
}

/** Items by a part of the name, the beginning of a SKU, or a code. Null: no answer. */
export async function searchItems(text: string): Promise<Item[] | null> {
  const answer = await call(ItemPage, `/v1/items?limit=${FOUND_MAX}&q=${encodeURIComponent(text)}`);
  if (!answer.ok) return null;
  see(answer.value.data);
  return answer.value.data;
}

/** Reads the items of these SKUs that were not seen yet, one after the other. */
export async function readItems(skus: readonly string[]): Promise<void> {
  for (const sku of skus) {
    if (!items.value.has(sku)) await searchItems(sku);
  }
}

let browsing: Promise<void> | null = null;

/** Reads through the items once, so that categories can be chosen by name and tried. */
export function browseItems(): Promise<void> {
  browsing ??= browse();
  return browsing;
}

async function browse(): Promise<void> {
  let after = '';
  for (let count = 0; count < BROWSED_MAX; count += PAGE_ROWS) {
    const answer = await call(ItemPage, `/v1/items?limit=${PAGE_ROWS}${after && `&starting_after=${after}`}`);
    if (!answer.ok) {
      // Whoever asks next begins again.
      browsing = null;
      return;
    }
    see(answer.value.data);
    after = answer.value.data.at(-1)?.id ?? '';
    if (!answer.value.has_more) return;
  }
}
