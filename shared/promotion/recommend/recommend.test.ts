import { describe, expect, it } from 'vitest';
import { unwrap } from '../../result.ts';
import { compile } from '../compile.ts';
import { parsePromotion } from '../parse.ts';
import { promotionsOf } from './promotions_of.ts';
import { recommend } from './recommend.ts';

const compiled = (...documents: object[]) =>
  compile(documents.map((document) => unwrap(parsePromotion(document))));
const group = (name: string, minimum: number, ...nodes: object[]) => ({ name, minimum, nodes });
const sku = (node_id: string) => ({ node_id });
const tea = { node_id: 'Tea', node_type: 'c2' as const };
const combo = (id: string, groups: object[], more: object = {}) => ({
  id,
  family: 'combo',
  discount_type: 'amount',
  discount_value: 50,
  groups,
  ...more,
});
const item = (id: string, unit_price?: number) => ({ sku: id, categories: [], unit_price });

describe('recommendations', () => {
  it('are the nodes of the other groups that lack something, the closest first', () => {
    const promotions = compiled(
      combo('far', [group('g1', 1, sku('A')), group('g2', 3, sku('B'), sku('C'))], { discount_value: 900 }),
      combo('near', [group('g1', 1, sku('A')), group('g2', 1, sku('C'), tea)]),
      combo('rich', [group('g1', 1, sku('A')), group('g2', 1, sku('D'))], { discount_value: 70 }),
      combo('other', [group('g1', 1, sku('X')), group('g2', 1, sku('Y'))]),
    );
    expect(recommend(promotions, [item('A')])).toEqual([
      {
        node_id: 'C',
        node_type: 'item',
        promotion_ids: ['far', 'near'],
        shortage: 1,
        potential_discount: 900,
      },
      { node_id: 'D', node_type: 'item', promotion_ids: ['rich'], shortage: 1, potential_discount: 70 },
      { node_id: 'Tea', node_type: 'c2', promotion_ids: ['near'], shortage: 1, potential_discount: 50 },
      { node_id: 'B', node_type: 'item', promotion_ids: ['far'], shortage: 3, potential_discount: 900 },
    ]);
    expect(recommend(promotions, [item('A')], { limit: 1 })).toHaveLength(1);
    expect(recommend(promotions, [item('A'), item('C'), item('D')]).map(({ node_id }) => node_id)).toEqual([
      'B',
      'C',
    ]);
  });

  it('leave out everything, what is excluded again, single groups and what is closed', () => {
    const excluded = { ...sku('B'), is_excluded: true };
    const end = { schedule: { end: '2025-01-01T00:00' } };
    const promotions = compiled(
      combo('all', [group('g1', 1, sku('A')), group('g2', 2, { node_id: 'ALL' }, sku('B'), excluded)]),
      combo('over', [group('g1', 1, sku('A')), group('g2', 1, sku('C'))], end),
      combo('club', [group('g1', 1, sku('A')), group('g2', 1, sku('D'))], {
        availability: 'special',
        qualifiers: [{ id: 'club' }],
      }),
      { id: 'one', groups: [group('g1', 2, sku('A'), sku('E'))] },
    );
    expect(recommend(promotions, [item('A')], { now_local: '2025-06-30T12:00:00' })).toEqual([]);
    expect(recommend(promotions, [item('A')]).map(({ node_id }) => node_id)).toEqual(['C']);
  });

  it('tell a discount that depends on prices only where they are given', () => {
    const get = compiled({
      id: 'r',
      family: 'requisite',
      discount_type: 'percent',
      discount_value: 5000,
      groups: [group('g1', 1, sku('A')), group('g2', 1, sku('Z'))],
      target_group: 'g2',
    });
    expect(recommend(get, [item('Z', 300)])).toEqual([
      { node_id: 'A', node_type: 'item', promotion_ids: ['r'], shortage: 1, potential_discount: 150 },
    ]);
    expect(recommend(get, [item('Z')])[0]).not.toHaveProperty('potential_discount');
    expect(recommend(get, [item('A', 300)])[0]).not.toHaveProperty('potential_discount');
  });

  it('count a spend as one unit until something counts towards it', () => {
    const promotions = compiled({
      id: 't',
      family: 'basket_threshold_target',
      discount_type: 'amount',
      discount_value: 40,
      groups: [group('g1', 1000, sku('A')), group('g2', 2, sku('Z'))],
      target_group: 'g2',
    });
    expect(recommend(promotions, [item('Z')]).map(({ node_id, shortage }) => [node_id, shortage])).toEqual([
      ['A', 2],
    ]);
    expect(recommend(promotions, [item('A')]).map(({ node_id, shortage }) => [node_id, shortage])).toEqual([
      ['Z', 2],
    ]);
  });
});

describe('the promotions of a node', () => {
  const promotions = compiled(
    { id: 'b', priority: 2, groups: [group('g1', 1, sku('A'), tea)] },
    {
      id: 'a',
      priority: 1,
      groups: [group('g1', 1, { node_id: 'ALL' }, { ...sku('X'), is_excluded: true })],
    },
    { id: 'off', is_active: false, groups: [group('g1', 1, sku('A'))] },
    { id: 'over', groups: [group('g1', 1, sku('A'))], schedule: { end: '2025-01-01T00:00' } },
  );
  const now_local = '2025-06-30T12:00:00';
  const of = (...nodes: Parameters<typeof promotionsOf>[1]) =>
    promotionsOf(promotions, nodes, { now_local }).map(({ id }) => id);

  it('are open, in turn, by level and value, without what is excluded', () => {
    expect(of({ node_id: 'A', node_type: 'item' })).toEqual(['a', 'b']);
    expect(of({ node_id: 'Tea', node_type: 'c2' })).toEqual(['a', 'b']);
    expect(of({ node_id: 'Tea', node_type: 'c1' })).toEqual(['a']);
    expect(of({ node_id: 'X', node_type: 'item' })).toEqual([]);
    expect(of()).toEqual([]);
    expect(promotionsOf(promotions, [{ node_id: 'A', node_type: 'item' }]).map(({ id }) => id)).toEqual([
      'a',
      'b',
      'over',
    ]);
  });
});
