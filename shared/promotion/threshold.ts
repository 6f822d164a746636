import { allocate } from '../money/allocate.ts';
import type { EvaluationSettings } from './basket.ts';
import type { Rule } from './compile.ts';
import { type Application, baseOf, capped, inOrder, percentOff, percentOfTotal, type Unit } from './unit.ts';

/** One discount over the recipients, and how many times the spend earned it. */
export interface ThresholdApplication extends Application {
  readonly applications: number;
}

/**
 * Family "basket threshold" (spend and save). The spend is the sum of base prices over every unit of the
 * group; the discount goes to those that still cost something and may be discounted again. Null: not earned.
 */
export function applyThreshold(
  rule: Rule,
  units: readonly Unit[],
  limit: number,
  settings: EvaluationSettings,
): ThresholdApplication | null {
  const { promotion, group } = rule;
  const isAmount = promotion.discount_type === 'amount';
  const spend = sum(units.map((unit) => baseOf(unit, rule)));
  const threshold = isAmount ? Math.max(group.minimum, promotion.discount_value) : group.minimum;
  if (spend < threshold || promotion.max_discount === 0) return null;

  const open = units.filter((unit) => unit.pay > 0 && (promotion.stackable || !unit.discounted));
  const recipients = inOrder(open, rule, 'ascending');
  const pays = recipients.map((unit) => unit.pay);
  const earned = !isAmount || threshold === 0 ? 1 : Math.min(limit, Math.floor(spend / threshold));
  // A repeat that the recipients cannot pay for is not given.
  const times =
    isAmount && promotion.discount_value > 0
      ? Math.min(earned, Math.floor(sum(pays) / promotion.discount_value))
      : earned;
  const discounts = discountsOf(rule, recipients, pays, times, settings);
  if (sum(discounts) === 0) return null;

  const whole = { shares: recipients.map((unit, i) => ({ unit, discount: discounts[i] ?? 0 })) };
  return { ...capped(whole, promotion.max_discount ?? Number.POSITIVE_INFINITY), applications: times };
}

function discountsOf(
  rule: Rule,
  recipients: readonly Unit[],
  pays: readonly number[],
  times: number,
  settings: EvaluationSettings,
): number[] {
  const { discount_type, discount_value } = rule.promotion;
  const bases = recipients.map((unit) => baseOf(unit, rule));
  const total = sum(pays);
  switch (discount_type) {
    case 'amount':
      return allocate(times * discount_value, bases, pays);
    case 'fixed': {
      if (discount_value >= total) return recipients.map(() => 0);
      const prices = allocate(discount_value, bases, pays);
      return pays.map((pay, i) => pay - (prices[i] ?? 0));
    }
    case 'percent':
      return settings.basket_percent_rounding === 'total'
        ? allocate(Math.min(total, percentOfTotal(sum(bases), rule)), bases, pays)
        : recipients.map((unit) => percentOff(unit, rule));
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}
