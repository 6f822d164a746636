/**
 * Telephone numbers of mobile money, as payers write them. ITU-T E.164: country code, then the national number
 * without its trunk prefix.
 */
interface NumberPlan {
  readonly code: string;
  /** Digits of the national number. */
  readonly digits: number;
  /** Written before a national number inside the country, and never after the country code. */
  readonly trunk: '0' | '';
  /** What a mobile number begins with, where that is settled. */
  readonly mobile: RegExp;
  /** ISO 4217, of mobile money there. */
  readonly currency: string;
}

const ANY = /^[1-9]/;

/**
 * Kenya and the countries of Airtel Money. The Republic of the Congo and Gabon are left out: how much of their
 * leading zero belongs to the number is not confirmed here.
 */
const PLANS: Readonly<Record<MsisdnCountry, NumberPlan>> = {
  CD: { code: '243', digits: 9, trunk: '0', mobile: ANY, currency: 'CDF' },
  KE: { code: '254', digits: 9, trunk: '0', mobile: /^[17]/, currency: 'KES' },
  MG: { code: '261', digits: 9, trunk: '0', mobile: ANY, currency: 'MGA' },
  MW: { code: '265', digits: 9, trunk: '0', mobile: ANY, currency: 'MWK' },
  NE: { code: '227', digits: 8, trunk: '', mobile: ANY, currency: 'XOF' },
  NG: { code: '234', digits: 10, trunk: '0', mobile: ANY, currency: 'NGN' },
  RW: { code: '250', digits: 9, trunk: '0', mobile: ANY, currency: 'RWF' },
  SC: { code: '248', digits: 7, trunk: '', mobile: ANY, currency: 'SCR' },
  TD: { code: '235', digits: 8, trunk: '', mobile: ANY, currency: 'XAF' },
  TZ: { code: '255', digits: 9, trunk: '0', mobile: ANY, currency: 'TZS' },
  UG: { code: '256', digits: 9, trunk: '0', mobile: ANY, currency: 'UGX' },
  ZM: { code: '260', digits: 9, trunk: '0', mobile: ANY, currency: 'ZMW' },
};

/** ISO 3166-1 alpha-2. */
export const MSISDN_COUNTRIES = [
  'CD',
  'KE',
  'MG',
  'MW',
  'NE',
  'NG',
  'RW',
  'SC',
  'TD',
  'TZ',
  'UG',
  'ZM',
] as const;
export type MsisdnCountry = (typeof MSISDN_COUNTRIES)[number];

export const mobileMoneyCurrency = (country: MsisdnCountry): string => PLANS[country].currency;

export interface Msisdn {
  /** Country code and national number, digits only. */
  readonly international: string;
  /** Without country code and trunk prefix. */
  readonly national: string;
}

/**
 * A number as a payer writes it (`0712 345 678`, `+254 712…`, `00254…`, `254712…`, `712345678`), or null where it is
 * no mobile number of this country. Spaces, dots, hyphens and brackets mean nothing.
 */
export function msisdnOf(text: string, country: MsisdnCountry): Msisdn | null {
  const { code, digits, trunk, mobile } = PLANS[country];
  const bare = text.replace(/[\s().-]/g, '');
  const international = /^(?:\+|00)(\d+)$/.exec(bare)?.[1];
  if (international === undefined && !/^\d+$/.test(bare)) return null;
  const written = international ?? bare;
  const national =
    written.length === code.length + digits && written.startsWith(code)
      ? written.slice(code.length)
      : international === undefined
        ? withoutTrunk(written, digits, trunk)
        : null;
  return national !== null && mobile.test(national)
    ? { international: `${code}${national}`, national }
    : null;
}

function withoutTrunk(written: string, digits: number, trunk: string): string | null {
  if (written.length === digits) return written;
  const prefixed = trunk !== '' && written.length === digits + 1 && written.startsWith(trunk);
  return prefixed ? written.slice(1) : null;
}
