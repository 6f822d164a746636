import type { Figures } from '../stats.ts';

/** A line of a table in microseconds. */
export function rowOf(text: string, figures: Figures, floor: Figures | null): string {
  const us = (ms: number): string => (ms * 1_000).toFixed(0).padStart(8);
  const ratio = floor === null ? '' : `  ${(figures.p50 / floor.p50).toFixed(2)}×`;
  return `${text.padEnd(52)} ${String(figures.n).padStart(8)}${us(figures.p50)}${us(figures.p99)}${us(figures.max)}${ratio}`;
}
