import type { RetailerId } from '../ids/index.ts';
import { sha256Hex } from '../offline/sha256.ts';
import { err, ok, type Result } from '../result.ts';
import type { LedgerKind } from './book.ts';

/** The last four characters are shown; a shorter code would be half told by them. */
const CODE_CHARACTERS_MIN = 8;
const CODE_CHARACTERS_MAX = 64;

/** Crockford's base 32: no I, L, O or U, so that a code can be read out. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const MADE_PREFIX = 'GC';
const MADE_CHARACTERS = 15;
const MADE = /^GC[0-9A-HJKMNP-TV-Z]{16}$/;
/** Random bytes of a made code: 5 bits of each are used. */
export const MADE_CODE_RANDOM_BYTES = MADE_CHARACTERS;

/** A code as people type it: spaces, hyphens and case mean nothing, nor does the plus of a telephone number. */
export function readAccountCode(text: string): Result<string, { code: 'length' } | { code: 'check_digit' }> {
  const code = text
    .normalize('NFKC')
    .toUpperCase()
    .replaceAll(/[\s\-.()+]/g, '');
  if (code.length < CODE_CHARACTERS_MIN || code.length > CODE_CHARACTERS_MAX) return err({ code: 'length' });
  if (MADE.test(code) && luhn32(code.slice(MADE_PREFIX.length)) !== 0) return err({ code: 'check_digit' });
  return ok(code);
}

/** A gift card's code that nobody guesses: 75 random bits and a check character. */
export function makeCardCode(random: Uint8Array): string {
  if (random.length !== MADE_CODE_RANDOM_BYTES)
    throw new Error(`needs ${MADE_CODE_RANDOM_BYTES} random bytes`);
  const body = Array.from(random, (byte) => ALPHABET[byte % 32]).join('');
  const check = ALPHABET[(32 - luhn32(`${body}0`)) % 32];
  return `${MADE_PREFIX}${body}${check}`;
}

/** Luhn's sum modulo 32; 0 where the last character is the right one. Finds every single wrong character. */
function luhn32(text: string): number {
  let sum = 0;
  let factor = 1;
  for (let i = text.length - 1; i >= 0; i--) {
    const product = factor * ALPHABET.indexOf(text[i] ?? '0');
    sum += Math.floor(product / 32) + (product % 32);
    factor = 3 - factor;
  }
  return sum % 32;
}

export const last4Of = (code: string): string => code.slice(-4);

/**
 * The object's name of an account. The code stands in it only as a digest with the retailer and the kind, so that
 * no list of objects shows a card or a telephone number. A digest of a short number can be found by trying all.
 */
export function ledgerName(retailer: RetailerId, kind: LedgerKind, code: string): string {
  return `${retailer.slice('ret_'.length)}.${kind}.${sha256Hex(`ledger\n${retailer}\n${kind}\n${code}`)}`;
}

/** Whether an object's name is of this retailer. */
export const isLedgerOf = (retailer: RetailerId, name: string): boolean =>
  name.startsWith(`${retailer.slice('ret_'.length)}.`);
