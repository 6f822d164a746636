import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isVpa, upiLink } from './upi_link.ts';

const LINK = { pa: 'shop@bank', pn: 'Corner Shop', tr: 'A1', tn: 'Order 7', amount: 10_000 };

const fieldOf = (pair: string): [string, string] => {
  const [name = '', value = ''] = pair.split('=').map(decodeURIComponent);
  return [name, value];
};

describe('a UPI link', () => {
  it('names payee, reference, amount in rupees and currency', () => {
    expect(upiLink(LINK)).toEqual({
      ok: true,
      value: 'upi://pay?pa=shop@bank&pn=Corner%20Shop&tr=A1&tn=Order%207&am=100.00&cu=INR',
    });
    expect(upiLink({ ...LINK, mc: '5411', tn: '', amount: 5 })).toEqual({
      ok: true,
      value: 'upi://pay?pa=shop@bank&pn=Corner%20Shop&mc=5411&tr=A1&am=0.05&cu=INR',
    });
  });

  it.each([
    ['pa', { pa: 'shop' }],
    ['pa', { pa: `${'s'.repeat(255)}@bank` }],
    ['pn', { pn: ' ' }],
    ['mc', { mc: '541' }],
    ['tr', { tr: 'a'.repeat(36) }],
    ['tr', { tr: 'pay_1' }],
    ['tr', { tr: '' }],
    ['amount', { amount: 0 }],
    ['amount', { amount: 1.5 }],
    ['amount', { amount: 10_000_000_000_000 }],
  ])('cannot be made of this %s', (field, over) => {
    expect(upiLink({ ...LINK, ...over })).toEqual({ ok: false, error: field });
  });

  it('reads back as it was written, whatever name and note are', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }).filter((text) => text.trim() !== ''),
        fc.string({ maxLength: 50 }),
        fc.integer({ min: 1, max: 10_000_000 }),
        (pn, tn, amount) => {
          const made = upiLink({ ...LINK, pn, tn, amount });
          if (!made.ok) throw new Error(made.error);
          const pairs = made.value.slice('upi://pay?'.length).split('&');
          const read = new Map(pairs.map((pair) => fieldOf(pair)));
          expect(pn.trim().startsWith(read.get('pn') ?? 'x')).toBe(true);
          expect(read.get('tn') ?? '').toBe(tn.trim());
          expect(Math.round(Number(read.get('am')) * 100)).toBe(amount);
          expect(read.get('pa')).toBe('shop@bank');
        },
      ),
      { numRuns: 300, seed: 100 },
    );
  });

  it('knows an address when it sees one', () => {
    expect(['a@b', 'first.last-1@okbank'].map(isVpa)).toEqual([true, true]);
    expect(['', '@b', 'a@', 'a b@c', 'a@b@c', 'a@1'].map(isVpa)).toEqual(Array(6).fill(false));
  });
});
