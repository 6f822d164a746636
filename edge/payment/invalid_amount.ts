/**
 * Why an amount cannot be sent, or null. Minor units; `max` is what the provider's format holds. Checked before
 * any call, so that nothing can have been charged.
 */
export function invalidAmount(
  amount: number,
  max: number = Number.MAX_SAFE_INTEGER,
): { s: 'error'; code: 'invalid_amount'; message: string } | null {
  if (Number.isSafeInteger(amount) && amount > 0 && amount <= max) return null;
  return { s: 'error', code: 'invalid_amount', message: 'The provider’s format cannot hold this amount.' };
}
