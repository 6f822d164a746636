import { expect, it } from 'vitest';
import { Item } from '../catalog/item.ts';
import { compile } from '../promotion/compile.ts';
import { parsePromotion } from '../promotion/parse.ts';
import { unwrap } from '../result.ts';
import { explainLines } from './explain_lines.ts';

const compiled = compile(
  [
    {
      id: 'three',
      title: 'Any 3 crisps',
      discount_type: 'amount',
      discount_value: 100,
      groups: [group('CRISPS', 3)],
    },
    {
      id: 'tenth',
      title: '10% off crisps',
      discount_type: 'percent',
      discount_value: 1_000,
      groups: [group('CRISPS', 1)],
    },
    {
      id: 'back',
      title: 'Cash back',
      applies_as: 'cashback',
      discount_type: 'percent',
      discount_value: 500,
      groups: [group('TEA', 1)],
    },
    {
      id: 'staff',
      title: 'Staff price',
      availability: 'special',
      qualifiers: [{ id: 'staff' }],
      discount_type: 'percent',
      discount_value: 5_000,
      groups: [group('CRISPS', 1)],
    },
  ].map((document, priority) =>
    unwrap(parsePromotion({ family: 'easy', priority, max_applications: 9, ...document })),
  ),
);

function group(sku: string, minimum: number) {
  return { name: 'g1', minimum, nodes: [{ node_id: sku }] };
}

const line = (line_id: string, sku: string, quantity: number) => ({
  line_id,
  quantity,
  item: Item.parse({
    id: 'itm_00000000-0000-7000-8000-000000000001',
    sku,
    name: sku,
    gtins: [],
    codes: [],
    category: ['Food'],
    unit_price: 200,
    tax_code: 'standard',
    sold_by: 'each',
    tagged: false,
  }),
});
const explained = (...lines: ReturnType<typeof line>[]) =>
  explainLines(lines, compiled, 'GBP', undefined, []);

it('says of every line what took something off it, and what else could have', () => {
  const { text, lines } = explained(line('a', 'CRISPS', 4), line('b', 'TEA', 1), line('c', 'SALT', 1));
  expect(text.join(' ')).toContain('Any 3 crisps: −£1.');
  expect(lines.map(({ line_id }) => line_id)).toEqual(['a', 'b']);
  expect(lines[0]?.text).toEqual(
    expect.arrayContaining(['Any 3 crisps: −£1.00.', '10% off crisps: −£0.20.']),
  );
  expect(lines[1]?.text).toEqual(['Cash back: £0.10 granted apart.']);
});

it('says nothing of a promotion for others', () => {
  const everything = JSON.stringify(explained(line('a', 'CRISPS', 1)));
  expect(everything).toContain('10% off crisps');
  expect(everything).not.toContain('Staff');
});

it('has nothing to say of an empty basket', () => {
  expect(explained()).toEqual({ text: [], lines: [] });
});
