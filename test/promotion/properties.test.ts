import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PlanMemo } from '../../shared/promotion/plan/memo.ts';
import { evaluateInstance, till } from './engine.ts';
import { holds, PATIENCE, sum } from './holds.ts';
import { anyInstance, smallInstance } from './instances.ts';
import { recount, totalsOf } from './recount.ts';

describe('An evaluation, whatever the basket and the promotions,', () => {
  it('takes no less than nothing off a unit and no more than its price', PATIENCE, () => {
    holds(
      fc.property(anyInstance, (instance) => {
        const { lines, applied } = evaluateInstance(instance);
        for (const [i, { unit_discounts }] of lines.entries()) {
          const price = instance.basket[i]?.unit_price ?? 0;
          expect(unit_discounts.filter((d) => !(Number.isSafeInteger(d) && d >= 0 && d <= price))).toEqual(
            [],
          );
        }
        expect(applied.flatMap(({ units }) => units).filter(({ discount }) => discount < 0)).toEqual([]);
      }),
      1,
    );
  });

  it('leaves alone what takes no part in promotions', PATIENCE, () => {
    holds(
      fc.property(anyInstance, (instance) => {
        const barred = new Set(
          instance.basket
            .filter(({ exclude_from_promotions }) => exclude_from_promotions)
            .map(({ line_id }) => line_id),
        );
        const { applied } = evaluateInstance(instance);
        const touched = applied.flatMap(({ units }) => units.map(({ line_id }) => line_id));
        expect(touched.filter((line_id) => barred.has(line_id))).toEqual([]);
      }),
      2,
    );
  });

  it('adds up: units and promotions to lines, lines to the basket', PATIENCE, () => {
    holds(
      fc.property(anyInstance, (instance) => {
        const { lines, applied, discount_total } = evaluateInstance(instance);
        expect(lines.map(({ line_id }) => line_id)).toEqual(instance.basket.map(({ line_id }) => line_id));
        for (const [i, line] of lines.entries()) {
          expect(line.unit_discounts).toHaveLength(instance.basket[i]?.quantity ?? 0);
          expect(sum(line.unit_discounts)).toBe(line.discount);
          expect(sum(line.promotions.map(({ discount }) => discount))).toBe(line.discount);
        }
        expect(sum(lines.map(({ discount }) => discount))).toBe(discount_total);
        for (const { discount, units } of applied)
          expect(sum(units.map((unit) => unit.discount))).toBe(discount);
      }),
      3,
    );
  });

  it('comes to the same when counted again from the units of its promotions', PATIENCE, () => {
    holds(
      fc.property(anyInstance, (instance) => {
        const evaluation = evaluateInstance(instance);
        expect(recount(evaluation, instance.basket)).toEqual(totalsOf(evaluation));
      }),
      4,
    );
  });

  it('is the same a second time, also after another basket', PATIENCE, () => {
    holds(
      fc.property(anyInstance, smallInstance, (instance, { basket }) => {
        const evaluate = till(instance);
        const first = evaluate(instance.basket);
        evaluate(basket);
        expect(evaluate(instance.basket)).toEqual(first);
        expect(evaluateInstance(instance)).toEqual(first);
      }),
      5,
    );
  });

  it('is the same with what was remembered while the basket grew and shrank', PATIENCE, () => {
    holds(
      fc.property(smallInstance, (instance) => {
        const afresh = till(instance);
        const remembering = till(instance, new PlanMemo());
        const growing = instance.basket.flatMap((line, i) => {
          const before = instance.basket.slice(0, i);
          return [
            [...before, { ...line, quantity: 1 }],
            [...before, line],
          ];
        });
        for (const basket of [...growing, ...growing.toReversed()])
          expect(remembering(basket)).toEqual(afresh(basket));
      }),
      6,
    );
  });
});
