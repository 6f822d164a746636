const FIRST_DELAY_MS = 500;
const DELAY_MS_MAX = 30_000;

/**
 * A piece of work with the edge that one wants done: runs alone, once more where it was asked for meanwhile, and
 * again after a growing pause where it did not come through.
 */
export class Retry {
  readonly #work: () => Promise<boolean>;
  readonly #mayRun: () => boolean;
  #running: Promise<void> | null = null;
  #again = false;
  #failures = 0;
  #timer: NodeJS.Timeout | null = null;
  #closed = false;

  /** `work` answers whether it came through. It is not begun while `mayRun` says no; then somebody kicks later. */
  constructor(work: () => Promise<boolean>, mayRun: () => boolean) {
    this.#work = work;
    this.#mayRun = mayRun;
  }

  kick(): void {
    if (this.#closed || !this.#mayRun()) return;
    if (this.#running !== null) {
      this.#again = true;
      return;
    }
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#running = this.#run().finally(() => {
      this.#running = null;
      if (this.#again) {
        this.#again = false;
        this.kick();
      }
    });
  }

  /** The line is back: what waits for its pause goes on at once. */
  reset(): void {
    this.#failures = 0;
    this.kick();
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#running;
  }

  get closed(): boolean {
    return this.#closed;
  }

  async #run(): Promise<void> {
    const done = await this.#work().catch(() => false);
    if (done) this.#failures = 0;
    else if (!this.#closed) {
      const delayMs = Math.min(DELAY_MS_MAX, FIRST_DELAY_MS * 2 ** this.#failures);
      this.#failures += 1;
      this.#timer = setTimeout(() => this.kick(), delayMs);
    }
  }
}
