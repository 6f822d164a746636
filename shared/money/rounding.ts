/**
 * The project's one rounding: `floor((2n + d) / 2d)`, so a half goes up. `n` is an integer of at least 0 and
 * `d` of at least 1; a quotient beyond 2^53 is a bug and throws. Products that may pass 2^53 belong into
 * `proportion`, which multiplies exactly.
 */
export function half_up(n: number | bigint, d: number | bigint): number {
  if (typeof n === 'number' && typeof d === 'number') {
    if (!Number.isSafeInteger(n) || !Number.isSafeInteger(d) || n < 0 || d < 1) {
      throw new RangeError(`half_up of ${n} / ${d}`);
    }
    const rest = n % d;
    return (n - rest) / d + (rest >= d - rest ? 1 : 0);
  }
  const numerator = BigInt(n);
  const denominator = BigInt(d);
  if (numerator < 0n || denominator < 1n) throw new RangeError(`half_up of ${n} / ${d}`);
  return safe((2n * numerator + denominator) / (2n * denominator));
}

/** `amount × numerator / denominator`, exact and rounded half up once; all three are integers of at least 0. */
export function proportion(amount: number, numerator: number, denominator: number): number {
  const product = amount * numerator;
  return Number.isSafeInteger(product)
    ? half_up(product, denominator)
    : half_up(BigInt(amount) * BigInt(numerator), denominator);
}

function safe(value: bigint): number {
  const result = Number(value);
  if (!Number.isSafeInteger(result)) throw new RangeError(`${value} is not a safe integer`);
  return result;
}
