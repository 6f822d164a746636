import { Item } from '../../shared/catalog/item.ts';
import { ITEM } from './fixtures.ts';

/** A shelf as an edge would give it out: two articles, one of them tagged, and one promotion. */
export interface TestShelf {
  version: number;
  items: Item[];
  promotions: Record<string, unknown>[];
}

const uuid = (n: number): string => `00000000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;

/** The scarf's tags are `ourEpc`; its GTIN is what they decode to. */
export const SCARF_GTIN = '09521141123454';
export const SOCKS_GTIN = '09521141000014';
export const CIDER_GTIN = '09521141000021';

export function testShelf(version: number, price = 1250): TestShelf {
  const item = (n: number, more: Record<string, unknown>): Item =>
    Item.parse({
      id: n === 9 ? ITEM : `itm_${uuid(n)}`,
      codes: [],
      category: ['Clothes'],
      tax_code: 'standard',
      sold_by: 'each',
      tagged: false,
      ...more,
    });
  return {
    version,
    items: [
      item(9, { sku: 'SC-1', name: 'Scarf', gtins: [SCARF_GTIN], unit_price: price, tagged: true }),
      item(10, { sku: 'SO-1', name: 'Socks', gtins: [SOCKS_GTIN], unit_price: 399 }),
      item(11, { sku: 'CI-1', name: 'Cider', gtins: [CIDER_GTIN], unit_price: 250, age_restriction: 18 }),
    ],
    promotions: [
      {
        id: 'two_socks',
        title: 'Two socks, one off each pair',
        family: 'easy',
        groups: [{ name: 'socks', minimum: 2, nodes: [{ node_id: 'SO-1' }] }],
        discount_type: 'amount',
        discount_value: 100,
        max_applications: 10,
      },
    ],
  };
}

export function shelfPage(shelf: TestShelf, query: URLSearchParams, size: number): [number, unknown] {
  const { version, items, promotions } = shelf;
  const asked = query.get('version');
  if (asked !== null && Number(asked) !== version) return [404, {}];
  const from = Number(query.get('after') ?? 0);
  const page = items.slice(from, from + size);
  const last = from + size >= items.length;
  return [
    200,
    {
      version,
      catalog_version: 1,
      items: page,
      promotions: last ? promotions : [],
      next: last ? null : String(from + size),
    },
  ];
}
