import type { EasState } from './profile.ts';

/** `waiting` has its turn still to come; `delivered` and `dead` have had it. */
export type DeliveryStatus = 'waiting' | 'delivered' | 'dead';

export interface LaneEntry {
  seq: number;
  epc: string;
  ref: string;
  to: EasState;
  /** How many of the steps of its state are done. */
  step: number;
  /** Not before. Milliseconds since the epoch. */
  due_at: number;
}

/**
 * The next batch among deliveries that wait, given in order of their seq. One lane an EPC: only the first of
 * each lane may go, so that an unsold never overtakes its own sold, however long that one waits. A batch has
 * one state and one step, and one order where the vendor wants that.
 */
export function nextBatch<T extends LaneEntry>(
  waiting: readonly T[],
  nowMs: number,
  limits: { batchMax: number; oneOrder: boolean },
): T[] {
  const batch: T[] = [];
  const seen = new Set<string>();
  for (const one of waiting) {
    if (seen.has(one.epc)) continue;
    seen.add(one.epc);
    if (one.due_at > nowMs) continue;
    const first = batch[0] ?? one;
    const fits =
      first.to === one.to && first.step === one.step && (!limits.oneOrder || first.ref === one.ref);
    if (!fits) continue;
    batch.push(one);
    if (batch.length === limits.batchMax) break;
  }
  return batch;
}
