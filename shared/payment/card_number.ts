import { isLuhn } from './luhn.ts';

/**
 * Runs of digits with single blanks, hyphens or dots between them, on their own: not a part of a longer word, as in the
 * middle of a token.
 */
const RUNS = /(?<![A-Za-z0-9])\d(?:[ .-]?\d){12,18}(?![ .-]?\d)(?![A-Za-z])/g;
/** ISO/IEC 7812-1: what the schemes of payment cards begin with (3 to 6, and 2221 to 2720). */
const SCHEMES = /^(?:[3-6]|22[2-9]|2[3-6]|27[01]|2720)/;

/**
 * Whether a text holds what may be the number of a payment card (ISO/IEC 7812-1: 13 to 19 digits with a check digit by
 * the Luhn formula). Such a text is refused before anything keeps or logs it.
 */
export function holdsCardNumber(text: string): boolean {
  return [...text.matchAll(RUNS)].some(([run]) => {
    const digits = run.replace(/\D/g, '');
    return SCHEMES.test(digits) && isLuhn(digits);
  });
}
