import fc from 'fast-check';
import { expect, it } from 'vitest';
import { distanceM, whereabouts } from './geofence.ts';

const store = { lat: 51.5154, lon: -0.141 };
const policy = { radius_m: 200, accuracy_max_m: 100 };
const near = { lat: 51.5157, lon: -0.1415 };
const far = { lat: 51.52, lon: -0.141 };

it('measures distances on the ground', () => {
  expect(distanceM(store, near)).toBeCloseTo(48.1, 1);
  expect(distanceM(store, far)).toBeCloseTo(511.5, 1);
  // A latitude written into the longitude too: far out at sea.
  expect(distanceM(store, { lat: 51.5157, lon: 51.5157 }) / 1_000).toBeCloseTo(3_498, -1);
});

it('is a distance: never negative, the same both ways, nothing to itself', () => {
  const position = fc.record({
    lat: fc.double({ min: -90, max: 90, noNaN: true }),
    lon: fc.double({ min: -180, max: 180, noNaN: true }),
  });
  fc.assert(
    fc.property(position, position, (a, b) => {
      expect(distanceM(a, b)).toBeGreaterThanOrEqual(0);
      expect(distanceM(a, b)).toBeCloseTo(distanceM(b, a), 6);
      expect(distanceM(a, a)).toBe(0);
      expect(distanceM(a, b)).toBeLessThanOrEqual(Math.PI * 6_371_009);
    }),
    { seed: 41, numRuns: 200 },
  );
});

it('says outside only where the fix leaves no doubt', () => {
  const at = (position: typeof near, accuracy_m: number) =>
    whereabouts({ ...position, accuracy_m }, store, policy);
  expect([at(near, 10), at(far, 10)]).toEqual(['inside', 'outside']);
  // 300 m off, known to 100 m: she may be at the door.
  expect(at({ lat: 51.51809, lon: -0.141 }, 100)).toBe('inside');
  expect(at(near, 101)).toBe('unknown');
  expect(whereabouts(undefined, store, policy)).toBe('unknown');
  expect(whereabouts({ ...near, accuracy_m: 1 }, undefined, policy)).toBe('unknown');
});
