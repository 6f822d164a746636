/**
 * Chance that a seed repeats: the generator sfc32 of PractRand (Chris Doty-Humphrey), which passes its own tests
 * and needs nothing but 32-bit integers. `stream` makes several that know nothing of one another out of one seed.
 */
export class Random {
  #a = 0;
  #b = 0;
  #c = 0;
  #d = 1;

  constructor(seed: number, stream = 0) {
    this.#a = seed >>> 0;
    this.#b = Math.floor(seed / 2 ** 32) >>> 0;
    this.#c = stream >>> 0;
    for (let i = 0; i < 12; i++) this.next();
  }

  /** An integer of 32 bits. */
  next(): number {
    const t = (((this.#a + this.#b) | 0) + this.#d) | 0;
    this.#d = (this.#d + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (this.#c << 21) | (this.#c >>> 11);
    this.#c = (this.#c + t) | 0;
    return t >>> 0;
  }

  /** From `least` to `most`, both included. */
  between(least: number, most: number): number {
    return least + (this.next() % (most - least + 1));
  }

  chance(probability: number): boolean {
    return this.next() < probability * 2 ** 32;
  }

  pick<T>(list: readonly [T, ...T[]]): T {
    return list[this.next() % list.length] ?? list[0];
  }

  /** Each as often as its weight says; the last one where rounding leaves a crumb. */
  weighted<T>(table: readonly (readonly [weight: number, what: T])[]): T {
    const whole = table.reduce((sum, [weight]) => sum + weight, 0);
    let left = (this.next() / 2 ** 32) * whole;
    for (const [weight, what] of table) {
      left -= weight;
      if (left < 0) return what;
    }
    const last = table.at(-1);
    if (last === undefined) throw new Error('nothing to choose from');
    return last[1];
  }

  uuid(): string {
    const hex = Array.from({ length: 4 }, () => this.next().toString(16).padStart(8, '0')).join('');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
  }
}
