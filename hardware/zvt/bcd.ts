/** A number as packed decimal digits, high digit first, in so many bytes. Null: it does not fit. */
export function bcdOf(value: number, bytes: number): number[] | null {
  const digits = String(value).padStart(bytes * 2, '0');
  if (!/^[0-9]+$/.test(digits) || digits.length > bytes * 2) return null;
  return Array.from({ length: bytes }, (_, i) => Number.parseInt(digits.slice(i * 2, i * 2 + 2), 16));
}

/** The number of packed decimal digits, or null where a half byte is none. */
export function numberOfBcd(bytes: Uint8Array): number | null {
  const digits = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return /^[0-9]+$/.test(digits) ? Number(digits) : null;
}
