import { Recent } from './recent.ts';

/**
 * Says whether something is new: not seen for `windowMs`. Each sight renews the window, so that a tag left
 * beside a reader is news once and not every two seconds.
 */
export class Latch {
  readonly #windowMs: number;
  readonly #seenAt: Recent<number>;

  constructor(windowMs: number, keysMax: number) {
    this.#windowMs = windowMs;
    this.#seenAt = new Recent(windowMs, keysMax);
  }

  isNew(key: string, nowMs: number): boolean {
    const seen = this.#seenAt.get(key);
    this.#seenAt.set(key, nowMs, nowMs);
    return seen === undefined || nowMs - seen >= this.#windowMs;
  }

  get size(): number {
    return this.#seenAt.size;
  }
}
