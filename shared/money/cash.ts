/** Currencies whose smallest coin is worth more than their minor unit: what cash is rounded to, in minor units. */
const SMALLEST_COIN: ReadonlyMap<string, number> = new Map([
  ['AUD', 5],
  ['CAD', 5],
  ['CHF', 5],
  ['CZK', 100],
  ['DKK', 50],
  ['HUF', 500],
  ['MYR', 5],
  ['NOK', 100],
  ['NZD', 10],
  ['SEK', 100],
  ['SGD', 5],
  ['ZAR', 10],
]);

/** The step of cash amounts: the store's own rule, or what is usual for its currency. */
export const cashStep = (currency: string, own: number | undefined): number =>
  own ?? SMALLEST_COIN.get(currency) ?? 1;

/** What is paid in cash for an amount: the nearest multiple of the step; half a step goes up. */
export function roundCash(amount: number, step: number): number {
  const over = ((amount % step) + step) % step;
  return over * 2 < step ? amount - over : amount - over + step;
}
