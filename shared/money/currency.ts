import { z } from 'zod';

/** ISO 4217 list one: the active codes by the number of digits after the decimal point. */
// biome-ignore format: one code a line would hide the table
const WITHOUT_DECIMALS = [
  'BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND', 'VUV', 'XAF',
  'XOF', 'XPF',
] as const;
// biome-ignore format: one code a line would hide the table
const WITH_TWO_DECIMALS = [
  'AED', 'AFN', 'ALL', 'AMD', 'AOA', 'ARS', 'AUD', 'AWG', 'AZN', 'BAM', 'BBD', 'BDT', 'BGN', 'BMD', 'BND',
  'BOB', 'BOV', 'BRL', 'BSD', 'BTN', 'BWP', 'BYN', 'BZD', 'CAD', 'CDF', 'CHE', 'CHF', 'CHW', 'CNY', 'COP',
  'COU', 'CRC', 'CUP', 'CVE', 'CZK', 'DKK', 'DOP', 'DZD', 'EGP', 'ERN', 'ETB', 'EUR', 'FJD', 'FKP', 'GBP',
  'GEL', 'GHS', 'GIP', 'GMD', 'GTQ', 'GYD', 'HKD', 'HNL', 'HTG', 'HUF', 'IDR', 'ILS', 'INR', 'IRR', 'JMD',
  'KES', 'KGS', 'KHR', 'KPW', 'KYD', 'KZT', 'LAK', 'LBP', 'LKR', 'LRD', 'LSL', 'MAD', 'MDL', 'MGA', 'MKD',
  'MMK', 'MNT', 'MOP', 'MRU', 'MUR', 'MVR', 'MWK', 'MXN', 'MXV', 'MYR', 'MZN', 'NAD', 'NGN', 'NIO', 'NOK',
  'NPR', 'NZD', 'PAB', 'PEN', 'PGK', 'PHP', 'PKR', 'PLN', 'QAR', 'RON', 'RSD', 'RUB', 'SAR', 'SBD', 'SCR',
  'SDG', 'SEK', 'SGD', 'SHP', 'SLE', 'SOS', 'SRD', 'SSP', 'STN', 'SVC', 'SYP', 'SZL', 'THB', 'TJS', 'TMT',
  'TOP', 'TRY', 'TTD', 'TWD', 'TZS', 'UAH', 'USD', 'USN', 'UYU', 'UZS', 'VED', 'VES', 'WST', 'XCD', 'XCG',
  'YER', 'ZAR', 'ZMW', 'ZWG',
] as const;
const WITH_THREE_DECIMALS = ['BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND'] as const;
const WITH_FOUR_DECIMALS = ['CLF', 'UYW'] as const;

/** An active alphabetic code of ISO 4217. */
export const Currency = z.enum([
  ...WITHOUT_DECIMALS,
  ...WITH_TWO_DECIMALS,
  ...WITH_THREE_DECIMALS,
  ...WITH_FOUR_DECIMALS,
]);
export type Currency = z.infer<typeof Currency>;

const EXPONENTS: ReadonlyMap<string, number> = new Map<string, number>([
  ...WITHOUT_DECIMALS.map((code) => [code, 0] as const),
  ...WITH_TWO_DECIMALS.map((code) => [code, 2] as const),
  ...WITH_THREE_DECIMALS.map((code) => [code, 3] as const),
  ...WITH_FOUR_DECIMALS.map((code) => [code, 4] as const),
]);

const EXPONENT_DEFAULT = 2;

/** Decimal digits of a currency's minor unit: JPY 0, GBP 2, KWD 3. A code that the list does not hold has two. */
export function currencyExponent(code: string): number {
  return EXPONENTS.get(code) ?? EXPONENT_DEFAULT;
}
