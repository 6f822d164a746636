import { allocate } from '../money/allocate.ts';
import { half_up } from '../money/rounding.ts';
import type { EvaluationSettings } from './basket.ts';

/** How an amount is split over units. */
export type Split = (total: number, weights: readonly number[], caps?: readonly number[]) => number[];

export const splitOf = ({ residual }: Pick<EvaluationSettings, 'residual'>): Split =>
  residual === 'last' ? splitToLast : allocate;

/** Every share rounded by itself, the difference on the last; where that breaks a cap, the even rule holds. */
function splitToLast(total: number, weights: readonly number[], caps?: readonly number[]): number[] {
  const equal = weights.every((weight) => weight === 0);
  const sum = equal ? weights.length : weights.reduce((a, b) => a + b, 0);
  const shares = weights.map((weight) => half_up(BigInt(total) * BigInt(equal ? 1 : weight), BigInt(sum)));
  const last = shares.length - 1;
  const others = shares.slice(0, last).reduce((a, b) => a + b, 0);
  shares[last] = total - others;
  const fits = shares.every((share, i) => share >= 0 && share <= (caps?.[i] ?? Number.POSITIVE_INFINITY));
  return fits ? shares : allocate(total, weights, caps);
}
