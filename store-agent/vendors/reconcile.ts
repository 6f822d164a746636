import { finalWord } from '../../shared/eas/request.ts';
import type { AgentState } from '../state/agent_state.ts';
import type { Vendor } from './vendor.ts';

/** How far back a vendor is asked whether it still holds what it was told. */
export const RECONCILED_MS = 48 * 3_600_000;
const PROBED_AT_ONCE = 50;

export interface Reconciliation {
  probed: number;
  /** Tags of which the vendor held something else; they are told again. */
  differences: number;
  /** Tags of which it did not say. */
  unanswered: number;
}

/** Asks a vendor for the last word on every tag of the last two days, and tells it again where it differs. */
export async function reconcile(
  vendor: Vendor,
  state: Pick<AgentState, 'tables' | 'write' | 'record'>,
  now: () => number,
): Promise<Reconciliation | null> {
  if (vendor.profile.probe === undefined) return null;
  const found: Reconciliation = { probed: 0, differences: 0, unanswered: 0 };
  const told = state.tables.vendorDeliveries.lastDelivered(vendor.id, now() - RECONCILED_MS);
  for (let at = 0; at < told.length && !vendor.circuitOpen; at += PROBED_AT_ONCE) {
    const some = told.slice(at, at + PROBED_AT_ONCE);
    const states = await vendor.ask(some);
    if (states === null) {
      found.unanswered += some.length;
      continue;
    }
    found.probed += some.length;
    const differing = some.filter((one) => states.get(one.epc) !== finalWord(vendor.profile, one.to));
    found.differences += differing.length;
    const nowMs = now();
    state.write((tables) => {
      for (const one of differing) {
        // Meanwhile something newer may have happened to it, which says all there is to say.
        if (tables.vendorDeliveries.isSuperseded(one)) continue;
        const again = { status: 'waiting', step: 0, attempts: 0, due_at: nowMs, code: 'reconciled' } as const;
        tables.vendorDeliveries.change(one.id, again, nowMs);
      }
    });
  }
  if (found.differences > 0) vendor.kick();
  if (told.length > 0) state.record('vendor.reconciled', { vendor: vendor.id, ...found });
  return found;
}
