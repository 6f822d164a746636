/** Sorted figures of one measurement, milliseconds. */
export interface Figures {
  n: number;
  p50: number;
  p99: number;
  max: number;
}

export function figuresOf(samples: readonly number[]): Figures {
  if (samples.length === 0) throw new Error('no samples');
  const sorted = [...samples].sort((a, b) => a - b);
  const at = (q: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? 0;
  return { n: sorted.length, p50: at(0.5), p99: at(0.99), max: at(1) };
}

/** One row of a table: the figures, and their ratio to the floor of the same run. */
export function row(what: string, figures: Figures, floor?: Figures): string {
  const ms = (v: number) => v.toFixed(2).padStart(8);
  const ratio =
    floor === undefined
      ? ''
      : `  ${(figures.p50 / floor.p50).toFixed(1)}× / ${(figures.p99 / floor.p99).toFixed(1)}×`;
  return `${what.padEnd(58)} ${String(figures.n).padStart(5)} ${ms(figures.p50)} ${ms(figures.p99)} ${ms(figures.max)}${ratio}`;
}

export const HEAD = `${'milliseconds'.padEnd(58)} ${'n'.padStart(5)} ${'p50'.padStart(8)} ${'p99'.padStart(8)} ${'max'.padStart(8)}  to floor p50 / p99`;
