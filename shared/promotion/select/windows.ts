import { type Picks, setDiscount } from './picks.ts';
import { NO_UNITS, type View } from './view.ts';

/**
 * Easy (N for): sets of exactly the minimum, in order; at most `limit` of them. A set that cannot be
 * discounted is skipped without being used.
 */
export function selectWindows(
  view: View,
  free: ArrayLike<number>,
  limit: number,
  least: 0 | 1,
  picks: Picks,
): void {
  const { runs, worth } = view.groups[0] ?? NO_UNITS;
  const { kind, targets: size, promotion } = view.rule;
  let at = 0;
  let left = free[runs[0] ?? 0] ?? 0;
  while (picks.applications < limit) {
    const mark = picks.length;
    let need = size;
    let sum = 0;
    while (need > 0) {
      while (left === 0) {
        at++;
        if (at >= runs.length) {
          picks.truncate(mark);
          return;
        }
        left = free[runs[at] ?? 0] ?? 0;
      }
      if (at >= runs.length) {
        picks.truncate(mark);
        return;
      }
      const take = left < need ? left : need;
      const own = worth[at] ?? 0;
      picks.add(runs[at] ?? 0, take, 0, own);
      sum += take * own;
      left -= take;
      need -= take;
    }
    const discount = setDiscount(kind, promotion.discount_value, sum, least);
    if (discount >= 0) {
      picks.close(discount);
      continue;
    }
    // A set of equal units that fails, fails again.
    if (picks.length === mark + 1) left %= size;
    picks.truncate(mark);
  }
}
