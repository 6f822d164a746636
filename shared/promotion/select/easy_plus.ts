import type { Picks } from './picks.ts';
import { NO_UNITS, type View } from './view.ts';

/** What unit number `i` of an easy-plus gets when an amount or a price is for every `minimum` units. */
export function sharesPerUnit(view: View): readonly number[] | null {
  const { kind, promotion, targets } = view.rule;
  return kind === 'each' ? null : view.split(promotion.discount_value, Array<number>(targets).fill(1));
}

/**
 * Easy-plus (quantity break): every unit once the minimum is reached, up to the maximum, as one application
 * whatever the limit. A unit that cannot carry its share is passed over.
 */
export function selectEasyPlus(view: View, free: ArrayLike<number>, least: 0 | 1, picks: Picks): void {
  const { runs, worth } = view.groups[0] ?? NO_UNITS;
  const { kind, targets: minimum, groups } = view.rule;
  const maximum = groups[0]?.maximum ?? Number.POSITIVE_INFINITY;
  const shares = sharesPerUnit(view);
  let accepted = 0;
  let sum = 0;
  for (let at = 0; at < runs.length && accepted < maximum; at++) {
    const left = free[runs[at] ?? 0] ?? 0;
    let taken = 0;
    if (shares === null) {
      taken = Math.min(left, maximum - accepted);
      sum += taken * (worth[at] ?? 0);
      accepted += taken;
    } else {
      const pay = worth[at] ?? 0;
      while (taken < left && accepted < maximum) {
        const share = shares[accepted % minimum] ?? 0;
        // The next unit of the run would be offered the same share and fail alike.
        if (kind === 'amount' ? share > pay : share >= pay) break;
        sum += kind === 'amount' ? share : pay - share;
        taken++;
        accepted++;
      }
    }
    if (taken > 0) picks.add(runs[at] ?? 0, taken, 0, worth[at] ?? 0);
  }
  if (accepted < minimum || sum < least) {
    picks.truncate(0);
    return;
  }
  picks.close(sum);
}
