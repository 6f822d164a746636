import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkSignature, signatureOf } from './signature.ts';

describe('the signature of the generic card protocol', () => {
  it('holds for what was signed, and for nothing else', async () => {
    const text = fc.string({ minLength: 1, maxLength: 200 });
    const at = fc.integer({ min: 0, max: 4_000_000_000 });
    await fc.assert(
      fc.asyncProperty(text, text, at, fc.nat(), async (secret, body, seconds, where) => {
        const header = await signatureOf(secret, seconds, body);
        const now = seconds * 1_000;
        expect(await checkSignature([secret], header, body, now)).toBe('valid');
        const i = where % body.length;
        const changed = `${body.slice(0, i)}${body[i] === 'x' ? 'y' : 'x'}${body.slice(i + 1)}`;
        expect(await checkSignature([secret], header, changed, now)).toBe('invalid');
        expect(await checkSignature([`${secret}!`], header, body, now)).toBe('invalid');
        const later = header.replace(`t=${seconds}`, `t=${seconds + 1}`);
        expect(await checkSignature([secret], later, body, now)).toBe('invalid');
      }),
      { seed: 11, numRuns: process.env['LONG'] === undefined ? 300 : 5_000 },
    );
  });
});
