/**
 * The digit that guards a price of four or five digits on a label (GS1 General Specifications, section 7.9.3):
 * each digit is weighted by a table, and the sum gives the verifier.
 */
const TWO_MINUS = [0, 2, 4, 6, 8, 9, 1, 3, 5, 7] as const;
const THREE = [0, 3, 6, 9, 2, 5, 8, 1, 4, 7] as const;
const FIVE_PLUS = [0, 5, 1, 6, 2, 7, 3, 8, 4, 9] as const;
const FIVE_MINUS: readonly number[] = [0, 5, 9, 4, 8, 3, 7, 2, 6, 1];

const FOUR_DIGITS = [TWO_MINUS, TWO_MINUS, THREE, FIVE_MINUS];
const FIVE_DIGITS = [FIVE_PLUS, TWO_MINUS, FIVE_MINUS, FIVE_PLUS, TWO_MINUS];

/** Of four or five digits; another length is a bug. */
export function priceVerifier(price: string): string {
  if (price.length === 4) return String((weighted(price, FOUR_DIGITS) * 3) % 10);
  if (price.length !== 5) throw new RangeError(`${price} has no verifier`);
  const rest = (10 - (weighted(price, FIVE_DIGITS) % 10)) % 10;
  return String(FIVE_MINUS.indexOf(rest));
}

function weighted(price: string, tables: readonly (readonly number[])[]): number {
  return tables.reduce((sum, table, i) => sum + (table[price.charCodeAt(i) - 48] ?? 0), 0);
}
