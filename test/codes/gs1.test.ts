import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { readDigitalLink, writeDigitalLink } from '../../shared/catalog/gs1/digital_link.ts';
import {
  readBracketed,
  readElementString,
  writeBracketed,
  writeElementString,
} from '../../shared/catalog/gs1/element_string.ts';
import { anyElements } from '../../shared/catalog/gs1/elements.fixture.ts';

// A busy machine is not a failure.
vi.setConfig({ testTimeout: 600_000 });

const RUNS = process.env['LONG'] === undefined ? 300 : 30_000;

describe('an element string', () => {
  it('built from the dictionary is read back, plain, with brackets and as a Digital Link', () => {
    fc.assert(
      fc.property(anyElements, (elements) => {
        const sound = { ok: true, value: elements };
        expect(readElementString(writeElementString(elements))).toEqual(sound);
        expect(readBracketed(writeBracketed(elements))).toEqual(sound);
        const link = writeDigitalLink(elements, 'example.com/some/path');
        const apart = link === null ? null : readDigitalLink(link);
        // Some AIs may stand in no address; what is read is what was written.
        if (apart?.ok) expect(new Set(apart.value)).toEqual(new Set(elements));
        else if (apart !== null) expect(apart.error.reason).toBe('not_an_attribute');
      }),
      { numRuns: RUNS, seed: 1 },
    );
  });

  it('damaged in one sign is read otherwise or refused, and nothing throws', () => {
    const damage = fc.tuple(anyElements, fc.nat(200), fc.string({ minLength: 1, maxLength: 1 }));
    fc.assert(
      fc.property(damage, ([elements, place, sign]) => {
        const text = writeElementString(elements);
        const at = place % text.length;
        const damaged = text.slice(0, at) + sign + text.slice(at + 1);
        expect(typeof readElementString(damaged).ok).toBe('boolean');
        expect(typeof readBracketed(`(${damaged}`).ok).toBe('boolean');
      }),
      { numRuns: RUNS, seed: 2 },
    );
  });
});
