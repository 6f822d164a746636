import { Recent } from './recent.ts';

/**
 * Answers already given, by question: a message that a device sends again (QoS 1) gets the same one. Kept
 * briefly, because the truth moves on and a later question under an old id deserves a fresh answer.
 */
export class Answers<T> {
  readonly #keptMs: number;
  readonly #given: Recent<{ atMs: number; answer: T }>;

  constructor(keptMs: number, answersMax: number) {
    this.#keptMs = keptMs;
    this.#given = new Recent(keptMs, answersMax);
  }

  get(key: string, nowMs: number): T | undefined {
    const given = this.#given.get(key);
    return given !== undefined && nowMs - given.atMs < this.#keptMs ? given.answer : undefined;
  }

  keep(key: string, answer: T, nowMs: number): void {
    this.#given.set(key, { atMs: nowMs, answer }, nowMs);
  }

  get size(): number {
    return this.#given.size;
  }
}
