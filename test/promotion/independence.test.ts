import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluateInstance } from './engine.ts';
import { holds, PATIENCE } from './holds.ts';
import { anyInstance, anyOrder, smallInstance } from './instances.ts';
import type { WireInstance } from './oracle/wire.ts';
import { totalsOf } from './recount.ts';
import { alikeBySku, itemsInOneLayer, reordered, rivals, splitQuantities, withoutTies } from './variants.ts';

function granted(instance: WireInstance): [discount: number, cashback: number, tender: number] {
  const { discount_total, cashback_total, tender_total } = evaluateInstance(instance);
  return [discount_total, cashback_total, tender_total];
}

describe('What a basket gets off', () => {
  // Equal prices are taken in the order of the basket, so without them the order cannot matter, unit by unit.
  it('does not depend on the order of its lines where prices differ', PATIENCE, () => {
    holds(
      fc.property(smallInstance, anyOrder, (instance, keys) => {
        const basket = withoutTies(instance);
        expect(totalsOf(evaluateInstance(reordered(basket, keys)))).toEqual(
          totalsOf(evaluateInstance(basket)),
        );
      }),
      21,
    );
  });

  // Of lines that are alike another one may get it. A later layer may tell by what came off before; one cannot.
  it('does not depend on it in sum where lines of one price are alike', PATIENCE, () => {
    holds(
      fc.property(smallInstance, anyOrder, (instance, keys) => {
        const basket = itemsInOneLayer(alikeBySku(instance));
        expect(granted(reordered(basket, keys))).toEqual(granted(basket));
      }),
      22,
    );
  });

  // A parent of add-ons must stay a line of one unit and a weighed line is one; packs come apart pack by pack.
  it('does not depend on how a quantity is split over lines', PATIENCE, () => {
    holds(
      fc.property(anyInstance, (instance) => {
        expect(granted(splitQuantities(instance))).toEqual(granted(instance));
      }),
      23,
    );
  });
});

describe('The best plan', () => {
  it('is never worse for one more promotion to choose from', PATIENCE, () => {
    holds(
      fc.property(smallInstance, (given) => {
        const instance = rivals(given);
        const best = evaluateInstance(instance);
        const fewer = evaluateInstance({ ...instance, promotions: instance.promotions.slice(1) });
        expect([best.optimality.status, fewer.optimality.status]).toEqual(['proved', 'proved']);
        const worth = ({ discount_total, cashback_total, tender_total }: typeof best): number =>
          discount_total + cashback_total + tender_total;
        expect(worth(best)).toBeGreaterThanOrEqual(worth(fewer));
      }),
      24,
    );
  });
});
