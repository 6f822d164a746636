const DECIMAL = /^(\d+)(?:\.(\d+))?$/;

/**
 * Decimal text as an integer of `digits` decimal places: "12.5" with 2 is 1250. Zeros beyond them are dropped;
 * null if the text is anything else (a sign, a comma, finer digits) or too large to be exact.
 */
export function parseDecimal(text: string, digits: number): number | null {
  const parts = DECIMAL.exec(text);
  if (parts === null) return null;
  const fraction = (parts[2] ?? '').padEnd(digits, '0');
  if (/[1-9]/.test(fraction.slice(digits))) return null;
  const value = Number((parts[1] ?? '') + fraction.slice(0, digits));
  return Number.isSafeInteger(value) ? value : null;
}

/** An integer of `digits` decimal places as decimal text: 1250 with 2 is "12.50". */
export function formatDecimal(value: number, digits: number): string {
  const text = String(value).padStart(digits + 1, '0');
  return digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`;
}
