import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attemptRequest } from '../fake/attempt.ts';
import { minorOf, PAYPAL_CURRENCIES, paypalValue } from './amount.ts';
import { outcomeOf } from './outcome.ts';
import { PayPalOrder } from './protocol.ts';

const amount = { currency_code: 'GBP', value: '5.00' };
const said = (status: string, payments?: object, capture: 'auto' | 'manual' = 'auto') =>
  outcomeOf(
    PayPalOrder.parse({
      ...{ id: 'O1', status, links: [{ rel: 'payer-action', href: 'https://paypal.example/O1' }] },
      purchase_units: [{ payments }],
    }),
    attemptRequest({ capture }),
  );

describe('what an order of PayPal means', () => {
  it.each([
    ['CREATED', undefined, 'action_required'],
    ['SAVED', undefined, 'action_required'],
    ['PAYER_ACTION_REQUIRED', undefined, 'action_required'],
    ['APPROVED', undefined, 'pending'],
    ['VOIDED', undefined, 'cancelled'],
    ['COMPLETED', undefined, 'unknown'],
  ] as const)('%s is %s', (status, payments, state) => {
    expect(said(status, payments).s).toBe(state);
  });

  it.each([
    ['COMPLETED', 'captured'],
    ['PARTIALLY_REFUNDED', 'captured'],
    ['REFUNDED', 'captured'],
    ['PENDING', 'pending'],
    ['DECLINED', 'declined'],
    ['FAILED', 'declined'],
  ])('a capture that is %s is %s', (status, state) => {
    expect(said('COMPLETED', { captures: [{ id: 'C1', status, amount }] }).s).toBe(state);
  });

  it('a capture of a reservation that PayPal reviews is still awaited', () => {
    const captures = [{ id: 'C1', status: 'PENDING', amount }];
    const authorizations = [{ id: 'A1', status: 'CAPTURED', amount }];
    expect(said('COMPLETED', { captures, authorizations }, 'manual')).toMatchObject({ s: 'capture_pending' });
  });

  it.each([
    ['CREATED', 'authorized'],
    ['PENDING', 'pending'],
    ['VOIDED', 'voided'],
    ['EXPIRED', 'expired'],
    ['DENIED', 'declined'],
    ['CAPTURED', 'unknown'],
  ])('a reservation that is %s is %s', (status, state) => {
    expect(said('COMPLETED', { authorizations: [{ id: 'A1', status, amount }] }, 'manual').s).toBe(state);
  });

  it('writes every amount that it can hold so that it reads the same back', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...PAYPAL_CURRENCIES),
        fc.integer({ min: 1, max: 99_999_999 }),
        (code, minor) => {
          const value = paypalValue(minor, code);
          if (value === null) expect(minor % 100).not.toBe(0);
          else expect(minorOf(value, code)).toBe(minor);
        },
      ),
      { seed: 11, numRuns: process.env['LONG'] === undefined ? 2_000 : 50_000 },
    );
  });
});
