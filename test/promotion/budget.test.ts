import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Evaluation } from '../../shared/promotion/basket.ts';
import { evaluateInstance } from './engine.ts';
import { holds, PATIENCE } from './holds.ts';
import { anyInstance } from './instances.ts';
import type { WireInstance } from './oracle/wire.ts';
import { recount, totalsOf } from './recount.ts';
import { rivals } from './variants.ts';

const ENOUGH = 1_000_000;
const anyBudget = fc.oneof(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 31, max: 2_000 }));

const within = (instance: WireInstance, node_budget: number): Evaluation =>
  evaluateInstance({
    ...instance,
    context: { ...instance.context, settings: { ...instance.context?.settings, node_budget } },
  });

/** All that promotions grant, off the price or apart from it. */
const granted = ({ discount_total, cashback_total, tender_total }: Evaluation): number =>
  discount_total + cashback_total + tender_total;

describe('A search that may try only so many steps', () => {
  it('says "proved" only of the best plan, and else how far the best can be', PATIENCE, () => {
    holds(
      fc.property(anyInstance, anyBudget, (any, budget) => {
        const instance = rivals(any);
        const best = within(instance, ENOUGH);
        const found = within(instance, budget);
        fc.pre(best.optimality.status === 'proved');
        expect(granted(found)).toBeLessThanOrEqual(granted(best));
        if (found.optimality.status === 'proved') expect(granted(found)).toBe(granted(best));
        else {
          expect(found.optimality.upper_bound).toBeGreaterThan(granted(found));
          expect(found.optimality.upper_bound).toBeGreaterThanOrEqual(granted(best));
        }
      }),
      41,
    );
  });

  it('keeps every limit and every sum', PATIENCE, () => {
    holds(
      fc.property(anyInstance, anyBudget, (any, budget) => {
        const instance = rivals(any);
        const found = within(instance, budget);
        expect(recount(found, instance.basket)).toEqual(totalsOf(found));
        for (const { applications, max_applications } of found.applied)
          expect(applications).toBeLessThanOrEqual(max_applications);
      }),
      42,
    );
  });
});
