import { businessDate } from '../../shared/basket/business_date.ts';
import {
  fitsQuota,
  type QuotaExcess,
  type QuotaGoods,
  quotaParts,
  travellerOf,
} from '../../shared/basket/quota.ts';
import type { StoreConfig } from '../../shared/config/store_config.ts';
import { sha256Hex } from '../../shared/offline/sha256.ts';
import { ok, type Result } from '../../shared/result.ts';
import type { Refusal } from './port.ts';
import type { BasketRow, Line } from './rows.ts';
import { refuse } from './trip.ts';

type Counted = Pick<Line, 'item' | 'quantity'> & { kind?: Line['kind'] | undefined };

/** Pieces by item, as quotas know them; a deposit is none. */
export function quotaGoods(lines: readonly Counted[]): QuotaGoods[] {
  const goods = new Map<string, QuotaGoods>();
  for (const { item, quantity, kind } of lines) {
    if (kind === 'deposit') continue;
    const { id: item_id, sku, category } = item;
    const before = goods.get(item_id)?.quantity ?? 0;
    goods.set(item_id, { item_id, sku, category, quantity: before + quantity });
  }
  return [...goods.values()];
}

/** What the basket by itself exceeds, whoever buys it. */
export function overQuota({ policies }: StoreConfig, lines: readonly Counted[]): QuotaExcess[] {
  const goods = quotaGoods(lines);
  return policies.basket.quotas.flatMap((quota) => {
    const fits = fitsQuota(quota, 0, quotaParts(quota, goods));
    return fits.ok ? [] : [fits.error];
  });
}

/**
 * Whose quotas an order counts for, as a hash that means nothing outside of this retailer; null: no quota speaks of
 * these goods. The boarding pass itself is kept nowhere.
 */
export function travellerFor(
  config: StoreConfig,
  { retailer_id }: Pick<BasketRow, 'retailer_id'>,
  lines: readonly Counted[],
  boardingPass: string | undefined,
  nowMs: number,
): Result<string | null, Refusal> {
  const goods = quotaGoods(lines);
  const { basket, order } = config.policies;
  if (!basket.quotas.some((quota) => quotaParts(quota, goods).length > 0)) return ok(null);
  if (boardingPass === undefined) return refuse('boarding_pass_needed');
  const day = businessDate(nowMs, config.timezone, order.business_date_offset_min);
  const traveller = travellerOf(boardingPass, day);
  return traveller.ok
    ? ok(sha256Hex(`${retailer_id}\n${traveller.value}`))
    : refuse('boarding_pass_refused', traveller.error.code);
}
