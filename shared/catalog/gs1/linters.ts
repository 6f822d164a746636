import { hasCheckDigit } from '../gtin.ts';
import { COUNTRY_LETTERS, COUNTRY_NUMBERS, CURRENCY_NUMBERS, PACKAGE_TYPES } from './lists.ts';

/** Whether a component holds what a test of the syntax dictionary asks of it. */
type Linter = (text: string) => boolean;

const COMPANY_PREFIX_DIGITS_MIN = 4;
const IBAN_CHARACTERS_MIN = 11;
const CSET_82 = '!"%&\'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz';
const CSET_32 = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';

/** By the dictionary's names. A name that is missing here is a bug of ours, and a test looks for it. */
export const LINTERS: Readonly<Record<string, Linter>> = {
  csum: hasCheckDigit,
  csumalpha: hasCheckPair,
  // Who holds a prefix is in no table of ours: only its least digits are looked at.
  gcppos1: (text) => new RegExp(`^[0-9]{${COMPANY_PREFIX_DIGITS_MIN}}`).test(text),
  gcppos2: (text) => new RegExp(`^.[0-9]{${COMPANY_PREFIX_DIGITS_MIN}}`).test(text),
  // The head alone: funder and offer. What a US coupon demands is the coupon's business, which no scan settles.
  couponcode: (text) => isCouponHead(text, 0),
  couponposoffer: isCouponOffer,
  hasnondigit: (text) => /[^0-9]/.test(text),
  hh: (text) => within(text, 23),
  hhmi: (text) => within(text.slice(0, 2), 23) && within(text.slice(2), 59),
  mi: (text) => within(text, 59),
  ss: (text) => within(text, 59),
  hyphen: (text) => /^-+$/.test(text),
  iban: isIban,
  importeridx: (text) => /^[-0-9A-Z_a-z]$/.test(text),
  iso3166: (text) => COUNTRY_NUMBERS.has(text),
  iso3166999: (text) => text === '999' || COUNTRY_NUMBERS.has(text),
  iso3166alpha2: (text) => COUNTRY_LETTERS.has(text),
  iso4217: (text) => CURRENCY_NUMBERS.has(text),
  iso5218: (text) => /^[0129]$/.test(text),
  latitude: (text) => within(text, 1_800_000_000),
  longitude: (text) => within(text, 3_600_000_000),
  mediatype: (text) => /^(?:0[1-9]|10|[89][0-9])$/.test(text),
  nonzero: (text) => /[^0]/.test(text),
  nozeroprefix: (text) => text === '0' || !text.startsWith('0'),
  packagetype: (text) => PACKAGE_TYPES.has(text),
  pcenc: (text) => !/%(?![0-9A-Fa-f]{2})/.test(text),
  pieceoftotal: isPieceOfTotal,
  posinseqslash: (text) => /^[1-9][0-9]*\/[1-9][0-9]*$/.test(text) && isWithinSequence(text),
  winding: (text) => /^[019]$/.test(text),
  yesno: (text) => /^[01]$/.test(text),
  yymmd0: (text) => isDate(`20${text}`, true),
  yymmdd: (text) => isDate(`20${text}`, false),
  yyyymmd0: (text) => isDate(text, true),
  yyyymmdd: (text) => isDate(text, false),
  zero: (text) => /^0+$/.test(text),
};

/** A digit 0 to 6 tells how many digits over six the funder has; six digits of offer follow. */
function isCouponHead(text: string, at: number): boolean {
  const more = Number(text.charAt(at));
  return /^[0-9]+$/.test(text) && more <= 6 && text.length >= at + 1 + 6 + more + 6;
}

/** A format digit 0 or 1, the head, and a serial number of six digits and as many as the digit before it says. */
function isCouponOffer(text: string): boolean {
  if (!/^[01][0-9]+$/.test(text) || !isCouponHead(text, 1)) return false;
  const serial = 2 + 6 + Number(text.charAt(1)) + 6;
  return text.length === serial + 1 + 6 + Number(text.charAt(serial));
}

const within = (text: string, max: number): boolean => /^[0-9]+$/.test(text) && Number(text) <= max;

/** Day 00 stands for the last of the month where it is allowed. A leap day of 2000 fits every century that matters. */
function isDate(text: string, dayMayBeZero: boolean): boolean {
  const [year, month, day] = [text.slice(0, 4), text.slice(4, 6), text.slice(6, 8)].map(Number);
  if (!/^[0-9]{8}$/.test(text) || year === undefined || month === undefined || day === undefined)
    return false;
  if (month < 1 || month > 12) return false;
  return day === 0 ? dayMayBeZero : day <= daysOf(year, month);
}

export const daysOf = (year: number, month: number): number =>
  new Date(Date.UTC(year, month, 0)).getUTCDate();

/** General Specifications, section 7.9.5: two check characters over any of the 82. */
function hasCheckPair(text: string): boolean {
  if (text.length < 2) return false;
  const body = text.slice(0, -2);
  let sum = 0;
  let prime = 2;
  for (let i = body.length - 1; i >= 0; i--) {
    sum += CSET_82.indexOf(body.charAt(i)) * prime;
    prime = nextPrime(prime);
  }
  const value = sum % 1_021;
  return text.slice(-2) === `${CSET_32.charAt(value >> 5)}${CSET_32.charAt(value & 31)}`;
}

function nextPrime(after: number): number {
  for (let n = after + 1; ; n++) {
    let divisor = 2;
    while (divisor * divisor <= n && n % divisor !== 0) divisor++;
    if (divisor * divisor > n) return n;
  }
}

/** ISO 13616: country and check digits go to the end, letters count from 10, and the rest by 97 is 1. */
function isIban(text: string): boolean {
  if (!/^[0-9A-Z]+$/.test(text) || text.length < IBAN_CHARACTERS_MIN) return false;
  if (!COUNTRY_LETTERS.has(text.slice(0, 2))) return false;
  let rest = 0;
  for (const character of text.slice(4) + text.slice(0, 4)) {
    const value = Number.parseInt(character, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest === 1;
}

function isPieceOfTotal(text: string): boolean {
  const half = text.length / 2;
  const [piece, total] = [Number(text.slice(0, half)), Number(text.slice(half))];
  return /^[0-9]+$/.test(text) && text.length % 2 === 0 && piece > 0 && total > 0 && piece <= total;
}

function isWithinSequence(text: string): boolean {
  const [position = 0, end = 0] = text.split('/').map(Number);
  return position <= end;
}
