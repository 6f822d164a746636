import { z } from 'zod';
import type { Result } from '../../shared/result.ts';
import type { AgentState } from '../state/agent_state.ts';

/** Longer than any shelf takes; what is forgotten ends by itself. */
export const MUTE_MINUTES_MAX = 240;

const Mute = z.object({ until_ms: z.number(), staff: z.string(), reason: z.string() });
const Mutes = z.record(z.string(), Mute);
type Mute = z.infer<typeof Mute>;

/** Who let a gate be silent, and why. */
export interface By {
  staff: string;
  account: string;
  reason: string;
}

/** Gates that raise no alarm for a while, because staff fill shelves beside them. Kept over a restart. */
export class GateMutes {
  readonly #state: AgentState;
  readonly #now: () => number;
  readonly #changed: (untilMs: Record<string, number>) => void;
  #mutes: Record<string, Mute>;

  constructor(state: AgentState, now: () => number, changed: (untilMs: Record<string, number>) => void) {
    this.#state = state;
    this.#now = now;
    this.#changed = changed;
    const kept = state.tables.meta.get('gate_mutes');
    const parsed = Mutes.safeParse(kept === null ? {} : JSON.parse(kept));
    this.#mutes = parsed.success ? parsed.data : {};
    this.#tell();
  }

  /** Until when, in milliseconds since the epoch, or null. */
  untilMs(gateId: string): number | null {
    const until = this.#mutes[gateId]?.until_ms ?? 0;
    return until > this.#now() ? until : null;
  }

  /** Silent from now on for so long; 0 ends it. */
  mute(gateId: string, minutes: number, by: By): Result<void, { code: 'disk_full' }> {
    const now = this.#now();
    const until_ms = now + minutes * 60_000;
    const left = Object.entries(this.#mutes).filter(([id, one]) => id !== gateId && one.until_ms > now);
    const mutes = Object.fromEntries(left);
    if (minutes > 0) mutes[gateId] = { until_ms, staff: by.staff, reason: by.reason };
    const written = this.#state.write((tables) => {
      tables.meta.set('gate_mutes', JSON.stringify(mutes));
      tables.journal.append(now, 'gate.muted', {
        gate_id: gateId,
        ...by,
        until: minutes === 0 ? null : new Date(until_ms).toISOString(),
      });
    });
    if (!written.ok) return written;
    this.#mutes = mutes;
    this.#state.reportsChanged();
    this.#tell();
    return written;
  }

  #tell(): void {
    this.#changed(Object.fromEntries(Object.entries(this.#mutes).map(([id, one]) => [id, one.until_ms])));
  }
}
