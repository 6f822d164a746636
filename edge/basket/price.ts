import { localDateTime } from '../../shared/basket/local_time.ts';
import { type AuditedBasket, priceLines } from '../../shared/basket/price.ts';
import type { StoreConfig } from '../../shared/config/store_config.ts';
import type { SpecialPromotion } from '../../shared/promotion/basket.ts';
import { ok, type Result } from '../../shared/result.ts';
import { logError } from '../http/log.ts';
import type { Refusal } from './port.ts';
import type { Line } from './rows.ts';
import type { Shelf } from './shelf_cache.ts';
import { refuse } from './trip.ts';

/**
 * Evaluates promotions and taxes over the lines, in process. Every line keeps the price it was scanned at;
 * the promotions are those of the shelf given and what the programs unlock. An item whose tax code the store
 * lacks cannot be sold.
 */
export function price(
  lines: readonly Line[],
  shelf: Shelf,
  config: StoreConfig,
  nowMs: number,
  programs: readonly SpecialPromotion[],
): Result<AuditedBasket, Refusal> {
  const now = localDateTime(nowMs, config.timezone);
  const priced = priceLines(lines, shelf.promotions, config, now, programs, shelf.plans);
  if (priced.ok) return ok(priced.value);
  if (priced.error.code === 'audit') {
    logError('the sums of a basket do not agree', { error: priced.error.faults.join('; ') });
    return refuse('internal', 'The sums of the basket do not agree.');
  }
  logError('an item has a tax code that the store does not know', { error: JSON.stringify(priced.error) });
  return refuse('internal', `The store has no tax code "${priced.error.tax_code}".`);
}

/** What coupons and memberships bring along; no call adds any yet. */
export const NO_PROGRAMS: readonly SpecialPromotion[] = [];
