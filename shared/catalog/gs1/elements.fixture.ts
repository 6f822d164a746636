import fc from 'fast-check';
import { checkDigit } from '../gtin.ts';
import type { Gs1Element } from './elements.ts';
import { allEntries, entryOf, type Gs1Component, type Gs1Entry } from './entries.ts';

const DIGITS = '0123456789';
const CSET_82 = '!"%&\'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz';
const CSET_39 = '#-./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const ALPHABETS = { N: DIGITS, X: CSET_82, Y: CSET_39, Z: BASE64 };

const text = (alphabet: string, min: number, max: number) =>
  fc.string({ unit: fc.constantFrom(...alphabet), minLength: min, maxLength: max });
const digits = (min: number, max = min) => text(DIGITS, min, max);
const padded = (min: number, max: number, width: number) =>
  fc.integer({ min, max }).map((n) => String(n).padStart(width, '0'));
const month = padded(1, 12, 2);
const hhmi = fc.tuple(padded(0, 23, 2), padded(0, 59, 2)).map((parts) => parts.join(''));
const yymmdd = (day: number) =>
  fc.tuple(padded(0, 99, 2), month, padded(day, 28, 2)).map((parts) => parts.join(''));

/** Values that pass each test of the dictionary, made from what the test says and not from our own check of it. */
const PASSING: Readonly<Record<string, (component: Gs1Component) => fc.Arbitrary<string>>> = {
  csum: ({ max }) => digits(max - 1).map((body) => body + checkDigit(body)),
  csumalpha: () =>
    fc.tuple(digits(5), text(CSET_82, 0, 18)).map(([head, tail]) => withPair(`${head}A${tail}`)),
  couponcode: () => digits(18, 60).map((rest) => `0${rest}`),
  couponposoffer: () => fc.tuple(digits(12), digits(7)).map(([head, serial]) => `00${head}1${serial}`),
  hh: () => padded(0, 23, 2),
  hhmi: () => hhmi,
  mi: () => padded(0, 59, 2),
  ss: () => padded(0, 59, 2),
  hyphen: () => fc.constant('-'),
  iban: () => text('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ', 11, 30).map(withIbanDigits),
  importeridx: () => fc.constantFrom('-', '_', '0', 'A', 'z'),
  iso3166: () => fc.constantFrom('004', '276', '826', '840', '894'),
  iso3166999: () => fc.constantFrom('004', '276', '826', '999'),
  iso3166alpha2: () => fc.constantFrom('AD', 'DE', 'GB', 'US', 'ZW'),
  iso4217: () => fc.constantFrom('008', '392', '826', '840', '978'),
  iso5218: () => fc.constantFrom('0', '1', '2', '9'),
  latitude: () => padded(0, 1_800_000_000, 10),
  longitude: () => fc.constantFrom('0000000000', '3600000000', '1800000001'),
  mediatype: () => fc.constantFrom('01', '10', '80', '99'),
  nonzero: ({ max }) => padded(1, 10 ** max - 1, max),
  nozeroprefix: () => fc.integer({ min: 0, max: 999_999_999 }).map(String),
  packagetype: () => fc.constantFrom('1A', '200', 'APE', 'ZZ', '8'),
  pcenc: ({ max }) =>
    fc
      .array(fc.constantFrom('a', 'B', '7', '%20', '%C3'), { minLength: 1, maxLength: Math.floor(max / 3) })
      .map((parts) => parts.join('')),
  pieceoftotal: () =>
    fc
      .tuple(fc.integer({ min: 1, max: 99 }), fc.nat(98))
      .map(([total, less]) =>
        [Math.max(1, total - less), total].map((n) => String(n).padStart(2, '0')).join(''),
      ),
  posinseqslash: () => fc.constantFrom('1/1', '1/3', '9/9'),
  winding: () => fc.constantFrom('0', '1', '9'),
  yesno: () => fc.constantFrom('0', '1'),
  yymmd0: () => yymmdd(0),
  yymmdd: () => yymmdd(1),
  yyyymmdd: () => yymmdd(1).map((date) => `19${date}`),
  zero: ({ max }) => fc.constant('0'.repeat(max)),
};

function componentValue(component: Gs1Component): fc.Arbitrary<string> {
  const named = component.linters.find((linter) => linter in PASSING);
  const make = named === undefined ? undefined : PASSING[named];
  if (make !== undefined) return make(component);
  const { type, min, max, linters } = component;
  // A company prefix is four digits at least, at the first or second place.
  if (linters.some((linter) => linter.startsWith('gcppos')))
    return fc.tuple(digits(5), text(ALPHABETS[type], 0, max - 5)).map((parts) => parts.join(''));
  return text(ALPHABETS[type], min, max);
}

/** Any valid value of an AI; optional parts are there or not, from the end. */
export function anyValue(entry: Gs1Entry): fc.Arbitrary<string> {
  const required = entry.components.filter(({ optional }) => !optional).length;
  return fc
    .integer({ min: required, max: entry.components.length })
    .chain((count) => fc.tuple(...entry.components.slice(0, count).map(componentValue)))
    .map((parts) => parts.join(''));
}

/** Any AI with whatever must stand beside it, each with a valid value: a sound element string. */
export const anyElements: fc.Arbitrary<Gs1Element[]> = fc
  .constantFrom(...allEntries().keys())
  .map(companions)
  .filter((ais) => ais !== null)
  .chain((ais) =>
    fc.tuple(
      ...ais.flatMap((ai) => {
        const entry = entryOf(ai);
        return entry === undefined ? [] : [anyValue(entry).map((value) => ({ ai, value }))];
      }),
    ),
  );

/** The AI and the first groups that meet its needs, and theirs, without what excludes one another. */
function companions(ai: string): string[] | null {
  const complete = (held: readonly string[], depth: number): string[] | null => {
    if (depth > 6 || held.some((one) => held.some((other) => other !== one && excludes(one, other))))
      return null;
    for (const one of held) {
      for (const groups of entryOf(one)?.requires ?? []) {
        const stands = (pattern: string) =>
          held.some((other) => other !== one && other === concrete(pattern));
        if (groups.some((group) => group.every(stands))) continue;
        for (const group of groups) {
          const more = [...new Set([...held, ...group.map(concrete)])];
          const whole = more.length === held.length ? null : complete(more, depth + 1);
          if (whole !== null) return whole;
        }
        return null;
      }
    }
    return [...held];
  };
  return complete([ai], 0);
}

const concrete = (pattern: string): string => pattern.replaceAll('n', '0');
const excludes = (one: string, other: string): boolean =>
  entryOf(one)?.excludes.some((pattern) => new RegExp(`^${pattern.replaceAll('n', '[0-9]')}$`).test(other)) ??
  false;

const PRIMES = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89];

function withPair(body: string): string {
  const sum = [...body]
    .reverse()
    .reduce((total, sign, i) => total + CSET_82.indexOf(sign) * (PRIMES[i] ?? 0), 0);
  const pairs = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';
  const value = sum % 1_021;
  return `${body}${pairs.charAt(Math.floor(value / 32))}${pairs.charAt(value % 32)}`;
}

function withIbanDigits(account: string): string {
  const numbers = [...`${account}GB00`].map((sign) => Number.parseInt(sign, 36)).join('');
  return `GB${String(98n - (BigInt(numbers) % 97n)).padStart(2, '0')}${account}`;
}
