import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StoreId } from '../../shared/ids/index.ts';
import { isLiveIn, isNowhere, type Links, linksOf, overlap, sameLinks, without } from './links.ts';

const STORES = Array.from({ length: 4 }, (_, n) =>
  StoreId.parse(`str_00000000-0000-7000-8000-00000000000${n}`),
);
/** No promotion names it: it stands for every store that is to come. */
const LATER = StoreId.parse('str_00000000-0000-7000-8000-000000000009');

const stores = fc.subarray(STORES);
const links: fc.Arbitrary<Links> = fc.oneof(
  stores.map((listed) => linksOf(listed)),
  stores.map((excluded) => linksOf(null, excluded)),
);
const liveStores = (where: Links) => [...STORES, LATER].filter((store) => isLiveIn(where, store));
const runs = { seed: 20_261_124, numRuns: process.env['LONG'] === undefined ? 300 : 20_000 };

describe('links', () => {
  it('overlap exactly where some store, now or later, has both', () => {
    fc.assert(
      fc.property(links, links, (a, b) => {
        const both = liveStores(a).filter((store) => liveStores(b).includes(store));
        expect(overlap(a, b)).toBe(both.length > 0);
        expect(overlap(b, a)).toBe(overlap(a, b));
      }),
      runs,
    );
  });

  it('lose one store and no other, and are nowhere once all are lost', () => {
    fc.assert(
      fc.property(links, fc.constantFrom(...STORES), (where, store) => {
        const left = without(where, store);
        expect(liveStores(left)).toEqual(liveStores(where).filter((one) => one !== store));
        expect(sameLinks(left, where)).toBe(!isLiveIn(where, store));
        expect(isNowhere(left)).toBe(liveStores(left).length === 0);
      }),
      runs,
    );
  });
});
