import type { PromotionBasket } from './basket.ts';
import type { Lots } from './lots.ts';
import type { Candidate } from './match.ts';
import type { Picks } from './select/picks.ts';
import type { View } from './select/view.ts';
import { sharesOf, type Taken } from './shares.ts';
import type { Threshold } from './threshold.ts';
import { basesOf, DISCOUNTED, LOCKED, percentOf, TRIGGER, type Units } from './units.ts';

/** What one promotion did in the basket, in the order of its units. */
export interface Entry {
  readonly candidate: Candidate;
  applications: number;
  discount: number;
  readonly units: number[];
  readonly discounts: number[];
  readonly roles: number[];
  readonly application: number[];
}

/** Applies promotions to the units and remembers what each did. */
export class Ledger {
  readonly entries: Entry[] = [];
  private readonly units: Units;
  private readonly open = new Map<Candidate, Entry>();
  /** Add-on lines by the line that they belong to. */
  private readonly addons: ReadonlyMap<number, readonly number[]>;

  constructor(basket: PromotionBasket, units: Units) {
    this.units = units;
    this.addons = addonsOf(basket);
  }

  /** Takes the picked units; `lots` holds each unit by itself. */
  commitItems(candidate: Candidate, view: View, lots: Lots, picks: Picks): void {
    const entry = this.entryOf(candidate);
    let at = 0;
    for (let a = 0; a < picks.applications; a++) {
      const taken: Taken & { units: number[] } = { units: [], base: [], pay: [], worth: [], targets: 0 };
      for (; at < (picks.ends[a] ?? 0); at++) {
        const lot = picks.runs[at] ?? 0;
        lots.free[lot] = 0;
        taken.units.push(lots.firstUnit[lot] ?? 0);
        taken.base.push(view.base[lot] ?? 0);
        taken.pay.push(lots.pay[lot] ?? 0);
        taken.worth.push(picks.worth[at] ?? 0);
        if (picks.roles[at] === 0) taken.targets++;
      }
      const shares = sharesOf(view, taken, picks.discounts[a] ?? 0, picks.uncapped[a] ?? 0);
      for (let i = 0; i < taken.units.length; i++) {
        const unit = taken.units[i] ?? 0;
        this.commit(entry, unit, shares[i] ?? 0, i < taken.targets ? 0 : 1, entry.applications);
        if (i < taken.targets) this.passToAddons(entry, unit, shares[i] ?? 0);
      }
      entry.applications++;
    }
  }

  commitThreshold(candidate: Candidate, { units, applications }: Threshold): void {
    const entry = this.entryOf(candidate);
    for (const { unit, discount, application } of units)
      if (discount > 0) this.commit(entry, unit, discount, 0, application);
    entry.applications += applications;
  }

  private entryOf(candidate: Candidate): Entry {
    const known = this.open.get(candidate);
    if (known !== undefined) return known;
    const entry: Entry = {
      candidate,
      applications: 0,
      discount: 0,
      units: [],
      discounts: [],
      roles: [],
      application: [],
    };
    this.open.set(candidate, entry);
    this.entries.push(entry);
    return entry;
  }

  private commit(entry: Entry, unit: number, discount: number, role: 0 | 1, application: number): void {
    const { pay, state } = this.units;
    const { promotion, stage, exclusive } = entry.candidate.rule;
    // Cashback and tender are granted apart: the price stays.
    if (promotion.applies_as === 'discount' || promotion.applies_as === 'poslog_exclusion') {
      pay[unit] = (pay[unit] ?? 0) - discount;
    }
    let bits = state[unit] ?? 0;
    if (discount > 0) bits |= DISCOUNTED;
    if (role === 1) bits |= TRIGGER;
    if (exclusive && (stage === 'items' || stage === 'best_items')) bits |= LOCKED;
    state[unit] = bits;
    entry.discount += discount;
    entry.units.push(unit);
    entry.discounts.push(discount);
    entry.roles.push(role);
    entry.application.push(application);
  }

  /** A percentage off a unit is a percentage off its add-ons too, beyond any cap of the promotion. */
  private passToAddons(entry: Entry, parent: number, discount: number): void {
    if (this.addons.size === 0 || discount === 0) return;
    const { rule } = entry.candidate;
    const { promotion } = rule;
    if (rule.family !== 'easy' || promotion.discount_type !== 'percent' || !promotion.include_addons) return;
    const base = basesOf(this.units, promotion);
    for (const line of this.addons.get(this.units.line[parent] ?? -1) ?? []) {
      for (let unit = this.units.start[line] ?? 0; unit < (this.units.start[line + 1] ?? 0); unit++) {
        const own = Math.min(this.units.pay[unit] ?? 0, percentOf(base[unit] ?? 0, promotion.discount_value));
        if (own > 0) this.commit(entry, unit, own, 0, entry.applications);
      }
    }
  }
}

function addonsOf({ lines }: PromotionBasket): Map<number, number[]> {
  const addons = new Map<number, number[]>();
  if (lines.every((line) => line.parent_line_id === undefined)) return addons;
  const places = new Map(lines.map((line, at) => [line.line_id, at]));
  for (const [at, { parent_line_id }] of lines.entries()) {
    const parent = parent_line_id === undefined ? undefined : places.get(parent_line_id);
    if (parent !== undefined) addons.set(parent, [...(addons.get(parent) ?? []), at]);
  }
  return addons;
}
