import type { EvaluationSettings } from './basket.ts';
import type { Candidate } from './match.ts';
import type { Rule } from './rule.ts';
import { setDiscount } from './select/picks.ts';
import type { Split } from './split.ts';
import { basesOf, DISCOUNTED, percentOf, TRIGGER, type Units, unitDiscount } from './units.ts';

/** What a threshold gives, in the order of its units. */
export interface Threshold {
  readonly applications: number;
  readonly discount: number;
  readonly units: readonly { unit: number; discount: number; application: number }[];
}

/** What is the same for every threshold of an evaluation. */
export interface ThresholdTurn {
  readonly units: Units;
  readonly settings: EvaluationSettings;
  readonly split: Split;
  /** The smallest discount that counts: 0 where promotions that come to nothing are recorded. */
  readonly least: 0 | 1;
}

/** The discount of a basket promotion on running prices; null: it was not earned or comes to nothing. */
export function applyThreshold(candidate: Candidate, turn: ThresholdTurn): Threshold | null {
  return candidate.rule.promotion.family === 'basket_threshold'
    ? spendAndSave(candidate, turn)
    : spendAndGet(candidate, turn);
}

/**
 * Basket threshold: the spend is the sum of base prices over every unit of the group, and the discount goes to
 * those that still cost something and may be discounted again.
 */
function spendAndSave({ rule, limit, lines }: Candidate, turn: ThresholdTurn): Threshold | null {
  const { units, split, settings, least } = turn;
  const { promotion, groups } = rule;
  const { discount_type, discount_value: value, max_discount } = promotion;
  const base = basesOf(units, promotion);
  const members = unitsIn(units, lines[0]);
  const spend = sumOf(members, base);
  const minimum = groups[0]?.minimum ?? 0;
  const threshold = discount_type === 'amount' ? Math.max(minimum, value) : minimum;
  if (spend < threshold) return null;

  const recipients = inOrder(open(members, turn, promotion.stackable), base, 1);
  const pays = recipients.map((unit) => units.pay[unit] ?? 0);
  const weights = recipients.map((unit) => base[unit] ?? 0);
  const total = pays.reduce((a, b) => a + b, 0);
  let applications = 1;
  let shares: number[];
  if (discount_type === 'amount') {
    const earned = threshold === 0 ? 1 : Math.min(limit, Math.floor(spend / threshold));
    // A repeat that the recipients cannot pay for is not given.
    applications = value === 0 ? earned : Math.min(earned, Math.floor(total / value));
    shares = split(applications * value, weights, pays);
  } else if (discount_type === 'fixed') {
    const prices = value < total ? split(value, weights, pays) : pays;
    shares = pays.map((pay, i) => pay - (prices[i] ?? 0));
  } else if (settings.basket_percent_rounding === 'total') {
    const whole = Math.min(total, percentOf(sumOf(recipients, base), value));
    shares = split(whole, weights, pays);
  } else {
    shares = pays.map((pay, i) => Math.min(pay, percentOf(weights[i] ?? 0, value)));
  }
  let discount = shares.reduce((a, b) => a + b, 0);
  if (max_discount !== undefined && discount > max_discount) {
    shares = split(max_discount, shares, shares);
    discount = max_discount;
  }
  if (discount < least || applications === 0) return null;
  return {
    applications,
    discount,
    units: recipients.map((unit, i) => ({ unit, discount: shares[i] ?? 0, application: 0 })),
  };
}

/**
 * Basket threshold with target (spend and get): every time the spend of one group reaches the threshold, a set
 * of the other group is discounted, its units alike. What is spent on the targets counts, unless it says not.
 */
function spendAndGet({ rule, limit, lines }: Candidate, turn: ThresholdTurn): Threshold | null {
  const { units, least } = turn;
  const { promotion, groups } = rule;
  const base = basesOf(units, promotion);
  const targetUnits = unitsIn(units, lines[rule.targetGroup]);
  let spenders = unitsIn(units, lines[rule.triggerGroup]);
  if (promotion.threshold_excludes_targets) {
    const own = new Set(targetUnits);
    spenders = spenders.filter((unit) => !own.has(unit));
  }
  const threshold = groups[rule.triggerGroup]?.minimum ?? 0;
  const spend = sumOf(spenders, base);
  if (spend < threshold) return null;
  const earned = threshold === 0 ? limit : Math.min(limit, Math.floor(spend / threshold));

  const carriers = targetCarriers(rule, open(targetUnits, turn, promotion.stackable), units, base);
  const found: { unit: number; discount: number; application: number }[] = [];
  let applications = 0;
  let room = promotion.max_discount ?? Number.POSITIVE_INFINITY;
  for (let at = 0; at + rule.targets <= carriers.length && applications < earned; at += rule.targets) {
    const set = carriers.slice(at, at + rule.targets);
    const sum = set.reduce((a, { worth }) => a + worth, 0);
    const whole = setDiscount(rule.kind, promotion.discount_value, sum, least);
    if (whole < 0) continue;
    if (room === 0 && whole > 0) break;
    const discount = Math.min(whole, room);
    const shares = equalShares(rule, set, units, whole, discount, turn.split);
    for (const [i, { unit }] of set.entries())
      found.push({ unit, discount: shares[i] ?? 0, application: applications });
    room -= discount;
    applications++;
  }
  if (applications === 0) return null;
  return { applications, discount: found.reduce((a, { discount }) => a + discount, 0), units: found };
}

interface Carrier {
  unit: number;
  worth: number;
}

function targetCarriers(rule: Rule, open: number[], units: Units, base: readonly number[]): Carrier[] {
  const { selection } = rule.promotion;
  const descending = selection === 'highest_first' || selection === 'lowest_of_each_set';
  return inOrder(open, base, descending ? -1 : 1).flatMap((unit) => {
    const pay = units.pay[unit] ?? 0;
    const worth =
      rule.kind === 'each'
        ? unitDiscount(rule.promotion, base[unit] ?? 0, pay, units.weight[unit] ?? 0)
        : pay;
    return worth < 0 ? [] : [{ unit, worth }];
  });
}

function equalShares(
  { kind, promotion }: Rule,
  set: readonly Carrier[],
  units: Units,
  whole: number,
  discount: number,
  split: Split,
): number[] {
  const pays = set.map(({ unit }) => units.pay[unit] ?? 0);
  const equal = pays.map(() => 1);
  const shares =
    kind === 'each'
      ? set.map(({ worth }) => worth)
      : kind === 'amount'
        ? split(promotion.discount_value, equal, pays)
        : split(promotion.discount_value, equal, pays).map((price, i) => (pays[i] ?? 0) - price);
  return discount < whole ? split(discount, shares, shares) : shares;
}

function unitsIn({ start }: Units, lines: readonly number[] = []): number[] {
  const found: number[] = [];
  for (const line of lines) {
    for (let unit = start[line] ?? 0; unit < (start[line + 1] ?? 0); unit++) found.push(unit);
  }
  return found;
}

/** Those that cost something and, for a promotion that does not stack, that no earlier one has touched. */
function open(members: readonly number[], { units }: ThresholdTurn, stackable: boolean): number[] {
  const closed = stackable ? 0 : DISCOUNTED | TRIGGER;
  return members.filter((unit) => (units.pay[unit] ?? 0) > 0 && ((units.state[unit] ?? 0) & closed) === 0);
}

function inOrder(members: number[], base: readonly number[], sign: 1 | -1): number[] {
  return members.sort((a, b) => sign * ((base[a] ?? 0) - (base[b] ?? 0)) || a - b);
}

function sumOf(members: readonly number[], values: readonly number[]): number {
  let sum = 0;
  for (const unit of members) sum += values[unit] ?? 0;
  return sum;
}
