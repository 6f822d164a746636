import type { AgentState } from '../state/agent_state.ts';

const REPORTS_IN_FLIGHT_MAX = 32;

/**
 * Sends the journal up, in order, a window at a time. What the edge has taken is marked in the journal;
 * what it has not is sent again after the next hello, and the edge inserts each id once.
 */
export class ReportSender {
  readonly #state: AgentState;
  readonly #now: () => number;
  readonly #send: (report: object) => void;
  #open = false;
  #sentUpTo = 0;
  readonly #inFlight = new Set<number>();
  #settled: { id: number; as: 'accepted' | 'refused' }[] = [];
  #flush: NodeJS.Immediate | null = null;

  constructor(state: AgentState, now: () => number, send: (report: object) => void) {
    this.#state = state;
    this.#now = now;
    this.#send = send;
    state.onReports(() => this.pump());
  }

  opened(): void {
    this.#open = true;
    this.#sentUpTo = 0;
    this.#inFlight.clear();
    this.pump();
  }

  closed(): void {
    this.#open = false;
    this.flush();
  }

  settle(id: number, as: 'accepted' | 'refused'): void {
    this.#settled.push({ id, as });
    this.#flush ??= setImmediate(() => {
      this.flush();
      this.pump();
    });
  }

  /** Marks what was settled, many in one transaction. */
  flush(): void {
    if (this.#flush !== null) clearImmediate(this.#flush);
    this.#flush = null;
    if (this.#settled.length === 0) return;
    const settled = this.#settled;
    this.#settled = [];
    for (const { id } of settled) this.#inFlight.delete(id);
    // Where the disk is full the edge simply hears these again.
    this.#state.write(({ journal }) => {
      for (const { id, as } of settled) journal.settle(id, as, this.#now());
    });
  }

  pump(): void {
    if (!this.#open) return;
    const room = REPORTS_IN_FLIGHT_MAX - this.#inFlight.size;
    if (room <= 0) return;
    for (const report of this.#state.tables.journal.pending(this.#sentUpTo, room)) {
      this.#sentUpTo = report.id;
      this.#inFlight.add(report.id);
      this.#send(report);
    }
  }
}
