import { applicationsOf } from './apply.ts';
import { sum } from './arithmetic.ts';
import { bestPlan } from './best_plan.ts';
import { eligibleRules } from './eligible.ts';
import { type Application, percentOff, totalOf, type Ways } from './reward.ts';
import { byPriority, isBasketFamily, type Rule, runsAsEasy } from './rule.ts';
import { belongs, type Unit, unitsOf } from './unit.ts';
import type { WireInstance, WireLine } from './wire.ts';

/** What a basket comes to. Amounts in minor units. */
export interface Verdict {
  /** By line; one entry a unit, or a pack. Cashback and tender are apart. */
  unit_discounts: Record<string, number[]>;
  total_discount: number;
  cashback_total: number;
  tender_total: number;
  /** Sorted. */
  applied_promotion_ids: string[];
  /** What the competing item promotions of each layer come to at best, without the share of add-ons. */
  best: { layer: number; discount: number; units: number; applications: number }[];
}

/**
 * Evaluates a basket by the rules as they stand, one after the other and without any short cut: the
 * measure for the engine, good for small baskets. Null: the search for the best plan would be too large.
 */
export function judge(instance: WireInstance): Verdict | null {
  const settings = instance.context?.settings ?? {};
  const ways: Ways = {
    residual: settings.residual ?? 'spread',
    percent_of_total: settings.basket_percent_rounding === 'total',
    records_zero: settings.zero_discount === 'record',
  };
  const units = unitsOf(instance.basket);
  const rules = eligibleRules(instance)
    .filter(({ groups }) => groups.some((group) => units.some((unit) => belongs(group, unit))))
    .toSorted(byPriority);
  const till = new Till(units);
  const best: Verdict['best'] = [];
  for (const layer of [...new Set(rules.map((rule) => rule.layer))].toSorted((a, b) => a - b)) {
    const here = rules.filter((rule) => rule.layer === layer);
    const items = here.filter((rule) => !isBasketFamily(rule));
    const baskets = here.filter(isBasketFamily);

    const used = new Set<Unit>();
    const closed = new Set(units.filter(({ locked }) => locked));
    const visibleTo = (rule: Rule): Unit[] =>
      units.filter(
        (unit) =>
          unit.line.parent_line_id === undefined &&
          !closed.has(unit) &&
          !used.has(unit) &&
          (rule.stacks || !unit.discounted),
      );
    const take = (rule: Rule, applications: readonly Application[]): void => {
      for (const { uses } of applications) for (const { unit } of uses) used.add(unit);
      till.commit(rule, applications);
    };

    const competing = items.filter(({ criteria }) => criteria === 'b');
    const plan = bestPlan(competing, visibleTo, { ...ways, records_zero: false });
    if (!plan) return null;
    if (competing.length > 0)
      best.push({ layer, discount: plan.discount, units: plan.units, applications: plan.applications });
    for (const step of plan.steps) take(step.rule, step.applications);

    for (const rule of items.filter(({ criteria }) => criteria === 'p'))
      take(rule, applicationsOf(rule, visibleTo(rule), rule.limit, ways));

    const only_one = settings.one_basket_promo_per_layer === true;
    const winner = largest(
      baskets
        .filter(({ criteria }) => criteria === 'b')
        .map((rule) => ({ rule, applications: applicationsOf(rule, units, rule.limit, ways) })),
    );
    if (winner) till.commit(winner.rule, winner.applications);
    let applied = winner !== null;
    for (const rule of baskets.filter(({ criteria }) => criteria === 'p')) {
      if (applied && only_one) break;
      const applications = applicationsOf(rule, units, rule.limit, ways);
      till.commit(rule, applications);
      applied ||= applications.length > 0;
    }
  }
  return { ...till.close(instance.basket), best };
}

interface Candidate {
  rule: Rule;
  applications: Application[];
}

/** Of those that apply at all the one that gives most, the first among equals. */
function largest(candidates: readonly Candidate[]): Candidate | null {
  const total = ({ applications }: Candidate): number => sum(applications.map(totalOf));
  return candidates
    .filter(({ applications }) => applications.length > 0)
    .reduce<Candidate | null>((best, one) => (best && total(best) >= total(one) ? best : one), null);
}

/** Writes applications to the units and keeps the totals. */
class Till {
  private readonly off = new Map<Unit, number>();
  private readonly applied = new Set<string>();
  private cashback = 0;
  private tender = 0;
  private readonly units: readonly Unit[];

  constructor(units: readonly Unit[]) {
    this.units = units;
  }

  commit(rule: Rule, applications: readonly Application[]): void {
    for (const { uses } of applications) {
      this.applied.add(rule.id);
      for (const { unit, discount, role } of uses) {
        if (role === 'trigger') unit.trigger = true;
        if (rule.exclusive && !isBasketFamily(rule)) unit.locked = true;
        this.give(rule, unit, discount);
        if (discount > 0) this.giveAddons(rule, unit);
      }
    }
  }

  /** Cashback and tender leave the price as it is. */
  private give(rule: Rule, unit: Unit, discount: number): void {
    if (discount > 0) unit.discounted = true;
    if (rule.applies_as === 'c') this.cashback += discount;
    else if (rule.applies_as === 't') this.tender += discount;
    else {
      unit.pay -= discount;
      this.off.set(unit, (this.off.get(unit) ?? 0) + discount);
    }
  }

  /** A percentage of a plain multi-buy goes for what was added to the unit as well. */
  private giveAddons(rule: Rule, parent: Unit): void {
    if (!runsAsEasy(rule) || rule.type !== 'p' || !rule.include_addons) return;
    for (const unit of this.units)
      if (unit.line.parent_line_id === parent.line.line_id && !unit.line.exclude_from_promotions)
        this.give(rule, unit, percentOff(rule, unit));
  }

  close(lines: readonly WireLine[]): Omit<Verdict, 'best'> {
    const unit_discounts: Record<string, number[]> = {};
    for (const { line_id, quantity } of lines) unit_discounts[line_id] = Array(quantity).fill(0);
    for (const [unit, discount] of this.off) {
      const row = unit_discounts[unit.line.line_id] ?? [];
      row[unit.reported_as] = (row[unit.reported_as] ?? 0) + discount;
    }
    return {
      unit_discounts,
      total_discount: sum(Object.values(unit_discounts).flat()),
      cashback_total: this.cashback,
      tender_total: this.tender,
      applied_promotion_ids: [...this.applied].toSorted(),
    };
  }
}
