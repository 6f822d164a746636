/** Rounds n / d to the nearest integer, halves up. n >= 0, d > 0; exact for any size. */
export const halfUp = (n: bigint, d: bigint): bigint => (2n * n + d) / (2n * d);

/** `basis_points` of an amount, halves up. Minor units. */
export const percentOf = (amount: number, basis_points: number): number =>
  Number(halfUp(BigInt(amount) * BigInt(basis_points), 10_000n));

/** A price per weight unit for a weight in thousandths of it. Minor units. */
export const priceOfWeight = (price: number, weight_milli: number): number =>
  Number(halfUp(BigInt(price) * BigInt(weight_milli), 1_000n));

export const sum = (amounts: readonly number[]): number =>
  amounts.reduce((total, amount) => total + amount, 0);

/** Where the minor units go that rounding leaves over: to those it hurt most, or all to the last. */
export type Residual = 'spread' | 'last';

/** Splits a discount or a price over the units of a set: `total` by weight, no share above its cap. */
export function split(
  total: number,
  weights: readonly number[],
  caps: readonly number[] | null,
  residual: Residual,
): number[] {
  return (residual === 'last' ? allToLast(total, weights, caps) : null) ?? allocate(total, weights, caps);
}

/** Each share rounded by itself, the difference on the last; null if a share leaves its bounds by that. */
function allToLast(
  total: number,
  weights: readonly number[],
  caps: readonly number[] | null,
): number[] | null {
  if (weights.length === 0) return null;
  const equal = weights.every((weight) => weight === 0);
  const parts = weights.map((weight) => BigInt(equal ? 1 : weight));
  const whole = parts.reduce((w, part) => w + part, 0n);
  const shares = parts.map((part) => Number(halfUp(BigInt(total) * part, whole)));
  shares.pop();
  shares.push(total - sum(shares));
  return shares.every((share, i) => share >= 0 && (caps === null || share <= at(caps, i))) ? shares : null;
}

/**
 * Splits `total` by weight, exactly, no share above its cap. Whoever would pass the cap gets the cap and
 * the others share the rest. Then every share is rounded and the difference is worked off: missing units go
 * where rounding took most, surplus is taken where it gave most, the later position first among equals.
 */
export function allocate(
  total: number,
  weights: readonly number[],
  caps: readonly number[] | null,
): number[] {
  const shares = weights.map(() => 0n);
  let open = weights.map((_, position) => position);
  let rest = BigInt(total);
  for (;;) {
    const weight = openWeights(weights, open);
    const whole = open.reduce((w, position) => w + weight(position), 0n);
    const full = caps
      ? open.filter((position) => rest * weight(position) > BigInt(at(caps, position)) * whole)
      : [];
    if (full.length === 0) {
      roundShares(shares, open, rest, weight, whole);
      return shares.map(Number);
    }
    for (const position of full) shares[position] = BigInt(at(caps ?? [], position));
    rest -= full.reduce((given, position) => given + (shares[position] ?? 0n), 0n);
    open = open.filter((position) => !full.includes(position));
  }
}

/** Weights that are all zero count as equal. */
function openWeights(weights: readonly number[], open: readonly number[]): (position: number) => bigint {
  const flat = open.every((position) => weights[position] === 0);
  return (position) => (flat ? 1n : BigInt(at(weights, position)));
}

function roundShares(
  shares: bigint[],
  open: readonly number[],
  rest: bigint,
  weight: (position: number) => bigint,
  whole: bigint,
): void {
  for (const position of open) shares[position] = halfUp(rest * weight(position), whole);
  const missing = rest - open.reduce((given, position) => given + (shares[position] ?? 0n), 0n);
  const sign = missing > 0n ? 1n : -1n;
  const hurt = open
    .map((position) => ({
      position,
      loss: sign * (rest * weight(position) - (shares[position] ?? 0n) * whole),
    }))
    .toSorted((a, b) => (a.loss === b.loss ? b.position - a.position : a.loss < b.loss ? 1 : -1));
  for (const { position } of hurt.slice(0, Number(sign * missing)))
    shares[position] = (shares[position] ?? 0n) + sign;
}

function at(values: readonly number[], position: number): number {
  const value = values[position];
  if (value === undefined) throw new Error(`no value at position ${position}`);
  return value;
}
