import type { AgentState } from '../state/agent_state.ts';

const NOTED_EVERY_MS = 60_000;

/**
 * Since when the edge was not heard. Noted on the disk each minute, so that switching the agent off and on again
 * does not begin the time of selling without a line anew.
 */
export class Silence {
  readonly #state: AgentState;
  readonly #link: { linked(): boolean; heardAtMs(): number | null };
  readonly #now: () => number;
  readonly #startedAtMs: number;
  #timer: NodeJS.Timeout | null = null;

  constructor(state: AgentState, link: { linked(): boolean; heardAtMs(): number | null }, now: () => number) {
    this.#state = state;
    this.#link = link;
    this.#now = now;
    this.#startedAtMs = now();
  }

  start(): void {
    this.#timer = setInterval(() => this.note(), NOTED_EVERY_MS);
  }

  /** Null while the line is up. A clock that was set back never makes the silence shorter than nothing. */
  sinceMs(): number | null {
    if (this.#link.linked()) return null;
    const heard =
      this.#link.heardAtMs() ?? this.#state.tables.meta.number('edge_heard_at', this.#startedAtMs);
    return Math.min(heard, this.#now());
  }

  note(): void {
    const heard = this.#link.heardAtMs();
    if (heard !== null) this.#state.write((tables) => tables.meta.set('edge_heard_at', heard));
  }

  close(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.note();
  }
}
