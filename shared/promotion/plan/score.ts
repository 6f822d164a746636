/**
 * A plan as one number: first what it takes off, then as few units and then as few applications as possible.
 * The factors shrink where the number would pass 2^44; then ties are told apart less finely.
 */
export interface Scale {
  readonly perDiscount: number;
  readonly perUnit: number;
  readonly perApplication: number;
}

/** Up to here sums of charges are exact enough to tell neighbouring scores apart. */
const SCORE_MAX = 2 ** 44;

export function scaleOf(units: number, worth: number): Scale {
  const base = units + 1;
  if ((worth + 1) * base * base < SCORE_MAX) {
    return { perDiscount: base * base, perUnit: base, perApplication: 1 };
  }
  if ((worth + 1) * base < SCORE_MAX) return { perDiscount: base, perUnit: 1, perApplication: 0 };
  return { perDiscount: 1, perUnit: 0, perApplication: 0 };
}

export const scoreOf = (scale: Scale, discount: number, units: number, applications: number): number =>
  discount * scale.perDiscount - units * scale.perUnit - applications * scale.perApplication;

/** What floating point may lose in a sum of some hundred charges, in proportion and at least. */
const LOST = 2 ** -45;
const SLACK = 0.05;

/**
 * The largest whole score that a sum of charges can stand for: never below what exact arithmetic gives, and for
 * scores within the scale just that. `size` is the largest sum that went into it.
 */
export const wholeOf = (sum: number, size: number = sum): number => Math.floor(sum + SLACK + size * LOST);
