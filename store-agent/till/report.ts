import { z } from 'zod';
import { Money } from '../../shared/api/common.ts';
import type { ChainFault } from '../../shared/offline/chain.ts';
import type { AgentState } from '../state/agent_state.ts';
import type { Gaps } from './uploader.ts';

const REFUSED_SHOWN_MAX = 20;

/** How far the records of the tills have come, and what staff must look at. */
export const TillReport = z.object({
  shelf_version: z.int(),
  /** Sales that the edge has not taken, what they come to, what of it is owed, and how old the oldest is. */
  unsent: z.object({ count: z.int(), total: Money, owed: Money, oldest_ms: z.int() }),
  /** The first record of a device that somebody changed: nothing from it on is sent. */
  damaged: z.array(
    z.object({
      device_id: z.string(),
      device_seq: z.int(),
      fault: z.enum(['gap', 'broken_link', 'digest', 'body']),
    }),
  ),
  /** What the edge refused: another document stands there, or it does not read this one. */
  refused: z.array(
    z.object({
      device_id: z.string(),
      device_seq: z.int(),
      order_id: z.string().nullable(),
      detail: z.string().nullable(),
    }),
  ),
  /** Records that the edge misses and this agent does not hold. */
  gaps: z.array(z.object({ device_id: z.string(), missing: z.array(z.int()) })),
});
export type TillReport = z.infer<typeof TillReport>;

export function tillReport(
  state: AgentState,
  found: { damaged: ReadonlyMap<string, ChainFault>; gaps: Gaps },
  nowMs: number,
): TillReport {
  const { tillDocuments, shelf } = state.tables;
  const { count, total, owed, oldest } = tillDocuments.unsent();
  return {
    shelf_version: shelf.held()?.version ?? 0,
    unsent: { count, total, owed, oldest_ms: oldest === null ? 0 : Math.max(0, nowMs - Date.parse(oldest)) },
    damaged: [...found.damaged].map(([device_id, fault]) => ({ device_id, ...fault })),
    refused: tillDocuments
      .refused(REFUSED_SHOWN_MAX)
      .map(({ device_id, device_seq, order_id, detail }) => ({ device_id, device_seq, order_id, detail })),
    gaps: [...found.gaps].map(([device_id, missing]) => ({ device_id, missing: [...missing] })),
  };
}
