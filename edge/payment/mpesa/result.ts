import type { Outcome } from '../gateway.ts';

/** The transaction is still under way, in the words of the query's own body instead of an error. */
const STILL_OPEN = '4999';
const BUSY_CODE = '1001';
const BUSY_MESSAGE = 'The telephone is busy with another payment.';
/** The telephone shows another prompt, so this one was never sent. */
export const BUSY = {
  s: 'declined',
  code: BUSY_CODE,
  message: BUSY_MESSAGE,
  soft: true,
  reference: null,
} as const;

/** What the payer did not pay for, and whether the same telephone may work another time. */
const DECLINED: Readonly<Record<string, { message: string; soft: boolean }>> = {
  '1': { message: 'The M-Pesa balance is not enough.', soft: false },
  '2001': { message: 'The PIN was wrong.', soft: false },
  [BUSY_CODE]: { message: BUSY_MESSAGE, soft: true },
  '17': { message: 'M-Pesa could not carry it out now.', soft: true },
  '26': { message: 'M-Pesa is busy.', soft: true },
  '1025': { message: 'The prompt could not be sent.', soft: true },
  '9999': { message: 'The prompt could not be sent.', soft: true },
};

/**
 * A `ResultCode` of the query or of a callback. Codes outside this list are `error`: they prove neither that money
 * moved nor that it did not. 17, 26, 1025 and 9999 are from unofficial lists, 4999 is
 * from memory.
 */
export function outcomeOfResult(
  code: string,
  description: string,
  reference: string,
  captured: () => Outcome,
): Outcome {
  if (code === '0') return captured();
  if (code === STILL_OPEN) return { s: 'pending', reference };
  if (code === '1032') return { s: 'cancelled', reference };
  if (code === '1037' || code === '1019') return { s: 'expired', reference };
  const declined = DECLINED[code];
  return declined === undefined
    ? { s: 'error', code, message: description }
    : { s: 'declined', code, ...declined, reference };
}
