import { allocate } from '../money/allocate.ts';
import { half_up, proportion } from '../money/rounding.ts';
import type { PromotionLine } from './basket.ts';
import type { Rule } from './compile.ts';

/** One piece of a line while promotions are applied; `pay` is what it costs so far. */
export interface Unit {
  readonly line: number;
  /** Place within the line, from 0. */
  readonly index: number;
  readonly mrp: number;
  readonly selling: number;
  pay: number;
  discounted: boolean;
  /** Closed to item promotions of later layers. */
  locked: boolean;
  /** Used by an item promotion of this layer. */
  used: boolean;
}

/** What one application of a promotion takes off which units. */
export interface Application {
  readonly shares: readonly { readonly unit: Unit; readonly discount: number }[];
}

const BASIS_POINTS = 10_000;

export function unitsOf(line: PromotionLine, position: number): Unit[] {
  return Array.from({ length: line.quantity }, (_, index) => ({
    line: position,
    index,
    mrp: line.mrp ?? line.unit_price,
    selling: line.unit_price,
    pay: line.unit_price,
    discounted: false,
    locked: false,
    used: false,
  }));
}

/** The price that a promotion's discount is computed from. */
export function baseOf(unit: Unit, rule: Rule): number {
  switch (rule.promotion.price_base) {
    case 'mrp':
      return unit.mrp;
    case 'selling':
      return unit.selling;
    case 'running':
      return unit.pay;
  }
}

/** Computed on the base, taken off what the unit still costs. */
export function percentOff(unit: Unit, rule: Rule): number {
  return Math.min(unit.pay, proportion(baseOf(unit, rule), rule.promotion.discount_value, BASIS_POINTS));
}

/** The percentage of a sum of base prices, rounded once. */
export function percentOfTotal(total: number, rule: Rule): number {
  return half_up(BigInt(total) * BigInt(rule.promotion.discount_value), BASIS_POINTS);
}

/** Sorts by base price; equal ones keep the order of the basket. */
export function inOrder(units: readonly Unit[], rule: Rule, order: 'ascending' | 'descending'): Unit[] {
  const sign = order === 'ascending' ? 1 : -1;
  return [...units].sort(
    (a, b) => sign * (baseOf(a, rule) - baseOf(b, rule)) || a.line - b.line || a.index - b.index,
  );
}

export function discountOf(application: Application): number {
  return application.shares.reduce((sum, share) => sum + share.discount, 0);
}

/** An application that takes more than `room` is scaled down to it in proportion. */
export function capped(application: Application, room: number): Application {
  if (discountOf(application) <= room) return application;
  const shares = allocate(
    room,
    application.shares.map((share) => share.discount),
  );
  return { shares: application.shares.map(({ unit }, i) => ({ unit, discount: shares[i] ?? 0 })) };
}
