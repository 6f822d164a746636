import type { PromotionLine } from '../../../shared/promotion/basket.ts';
import { greedyApply, type Offer, offerOf } from './greedy_apply.ts';
import type { Peer } from './peer.ts';
import { componentsOf, type PlainIndex, touchedBy } from './touch.ts';

/** Above that, orders are no longer tried. */
const PERMUTED_MOST = 6;

/**
 * The documented way: within a component of up to six promotions every order is tried, each promotion as often
 * as it can; of more, they are ranked once by what each saves by itself for a unit that others want too.
 */
export async function permutations(index: PlainIndex): Promise<Peer> {
  return {
    name: 'orders of up to six, then a ranking',
    evaluate(lines) {
      let saved = 0;
      for (const component of componentsOf(touchedBy(index, lines), lines)) {
        const offers = component.map((touched) => offerOf(touched, lines));
        const free = lines.map(({ quantity }) => quantity);
        saved +=
          offers.length <= PERMUTED_MOST
            ? bestOrder(offers, free, lines)
            : inOrder(ranked(offers, free, lines), free, lines);
      }
      return { saved, proved: null };
    },
  };
}

/** Orders share the work of their common beginnings. */
function bestOrder(
  offers: readonly Offer[],
  free: readonly number[],
  lines: readonly PromotionLine[],
): number {
  let best = 0;
  for (const offer of offers) {
    const left = [...free];
    const own = greedyApply(offer, left, lines);
    const others = offers.filter((other) => other !== offer);
    best = Math.max(best, own + bestOrder(others, left, lines));
  }
  return best;
}

function inOrder(offers: readonly Offer[], free: number[], lines: readonly PromotionLine[]): number {
  return offers.reduce((sum, offer) => sum + greedyApply(offer, free, lines), 0);
}

function ranked(offers: readonly Offer[], free: readonly number[], lines: readonly PromotionLine[]): Offer[] {
  const wanted = lines.map(() => 0);
  for (const { groups } of offers)
    for (const line of new Set(groups.flat())) wanted[line] = (wanted[line] ?? 0) + 1;
  const values = new Map(
    offers.map((offer) => {
      const left = [...free];
      const saved = greedyApply(offer, left, lines);
      const shared = left.reduce(
        (sum, after, line) => sum + ((wanted[line] ?? 0) > 1 ? (free[line] ?? 0) - after : 0),
        0,
      );
      return [offer, saved / Math.max(1, shared)];
    }),
  );
  return [...offers].sort((a, b) => (values.get(b) ?? 0) - (values.get(a) ?? 0));
}
