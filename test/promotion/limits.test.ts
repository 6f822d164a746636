import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AppliedPromotion } from '../../shared/promotion/basket.ts';
import { evaluateInstance } from './engine.ts';
import { holds, PATIENCE, sum } from './holds.ts';
import { anyInstance } from './instances.ts';
import { eligibleRules } from './oracle/eligible.ts';
import type { Rule } from './oracle/rule.ts';
import type { WireInstance } from './oracle/wire.ts';

/** What each promotion that applied may do, after the limits and overrides that the basket brings along. */
function withTerms(instance: WireInstance): { applied: AppliedPromotion; rule: Rule }[] {
  const rules = new Map(eligibleRules(instance).map((rule) => [rule.id, rule]));
  return evaluateInstance(instance).applied.map((applied) => {
    const rule = rules.get(applied.promotion_id);
    if (!rule) throw new Error(`${applied.promotion_id} may not apply to this basket`);
    return { applied, rule };
  });
}

const isItem = ({ family }: Rule): boolean => family !== 'b' && family !== 't';

/** Of an item promotion without those of add-ons, which follow their parent unasked. */
function ownUnits(
  instance: WireInstance,
  rule: Rule,
  { units }: AppliedPromotion,
): AppliedPromotion['units'] {
  const addons = new Set(
    instance.basket
      .filter(({ parent_line_id }) => parent_line_id !== undefined)
      .map(({ line_id }) => line_id),
  );
  return isItem(rule) ? units.filter(({ line_id }) => !addons.has(line_id)) : units;
}

/** How many units one entry of a line stands for: those of its pack. */
const unitsInEach = ({ basket }: WireInstance): ReadonlyMap<string, number> =>
  new Map(basket.map(({ line_id, pack_size }) => [line_id, pack_size ?? 1]));

const times = (counts: Map<string, number>, key: string): number => {
  const count = (counts.get(key) ?? 0) + 1;
  counts.set(key, count);
  return count;
};

describe('A promotion', () => {
  it('gives no more than its max_discount, add-ons apart', PATIENCE, () => {
    holds(
      fc.property(anyInstance, (instance) => {
        for (const { applied, rule } of withTerms(instance)) {
          const given = sum(ownUnits(instance, rule, applied).map(({ discount }) => discount));
          expect(given).toBeLessThanOrEqual(rule.max_discount ?? Number.POSITIVE_INFINITY);
        }
      }),
      11,
    );
  });

  it('applies no more often than its limit, and says so', PATIENCE, () => {
    holds(
      fc.property(anyInstance, (instance) => {
        for (const { applied, rule } of withTerms(instance)) {
          expect(applied.applications).toBeGreaterThanOrEqual(1);
          expect(applied.applications).toBeLessThanOrEqual(rule.family === 'p' ? 1 : rule.limit);
          expect(applied.max_applications).toBe(rule.limit);
          const seen = new Set(ownUnits(instance, rule, applied).map(({ application }) => application));
          for (const application of seen) expect(application).toBeLessThan(applied.applications);
          if (isItem(rule)) expect(seen.size).toBe(applied.applications);
        }
      }),
      12,
    );
  });
});

describe('A unit', () => {
  it('serves one item promotion a layer, in one application and role', PATIENCE, () => {
    holds(
      fc.property(anyInstance, (instance) => {
        const each = unitsInEach(instance);
        const used = new Map<string, number>();
        for (const { applied, rule } of withTerms(instance).filter(({ rule }) => isItem(rule)))
          for (const { line_id, unit_index } of applied.units)
            expect(times(used, `${rule.layer} ${line_id} ${unit_index}`)).toBeLessThanOrEqual(
              each.get(line_id) ?? 0,
            );
      }),
      13,
    );
  });

  it('is closed to later layers once an exclusive item promotion took it', PATIENCE, () => {
    holds(
      fc.property(anyInstance, (instance) => {
        const each = unitsInEach(instance);
        const closed = new Map<string, number>();
        const later = withTerms(instance)
          .filter(({ rule }) => isItem(rule))
          .toSorted((a, b) => a.rule.layer - b.rule.layer);
        for (const { applied, rule } of later) {
          const own = ownUnits(instance, rule, applied).map(
            ({ line_id, unit_index }) => [line_id, `${line_id} ${unit_index}`] as const,
          );
          // A pack is closed once all of its units are.
          for (const [line_id, key] of own) expect(closed.get(key) ?? 0).toBeLessThan(each.get(line_id) ?? 0);
          if (rule.exclusive) for (const [, key] of own) times(closed, key);
        }
      }),
      14,
    );
  });
});
