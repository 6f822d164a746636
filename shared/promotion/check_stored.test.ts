import { describe, expect, it } from 'vitest';
import { unwrap } from '../result.ts';
import { checkForStorage } from './check_stored.ts';
import { parsePromotion } from './parse.ts';

const found = (more: object) =>
  checkForStorage(
    unwrap(
      parsePromotion({
        id: 'p',
        retailer_promotion_id: 'P-1',
        groups: [{ name: 'g1', minimum: 1, nodes: [{ node_id: 'A' }] }],
        ...more,
      }),
    ),
  ).map(({ path, code }) => [path, code]);

describe('what is stored', () => {
  it('has a key of the retailer', () => {
    expect(found({})).toEqual([]);
    expect(found({ retailer_promotion_id: undefined })).toEqual([['retailer_promotion_id', 'missing_key']]);
    expect(found({ retailer_promotion_id: ' ' })).toEqual([['retailer_promotion_id', 'missing_key']]);
  });

  it('includes something in each group', () => {
    const out = [{ node_id: 'A', is_excluded: true }];
    const groups = [
      { name: 'g1', minimum: 1, nodes: [{ node_id: 'A' }] },
      { name: 'g2', minimum: 1, nodes: out },
    ];
    expect(found({ family: 'combo', groups })).toEqual([['groups.1.nodes', 'no_including_node']]);
  });

  it('leaves what is merely odd to the linter', () => {
    const odd = { family: 'basket_threshold', discount_on: 'unit', selection: 'highest_first' };
    expect(found(odd)).toEqual([]);
  });
});
