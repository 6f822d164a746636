/**
 * Says whether something is new: not seen for `windowMs`. Each sight renews the window, so that a tag left
 * beside a reader is news once and not every two seconds.
 */
export class Latch {
  readonly #windowMs: number;
  readonly #keysMax: number;
  /** Insertion order is order of last sight, so the first keys are the stalest. */
  readonly #seenAt = new Map<string, number>();

  constructor(windowMs: number, keysMax: number) {
    this.#windowMs = windowMs;
    this.#keysMax = keysMax;
  }

  isNew(key: string, nowMs: number): boolean {
    const seen = this.#seenAt.get(key);
    this.#seenAt.delete(key);
    this.#seenAt.set(key, nowMs);
    if (this.#seenAt.size > this.#keysMax) {
      const stalest = this.#seenAt.keys().next();
      if (!stalest.done) this.#seenAt.delete(stalest.value);
    }
    return seen === undefined || nowMs - seen >= this.#windowMs;
  }

  get size(): number {
    return this.#seenAt.size;
  }
}
