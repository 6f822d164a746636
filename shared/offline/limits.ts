import { z } from 'zod';
import { Money } from '../api/common.ts';
import { err, ok, type Result } from '../result.ts';
import { LEASE_COUNT_MAX } from './lease.ts';

/**
 * How far a till may go while the line is cut. Amounts are minor units of the store's currency. Everything is
 * counted over sales that the edge has not taken yet, and the time from when it was last heard.
 */
export const OfflinePolicy = z.object({
  enabled: z.boolean().default(true),
  max_sale: Money.min(0).default(50_000),
  max_total: Money.min(0).default(2_000_000),
  max_count: z.int().min(0).default(5_000),
  max_minutes: z
    .int()
    .min(0)
    .default(24 * 60),
  /** Goods that leave unpaid, with a link on the paper: the shop's own risk, so it must be switched on. */
  pay_later: z
    .object({
      enabled: z.boolean().default(false),
      max_sale: Money.min(0).default(5_000),
      max_total: Money.min(0).default(50_000),
      due_days: z.int().min(1).max(90).default(7),
    })
    .prefault({}),
  /** Numbers of a device's own series that it keeps at hand, and at how many it asks for more. */
  lease_size: z.int().min(1).max(LEASE_COUNT_MAX).default(2_000),
  lease_low_water: z.int().min(0).max(LEASE_COUNT_MAX).default(1_500),
});
export type OfflinePolicy = z.infer<typeof OfflinePolicy>;

/** What was sold since the edge last took something. */
export interface OfflineUsage {
  count: number;
  total: number;
  /** Of the total, what is owed and not paid. */
  owed: number;
  /** When the line was lost; null: it is up. */
  since_ms: number | null;
}

/** What is left; null: not limited now, for the line is up. */
export interface OfflineLeft {
  sale: number;
  total: number;
  count: number;
  ms: number;
  /** When selling ends if the line stays cut. */
  ends_at_ms: number;
}

export type OfflineRefusal =
  | { code: 'offline_disabled' }
  | { code: 'offline_time_limit'; limit: number }
  | { code: 'offline_count_limit'; limit: number }
  | { code: 'offline_total_limit'; limit: number; left: number }
  | { code: 'offline_sale_limit'; limit: number };

export function offlineLeft(policy: OfflinePolicy, usage: OfflineUsage, nowMs: number): OfflineLeft | null {
  if (usage.since_ms === null) return null;
  const endsAt = usage.since_ms + policy.max_minutes * 60_000;
  const total = Math.max(0, policy.max_total - usage.total);
  return {
    sale: Math.min(policy.max_sale, total),
    total,
    count: Math.max(0, policy.max_count - usage.count),
    ms: Math.max(0, endsAt - nowMs),
    ends_at_ms: endsAt,
  };
}

/** Whether a sale of this amount may still be made. The widest limit speaks first: it stops every sale. */
export function mayTrade(
  policy: OfflinePolicy,
  usage: OfflineUsage,
  amount: number,
  nowMs: number,
): Result<void, OfflineRefusal> {
  const left = offlineLeft(policy, usage, nowMs);
  if (left === null) return ok(undefined);
  if (!policy.enabled) return err({ code: 'offline_disabled' });
  if (left.ms === 0) return err({ code: 'offline_time_limit', limit: policy.max_minutes });
  if (left.count === 0) return err({ code: 'offline_count_limit', limit: policy.max_count });
  if (amount > policy.max_sale) return err({ code: 'offline_sale_limit', limit: policy.max_sale });
  if (amount > left.total) {
    return err({ code: 'offline_total_limit', limit: policy.max_total, left: left.total });
  }
  return ok(undefined);
}
