import type { Position, PositionFix } from '../api/common.ts';
import type { GeofencePolicy } from '../config/basket_policy.ts';

/** The mean radius of the Earth in metres (IUGG): a sphere is exact enough for a shop's surroundings. */
const EARTH_RADIUS_M = 6_371_008.8;
const radians = (degrees: number): number => (degrees * Math.PI) / 180;

/** The great-circle distance of two positions in metres, by the haversine formula. */
export function distanceM(a: Position, b: Position): number {
  const north = radians(b.lat - a.lat);
  const east = radians(b.lon - a.lon);
  const chord =
    Math.sin(north / 2) ** 2 + Math.cos(radians(a.lat)) * Math.cos(radians(b.lat)) * Math.sin(east / 2) ** 2;
  return 2 * EARTH_RADIUS_M * Math.asin(Math.min(1, Math.sqrt(chord)));
}

/** `unknown`: no fix, one that is too rough, or a store that has no position. */
export type Whereabouts = 'inside' | 'outside' | 'unknown';

/** Where a shopper is: outside only if she surely is, so the fix's own uncertainty counts for her. */
export function whereabouts(
  fix: PositionFix | undefined,
  store: Position | undefined,
  policy: Pick<GeofencePolicy, 'radius_m' | 'accuracy_max_m'>,
): Whereabouts {
  if (fix === undefined || store === undefined || fix.accuracy_m > policy.accuracy_max_m) return 'unknown';
  return distanceM(fix, store) - fix.accuracy_m > policy.radius_m ? 'outside' : 'inside';
}
