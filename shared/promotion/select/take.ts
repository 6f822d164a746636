import { selectBundles } from './bundle.ts';
import { selectEasyPlus } from './easy_plus.ts';
import type { Picks } from './picks.ts';
import { mostApplications, selectRequisite } from './requisite.ts';
import type { View } from './view.ts';
import { selectWindows } from './windows.ts';

/**
 * What a promotion takes from the free units when it may apply `limit` times, by its own rule of selection.
 * `free[run]` units of each run can be taken; nothing is taken from it. `least` is the smallest discount that
 * counts: 1, or 0 where promotions that come to nothing are recorded.
 */
export function take(view: View, free: ArrayLike<number>, limit: number, least: 0 | 1, picks: Picks): void {
  picks.clear();
  const { family, promotion } = view.rule;
  switch (family) {
    case 'easy':
      selectWindows(view, free, limit, least, picks);
      break;
    case 'easy_plus':
      selectEasyPlus(view, free, least, picks);
      break;
    case 'combo':
    case 'line_special':
      selectBundles(view, free, limit, least, picks);
      break;
    default: {
      const most = Math.min(limit, mostApplications(view, free));
      for (let k = most; k > 0; k--) if (selectRequisite(view, free, k, least, picks)) break;
    }
  }
  if (promotion.max_discount !== undefined) picks.cap(promotion.max_discount);
}

/** The same with exactly so many applications, for those that are chosen together; false: it cannot be. */
export function takeExactly(view: View, free: ArrayLike<number>, count: number, picks: Picks): boolean {
  const { family, promotion } = view.rule;
  if (family !== 'requisite' && family !== 'evenly_distributed') {
    take(view, free, count, 1, picks);
    return family === 'easy_plus' ? count === 1 && picks.applications === 1 : picks.applications === count;
  }
  picks.clear();
  if (!selectRequisite(view, free, count, 1, picks)) return false;
  if (promotion.max_discount !== undefined) picks.cap(promotion.max_discount);
  return picks.applications > 0;
}
