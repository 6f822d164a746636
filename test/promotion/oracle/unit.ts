import { allocate } from './arithmetic.ts';
import type { WireGroup, WireLine, WireNode } from './wire.ts';

/** One physical unit of the basket, and how it stands after what was applied so far. */
export interface Unit {
  /** Its place in the whole basket: line by line, unit by unit. */
  place: number;
  line: WireLine;
  /** The unit of the line, or the pack of the line, that its discount is reported for. */
  reported_as: number;
  mrp: number;
  sp: number;
  pay: number;
  discounted: boolean;
  trigger: boolean;
  locked: boolean;
}

export function unitsOf(lines: readonly WireLine[]): Unit[] {
  const units: Unit[] = [];
  for (const line of lines) {
    const mrp = line.mrp ?? line.unit_price;
    for (let index = 0; index < line.quantity; index++) {
      const prices = singles(line.unit_price, line.pack_size ?? 1);
      const list_prices = singles(mrp, line.pack_size ?? 1);
      for (const [single, sp] of prices.entries())
        units.push({
          place: units.length,
          line,
          reported_as: index,
          mrp: list_prices[single] ?? 0,
          sp,
          pay: sp,
          discounted: false,
          trigger: false,
          locked: false,
        });
    }
  }
  return units;
}

/** The price of a pack over the units in it. */
const singles = (price: number, count: number): number[] =>
  count === 1 ? [price] : allocate(price, Array(count).fill(1), null);

/** What a percentage is taken of and a split goes by. */
export function baseOf(base: 'm' | 's' | 'f', unit: Unit): number {
  if (base === 'm') return unit.mrp;
  return base === 's' ? unit.sp : unit.pay;
}

/** `up`: cheapest first; among equals the order of the basket either way. */
export const ordered = (units: readonly Unit[], base: 'm' | 's' | 'f', up: boolean): Unit[] =>
  units.toSorted((a, b) => {
    const step = baseOf(base, a) - baseOf(base, b);
    return step === 0 ? a.place - b.place : up ? step : -step;
  });

function hits(node: WireNode, { sku, categories }: WireLine): boolean {
  if (node.node_id === 'ALL') return true;
  if (node.node_type === 'i') return node.node_id === sku;
  return categories.some(({ name, value }) => name === node.node_type && value === node.node_id);
}

/** Exclusion wins over inclusion; a line that takes no part in promotions is in no group. */
export function belongs(group: WireGroup, { line }: Unit): boolean {
  if (line.exclude_from_promotions) return false;
  const hit = group.promo_group_nodes.filter((node) => hits(node, line));
  return hit.length > 0 && !hit.some(({ is_excluded }) => is_excluded);
}

/** The node that names a unit most closely: item, then the deepest category, then ALL, then the first. */
export function closestNode(group: WireGroup, { line }: Unit): WireNode | undefined {
  const depth = ({ node_id, node_type }: WireNode): number => {
    if (node_id === 'ALL') return 0;
    return node_type === 'i' ? 8 : Number(node_type.slice(1));
  };
  return group.promo_group_nodes
    .filter((node) => !node.is_excluded && hits(node, line))
    .reduce<WireNode | undefined>(
      (best, node) => (best && depth(best) >= depth(node) ? best : node),
      undefined,
    );
}
