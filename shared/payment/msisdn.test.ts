import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MSISDN_COUNTRIES, mobileMoneyCurrency, msisdnOf } from './msisdn.ts';

describe('a telephone number of mobile money', () => {
  it.each([
    '0708374149',
    '0708 374 149',
    '+254708374149',
    '+254 (708) 374-149',
    '00254708374149',
    '254708374149',
    '708374149',
  ])('%s is one number of Kenya', (written) => {
    expect(msisdnOf(written, 'KE')).toEqual({ international: '254708374149', national: '708374149' });
  });

  it('takes both ranges of Kenyan mobile numbers, and no landline', () => {
    expect(msisdnOf('0110345678', 'KE')?.international).toBe('254110345678');
    expect(msisdnOf('0201234567', 'KE')).toBeNull();
  });

  it.each([
    '',
    '07',
    '+255708374149',
    '0708374149x',
    '25470837414',
    '2547083741490',
    '0',
    '+0708374149',
    '070837414',
  ])('%j is none of Kenya', (written) => {
    expect(msisdnOf(written, 'KE')).toBeNull();
  });

  it('knows countries that write no trunk prefix', () => {
    expect(msisdnOf('66123456', 'TD')).toEqual({ international: '23566123456', national: '66123456' });
    expect(msisdnOf('066123456', 'TD')).toBeNull();
    expect(msisdnOf('+2348021234567', 'NG')?.national).toBe('8021234567');
  });

  it('comes out the same however it is written, in every country', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...MSISDN_COUNTRIES),
        fc.integer({ min: 0, max: 999_999_999 }),
        (country, n) => {
          const found = ['7', '8', '77']
            .flatMap((head) =>
              [7, 8, 9, 10].map((length) => `${head}${n}`.padEnd(length, '5').slice(0, length)),
            )
            .map((national) => msisdnOf(national, country))
            .find((one) => one !== null);
          if (found == null) throw new Error(`no number of ${country}`);
          expect(msisdnOf(found.international, country)).toEqual(found);
          expect(msisdnOf(`+${found.international}`, country)).toEqual(found);
          expect(found.international.endsWith(found.national)).toBe(true);
          expect(mobileMoneyCurrency(country)).toMatch(/^[A-Z]{3}$/);
        },
      ),
      { numRuns: 300, seed: 20_260_701 },
    );
  });
});
