import type { CreateRefund } from '../../shared/api/refund.ts';
import { priceLines } from '../../shared/basket/price.ts';
import type { StoreConfig } from '../../shared/config/store_config.ts';
import type { RefundFacts } from '../../shared/refund/decide_refund.ts';
import type { Reprice } from '../../shared/refund/line_amounts.ts';
import { type RefundableLine, refundableLines } from '../../shared/refund/refundable_lines.ts';
import type { RefundableLeg } from '../../shared/refund/spread.ts';
import { tenderKindOf } from '../../shared/refund/tender_kind.ts';
import type { CommittedSale } from '../../shared/rpc/store.ts';
import type { Sql } from '../store/sql.ts';
import { NO_PROGRAMS } from './price.ts';
import { heldLines } from './refund_rows.ts';
import { basketOf, type LegRow, legsOf, linesOf, type OrderRow, pricedOf } from './rows.ts';
import { type Shelf, shelfOf } from './shelf_cache.ts';
import { adapterOf, type Trip } from './trip.ts';

/** The lines of the sale as they were frozen, with what was paid for each. */
function soldLines(sql: Sql): RefundableLine[] {
  const priced = pricedOf(sql);
  const totals = new Map(priced.lines.map((line) => [line.line_id, line.total]));
  const lines = linesOf(sql).map(({ item, ...line }) => ({
    ...line,
    tax_code: item.tax_code,
    total: totals.get(line.line_id) ?? 0,
  }));
  return refundableLines(lines, priced);
}

/** What a refund is decided over, read whole. */
export function refundFacts(trip: Trip, order: OrderRow, config: StoreConfig, reprice: Reprice): RefundFacts {
  const policy = config.policies.refund;
  const sale: CommittedSale | null = order.sale === null ? null : JSON.parse(order.sale);
  return {
    now_ms: trip.now(),
    completed_at_ms: sale === null ? null : Date.parse(sale.completed_at),
    lines: soldLines(trip.sql),
    held: heldLines(trip.sql),
    legs: legsOf(trip.sql).flatMap((leg) => refundableLeg(trip, leg, policy.methods_excluded)),
    policy,
    reprice,
  };
}

function refundableLeg(trip: Trip, leg: LegRow, excluded: readonly string[]): RefundableLeg[] {
  if (leg.state !== 'captured' || leg.captured === 0) return [];
  const kind = tenderKindOf(leg);
  const adapter = adapterOf(trip, leg);
  const able = adapter === null ? (kind === 'cash' ? 'partial' : 'none') : adapter.can.refund;
  return [
    {
      ...{ payment_id: leg.payment_id, kind, captured: leg.captured },
      available: leg.captured - leg.refunded - leg.refunding,
      can: excluded.includes(leg.method) ? 'none' : able,
    },
  ];
}

const NOBODY_KNOWS: Reprice = () => null;

/**
 * Prices the kept goods as the basket was priced: at the same prices, at the same time of the store's clock, with the
 * same shelf's promotions. Once the shelf has changed nobody can, and what was paid for the goods counts.
 */
export async function repriceOf(trip: Trip, config: StoreConfig, ask: CreateRefund): Promise<Reprice> {
  if (ask.kind !== 'lines' || config.policies.refund.policy !== 'reprice_remaining') return NOBODY_KNOWS;
  const { shelf_version } = basketOf(trip.sql);
  const shelf = await shelfOf(trip.store, shelf_version);
  return shelf.ok && shelf.value.version === shelf_version
    ? repricedWith(trip.sql, shelf.value, config)
    : NOBODY_KNOWS;
}

function repricedWith(sql: Sql, shelf: Shelf, config: StoreConfig): Reprice {
  const lines = linesOf(sql);
  const { now_local } = pricedOf(sql);
  return (kept) => {
    const left = lines.flatMap((line) => {
      const quantity = kept.get(line.line_id) ?? 0;
      return quantity === 0 ? [] : [{ ...line, quantity }];
    });
    const priced = priceLines(left, shelf.promotions, config, now_local, NO_PROGRAMS, shelf.plans);
    return priced.ok ? priced.value.total : null;
  };
}
