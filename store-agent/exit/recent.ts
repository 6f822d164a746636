/**
 * What was touched not long ago, in two generations: everything touched within the window is there, what was
 * not goes with its whole generation, and no look ever searches. A map that drops its oldest entry one by one
 * walks over the places of those it dropped before, which took a gate longer than its decision.
 */
export class Recent<T> {
  readonly #windowMs: number;
  readonly #max: number;
  #young = new Map<string, T>();
  #old = new Map<string, T>();
  #turnedAtMs = Number.NEGATIVE_INFINITY;

  /** Holds at most `max`; under pressure the longer untouched half is forgotten early. */
  constructor(windowMs: number, max: number) {
    this.#windowMs = windowMs;
    this.#max = max;
  }

  get(key: string): T | undefined {
    return this.#young.get(key) ?? this.#old.get(key);
  }

  set(key: string, value: T, nowMs: number): void {
    if (nowMs - this.#turnedAtMs >= this.#windowMs || this.#young.size >= this.#max / 2) {
      // Two windows of silence: the young have had their time, too.
      this.#old = nowMs - this.#turnedAtMs >= 2 * this.#windowMs ? new Map() : this.#young;
      this.#young = new Map();
      this.#turnedAtMs = nowMs;
    }
    this.#young.set(key, value);
  }

  /** Keys that are in both generations count twice. */
  get size(): number {
    return this.#young.size + this.#old.size;
  }
}
