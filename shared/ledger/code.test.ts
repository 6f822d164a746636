import fc from 'fast-check';
import { expect, it } from 'vitest';
import { RetailerId } from '../ids/index.ts';
import {
  isLedgerOf,
  last4Of,
  ledgerName,
  MADE_CODE_RANDOM_BYTES,
  makeCardCode,
  readAccountCode,
} from './code.ts';

const retailer = RetailerId.parse('ret_11111111-1111-7111-8111-111111111111');
const other = RetailerId.parse('ret_22222222-2222-7222-8222-222222222222');
const bytes = fc.uint8Array({ minLength: MADE_CODE_RANDOM_BYTES, maxLength: MADE_CODE_RANDOM_BYTES });

it('reads a code as people type it', () => {
  expect(readAccountCode(' +91 98765-43210 ')).toEqual({ ok: true, value: '919876543210' });
  expect(readAccountCode('gift 0001 abcd')).toEqual({ ok: true, value: 'GIFT0001ABCD' });
  expect(readAccountCode('1234')).toEqual({ ok: false, error: { code: 'length' } });
  expect(readAccountCode('x'.repeat(65))).toEqual({ ok: false, error: { code: 'length' } });
});

it('makes codes that are read back, and finds every single wrong character', () => {
  fc.assert(
    fc.property(bytes, fc.integer({ min: 2, max: 17 }), fc.integer({ min: 1, max: 31 }), (random, at, by) => {
      const code = makeCardCode(random);
      expect(readAccountCode(code)).toEqual({ ok: true, value: code });
      const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
      const wrong = alphabet[(alphabet.indexOf(code[at] ?? '') + by) % 32];
      const typed = `${code.slice(0, at)}${wrong}${code.slice(at + 1)}`;
      expect(readAccountCode(typed)).toEqual({ ok: false, error: { code: 'check_digit' } });
    }),
    { seed: 20_261_128, numRuns: 500 },
  );
});

it('names an object without telling the code, one for each retailer and kind', () => {
  const name = ledgerName(retailer, 'credit', '919876543210');
  expect(name).toMatch(/^11111111-1111-7111-8111-111111111111\.credit\.[0-9a-f]{64}$/);
  expect(name).not.toContain(last4Of('919876543210'));
  expect(ledgerName(retailer, 'credit', '919876543210')).toBe(name);
  const names = [
    ledgerName(other, 'credit', '919876543210'),
    ledgerName(retailer, 'loyalty', '919876543210'),
    ledgerName(retailer, 'credit', '919876543211'),
  ];
  expect(new Set([name, ...names]).size).toBe(4);
  expect([isLedgerOf(retailer, name), isLedgerOf(other, name)]).toEqual([true, false]);
});
