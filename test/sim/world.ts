interface Happening {
  at: number;
  n: number;
  run: () => void;
  /** An alarm or a time-out: it alone keeps no walk going. */
  idle: boolean;
  off: boolean;
}

/** When every simulated world begins, in milliseconds since 1970. */
export const BEGINNING_MS = Date.UTC(2026, 2, 2, 8);

/**
 * Virtual time. What happens later is kept here in its order; nothing waits for real time. One happening runs to its
 * end, all the promises that it settles included, before the next one begins, so a seed repeats itself exactly.
 */
export class World {
  readonly beganAt = BEGINNING_MS;
  now = BEGINNING_MS;
  /** What happened, for people; kept only where somebody wants to read it. */
  readonly trace: string[] = [];
  readonly #traced: boolean;
  readonly #queue: Happening[] = [];
  #made = 0;
  #busy = 0;

  constructor(traced = false) {
    this.#traced = traced;
  }

  /** Happenings besides alarms and time-outs that are still to come. */
  get busy(): number {
    return this.#busy;
  }

  get nextAt(): number | null {
    return this.#queue[0]?.at ?? null;
  }

  /** @returns calls it off */
  after(delayMs: number, run: () => void, idle = false): () => void {
    const what: Happening = { at: this.now + Math.max(0, delayMs), n: this.#made++, run, idle, off: false };
    if (!idle) this.#busy++;
    let low = 0;
    let high = this.#queue.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = this.#queue[middle];
      if (other !== undefined && (other.at < what.at || (other.at === what.at && other.n < what.n)))
        low = middle + 1;
      else high = middle;
    }
    this.#queue.splice(low, 0, what);
    return () => {
      if (what.off) return;
      what.off = true;
      const at = this.#queue.indexOf(what);
      if (at === -1) return;
      this.#queue.splice(at, 1);
      if (!idle) this.#busy--;
    };
  }

  /** Lets the next thing happen. False: nothing is to come. */
  async step(): Promise<boolean> {
    const next = this.#queue.shift();
    if (next === undefined) return false;
    next.off = true;
    if (!next.idle) this.#busy--;
    this.now = next.at;
    next.run();
    await everyPromise();
    return true;
  }

  note(text: () => string): void {
    if (!this.#traced) return;
    const since = this.now - BEGINNING_MS;
    const [days, rest] = [Math.floor(since / 86_400_000), since % 86_400_000];
    this.trace.push(`${days}d ${new Date(rest).toISOString().slice(11, 23)}  ${text()}`);
  }
}

/** Real, also while the virtual ones stand in its place. */
const { setImmediate } = globalThis;

/** Resolves once no promise is left to run. */
export const everyPromise = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
