/** How thoroughly one table cell is measured. */
export interface Effort {
  rounds: number;
  /** It ends after that, with fewer samples. */
  seconds: number;
  /** Before samples count; whole rounds. */
  warmUpMs?: number;
}

const WARM_UP_MS = 800;

/** Which basket is next. Whole rounds, until the code is warm and then as often as wanted or there is time. */
export function* turns(
  count: number,
  { rounds, seconds, warmUpMs = WARM_UP_MS }: Effort,
): Generator<{ i: number; isWarm: boolean }> {
  const began = performance.now();
  const spent = () => performance.now() - began;
  let isWarm = false;
  for (let round = 0; round < rounds; ) {
    for (let i = 0; i < count; i++) {
      if (i > 0 && spent() > seconds * 1000) return;
      yield { i, isWarm };
    }
    if (isWarm) round++;
    else isWarm = spent() >= warmUpMs;
  }
}

/** Milliseconds by basket. A sample from before the code was warm counts only where there is no other. */
export class Timings {
  readonly #warm = new Map<number, number[]>();
  readonly #cold = new Map<number, number[]>();

  add(i: number, ms: number, isWarm: boolean): void {
    const own = isWarm ? this.#warm : this.#cold;
    const known = own.get(i);
    if (known === undefined) own.set(i, [ms]);
    else known.push(ms);
  }

  get #counted(): Map<number, number[]> {
    return new Map([...this.#cold, ...this.#warm]);
  }

  get samples(): number[] {
    return [...this.#counted.values()].flat();
  }

  get medians(): { i: number; ms: number }[] {
    return [...this.#counted].map(([i, samples]) => ({ i, ms: medianOf(samples) }));
  }
}

/** `look` sees each result when the clock has stopped. */
export function timeEach<T>(
  count: number,
  work: (i: number) => T,
  effort: Effort,
  look: (i: number, result: T) => void = () => {},
): Timings {
  const timings = new Timings();
  for (const { i, isWarm } of turns(count, effort)) {
    const began = performance.now();
    const result = work(i);
    timings.add(i, performance.now() - began, isWarm);
    look(i, result);
  }
  return timings;
}

function medianOf(samples: readonly number[]): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
