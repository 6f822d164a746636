import type { BasketExplanation } from '../../shared/api/basket.ts';
import { explainLines } from '../../shared/basket/explain_lines.ts';
import type { TillContext } from './context.ts';
import type { Trip } from './trip.ts';

/** Why the basket costs what it costs; null: the shelf has changed since it was priced. */
export function explained(till: TillContext, trip: Trip): BasketExplanation | null {
  const shelf = till.shelf();
  if (shelf === null || shelf.version !== trip.shelf_version) return null;
  const { now_local } = trip.priced;
  return explainLines(trip.lines, shelf.promotions, trip.currency, now_local || undefined, []);
}
