import { describe, expect, it } from 'vitest';
import { unwrap } from '../../result.ts';
import { parsePromotion } from '../parse.ts';
import type { Promotion } from '../schema.ts';
import { sentence } from './sentence.ts';

const group = (minimum: number, ...nodes: (string | [string, string] | Record<string, unknown>)[]) => ({
  minimum,
  nodes: nodes.map((node) =>
    typeof node === 'string'
      ? { node_id: node }
      : Array.isArray(node)
        ? { node_type: node[0], node_id: node[1] }
        : node,
  ),
});
const CRISPS: [string, string] = ['c2', 'Crisps'];
const DRINKS: [string, string] = ['c2', 'Fizzy Drinks'];
const HOUSEHOLD: [string, string] = ['c1', 'Household'];

function promotion(fields: Record<string, unknown>, ...groups: ReturnType<typeof group>[]): Promotion {
  const named = groups.map((one, i) => ({ name: `g${i + 1}`, ...one }));
  return unwrap(parsePromotion({ id: 'p', groups: named, ...fields }));
}
const NAMES = new Map([
  ['K1', 'Kettle'],
  ['T1', 'Toaster'],
]);
const told = (fields: Record<string, unknown>, ...groups: ReturnType<typeof group>[]): string =>
  sentence(promotion(fields, ...groups), { currency: 'GBP', nameOf: (sku) => NAMES.get(sku) });

const PERCENT = (discount_value: number) => ({ discount_type: 'percent', discount_value });
const AMOUNT = (discount_value: number) => ({ discount_type: 'amount', discount_value });
const FIXED = (discount_value: number) => ({ discount_type: 'fixed', discount_value });

describe('the sentence of a promotion', () => {
  it.each([
    ['20% off tea & coffee', PERCENT(2000), group(1, ['c1', 'Tea & Coffee'])],
    ['12.5% off crisps', PERCENT(1250), group(1, CRISPS)],
    ['Half price on crisps', PERCENT(5000), group(1, CRISPS)],
    ['Crisps free', PERCENT(10000), group(1, CRISPS)],
    ['£1.50 off Kettle', AMOUNT(150), group(1, 'K1')],
    ['Crisps for £2 each', FIXED(200), group(1, CRISPS)],
    ['Kettle for £15', FIXED(1500), group(1, 'K1')],
    ['10% off everything', PERCENT(1000), group(1, 'ALL')],
    ['Any 3 crisps, £1 off', AMOUNT(100), group(3, CRISPS)],
    ['Any 3 crisps, £1 off each', { ...AMOUNT(100), discount_on: 'unit' }, group(3, CRISPS)],
    ['Any 2 ready meals for £7', FIXED(700), group(2, ['c2', 'Ready Meals'])],
    ['Any 3 items, 10% off', PERCENT(1000), group(3, 'ALL')],
    ['3 Kettle for £40', FIXED(4000), group(3, 'K1')],
    ['Any 3 crisps or fizzy drinks, 10% off', PERCENT(1000), group(3, CRISPS, DRINKS)],
    ['Any 4 Kettle or Toaster, free', PERCENT(10000), group(4, 'K1', 'T1')],
    ['Any 3 of 2 chosen items for £5', FIXED(500), group(3, 'X', 'Y')],
    [
      'Any 3 items but crisps, 10% off',
      PERCENT(1000),
      group(3, 'ALL', { node_type: 'c2', node_id: 'Crisps', is_excluded: true }),
    ],
  ])('%s', (text, fields, own) => {
    expect(told(fields, own)).toBe(text);
  });

  it.each([
    ['4 or more crisps, 10% off', PERCENT(1000), group(4, CRISPS)],
    ['3 or more crisps at 3 for £5', FIXED(500), group(3, CRISPS)],
    ['3 or more crisps for £2 each', { ...FIXED(200), discount_on: 'unit' }, group(3, CRISPS)],
    ['3 or more crisps, £1 off every 3', AMOUNT(100), group(3, CRISPS)],
    [
      '3 to 9 crisps, £1 off each',
      { ...AMOUNT(100), discount_on: 'unit' },
      { ...group(3, CRISPS), maximum: 9 },
    ],
  ])('quantity break: %s', (text, fields, own) => {
    expect(told({ ...fields, family: 'easy_plus' }, own)).toBe(text);
  });

  it('meal deals', () => {
    const deal = { family: 'combo', ...FIXED(500) };
    const sandwich = group(1, ['c2', 'Sandwiches']);
    expect(told(deal, sandwich, group(1, CRISPS), group(1, DRINKS))).toBe(
      'One each of sandwiches, crisps and fizzy drinks for £5',
    );
    expect(told(deal, group(2, ['c2', 'Pizza']), group(1, DRINKS))).toBe(
      '2 pizza and one from fizzy drinks for £5',
    );
    expect(told({ family: 'combo', ...AMOUNT(50), discount_on: 'unit' }, sandwich, group(1, CRISPS))).toBe(
      'One each of sandwiches and crisps, £0.50 off each',
    );
  });

  it('sets whose parts have prices of their own', () => {
    const own = (node_id: string, reward: object) => ({ node_id, ...reward });
    expect(
      told({ family: 'line_special' }, group(1, own('K1', FIXED(1500))), group(1, own('T1', PERCENT(2000)))),
    ).toBe('Bought together: Kettle for £15; Toaster 20% off');
    expect(told({ family: 'line_special', ...AMOUNT(200) }, group(1, 'K1', own('T1', FIXED(900))))).toBe(
      'Kettle £2 off; Toaster for £9',
    );
    const many = ['A', 'B', 'C', 'D', 'E'].map((sku) => own(sku, FIXED(100)));
    expect(told({ family: 'line_special' }, group(1, ...many))).toBe(
      'Item A for £1; item B for £1; item C for £1; others at their own prices',
    );
  });

  it.each([
    ['3 for 2 on crisps', PERCENT(10000), 1],
    ['3 for 1 on crisps', PERCENT(10000), 2],
    ['3 for 2 on crisps, the dearest free', { ...PERCENT(10000), selection: 'highest_first' }, 1],
    ['Any 3 crisps, the cheapest half price', PERCENT(5000), 1],
    ['Any 3 crisps, 20% off the cheapest 2', PERCENT(2000), 2],
    ['Any 3 crisps, the cheapest for £0.50', FIXED(50), 1],
    ['Any 3 crisps, the cheapest £0.50 off', AMOUNT(50), 1],
    ['Any 3 crisps, 20% off', PERCENT(2000), 3],
  ])('buy some, get some of the same: %s', (text, fields, target_quantity) => {
    expect(told({ family: 'requisite', target_quantity, ...fields }, group(3, CRISPS))).toBe(text);
  });

  it('buy one thing, get another', () => {
    const both = [group(2, CRISPS), group(1, DRINKS)] as const;
    const buy = (fields: object) => told({ family: 'requisite', target_group: 'g2', ...fields }, ...both);
    expect(buy(PERCENT(10000))).toBe('Buy 2 crisps, get one from fizzy drinks free');
    expect(buy(PERCENT(1000))).toBe('Buy 2 crisps, get one from fizzy drinks with 10% off');
    expect(buy(FIXED(50))).toBe('Buy 2 crisps, get one from fizzy drinks for £0.50');
    expect(buy({ ...PERCENT(10000), family: 'evenly_distributed' })).toBe(
      'Buy 2 crisps, get one from fizzy drinks free, the saving spread over all of them',
    );
  });

  it.each([
    ['Spend £25 on household, save £4', AMOUNT(400), 2500],
    ['Spend £25 on household, get 10% off', PERCENT(1000), 2500],
    ['Spend £25 on household, pay £20 in all', FIXED(2000), 2500],
    ['Save £4 for every £25 spent on household', { ...AMOUNT(400), max_applications: 5 }, 2500],
    ['£4 off household', AMOUNT(400), 0],
  ])('spend and save: %s', (text, fields, minimum) => {
    expect(told({ family: 'basket_threshold', ...fields }, group(minimum, HOUSEHOLD))).toBe(text);
  });

  it('spend on anything', () => {
    expect(told({ family: 'basket_threshold', ...AMOUNT(400) }, group(2500, 'ALL'))).toBe(
      'Spend £25, save £4',
    );
    expect(told({ family: 'basket_threshold', ...PERCENT(1000) }, group(0, 'ALL'))).toBe(
      '10% off the whole basket',
    );
  });

  it('spend and get', () => {
    const fields = { family: 'basket_threshold_target', target_group: 'g2', ...PERCENT(10000) };
    expect(told(fields, group(3000, 'ALL'), group(1, 'T1'))).toBe('Spend £30, get Toaster free');
  });

  it('uses the digits of the currency', () => {
    const any = promotion(FIXED(1500), group(2, CRISPS));
    expect(sentence(any, { currency: 'JPY' })).toBe('Any 2 crisps for ¥1,500');
    expect(sentence(any, { currency: 'KWD' })).toBe('Any 2 crisps for KWD 1.500');
  });

  it('names an item of which nothing is known by its SKU', () => {
    expect(sentence(promotion(PERCENT(1000), group(1, 'X9')), { currency: 'GBP' })).toBe('10% off item X9');
  });
});
