import { allocate } from '../money/allocate.ts';
import { proportion } from '../money/rounding.ts';
import type { PromotionBasket } from './basket.ts';
import type { Promotion } from './schema.ts';

/**
 * The pieces of a basket's lines, in the order of the basket: parallel lists, since every list is walked whole.
 * Lines that are barred from promotions have none; a pack has one for each unit in it.
 */
export interface Units {
  readonly count: number;
  readonly line: readonly number[];
  /** Place in the line: the unit, or the pack that it is in. */
  readonly place: readonly number[];
  readonly mrp: readonly number[];
  readonly selling: readonly number[];
  /** Thousandths of the price unit; 0: not weighed. */
  readonly weight: readonly number[];
  /** What it costs so far. */
  readonly pay: number[];
  /** Bits of what became of it. */
  readonly state: number[];
  /** The first unit of each line, and one entry more. */
  readonly start: readonly number[];
}

export const DISCOUNTED = 1;
export const TRIGGER = 2;
/** Closed to the item promotions of later layers. */
export const LOCKED = 4;

const BASIS_POINTS = 10_000;
const MILLI = 1_000;
const SCALED_MAX = 2 ** 52;

export function unitsOf({ lines }: PromotionBasket): Units {
  const units = {
    count: 0,
    line: [] as number[],
    place: [] as number[],
    mrp: [] as number[],
    selling: [] as number[],
    weight: [] as number[],
    pay: [] as number[],
    state: [] as number[],
    start: [] as number[],
  };
  const add = (line: number, place: number, selling: number, mrp: number, weight: number) => {
    units.line.push(line);
    units.place.push(place);
    units.mrp.push(mrp);
    units.selling.push(selling);
    units.weight.push(weight);
    units.pay.push(selling);
    units.state.push(0);
    units.count++;
  };
  for (let at = 0; at < lines.length; at++) {
    units.start.push(units.count);
    const line = lines[at];
    if (line === undefined || line.exclude_from_promotions === true) continue;
    const { quantity, unit_price, mrp = unit_price, weight_milli = 0, pack_size = 1 } = line;
    if (pack_size === 1) {
      for (let place = 0; place < quantity; place++) add(at, place, unit_price, mrp, weight_milli);
      continue;
    }
    const equal = Array<number>(pack_size).fill(1);
    const selling = allocate(unit_price, equal);
    const list = allocate(mrp, equal);
    for (let place = 0; place < quantity; place++)
      for (let i = 0; i < pack_size; i++) add(at, place, selling[i] ?? 0, list[i] ?? 0, weight_milli);
  }
  units.start.push(units.count);
  return units;
}

/** The prices that a promotion's discount is computed from. */
export function basesOf(prices: Prices, promotion: Promotion): readonly number[] {
  switch (promotion.price_base) {
    case 'mrp':
      return prices.mrp;
    case 'selling':
      return prices.selling;
    case 'running':
      return prices.pay;
  }
}

/** What a discount is computed from, by unit or by class of units. */
export type Prices = Pick<Units, 'mrp' | 'selling' | 'pay' | 'weight'>;

/** A discount of one unit: the promotion's own or, in a line special, the node's. */
export type UnitDiscount = Pick<Promotion, 'discount_type'> & { discount_value: number };

/**
 * What a unit by itself gets off, computed on the base and taken off what it still costs; -1 if it cannot
 * carry it. An amount or price is for one price unit of a weighed line.
 */
export function unitDiscount(
  { discount_type, discount_value }: UnitDiscount,
  base: number,
  pay: number,
  weight: number,
): number {
  if (pay === 0) return -1;
  if (discount_type === 'percent') return Math.min(pay, percentOf(base, discount_value));
  const value = scaled(discount_value, weight);
  if (discount_type === 'amount') return value <= pay ? value : -1;
  return value < pay ? pay - value : -1;
}

export function percentOf(base: number, basisPoints: number): number {
  const product = base * basisPoints;
  // The usual case in floating point: exact, since the product and its quotient are far below 2^53.
  return product < 2 ** 51
    ? Math.floor((product + BASIS_POINTS / 2) / BASIS_POINTS)
    : proportion(base, basisPoints, BASIS_POINTS);
}

/** A value for one price unit, for the weight of a line; what no price could bear stays beyond every price. */
export function scaled(value: number, weight: number): number {
  if (weight === 0) return value;
  return (value / MILLI) * weight < SCALED_MAX ? proportion(value, weight, MILLI) : SCALED_MAX;
}
