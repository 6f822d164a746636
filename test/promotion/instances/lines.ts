import fc from 'fast-check';
import type { WireLine } from '../oracle/wire.ts';
import { count, listOf, often, oneOf, type Profile, rarely, type Sku, seldom } from './chance.ts';

const CATEGORIES: Record<Sku, WireLine['categories']> = {
  A: [
    { name: 'c1', value: 'X' },
    { name: 'c2', value: 'S' },
  ],
  B: [{ name: 'c1', value: 'X' }],
  C: [
    { name: 'c1', value: 'Y' },
    { name: 'c2', value: 'S' },
  ],
  D: [{ name: 'c1', value: 'S' }],
  E: [],
};

type Line = Omit<WireLine, 'line_id'> & { kind: 'plain' | 'weighed' | 'pack' | 'addon' };

function line(scale: number, profile: Profile): fc.Arbitrary<Line> {
  const price = fc.oneof(
    { weight: 6, arbitrary: oneOf(scale / 2, scale, scale * 1.5, scale * 2) },
    { weight: 4, arbitrary: count(1, scale * 2) },
    { weight: 1, arbitrary: fc.constant(0) },
  );
  const otherMrp = count(-scale, scale);
  return fc
    .record({
      kind: fc.oneof(
        { weight: 3, arbitrary: oneOf('plain') },
        {
          weight: 1,
          arbitrary: profile.frills ? oneOf('weighed', 'pack', 'addon') : oneOf('weighed', 'pack', 'pack'),
        },
      ),
      sku: oneOf(...profile.skus),
      quantity: count(1, profile.quantity),
      unit_price: price,
      markdown: profile.frills ? seldom(otherMrp) : often(otherMrp),
      weight: oneOf(1, 375, 500, 1000, 1001, 2500),
      pack: count(2, 4),
      barred: rarely(fc.constant(true)),
    })
    .map(({ kind, sku, quantity, unit_price, markdown, weight, pack, barred }) => ({
      kind,
      sku,
      quantity: kind === 'weighed' ? 1 : kind === 'pack' ? Math.min(quantity, 2) : quantity,
      unit_price,
      ...(markdown === undefined ? {} : { mrp: Math.max(0, unit_price + markdown) }),
      categories: CATEGORIES[sku],
      ...(kind === 'weighed' ? { weight_milli: weight } : {}),
      ...(kind === 'pack' ? { pack_size: pack } : {}),
      ...(barred ? { exclude_from_promotions: true } : {}),
    }));
}

/** An add-on joins the plain line of one unit before it; without one it stays a line of its own. */
export const lines = (scale: number, profile: Profile): fc.Arbitrary<WireLine[]> =>
  listOf(line(scale, profile), profile.lines).map((list) =>
    list.map(({ kind, ...fields }, i) => {
      const line_id = `L${i}`;
      const parent = list.findLastIndex(
        (other, j) => j < i && other.kind === 'plain' && other.quantity === 1,
      );
      return kind !== 'addon' || parent < 0
        ? { line_id, ...fields }
        : { line_id, ...fields, parent_line_id: `L${parent}` };
    }),
  );
