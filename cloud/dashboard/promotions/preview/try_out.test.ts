import { describe, expect, it } from 'vitest';
import { Item } from '../../../../shared/catalog/item.ts';
import { parsePromotion } from '../../../../shared/promotion/parse.ts';
import type { Promotion } from '../../../../shared/promotion/schema.ts';
import { unwrap } from '../../../../shared/result.ts';
import { basketOf, contextOf, fittingLines, withItem } from './test_basket.ts';
import { indexOthers, othersTouching, tryOut } from './try_out.ts';

const item = (sku: string, category: string[], unit_price: number): Item =>
  Item.parse({
    id: `itm_00000000-0000-7000-8000-${sku.padStart(12, '0')}`,
    sku,
    name: `Item ${sku}`,
    gtins: [],
    codes: [],
    category,
    unit_price,
    tax_code: 'zero',
    sold_by: 'each',
    tagged: false,
  });
const CRISPS = item('1', ['Snacks', 'Crisps'], 150);
const JUICE = item('2', ['Drinks', 'Juice'], 200);
const GIFT = item('3', ['Drinks', 'Water'], 0);

const promotion = (fields: Record<string, unknown>): Promotion =>
  unwrap(
    parsePromotion({
      id: 'tried',
      groups: [{ name: 'g1', minimum: 3, nodes: [{ node_id: 'Crisps', node_type: 'c2' }] }],
      discount_type: 'amount',
      discount_value: 100,
      price_base: 'running',
      max_applications: 1000,
      ...fields,
    }),
  );

describe('a promotion on a test basket', () => {
  const basket = basketOf([{ item: CRISPS, quantity: 3 }], 'GBP');
  const rival = promotion({ id: 'rival', discount_value: 120, priority: 1 });

  it('is shown with and without, switched on or not', () => {
    const tried = tryOut(promotion({ is_active: false }), [], basket, {});
    expect([tried.shelf, tried.without, tried.with]).toEqual([450, 450, 350]);
    expect(tried.explain().promotions.map(({ is_applied }) => is_applied)).toEqual([true]);
  });

  it('meets the others, and never itself as it was saved', () => {
    const saved = promotion({ discount_value: 10 });
    expect(tryOut(promotion({}), [saved], basket, {}).with).toBe(350);
    const tried = tryOut(promotion({}), [rival, saved], basket, {});
    expect([tried.without, tried.with]).toEqual([330, 330]);
    expect(tried.explain().promotions.find(({ promotion_id }) => promotion_id === 'tried')?.reason).toEqual({
      code: 'already_used',
      by: ['rival'],
    });
  });

  it('gives only those others that the basket touches', () => {
    const elsewhere = promotion({
      id: 'elsewhere',
      groups: [{ name: 'g1', minimum: 1, nodes: [{ node_id: 'X' }] }],
    });
    const off = promotion({ id: 'off', is_active: false });
    expect(othersTouching(indexOthers([rival, elsewhere, off]), basket, {}).map(({ id }) => id)).toEqual([
      'rival',
    ]);
  });

  it('while the form is unfinished there is the basket with the others alone', () => {
    expect(tryOut(null, [rival], basket, {})).toMatchObject({ shelf: 450, without: 330, with: 330 });
  });

  it('obeys the time and the coupon of the test', () => {
    const schedule = { start: '2025-06-01T00:00', end: '2025-06-30T00:00' };
    const at = (now: string) => tryOut(promotion({ schedule }), [], basket, contextOf(now, '')).with;
    expect([at('2025-06-10T12:00'), at('2025-07-10T12:00'), at('')]).toEqual([350, 450, 350]);
    const coupon = promotion({ availability: 'special', qualifiers: [{ id: 'SPRING' }] });
    const bring = (code: string) => tryOut(coupon, [], basket, contextOf('', code)).with;
    expect([bring('SPRING'), bring('AUTUMN'), bring('')]).toEqual([350, 450, 450]);
  });
});

describe('the test basket', () => {
  it('counts up and down and drops what is none', () => {
    const two = withItem(withItem([], CRISPS, 1), CRISPS, 1);
    expect(two).toEqual([{ item: CRISPS, quantity: 2 }]);
    expect(withItem(two, CRISPS, -2)).toEqual([]);
    expect(withItem(two, CRISPS, 500)[0]?.quantity).toBe(99);
  });

  it.each([
    [{}],
    [{ family: 'combo', groups: [groupOf('g1', 1, 'Crisps'), groupOf('g2', 2, 'Juice')] }],
    [{ family: 'requisite', target_quantity: 1, discount_type: 'percent', discount_value: 10_000 }],
    [{ family: 'basket_threshold', groups: [groupOf('g1', 700, 'Juice')] }],
    [
      {
        family: 'basket_threshold_target',
        target_group: 'g2',
        groups: [groupOf('g1', 400, 'Crisps'), groupOf('g2', 1, 'Juice')],
      },
    ],
  ])('fills itself with what earns the offer: %j', (fields) => {
    const tried = promotion(fields);
    const lines = fittingLines(tried, [GIFT, CRISPS, JUICE]);
    const { without, with: pay } = tryOut(tried, [], basketOf(lines, 'GBP'), {});
    expect(pay).toBeLessThan(without);
  });

  it('stays empty where no known item fits', () => {
    expect(fittingLines(promotion({}), [JUICE])).toEqual([]);
    expect(fittingLines(promotion({}), [{ ...CRISPS, stock: 0 }])).toEqual([]);
  });
});

function groupOf(name: string, minimum: number, category: string) {
  return { name, minimum, nodes: [{ node_id: category, node_type: 'c2' }] };
}
