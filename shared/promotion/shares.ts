import { sharesPerUnit } from './select/easy_plus.ts';
import type { View } from './select/view.ts';

/** The units of one application, in the order in which they were taken. */
export interface Taken {
  readonly base: number[];
  readonly pay: number[];
  readonly worth: number[];
  /** How many of them, from the front, are targets; the others are triggers. */
  targets: number;
}

/** What each unit of an application gets off: `uncapped` in all, scaled down to `discount` under a cap. */
export function sharesOf(view: View, taken: Taken, discount: number, uncapped: number): number[] {
  const shares = sharesUncapped(view, taken, uncapped);
  return uncapped > discount ? view.split(discount, shares, shares) : shares;
}

function sharesUncapped(view: View, { base, pay, worth, targets }: Taken, discount: number): number[] {
  const { split } = view;
  const { family, kind, promotion } = view.rule;
  const value = promotion.discount_value;
  if (family === 'evenly_distributed') {
    return split(discount, promotion.distribution === 'equal' ? pay.map(() => 1) : base, pay);
  }
  if (family === 'requisite') {
    const own = pay.slice(0, targets);
    const zero = pay.slice(targets).map(() => 0);
    if (kind === 'each') return [...worth.slice(0, targets), ...zero];
    const shares = split(
      value,
      own.map(() => 1),
      own,
    );
    return [...(kind === 'amount' ? shares : own.map((p, i) => p - (shares[i] ?? 0))), ...zero];
  }
  if (kind === 'each') return [...worth];
  const perUnit = family === 'easy_plus' ? sharesPerUnit(view) : null;
  const shares =
    perUnit === null ? split(value, base, pay) : pay.map((_, i) => perUnit[i % perUnit.length] ?? 0);
  return kind === 'amount' ? shares : pay.map((p, i) => p - (shares[i] ?? 0));
}
