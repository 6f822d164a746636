import type { CreateRefund } from '../../shared/api/refund.ts';
import type { StoreConfig } from '../../shared/config/store_config.ts';
import { RefundId } from '../../shared/ids/index.ts';
import { decideRefund, type RefundRefusal } from '../../shared/refund/decide_refund.ts';
import { ok, type Result } from '../../shared/result.ts';
import { refundFacts } from './refund_facts.ts';
import { basketOf, type OrderRow } from './rows.ts';
import type { Trip } from './trip.ts';
import { insertRefund, reserve } from './write_refund.ts';

/** Who asks for refunds that follow from something else. */
const SYSTEM = 'system';

/**
 * Gives money back because of something that has happened, in the caller's transaction; the alarm or the caller sends
 * it. The goods never left the shop, so neither a window, nor a limit, nor what the store takes back counts, and what
 * was paid for them goes back. A refusal has written nothing.
 */
export function refundBySystem(
  trip: Trip,
  order: OrderRow,
  config: StoreConfig,
  ask: CreateRefund,
): Result<RefundId, RefundRefusal> {
  const facts = refundFacts(trip, order, config, () => null);
  const plan = decideRefund(
    {
      ...facts,
      now_ms: facts.completed_at_ms ?? facts.now_ms,
      lines: facts.lines.map((line) => ({ ...line, refundable: true })),
      policy: { ...facts.policy, partial: true, policy: 'paid_share' },
    },
    ask,
    { role: 'admin', approved: true },
  );
  if (!plan.ok) return plan;
  const refund_id = RefundId.parse(`ref_${trip.newUuid()}`);
  const { retailer_id, store_id } = basketOf(trip.sql);
  const staff = { id: SYSTEM, role: 'admin', retailer_id, store_id } as const;
  insertRefund(trip, { staff, refund_id, body_hash: '', ask }, config, plan.value);
  reserve(trip, refund_id, plan.value.legs, ask.reason);
  return ok(refund_id);
}
