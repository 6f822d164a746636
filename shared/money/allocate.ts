import { half_up } from './rounding.ts';

/**
 * The only proration rule of the project: for discounts, taxes, refunds and legs alike. Splits `total` over
 * the positions by `weights`, no share above its cap; all are integers of at least 0. Every share is the floor
 * or the ceiling of its exact value and the shares sum to `total`: each is rounded half up, and what is then
 * over or short goes to the shares that rounding hurt or favoured most, the later position first in a tie
 * (1000 by 1:1:1 is 333, 333, 334; 2000 is 667, 667, 666).
 *
 * Weights that are all 0 count as 1. A `total` above the sum of the caps, or without a position, throws.
 */
export function allocate(total: number, weights: readonly number[], caps?: readonly number[]): number[] {
  check(total, weights, caps);
  const shares = weights.map(() => 0);
  let rest = total;
  let active = weights.map((_, position) => position);

  // Capping one position raises the share of the others, so it is repeated until nobody is above a cap.
  for (;;) {
    const portions = portionsOf(active, weights);
    const sum = portions.reduce((a, portion) => a + portion.weight, 0);
    const over =
      caps === undefined ? [] : portions.filter((p) => exceeds(rest, p.weight, sum, caps[p.position] ?? 0));
    if (over.length === 0) {
      spread(rest, portions, sum, shares);
      return shares;
    }
    const capped = new Set(over.map((portion) => portion.position));
    for (const position of capped) {
      const cap = caps?.[position] ?? 0;
      shares[position] = cap;
      rest -= cap;
    }
    active = active.filter((position) => !capped.has(position));
  }
}

interface Portion {
  position: number;
  weight: number;
}

function portionsOf(active: readonly number[], weights: readonly number[]): Portion[] {
  const equal = active.every((position) => weights[position] === 0);
  return active.map((position) => ({ position, weight: equal ? 1 : (weights[position] ?? 0) }));
}

function exceeds(total: number, weight: number, sum: number, cap: number): boolean {
  const left = total * weight;
  const right = cap * sum;
  if (Number.isSafeInteger(left) && Number.isSafeInteger(right)) return left > right;
  return BigInt(total) * BigInt(weight) > BigInt(cap) * BigInt(sum);
}

function spread(total: number, portions: readonly Portion[], sum: number, shares: number[]): void {
  if (portions.length === 0) return;
  const exact = Number.isSafeInteger(2 * total * sum);
  const rounded = portions.map(({ position, weight }) => {
    if (exact) {
      const share = half_up(total * weight, sum);
      return { position, share, error: BigInt(total * weight - share * sum) };
    }
    const product = BigInt(total) * BigInt(weight);
    const share = half_up(product, BigInt(sum));
    return { position, share, error: product - BigInt(share) * BigInt(sum) };
  });
  const difference = total - rounded.reduce((a, r) => a + r.share, 0);
  for (const { position, share } of rounded) shares[position] = share;
  if (difference === 0) return;

  const step = difference > 0 ? 1 : -1;
  rounded.sort((a, b) => {
    if (a.error !== b.error) return a.error > b.error === step > 0 ? -1 : 1;
    return b.position - a.position;
  });
  for (const { position, share } of rounded.slice(0, Math.abs(difference))) shares[position] = share + step;
}

function check(total: number, weights: readonly number[], caps: readonly number[] | undefined): void {
  const natural = (n: number) => Number.isSafeInteger(n) && n >= 0;
  if (!natural(total) || !weights.every(natural) || !natural(weights.reduce((a, w) => a + w, 0))) {
    throw new RangeError(`allocate of ${total} over [${weights}]`);
  }
  if (caps !== undefined && (caps.length !== weights.length || !caps.every(natural))) {
    throw new RangeError(`allocate under the caps [${caps}]`);
  }
  const room = caps === undefined ? (weights.length === 0 ? 0 : total) : caps.reduce((a, cap) => a + cap, 0);
  if (total > room) throw new RangeError(`allocate of ${total} where only ${room} fits`);
}
