import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unwrap } from '../result.ts';
import type { PromotionLine } from './basket.ts';
import { compile } from './compile.ts';
import { evaluate } from './evaluate.ts';
import { instances, PROPERTY_TIMEOUT_MS, RUNS } from './explain/baskets.fixture.ts';
import { lint } from './lint.ts';
import { parsePromotion } from './parse.ts';

const sku = (node_id: string, more: object = {}) => ({ node_id, ...more });
const group = (name: string, minimum: number, ...nodes: object[]) => ({ name, minimum, nodes });
const read = (more: object, id = 'p') =>
  unwrap(parsePromotion({ id, discount_value: 1000, groups: [group('g1', 2, sku('A'), sku('B'))], ...more }));
const found = (more: object, now_local?: string) =>
  lint([read(more)], { now_local }).map(({ code, path }) => [code, path]);
const line = (id: string, quantity: number, unit_price: number): PromotionLine => ({
  line_id: id,
  sku: id,
  quantity,
  unit_price,
  categories: [],
});
const saves = (more: object, ...lines: PromotionLine[]) =>
  evaluate(compile([read(more)]), { currency: 'GBP', lines }).discount_total;

const twoGroups = {
  groups: [group('g1', 1, sku('A'), sku('B')), group('g2', 1, sku('C'))],
  target_group: 'g2',
};
const spend = {
  family: 'basket_threshold',
  layer: 100,
  price_base: 'running',
  groups: [group('g1', 500, sku('A'))],
};

describe('an ordinary promotion', () => {
  it.each([
    ['easy', {}],
    ['easy for a price', { discount_type: 'fixed', discount_value: 0 }],
    ['combo', { family: 'combo', groups: [group('g1', 1, sku('A')), group('g2', 1, sku('B'))] }],
    [
      'cheapest free',
      { family: 'requisite', target_quantity: 1, discount_value: 10_000, selection: 'lowest_of_highest' },
    ],
    ['spend and save', spend],
    ['quantity break', { family: 'easy_plus' }],
    [
      'own prices',
      {
        family: 'line_special',
        discount_value: 0,
        groups: [group('g1', 1, sku('A', { discount_type: 'fixed', discount_value: 5 }))],
      },
    ],
  ])('%s has no findings', (_, more) => {
    expect(found(more)).toEqual([]);
  });
});

describe('the order of selection', () => {
  it('says where a word means another', () => {
    expect(found({ selection: 'lowest_of_highest' })).toEqual([['order_like_lowest_first', 'selection']]);
    expect(found({ selection: 'lowest_of_each_set' })).toEqual([['order_like_highest_first', 'selection']]);
    const dear = line('A', 2, 300);
    const cheap = line('B', 2, 100);
    expect(saves({ selection: 'lowest_of_highest' }, dear, cheap)).toBe(20);
    expect(saves({ selection: 'lowest_of_each_set' }, dear, cheap)).toBe(60);
  });

  it('tells the real order of the items to buy', () => {
    const buy = { family: 'requisite', ...twoGroups };
    expect(found(buy)).toEqual([['trigger_order_reversed', 'trigger_selection']]);
    expect(lint([read(buy)])[0]?.message).toContain('dearest first');
    expect(lint([read({ ...buy, trigger_selection: 'highest_first' })])[0]?.message).toContain(
      'cheapest first',
    );
    const one = { groups: [group('g1', 1, sku('A')), group('g2', 1, sku('C'))] };
    expect(found({ ...buy, ...one })).toEqual([]);
    const lines = [line('B', 1, 100), line('A', 1, 300), line('C', 1, 50)];
    const { applied } = evaluate(compile([read(buy)]), { currency: 'GBP', lines });
    expect(applied[0]?.units.find(({ role }) => role === 'trigger')?.line_id).toBe('A');
  });
});

describe('thresholds', () => {
  it('run late, as a whole, and at the price that they say', () => {
    expect(found({ ...spend, layer: 1 })).toEqual([['layer_raised', 'layer']]);
    expect(found({ ...spend, price_base: 'mrp' })).toEqual([['spend_at_list_price', 'price_base']]);
    expect(found({ ...spend, discount_type: 'amount', discount_value: 10, discount_on: 'unit' })).toEqual([
      ['whole_set', 'discount_on'],
    ]);
    expect(found({ ...spend, discount_type: 'amount', discount_value: 501 })).toEqual([
      ['threshold_raised', 'groups.0.minimum'],
    ]);
    expect(found({ ...spend, selection: 'highest_first' })).toEqual([['field_ignored', 'selection']]);
    expect(found({ ...spend, exclusive: true })).toEqual([['field_ignored', 'exclusive']]);
    expect(found({ ...spend, max_applications: 3 })).toEqual([['limit_ignored', 'max_applications']]);
    expect(found({ ...spend, discount_type: 'amount', discount_value: 10, max_applications: 3 })).toEqual([]);
  });
});

describe('families', () => {
  it('a quantity break grows with the quantity and knows no limit', () => {
    const rate = { family: 'easy_plus', discount_type: 'amount', discount_value: 100 };
    expect(found(rate)).toEqual([['scales_with_quantity', 'discount_value']]);
    expect(found({ ...rate, groups: [{ ...group('g1', 2, sku('A')), maximum: 2 }] })).toEqual([]);
    expect(saves(rate, line('A', 3, 500))).toBe(150);
    const percent = { family: 'easy_plus', max_applications: 2 };
    expect(found(percent)).toEqual([['limit_ignored', 'max_applications']]);
    expect(saves(percent, line('A', 9, 100))).toBe(90);
  });

  it('all target runs as easy', () => {
    expect(found({ family: 'requisite', target_quantity: 2 })).toEqual([['runs_as_easy', 'target_quantity']]);
    expect(found({ family: 'requisite', target_quantity: 1 })).toEqual([]);
  });

  it.each([
    [[group('g1', 1, sku('A')), group('g2', 1, sku('B'), sku('A'))], 'groups.1.nodes', 'A '],
    [[group('g1', 1, sku('ALL')), group('g2', 1, sku('B'))], 'groups.1.nodes', 'B '],
    [[group('g1', 1, sku('B')), group('g2', 1, sku('ALL'))], 'groups.1.nodes', 'Everything '],
  ])('overlapping groups of a set', (groups, path, name) => {
    const [finding, ...others] = lint([read({ family: 'combo', groups })]);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ code: 'groups_overlap', path });
    expect(finding?.message.startsWith(name)).toBe(true);
  });

  it('an item and a category of one name are two things', () => {
    const groups = [group('g1', 1, sku('A')), group('g2', 1, sku('A', { node_type: 'c1' }))];
    expect(found({ family: 'combo', groups })).toEqual([]);
  });

  it.each([
    [{ trigger_selection: 'highest_first' }, 'trigger_selection'],
    [{ distribution: 'equal' }, 'distribution'],
    [{ threshold_excludes_targets: true }, 'threshold_excludes_targets'],
    [{ target_quantity: 1 }, 'target_quantity'],
    [{ target_group: 'g9' }, 'target_group'],
    [
      { groups: [group('g1', 1, sku('A'), sku('B', { discount_type: 'fixed', discount_value: 1 }))] },
      'groups.0.nodes.1',
    ],
  ])('fields that change nothing: %j', (more, path) => {
    expect(found(more)).toEqual([['field_ignored', path]]);
  });

  it('names of groups that differ in case alone', () => {
    expect(found({ target_group: 'G1' })).toEqual([['target_group_case', 'target_group']]);
    const groups = [group('g1', 1, sku('A')), group('G1', 1, sku('C'))];
    expect(found({ family: 'requisite', groups, target_group: 'G1' })).toEqual([
      ['group_names_alike', 'groups'],
    ]);
  });
});

describe('values and audience', () => {
  it('large discounts on all of a set', () => {
    expect(found({ discount_value: 5001 })).toEqual([['large_discount', 'discount_value']]);
    expect(found({ discount_value: 5000 })).toEqual([]);
    const own = sku('A', { discount_type: 'percent', discount_value: 9000 });
    expect(found({ family: 'line_special', groups: [group('g1', 1, own)] })).toEqual([
      ['large_discount', 'groups.0.nodes.0.discount_value'],
    ]);
  });

  it('codes that are not needed, or that have no end', () => {
    const qualifiers = [{ id: 'club' }];
    expect(found({ qualifiers })).toEqual([['open_to_everybody', 'availability']]);
    const special = { qualifiers, availability: 'special', max_applications: 100 };
    expect(found(special)).toEqual([['special_without_limit', 'max_applications']]);
    expect(found({ ...special, max_applications: 99 })).toEqual([]);
    expect(found({ ...special, max_discount: 500 })).toEqual([]);
  });
});

describe('what never applies', () => {
  it('takes nothing off', () => {
    const never = [['no_discount', 'discount_value']];
    expect(found({ discount_value: 0 })).toEqual(never);
    expect(found({ discount_type: 'amount', discount_value: 0 })).toEqual(never);
    expect(found({ family: 'line_special', discount_value: 0 })).toEqual(never);
    expect(found({ max_discount: 0 })).toEqual([['no_cap_left', 'max_discount']]);
  });

  it('is never open', () => {
    const days = (...open: number[]) => [0, 1, 2, 3, 4, 5, 6].map((day) => open.includes(day));
    const schedule = (given: object) => found({ schedule: given });
    expect(schedule({ active_days: days() })).toEqual([['no_day', 'schedule.active_days']]);
    // 30 June 2025 is a Monday.
    const twoDays = { start: '2025-06-30T00:00', end: '2025-07-01T23:59' };
    expect(schedule({ ...twoDays, active_days: days(2, 3, 4, 5, 6) })).toEqual([
      ['no_day', 'schedule.active_days'],
    ]);
    expect(schedule({ ...twoDays, active_days: days(1) })).toEqual([]);
    const happy = { is_happy_hour: true, start: '2025-06-30T18:00' };
    expect(schedule({ ...happy, end: '2025-07-30T18:00' })).toEqual([['no_time', 'schedule.end']]);
    expect(schedule({ ...happy, end: '2025-07-30T18:01' })).toEqual([]);
  });

  it('has ended', () => {
    const at = (now: string, more: object = {}) =>
      found({ schedule: { start: '2025-06-01T22:00', end: '2025-06-30T02:00', ...more } }, now);
    expect(at('2025-06-30T02:00')).toEqual([]);
    expect(at('2025-06-30T02:01')).toEqual([['ended', 'schedule.end']]);
    // The window of the last day closes after midnight.
    expect(at('2025-07-01T01:00', { is_happy_hour: true })).toEqual([]);
    expect(at('2025-07-01T02:01', { is_happy_hour: true })).toEqual([['ended', 'schedule.end']]);
    expect(found({ schedule: { end: '2020-01-01T00:00' } })).toEqual([]);
  });

  it('selects nothing', () => {
    const out = (id: string, more: object = {}) => sku(id, { is_excluded: true, ...more });
    const nodes = (...own: object[]) => found({ groups: [group('g1', 1, ...own)] });
    expect(nodes(sku('A'), out('A'))).toEqual([['selects_nothing', 'groups.0.nodes']]);
    expect(nodes(sku('A'), out('ALL'))).toEqual([['selects_nothing', 'groups.0.nodes']]);
    expect(nodes(out('A'))).toEqual([['selects_nothing', 'groups.0.nodes']]);
    expect(nodes(sku('A'), sku('B'), out('A'))).toEqual([]);
    expect(nodes(sku('ALL'), out('A'))).toEqual([]);
    const filters = [{ attribute: 'a', op: 'eq', value: 1 }];
    expect(nodes(sku('A'), out('A', { filters }))).toEqual([]);
  });

  it(
    'really never applies',
    () => {
      const never = new Set(['no_discount', 'no_cap_left', 'no_day', 'selects_nothing']);
      let checked = 0;
      fc.assert(
        fc.property(instances, ({ promotions, basket, context }) => {
          for (const finding of lint(promotions)) {
            if (!never.has(finding.code)) continue;
            checked++;
            const { applied } = evaluate(compile(promotions), basket, {
              ...context,
              settings: { ...context.settings, zero_discount: 'drop' },
            });
            expect(applied.map((one) => one.promotion_id)).not.toContain(finding.promotion_id);
          }
        }),
        RUNS,
      );
      expect(checked).toBeGreaterThan(RUNS.numRuns / 10);
    },
    PROPERTY_TIMEOUT_MS,
  );
});

describe('beside others', () => {
  const codes = (...promotions: ReturnType<typeof read>[]) =>
    lint(promotions).map(({ promotion_id, code }) => [promotion_id, code]);
  const swapped = { groups: [group('g1', 2, sku('B'), sku('A'))] };

  it('finds twins that meet', () => {
    const twin = [['b', 'duplicate']];
    expect(codes(read({}, 'a'), read(swapped, 'b'))).toEqual(twin);
    expect(lint([read({ title: 'Tea' }, 'a'), read(swapped, 'b')])[0]?.message).toMatch(/^"Tea" has/);
    expect(codes(read({}, 'a'), read({ ...swapped, layer: 2 }, 'b'))).toEqual([]);
    expect(codes(read({}, 'a'), read({ ...swapped, is_active: false }, 'b'))).toEqual([]);
    expect(codes(read({}, 'a'), read({ groups: [group('g1', 3, sku('A'), sku('B'))] }, 'b'))).toEqual([]);
    const june = { schedule: { start: '2025-06-01T00:00', end: '2025-06-30T12:00' } };
    const from = (start: string, more: object = {}) => ({ schedule: { start, ...more } });
    expect(codes(read(june, 'a'), read(from('2025-06-30T12:00'), 'b'))).toEqual(twin);
    expect(codes(read(june, 'a'), read(from('2025-06-30T12:01'), 'b'))).toEqual([]);
    expect(codes(read(from('2025-06-30T12:00'), 'a'), read(june, 'b'))).toEqual(twin);
    expect(codes(read(from('2025-06-30T12:01'), 'a'), read(june, 'b'))).toEqual([]);
    expect(codes(read(june, 'a'), read(from('2025-06-30T12:01', { is_happy_hour: true }), 'b'))).toEqual(
      twin,
    );
    const club = (id: string) => ({ availability: 'special', qualifiers: [{ id }] });
    expect(codes(read(club('x'), 'a'), read(club('x'), 'b'))).toEqual(twin);
    expect(codes(read(club('x'), 'a'), read(club('y'), 'b'))).toEqual([]);
    expect(codes(read({}, 'a'), read(club('y'), 'b'))).toEqual([]);
  });

  it('says when the best price closes later layers', () => {
    const best = (more: object = {}) => read({ criteria: 'best_discount', ...more }, 'a');
    const later = read({ layer: 2, groups: [group('g1', 1, sku('Z'))] }, 'b');
    expect(codes(best(), later)).toEqual([['a', 'closes_later_layers']]);
    expect(codes(best({ exclusive: false }), later)).toEqual([]);
    expect(codes(best())).toEqual([]);
    expect(codes(best(), read({ ...spend, groups: [group('g1', 1, sku('Z'))] }, 'b'))).toEqual([]);
  });
});
