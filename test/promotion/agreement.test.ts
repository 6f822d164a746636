import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluateInstance } from './engine.ts';
import { EXAMPLES } from './examples.ts';
import { holds, PATIENCE, sum } from './holds.ts';
import { oneOf } from './instances/chance.ts';
import { smallInstance } from './instances.ts';
import { judge } from './oracle/oracle.ts';
import type { WireInstance } from './oracle/wire.ts';
import { totalsOf } from './recount.ts';
import { rivals } from './variants.ts';

/** Judges baskets of one kind, and makes sure that they were small enough to judge and good enough to tell. */
function agrees(
  instances: fc.Arbitrary<WireInstance>,
  compare: (instance: WireInstance, verdict: NonNullable<ReturnType<typeof judge>>) => void,
  seed: number,
): void {
  let judged = 0;
  let refused = 0;
  let discounted = 0;
  holds(
    fc.property(instances, (instance) => {
      const verdict = judge(instance);
      if (!verdict) {
        refused++;
        return;
      }
      judged++;
      if (verdict.total_discount + verdict.cashback_total + verdict.tender_total > 0) discounted++;
      compare(instance, verdict);
    }),
    seed,
  );
  expect(refused).toBeLessThan(judged / 100);
  expect(discounted).toBeGreaterThan(judged / 2);
}

describe('The engine and the oracle agree', () => {
  it.each(EXAMPLES)('that $title', ({ instance, unit_discounts }) => {
    expect(judge(instance)?.unit_discounts).toEqual(unit_discounts);
    expect(totalsOf(evaluateInstance(instance)).unit_discounts).toEqual(unit_discounts);
  });

  it('unit by unit', PATIENCE, () => {
    agrees(
      smallInstance,
      (instance, { best: _, ...expected }) => {
        const evaluation = evaluateInstance(instance);
        expect(totalsOf(evaluation)).toEqual(expected);
        expect(evaluation.optimality).toEqual({ status: 'proved' });
      },
      31,
    );
  });

  it('on what the best plan gives, with how many units and applications', PATIENCE, () => {
    agrees(
      smallInstance.map(rivals),
      (instance, { best }) => {
        const { applied } = evaluateInstance(instance);
        expect({
          discount: sum(applied.map(({ discount }) => discount)),
          units: sum(applied.map(({ units }) => units.length)),
          applications: sum(applied.map(({ applications }) => applications)),
        }).toEqual({
          discount: sum(best.map(({ discount }) => discount)),
          units: sum(best.map(({ units }) => units)),
          applications: sum(best.map(({ applications }) => applications)),
        });
      },
      32,
    );
  });

  it('on how good a plan may be at best, however early the search ends', PATIENCE, () => {
    agrees(
      fc.tuple(smallInstance, oneOf(0, 1, 5, 20, 100, 500)).map(([instance, node_budget]) => {
        const { context, ...rest } = rivals(instance);
        return { ...rest, context: { ...context, settings: { ...context?.settings, node_budget } } };
      }),
      (instance, verdict) => {
        const { applied, optimality } = evaluateInstance(instance);
        const found = sum(applied.map(({ discount }) => discount));
        const best = sum(verdict.best.map(({ discount }) => discount));
        const bound = optimality.status === 'proved' ? found : optimality.upper_bound;
        expect(found).toBeLessThanOrEqual(best);
        expect(best).toBeLessThanOrEqual(bound);
      },
      33,
    );
  });
});
