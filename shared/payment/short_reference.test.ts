import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PaymentId } from '../ids/index.ts';
import { paymentIdOfShort, shortReference } from './short_reference.ts';

describe('a short reference', () => {
  it('is 35 letters and digits at most, and reads back as the payment it is of', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.integer({ min: 1, max: 9_999 }), (uuid, attempt) => {
        const id = PaymentId.parse(`pay_${uuid}_${attempt}`);
        const short = shortReference(id);
        expect(short).toMatch(/^[0-9a-z]{33,35}$/);
        expect(paymentIdOfShort(short)).toBe(id);
      }),
      { numRuns: 300, seed: 35 },
    );
  });

  it.each([
    '',
    'pay_1',
    'f'.repeat(32),
    `${'f'.repeat(32)}0`,
    `${'f'.repeat(32)}01`,
    `${'f'.repeat(32)}zzz`,
    `${'F'.repeat(32)}1`,
  ])('%j is none', (text) => {
    expect(paymentIdOfShort(text)).toBeNull();
  });
});
