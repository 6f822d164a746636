/** Said before any call, so that nothing can have been charged. */
export const INVALID_AMOUNT = {
  s: 'error',
  code: 'invalid_amount',
  message: 'The provider’s format cannot hold this amount.',
} as const;

/** Whole, and more than nothing. */
export const isAmount = (amount: number): boolean => Number.isSafeInteger(amount) && amount > 0;
