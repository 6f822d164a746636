/**
 * Answers already given, by question: a message that a device sends again (QoS 1) gets the same one. Kept
 * briefly, because the truth moves on and a later question under an old id deserves a fresh answer.
 */
export class Answers<T> {
  readonly #keptMs: number;
  readonly #answersMax: number;
  readonly #given = new Map<string, { atMs: number; answer: T }>();

  constructor(keptMs: number, answersMax: number) {
    this.#keptMs = keptMs;
    this.#answersMax = answersMax;
  }

  get(key: string, nowMs: number): T | undefined {
    const given = this.#given.get(key);
    return given !== undefined && nowMs - given.atMs < this.#keptMs ? given.answer : undefined;
  }

  keep(key: string, answer: T, nowMs: number): void {
    this.#given.delete(key);
    this.#given.set(key, { atMs: nowMs, answer });
    for (const [oldest, { atMs }] of this.#given) {
      if (this.#given.size <= this.#answersMax && nowMs - atMs < this.#keptMs) break;
      this.#given.delete(oldest);
    }
  }

  get size(): number {
    return this.#given.size;
  }
}
