import { Refused } from './refused.ts';

const OPEN_WITHIN_MS = 120_000;
const DEATHS_MAX = 5;
const EXIT_FAILED = 1;

/** Ends a start that leads nowhere: one that takes too long, or whose children end instead of starting. */
export class Patience {
  readonly #over = new AbortController();
  readonly #timer: NodeJS.Timeout;
  #deaths = 0;

  constructor() {
    const late = new Refused(`the demo store did not open within ${OPEN_WITHIN_MS / 1000} s`, EXIT_FAILED);
    this.#timer = setTimeout(() => this.#over.abort(late), OPEN_WITHIN_MS);
  }

  get signal(): AbortSignal {
    return this.#over.signal;
  }

  childDied(role: string): void {
    if (++this.#deaths < DEATHS_MAX) return;
    this.#over.abort(
      new Refused(`${role} ends again and again instead of starting; its log says why`, EXIT_FAILED),
    );
  }

  /** The store is open, or the start is over: nothing is watched any more. */
  end(): void {
    clearTimeout(this.#timer);
  }
}
