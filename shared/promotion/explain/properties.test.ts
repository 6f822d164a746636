import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compile } from '../compile.ts';
import { evaluate } from '../evaluate.ts';
import { match } from '../match.ts';
import { type Instance, instances, PROPERTY_TIMEOUT_MS, RUNS } from './baskets.fixture.ts';
import { explain } from './explain.ts';
import type { Reason } from './explanation.ts';
import { explanationText, promotionText, reasonText } from './text.ts';

const GBP = { currency: 'GBP' };

function explained({ promotions, basket, context }: Instance) {
  const compiled = compile(promotions);
  const evaluation = evaluate(compiled, basket, context);
  return {
    compiled,
    evaluation,
    explanation: explain(compiled, basket, context, evaluation),
    candidates: match(compiled, basket, context, 'all'),
  };
}

describe('an explanation', () => {
  it(
    'gives every promotion that touches a unit either a part in it or a reason',
    () => {
      fc.assert(
        fc.property(instances, (instance) => {
          const { explanation, candidates } = explained(instance);
          for (const [at, line] of instance.basket.lines.entries()) {
            const touching = candidates.filter(({ lines }) => lines.some((own) => own.includes(at)));
            const units = explanation.lines[at]?.units ?? [];
            let next = 0;
            for (const { from, count, taken, passed } of units) {
              expect(from).toBe(next);
              next += count;
              const told = [
                ...new Set(taken.map((one) => one.promotion_id)),
                ...passed.map((one) => one.promotion_id),
              ];
              // A percentage off a unit reaches its add-ons, which no group matches.
              const own =
                line.parent_line_id === undefined ? told : told.filter((id) => touching.some(isCalled(id)));
              expect([...own].sort()).toEqual(touching.map(({ rule }) => rule.promotion.id).sort());
            }
            expect(next).toBe(line.quantity);
          }
        }),
        RUNS,
      );
    },
    PROPERTY_TIMEOUT_MS,
  );

  it(
    'adds up to the evaluation',
    () => {
      fc.assert(
        fc.property(instances, (instance) => {
          const { explanation, evaluation } = explained(instance);
          const byPromotion = new Map<string, number>();
          for (const [at, { line_id, units }] of explanation.lines.entries()) {
            const discounts: number[] = [];
            for (const { count, discount, taken } of units) {
              for (let i = 0; i < count; i++) discounts.push(discount);
              let off = 0;
              for (const one of taken) {
                byPromotion.set(
                  one.promotion_id,
                  (byPromotion.get(one.promotion_id) ?? 0) + count * one.discount,
                );
                if (one.applies_as === 'discount') off += one.discount;
              }
              expect(off).toBe(discount);
            }
            expect({ line_id, discounts }).toEqual({
              line_id: evaluation.lines[at]?.line_id,
              discounts: evaluation.lines[at]?.unit_discounts,
            });
          }
          for (const { promotion_id, discount, applications, is_applied, reason } of explanation.promotions) {
            const applied = evaluation.applied.find((one) => one.promotion_id === promotion_id);
            expect(discount).toBe(byPromotion.get(promotion_id) ?? 0);
            expect([is_applied, reason === null, discount, applications]).toEqual([
              applied !== undefined,
              applied !== undefined,
              applied?.discount ?? 0,
              applied?.applications ?? 0,
            ]);
          }
        }),
        RUNS,
      );
    },
    PROPERTY_TIMEOUT_MS,
  );

  it(
    'says what each promotion would save alone',
    () => {
      fc.assert(
        fc.property(instances, (instance) => {
          const { explanation } = explained(instance);
          for (const { promotion_id, would_save } of explanation.promotions) {
            const promotion = instance.promotions.find(({ id }) => id === promotion_id);
            if (promotion === undefined || promotion.availability === 'special') continue;
            const { settings } = instance.context;
            const alone = evaluate(compile([promotion]), instance.basket, { settings });
            expect(would_save).toBe(alone.discount_total + alone.cashback_total + alone.tender_total);
          }
        }),
        RUNS,
      );
    },
    PROPERTY_TIMEOUT_MS,
  );

  it(
    'names who was in the way, and numbers that fit',
    () => {
      fc.assert(
        fc.property(instances, (instance) => {
          const { explanation, evaluation } = explained(instance);
          const applied = evaluation.applied.map((one) => one.promotion_id);
          const check = (id: string, reason: Reason) => {
            if ('by' in reason) {
              if (reason.code !== 'no_gain' && reason.code !== 'cannot_carry')
                expect(reason.by).not.toEqual([]);
              expect(reason.by).not.toContain(id);
              expect(applied).toEqual(expect.arrayContaining(reason.by));
            }
            if ('would_save' in reason) {
              const saved = evaluation.applied
                .filter((one) => reason.by.includes(one.promotion_id))
                .reduce((sum, { discount }) => sum + discount, 0);
              expect(reason.saved).toBe(saved);
              expect(reason.would_save).toBeGreaterThan(0);
            }
            if ('missing' in reason) {
              expect(reason.missing).toBeGreaterThan(0);
              const have = 'spent' in reason ? reason.spent : reason.present;
              expect(have + reason.missing).toBe(reason.required);
            }
            if (reason.code === 'remainder') expect(reason.left).toBeGreaterThan(0);
          };
          for (const { promotion_id, reason } of explanation.promotions)
            if (reason !== null) check(promotion_id, reason);
          for (const { units } of explanation.lines)
            for (const { passed } of units)
              for (const { promotion_id, reason } of passed) check(promotion_id, reason);
        }),
        RUNS,
      );
    },
    PROPERTY_TIMEOUT_MS,
  );

  it(
    'is the same twice and can be told',
    () => {
      fc.assert(
        fc.property(instances, (instance) => {
          const { explanation, compiled, evaluation } = explained(instance);
          expect(explain(compiled, instance.basket, instance.context, evaluation)).toEqual(explanation);
          const texts = [
            ...explanationText(explanation, GBP),
            ...explanation.promotions.map((one) => promotionText(one, explanation, GBP)),
            ...explanation.promotions.flatMap((one) =>
              explanation.lines.flatMap(({ units }) =>
                units.flatMap(({ passed }) =>
                  passed.map(({ reason }) => reasonText(one, reason, explanation, GBP)),
                ),
              ),
            ),
          ];
          for (const text of texts) expect(text).toMatch(/^[^\s].*\.$/);
          expect(texts.join(' ')).not.toMatch(/undefined|null|NaN|\bp\d\b(?<!Offer p\d)/);
        }),
        RUNS,
      );
    },
    PROPERTY_TIMEOUT_MS,
  );
});

function isCalled(id: string) {
  return ({ rule }: { rule: { promotion: { id: string } } }) => rule.promotion.id === id;
}
