import { describe, expect, it } from 'vitest';
import { categoryLevels, Item } from './item.ts';

const tea = {
  id: 'itm_0190f3a2-7b1c-8d2e-9f30-112233445566',
  sku: 'TEA-80',
  name: 'Breakfast tea, 80 bags',
  gtins: [],
  codes: [],
  category: ['Drinks', 'Tea'],
  unit_price: 245,
  tax_code: 'zero',
  sold_by: 'each',
  tagged: false,
};

describe('Item', () => {
  it('names its category levels from the department down', () => {
    const gtin = '09521234000013';
    const item = Item.parse({ ...tea, gtins: [gtin] });
    expect(categoryLevels(item)).toEqual([
      { name: 'c1', value: 'Drinks' },
      { name: 'c2', value: 'Tea' },
    ]);
  });

  it.each([
    ['a wrong check digit', { gtins: ['09521234000010'] }],
    ['a fraction of a penny', { unit_price: 2.45 }],
    ['a negative price', { unit_price: -1 }],
    ['an id of something else', { id: 'ord_0190f3a2-7b1c-8d2e-9f30-112233445566' }],
    ['goods by the metre', { sold_by: 'metre' }],
    ['negative stock', { stock: -1 }],
  ])('refuses %s', (_, change) => {
    expect(Item.safeParse({ ...tea, gtins: [], ...change }).success).toBe(false);
    expect(Item.safeParse({ ...tea, gtins: [], stock: null }).success).toBe(true);
  });
});
