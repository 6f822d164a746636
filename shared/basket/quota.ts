import { readBoardingPass } from '../catalog/codes/boarding_pass.ts';
import type { QuotaPolicy } from '../config/basket_policy.ts';
import type { ItemId } from '../ids/index.ts';
import { err, ok, type Result } from '../result.ts';

/** Pieces of one item in a basket; `category` are names from the department down. */
export interface QuotaGoods {
  item_id: ItemId;
  sku: string;
  category: readonly string[];
  quantity: number;
}

/** What pieces of an item come to under a quota, in its unit. */
export interface QuotaPart {
  item_id: ItemId;
  units_per_item: number;
  quantity: number;
}

/** What does not fit: in the quota's unit, but `allowed`, which counts pieces. */
export interface QuotaExcess {
  quota_id: string;
  unit: string;
  limit: number;
  used: number;
  requested: number;
  /** How many of the pieces would still fit, in the order of the basket. */
  allowed: number;
}

/** The goods that a quota counts; of several of its rules the first that speaks of an item counts. */
export function quotaParts(quota: QuotaPolicy, goods: readonly QuotaGoods[]): QuotaPart[] {
  return goods.flatMap(({ item_id, sku, category, quantity }) => {
    const rule = quota.items.find(
      ({ skus, categories }) => skus.includes(sku) || categories.some((name) => category.includes(name)),
    );
    return rule === undefined ? [] : [{ item_id, units_per_item: rule.units_per_item, quantity }];
  });
}

/** Whether goods fit beside what was used already, in the quota's unit. */
export function fitsQuota(
  { id, unit, limit }: QuotaPolicy,
  used: number,
  parts: readonly QuotaPart[],
): Result<null, QuotaExcess> {
  const requested = parts.reduce((sum, part) => sum + part.units_per_item * part.quantity, 0);
  if (used + requested <= limit) return ok(null);
  let left = Math.max(0, limit - used);
  let allowed = 0;
  for (const { units_per_item, quantity } of parts) {
    const fit = Math.min(quantity, Math.floor(left / units_per_item));
    allowed += fit;
    left -= fit * units_per_item;
  }
  return err({ quota_id: id, unit, limit, used, requested, allowed });
}

/** The period of a business day, `2025-06-14`, in which a quota counts. */
export const quotaPeriod = ({ period }: QuotaPolicy, businessDay: string): string =>
  businessDay.slice(0, period === 'daily' ? 10 : period === 'monthly' ? 7 : 4);

/** How far a flight's day may be from the store's, in days. */
const FLIGHT_DAYS_MAX = 2;
const DAY_MS = 86_400_000;

/**
 * Whose quota counts: name and booking of the first traveller of a boarding pass (IATA Resolution 792, characters 3 to
 * 29), for the caller to hash at once. Refused where it is none or its flight is on another day.
 */
export function travellerOf(
  boardingPass: string,
  businessDay: string,
): Result<string, { code: 'unreadable' | 'other_day' }> {
  const pass = readBoardingPass(boardingPass);
  if (pass === null) return err({ code: 'unreadable' });
  const day = Number(pass['day_of_year']);
  const today = Date.parse(businessDay);
  const year = new Date(today).getUTCFullYear();
  // A pass names no year: a flight of the second of January is near the last of December.
  const near = [year - 1, year, year + 1].some(
    (of) => Math.abs(Date.UTC(of, 0, day) - today) <= FLIGHT_DAYS_MAX * DAY_MS,
  );
  const [name, booking] = [boardingPass.slice(2, 22).trim(), boardingPass.slice(23, 30).trim()];
  if (day === 0 || !near) return err({ code: 'other_day' });
  return ok(`${name}\n${booking}`.toUpperCase());
}
