import { type Figures, figuresOf } from '../stats.ts';

export interface Load extends Figures {
  clients: number;
  per_second: number;
}

/** `clients` workers take the calls one after the other from one list; every call is timed by itself. */
export async function load(
  clients: number,
  calls: number,
  call: (n: number, client: number) => Promise<unknown>,
): Promise<Load> {
  const samples: number[] = [];
  let next = 0;
  const began = performance.now();
  await Promise.all(
    Array.from({ length: clients }, async (_, client) => {
      while (next < calls) {
        const n = next++;
        const t = performance.now();
        await call(n, client);
        samples.push(performance.now() - t);
      }
    }),
  );
  return { ...figuresOf(samples), clients, per_second: (calls * 1_000) / (performance.now() - began) };
}

export const LOAD_HEAD = `${'milliseconds'.padEnd(46)} ${'clients'.padStart(7)} ${'p50'.padStart(8)} ${'p99'.padStart(8)} ${'a second'.padStart(9)}  to its floor p50 / p99`;

export function loadRow(what: string, figures: Load, floor?: Load): string {
  const ms = (value: number) => value.toFixed(2).padStart(8);
  const ratio =
    floor === undefined
      ? ''
      : `  ${(figures.p50 / floor.p50).toFixed(2)}× / ${(figures.p99 / floor.p99).toFixed(2)}×`;
  return `${what.padEnd(46)} ${String(figures.clients).padStart(7)} ${ms(figures.p50)} ${ms(figures.p99)} ${figures.per_second.toFixed(0).padStart(9)}${ratio}`;
}
