import { z } from 'zod';
import { Currency, Instant, Money } from '../../shared/api/common.ts';
import type { StoreConfig } from '../../shared/config/store_config.ts';
import { cashStep } from '../../shared/money/cash.ts';
import { numbersLeft } from '../../shared/offline/lease.ts';
import { offlineLeft } from '../../shared/offline/limits.ts';
import type { Caller, TillContext } from './context.ts';
import { terminalOf } from './pay_by_card.ts';

const Tender = z.object({ gateway: z.string(), method: z.string() });

/** What a kiosk shows of its till: whether it can sell, how, and what the cut line still allows. */
export const TillStatus = z.object({
  device_id: z.string(),
  store: z.object({ id: z.string(), name: z.string(), currency: Currency, timezone: z.string() }),
  /** Null: it sells. Else why not, as a code of the interface. */
  closed: z.string().nullable(),
  link: z.enum(['down', 'syncing', 'up']),
  shelf_version: z.int(),
  tenders: z.array(Tender),
  /** Cash is rounded to multiples of this. */
  cash_step: z.int(),
  pay_later: z.object({ max_sale: Money, left: Money, due_days: z.int() }).nullable(),
  /** What selling without a line still allows; null while the line is up. */
  limits: z
    .object({ sale: Money, total: Money, count: z.int(), ms: z.int(), ends_at: Instant, since: Instant })
    .nullable(),
  numbers_left: z.int(),
  /** Sales that the edge has not taken yet. */
  unsent: z.object({ count: z.int(), total: Money, owed: Money }),
});
export type TillStatus = z.infer<typeof TillStatus>;

/** Null before the agent knows its store. */
export function tillStatus(till: TillContext, caller: Caller, link: TillStatus['link']): TillStatus | null {
  const { config } = till.state;
  if (config === null) return null;
  const shelf = till.shelf();
  const usage = till.usage();
  const { since_ms, ...unsent } = usage;
  const now = till.now();
  const left = offlineLeft(config.policies.offline, usage, now);
  const numbers_left = numbersLeft(till.state.tables.leases.open(caller.device_id));
  const { pay_later } = config.policies.offline;
  const closed = closedBecause(till, caller, config, { shelf: shelf !== null, left, numbers_left });
  return {
    device_id: caller.device_id,
    store: { id: till.storeId, name: config.name, currency: config.currency, timezone: config.timezone },
    closed,
    link,
    shelf_version: shelf?.version ?? 0,
    tenders: [
      { gateway: 'cash', method: 'cash' },
      ...(terminalOf(till, caller.device_id) === undefined ? [] : [{ gateway: 'terminal', method: 'card' }]),
      ...(pay_later.enabled ? [{ gateway: 'pay_later', method: 'link' }] : []),
    ],
    cash_step: cashStep(config.currency, config.policies.cash_step),
    pay_later: pay_later.enabled
      ? {
          max_sale: pay_later.max_sale,
          left: Math.max(0, pay_later.max_total - usage.owed),
          due_days: pay_later.due_days,
        }
      : null,
    limits:
      left === null || since_ms === null
        ? null
        : {
            sale: left.sale,
            total: left.total,
            count: left.count,
            ms: left.ms,
            ends_at: new Date(left.ends_at_ms).toISOString(),
            since: new Date(since_ms).toISOString(),
          },
    numbers_left,
    unsent: { count: unsent.count, total: unsent.total, owed: unsent.owed },
  };
}

/** The reason that a person can do the most about comes first. */
function closedBecause(
  till: TillContext,
  caller: Caller,
  config: StoreConfig,
  has: { shelf: boolean; left: ReturnType<typeof offlineLeft>; numbers_left: number },
): string | null {
  if (!has.shelf) return 'store_unavailable';
  if (till.isDamaged(caller.device_id)) return 'journal_damaged';
  if (till.state.disk.state === 'full') return 'disk_full';
  if (has.left !== null) {
    if (!config.policies.offline.enabled) return 'offline_disabled';
    if (has.left.ms === 0) return 'offline_time_limit';
    if (has.left.count === 0) return 'offline_count_limit';
    if (has.left.total === 0) return 'offline_total_limit';
    if (has.numbers_left === 0) return 'numbers_exhausted';
  }
  return null;
}
