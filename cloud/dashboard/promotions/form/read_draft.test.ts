import { describe, expect, it } from 'vitest';
import { parsePromotion } from '../../../../shared/promotion/parse.ts';
import { unwrap } from '../../../../shared/result.ts';
import { promotionOf, Stored } from '../data/records.ts';
import { type Draft, type Family, newDraft, newGroup, nodeOf } from './draft.ts';
import { draftOf } from './draft_of.ts';
import { readDraft } from './read_draft.ts';

const read = (draft: Draft, currency = 'GBP') => readDraft(draft, null, 'p1', currency);
const issuesOf = (draft: Draft, currency?: string): Record<string, string> => {
  const result = read(draft, currency);
  return result.ok ? {} : Object.fromEntries(result.error.map(({ path, message }) => [path, message]));
};

/** A form of the family that is ready to be saved. */
function filled(family: Family): Draft {
  const draft = newDraft(family, 'KEY-1');
  const crisps = nodeOf('Crisps', 'c2');
  return {
    ...draft,
    discount_value: '10',
    groups: draft.groups.map((group) => ({
      ...group,
      minimum: group.minimum || '25',
      nodes: group.nodes.length > 0 ? group.nodes : [crisps],
    })),
  };
}

const FAMILIES: Family[] = [
  'easy',
  'easy_plus',
  'combo',
  'line_special',
  'basket_threshold',
  'basket_threshold_target',
  'requisite',
  'evenly_distributed',
];

describe('a form as a promotion', () => {
  it.each(FAMILIES)('a filled %s can be saved, and shows again what was typed', (family) => {
    const draft = filled(family);
    const promotion = unwrap(read(draft));
    expect(promotion.family).toBe(family);
    const stored = Stored.parse({
      ...promotion,
      store_ids: null,
      revision: 1,
      updated_at: '2025-06-01T00:00:00.000Z',
    });
    const shown = draftOf(stored, 'GBP');
    const again = unwrap(readDraft(shown, stored, 'p1', 'GBP'));
    expect(again).toEqual(promotion);
    expect(draftOf({ ...stored, ...again }, 'GBP')).toEqual(shown);
  });

  it.each(FAMILIES)('an empty %s says what is missing at its fields', (family) => {
    const issues = issuesOf(newDraft(family, 'KEY-1'));
    const isSpend = family === 'basket_threshold' || family === 'basket_threshold_target';
    if (isSpend) expect(issues['groups.0.minimum']).toBe('Write an amount.');
    else expect(issues['groups.0.nodes']).toBe('Choose at least one item or category.');
    expect(Object.values(issues).join()).not.toMatch(/expected|received|basis points/i);
  });

  it('reads money in the digits of the currency and never by fractions', () => {
    const of = (discount_value: string, currency: string) => {
      const result = read({ ...filled('easy'), discount_type: 'amount', discount_value }, currency);
      return result.ok ? result.value.discount_value : result.error.map(({ message }) => message);
    };
    expect(of('1.1', 'GBP')).toBe(110);
    expect(of(' £1.50 ', 'GBP')).toBe(150);
    expect(of('0.29', 'GBP')).toBe(29);
    expect(of('15', 'JPY')).toBe(15);
    expect(of('1.505', 'KWD')).toBe(1505);
    expect(of('1.505', 'GBP')).toEqual(['At most 2 digits after the point.']);
    expect(of('1,50', 'GBP')).toEqual(['Write the amount like 1.50.']);
    expect(of('-1', 'GBP')).toEqual(['An amount is not below zero.']);
    expect(of('', 'GBP')).toEqual(['Write an amount.']);
  });

  it('reads percentages with two decimals', () => {
    const of = (discount_value: string) => {
      const result = read({ ...filled('easy'), discount_type: 'percent', discount_value });
      return result.ok ? result.value.discount_value : result.error.map(({ message }) => message);
    };
    expect(of('12.5')).toBe(1250);
    expect(of('100')).toBe(10_000);
    expect(of('33.33 %')).toBe(3333);
    expect(of('100.01')).toEqual(['A percentage is at most 100.']);
    expect(of('1.005')).toEqual(['Write the percentage like 12.5, with two decimals at most.']);
  });

  it('leaves what it does not show as it was', () => {
    const stored = Stored.parse({
      ...unwrap(
        parsePromotion({
          id: 'p1',
          retailer_promotion_id: 'K',
          short_code: 'BuyNofGforVf',
          max_applications: 5_000,
          filters: [{ attribute: 'colour', op: 'eq', value: 'red' }],
          groups: [
            {
              name: 'odd name',
              minimum: 1,
              nodes: [{ node_id: 'A', filters: [{ attribute: 'size', op: 'gt', value: 3 }] }],
            },
          ],
        }),
      ),
      store_ids: null,
      revision: 4,
      updated_at: '2025-06-01T00:00:00.000Z',
    });
    expect(unwrap(readDraft(draftOf(stored, 'GBP'), stored, 'p1', 'GBP'))).toEqual(promotionOf(stored));
  });

  it('names the reduced group, and keeps a spend of the other one money', () => {
    const draft = filled('basket_threshold_target');
    const promotion = unwrap(read(draft));
    expect(promotion.target_group).toBe('g2');
    expect(promotion.groups.map(({ minimum }) => minimum)).toEqual([2500, 1]);
  });

  it('one of the same needs how many are reduced, and not more than are bought', () => {
    expect(unwrap(read(filled('requisite'))).target_quantity).toBe(1);
    expect(issuesOf({ ...filled('requisite'), target_quantity: '4' })).toEqual({
      target_quantity: 'From 1 to the number that is bought together.',
    });
    const two = filled('requisite');
    const other = newGroup(two.groups, [nodeOf('Juice', 'c2')]);
    expect(unwrap(read({ ...two, groups: [...two.groups, other] }))).toMatchObject({
      target_group: 'g2',
      groups: [{ name: 'g1' }, { name: 'g2' }],
    });
  });

  it('a set with own prices needs the common discount only where an item has none', () => {
    const own = { ...nodeOf('A', 'item'), discount_type: 'fixed' as const, discount_value: '2.50' };
    const draft = { ...filled('line_special'), discount_value: '' };
    const set = (nodes: Draft['groups'][number]['nodes']) => ({
      ...draft,
      groups: draft.groups.map((group) => ({ ...group, nodes })),
    });
    expect(unwrap(read(set([own]))).groups[0]?.nodes[0]).toMatchObject({ discount_value: 250 });
    expect(issuesOf(set([own, nodeOf('B', 'item')]))).toEqual({ discount_value: 'Write an amount.' });
    expect(issuesOf(set([{ ...own, discount_value: 'x' }]))).toEqual({
      'groups.0.nodes.0.discount_value': 'Write the amount like 1.50.',
    });
  });

  it('a date without a time takes in the whole day; a happy hour needs both sides', () => {
    const draft = filled('easy');
    const schedule = { ...draft.schedule, start_date: '2025-06-01', end_date: '2025-06-30' };
    expect(unwrap(read({ ...draft, schedule })).schedule).toMatchObject({
      start: '2025-06-01T00:00:00.000',
      end: '2025-06-30T23:59:59.999',
    });
    const until = (end_time: string) =>
      unwrap(read({ ...draft, schedule: { ...schedule, end_time } })).schedule.end;
    expect([until('23:59'), until('18:00')]).toEqual(['2025-06-30T23:59:59.999', '2025-06-30T18:00:00.000']);
    expect(issuesOf({ ...draft, schedule: { ...schedule, end_date: '2025-05-01' } })).toEqual({
      'schedule.end': 'The end is before the start.',
    });
    expect(
      issuesOf({ ...draft, schedule: { ...schedule, end_date: '', is_happy_hour: true } }),
    ).toHaveProperty(['schedule.end']);
  });

  it('a coupon offer names its coupon', () => {
    const draft: Draft = { ...filled('easy'), availability: 'special' };
    expect(issuesOf(draft)).toEqual({ qualifiers: 'Name at least one coupon or card.' });
    expect(issuesOf({ ...draft, qualifiers: [{ id: ' ', description: '' }] })).toEqual({
      'qualifiers.0.id': 'Write the coupon or card.',
    });
  });
});
