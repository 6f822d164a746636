import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { canonicalJson } from '../../shared/offline/canonical.ts';
import { sha256Hex } from '../../shared/offline/sha256.ts';

const VECTORS: string = '../vectors/store.json';
const { offline_digest: vector } = z
  .object({ offline_digest: z.object({ canonical: z.string(), sha256: z.string() }) })
  .parse((await import(/* @vite-ignore */ VECTORS)).default);

const RUNS = { numRuns: process.env['LONG'] ? 20_000 : 300, seed: 952 };

describe('the canonical spelling', () => {
  it('spells and digests the golden sale', () => {
    expect(canonicalJson(JSON.parse(vector.canonical))).toBe(vector.canonical);
    expect(sha256Hex(vector.canonical)).toBe(vector.sha256);
  });

  it('does not depend on the order of members and leaves out what is undefined', () => {
    expect(canonicalJson({ b: [1, { d: null, c: 'é"\n' }], a: true, x: undefined })).toBe(
      canonicalJson({ a: true, b: [1, { c: 'é"\n', d: null }] }),
    );
  });

  it('reads back as the same value, whatever the value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const spelt = canonicalJson(value);
        expect(canonicalJson(JSON.parse(spelt))).toBe(spelt);
        expect(JSON.parse(spelt)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
      RUNS,
    );
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, () => 1])('throws at what JSON cannot hold', (value) => {
    expect(() => canonicalJson({ value })).toThrow();
  });
});

describe('SHA-256', () => {
  it('is the digest that the platform takes, at every length around a block', () => {
    for (let length = 0; length < 200; length++) {
      const text = 'x'.repeat(length);
      expect(sha256Hex(text)).toBe(createHash('sha256').update(text).digest('hex'));
    }
  });

  it('is the digest that the platform takes of any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 500 }), (text) => {
        expect(sha256Hex(text)).toBe(createHash('sha256').update(text, 'utf8').digest('hex'));
      }),
      RUNS,
    );
  });
});
