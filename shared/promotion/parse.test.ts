import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unwrap } from '../result.ts';
import { parsePromotion } from './parse.ts';

const group = { name: 'g1', qty_or_value_min: 1, promo_group_nodes: [{ node_id: 'TEA' }] };
const least = { id: 'P1', family: 'e', promo_groups: [group] };

function issues(document: unknown): string[] {
  const parsed = parsePromotion(document);
  return parsed.ok ? [] : parsed.error.issues.map((issue) => issue.path);
}

describe('parsePromotion', () => {
  it('gives every absent field its default', () => {
    expect(unwrap(parsePromotion(least))).toMatchObject({
      id: 'P1',
      family: 'easy',
      criteria: 'priority',
      layer: 1,
      discount_type: 'percent',
      discount_value: 0,
      discount_on: 'set',
      price_base: 'mrp',
      max_applications: 1,
      selection: 'lowest_first',
      is_active: true,
      availability: 'all',
      stackable: true,
      applies_as: 'discount',
      include_addons: true,
      distribution: 'by_price',
      schedule: { active_days: [true, true, true, true, true, true, true], is_happy_hour: false },
      groups: [
        { name: 'g1', minimum: 1, nodes: [{ node_id: 'TEA', node_type: 'item', is_excluded: false }] },
      ],
    });
  });

  it('reads documented names and letter codes', () => {
    const documented = {
      ksuid: 'P2',
      promo_id_retailer: 'R-2',
      family: 'm',
      evaluate_criteria: 'b',
      evaluate_priority: 4,
      discount_type: 'v',
      discount_type_strategy: 'e',
      discount_value: 250,
      discount_value_on: 'f',
      max_application_limit: 3,
      active_days: '1111100',
      start_date_time: '2025-06-01T17:00',
      end_date_time: '2025-06-30T19:00:00',
      is_happy_hour: true,
      discounted_group_item_selection_criteria: 'x',
      requisite_groups_item_selection_criteria: 'lc',
      target_discounted_group_name: null,
      target_discounted_group_qty_min: 1,
      layer: 2,
      discount_apply_type: 'p',
      availability: 's',
      apply_on_discounted_items: false,
      max_discount: 900,
      special_promo_info: [{ group_qualifier_id: 'gold' }],
      extra_data: { evenly_distributed_multiline_discount_split_type: 'e' },
      promo_groups: [
        {
          name: 'g1',
          qty_or_value_min: 3,
          qty_or_value_max: null,
          promo_group_nodes: [{ node_id: 'Tea', node_type: 'c2' }],
        },
      ],
      some_retailers_own_field: 1,
    };
    expect(unwrap(parsePromotion(documented))).toEqual({
      id: 'P2',
      retailer_promotion_id: 'R-2',
      title: '',
      description: '',
      family: 'evenly_distributed',
      criteria: 'best_discount',
      priority: 4,
      discount_type: 'amount',
      discount_on: 'unit',
      discount_value: 250,
      price_base: 'running',
      max_applications: 3,
      schedule: {
        active_days: [true, true, true, true, true, false, false],
        start: '2025-06-01T17:00:00.000',
        end: '2025-06-30T19:00:00.000',
        is_happy_hour: true,
      },
      selection: 'lowest_of_each_set',
      trigger_selection: 'lowest_of_highest',
      target_quantity: 1,
      layer: 2,
      applies_as: 'poslog_exclusion',
      availability: 'special',
      stackable: false,
      max_discount: 900,
      qualifiers: [{ id: 'gold', description: '' }],
      include_addons: true,
      distribution: 'equal',
      threshold_excludes_targets: false,
      is_active: true,
      groups: [{ name: 'g1', minimum: 3, nodes: [{ node_id: 'Tea', node_type: 'c2', is_excluded: false }] }],
    });
  });

  it('reads what it has written', () => {
    const once = unwrap(
      parsePromotion({ ...least, start_date_time: '2025-06-01T17:00:00', active_days: '1010101' }),
    );
    expect(unwrap(parsePromotion(JSON.parse(JSON.stringify(once))))).toEqual(once);
  });

  it.each([
    ['12.50', 1250],
    ['10', 1000],
    ['0.5', 50],
    ['100', 10_000],
  ])('reads %s percent as %i basis points', (text, basisPoints) => {
    expect(unwrap(parsePromotion({ ...least, discount_value: text })).discount_value).toBe(basisPoints);
  });

  it.each([
    ['discount_value', { discount_value: '12.505' }],
    ['discount_value', { discount_value: 10_001 }],
    ['discount_value', { discount_value: -1 }],
    ['discount_value', { discount_type: 'v', discount_value: 1.5 }],
    ['discount_type', { discount_type: 'z' }],
    ['family', { family: 'q' }],
    ['layer', { layer: 0 }],
    ['max_applications', { max_application_limit: 0 }],
    ['groups', { family: 'c' }],
    ['groups', { promo_groups: [] }],
    ['groups', { promo_groups: [group, { ...group, name: 'g2' }] }],
    ['groups', { family: 'l', promo_groups: [group, group] }],
    ['groups.0.minimum', { promo_groups: [{ ...group, qty_or_value_min: 0 }] }],
    ['groups.0.maximum', { promo_groups: [{ ...group, qty_or_value_max: 4 }] }],
    [
      'groups.0.maximum',
      { family: 'p', promo_groups: [{ ...group, qty_or_value_min: 3, qty_or_value_max: 2 }] },
    ],
    [
      'groups.0.nodes.0',
      { promo_groups: [{ ...group, promo_group_nodes: [{ node_id: 'A', discount_type: 'p' }] }] },
    ],
    [
      'target_group',
      { family: 't', promo_groups: [group, { ...group, name: 'g2' }], target_discounted_group_name: 'g3' },
    ],
    ['target_quantity', { family: 'r', target_discounted_group_qty_min: 2 }],
    ['target_quantity', { family: 'r' }],
    ['qualifiers', { availability: 's' }],
    ['schedule.start', { start_date_time: '2025-02-30T10:00:00' }],
    ['schedule.start', { start_date_time: '2025-02-03T10:00:00Z' }],
    ['schedule.end', { start_date_time: '2025-02-03T10:00:00', end_date_time: '2025-02-03T09:59:59' }],
    ['schedule.active_days', { active_days: '111111' }],
    ['id', { id: '' }],
  ])('refuses a bad %s: %j', (path, change) => {
    expect(issues({ ...least, ...change })).toContain(path);
  });

  it('lets a spend threshold be zero and a requisite be all target', () => {
    const free = { ...group, qty_or_value_min: 0 };
    expect(issues({ ...least, family: 'b', promo_groups: [free] })).toEqual([]);
    const target = { ...group, name: 'g2' };
    expect(
      issues({ ...least, family: 't', promo_groups: [free, target], target_discounted_group_name: 'g2' }),
    ).toEqual([]);
    expect(issues({ ...least, family: 'r', target_discounted_group_qty_min: 1 })).toEqual([]);
  });

  it('answers anything with a value, never with an exception', () => {
    const nasty = fc.constantFrom(
      'constructor',
      '__proto__',
      'toString',
      'groups',
      'promo_groups',
      'active_days',
      'extra_data',
      'schedule',
    );
    const json = fc.oneof(fc.jsonValue(), fc.dictionary(nasty, fc.jsonValue()));
    fc.assert(
      fc.property(json, (document) => {
        const parsed = parsePromotion(document);
        expect(parsed.ok || parsed.error.issues.length > 0).toBe(true);
      }),
      { numRuns: 500, seed: 3 },
    );
  });
});
