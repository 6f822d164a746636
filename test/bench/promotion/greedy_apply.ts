import type { PromotionLine } from '../../../shared/promotion/basket.ts';
import type { Promotion } from '../../../shared/promotion/schema.ts';
import type { Touched } from './touch.ts';
import { baseOf, unitSaving } from './unit_saving.ts';

/** A promotion of the benchmark's retail mix with its lines in the order in which it takes them. */
export interface Offer {
  readonly promotion: Promotion;
  readonly groups: readonly (readonly number[])[];
}

export function offerOf({ promotion, members }: Touched, lines: readonly PromotionLine[]): Offer {
  const groups = members.map((own, g) => {
    const sign = isDescending(promotion, g) ? -1 : 1;
    const base = (line: number) => {
      const found = lines[line];
      return found === undefined ? 0 : baseOf(promotion, found);
    };
    return [...own].sort((a, b) => sign * (base(a) - base(b)) || a - b);
  });
  return { promotion, groups };
}

function isDescending({ selection, family, groups, target_group }: Promotion, g: number): boolean {
  if (family === 'requisite' && groups.length === 1) return selection !== 'lowest_first';
  const isTrigger = family === 'requisite' && groups[g]?.name !== target_group;
  // Of the triggers the dear ones go first where the cheap ones would be discounted.
  return isTrigger || selection === 'highest_first' || selection === 'lowest_of_each_set';
}

/** Applies a promotion as often as it can to the free units of each line and takes them; answers what it saves. */
export function greedyApply(offer: Offer, free: number[], lines: readonly PromotionLine[]): number {
  const { family, max_discount = Number.MAX_SAFE_INTEGER } = offer.promotion;
  return family === 'requisite'
    ? applyRequisite(offer, free, lines, max_discount)
    : applySets(offer, free, lines, max_discount);
}

/** N-for and combos: set after set. One that would not save anything is passed over. */
function applySets(
  { promotion, groups }: Offer,
  free: number[],
  lines: readonly PromotionLine[],
  most: number,
): number {
  const at = groups.map(() => 0);
  // What this promotion has looked at: passed over is not used.
  const seen = [...free];
  let saved = 0;
  for (let applied = 0; applied < promotion.max_applications && saved < most; ) {
    const set: number[] = [];
    for (let g = 0; g < groups.length; g++) {
      const own = groups[g] ?? [];
      for (let need = promotion.groups[g]?.minimum ?? 0; need > 0; ) {
        const line = own[at[g] ?? 0];
        if (line === undefined) return saved;
        if ((seen[line] ?? 0) === 0 || !canCarry(promotion, lines[line])) {
          at[g] = (at[g] ?? 0) + 1;
          continue;
        }
        seen[line] = (seen[line] ?? 0) - 1;
        set.push(line);
        need--;
      }
    }
    const own = setSaving(promotion, set, lines);
    if (own <= 0) continue;
    for (const line of set) free[line] = (free[line] ?? 0) - 1;
    saved = Math.min(most, saved + own);
    applied++;
  }
  return saved;
}

function canCarry({ discount_on, discount_type }: Promotion, line: PromotionLine | undefined): boolean {
  if (discount_on === 'unit' && discount_type !== 'percent')
    throw new Error('the workload has no amount or price for each unit');
  return line !== undefined && line.unit_price > 0;
}

function setSaving(promotion: Promotion, set: readonly number[], lines: readonly PromotionLine[]): number {
  const { discount_type, discount_value } = promotion;
  const sum = (of: (line: PromotionLine) => number) =>
    set.reduce((total, line) => {
      const found = lines[line];
      return found === undefined ? total : total + of(found);
    }, 0);
  if (discount_type === 'percent') return sum((line) => unitSaving(promotion, line));
  const price = sum(({ unit_price }) => unit_price);
  if (discount_type === 'fixed') return price - discount_value;
  return discount_value <= price ? discount_value : 0;
}

/** The most applications that fit, chosen together; those beyond the cap are not made. */
function applyRequisite(
  { promotion, groups }: Offer,
  free: number[],
  lines: readonly PromotionLine[],
  most: number,
): number {
  const units = groups.map((own) => own.flatMap((line) => Array<number>(free[line] ?? 0).fill(line)));
  const sets =
    promotion.groups.length === 1 ? oneGroupSets(promotion, units) : twoGroupSets(promotion, units);
  let saved = 0;
  for (const { targets, triggers } of sets) {
    const own = setSaving(promotion, targets, lines);
    if (own <= 0) continue;
    if (saved >= most) break;
    saved = Math.min(most, saved + own);
    for (const line of [...targets, ...triggers]) free[line] = (free[line] ?? 0) - 1;
  }
  return saved;
}

interface RequisiteSet {
  targets: number[];
  triggers: number[];
}

function oneGroupSets(promotion: Promotion, [units = []]: readonly number[][]): RequisiteSet[] {
  const { selection, target_quantity = 1, max_applications } = promotion;
  const size = promotion.groups[0]?.minimum ?? 1;
  const k = Math.min(max_applications, Math.floor(units.length / size));
  const block = units.slice(0, k * size);
  if (selection === 'lowest_of_each_set') {
    return Array.from({ length: k }, (_, j) => {
      const set = block.slice(j * size, (j + 1) * size);
      return { targets: set.slice(size - target_quantity), triggers: set.slice(0, size - target_quantity) };
    });
  }
  const cheapestFirst = selection === 'lowest_of_highest' ? block.reverse() : block;
  return setsOf(
    k,
    cheapestFirst.slice(0, k * target_quantity),
    target_quantity,
    cheapestFirst.slice(k * target_quantity),
    size - target_quantity,
  );
}

function twoGroupSets(promotion: Promotion, units: readonly number[][]): RequisiteSet[] {
  const target = promotion.groups[0]?.name === promotion.target_group ? 0 : 1;
  const [targets = [], triggers = []] = [units[target], units[1 - target]];
  const d = promotion.groups[target]?.minimum ?? 1;
  const q = promotion.groups[1 - target]?.minimum ?? 1;
  const k = Math.min(
    promotion.max_applications,
    Math.floor(targets.length / d),
    Math.floor(triggers.length / q),
  );
  return setsOf(k, targets, d, triggers, q);
}

function setsOf(k: number, targets: number[], d: number, triggers: number[], q: number): RequisiteSet[] {
  return Array.from({ length: k }, (_, j) => ({
    targets: targets.slice(j * d, (j + 1) * d),
    triggers: triggers.slice(j * q, (j + 1) * q),
  }));
}
