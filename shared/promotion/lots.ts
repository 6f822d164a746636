import type { Candidate } from './match.ts';
import { DISCOUNTED, LOCKED, type Prices, type Units } from './units.ts';

/**
 * Neighbouring units of a line that are alike, as a layer finds them: whatever an item promotion can tell apart
 * is the same for all of a lot. A plan counts in lots; what it then takes are single units, each a lot of one.
 */
export interface Lots extends Prices {
  readonly count: number;
  readonly line: readonly number[];
  readonly mrp: number[];
  readonly selling: number[];
  readonly pay: number[];
  readonly weight: number[];
  readonly state: readonly number[];
  readonly firstUnit: readonly number[];
  /** Units that no item promotion of this layer has used. */
  readonly free: number[];
  /** The first lot of each line, and one entry more. */
  readonly start: readonly number[];
}

/** `single`: a lot for every unit. */
export function lotsOf(units: Units, single: boolean): Lots {
  const lots = {
    count: 0,
    line: [] as number[],
    mrp: [] as number[],
    selling: [] as number[],
    pay: [] as number[],
    weight: [] as number[],
    state: [] as number[],
    firstUnit: [] as number[],
    free: [] as number[],
    start: [] as number[],
  };
  for (let line = 0; line + 1 < units.start.length; line++) {
    lots.start.push(lots.count);
    for (let unit = units.start[line] ?? 0; unit < (units.start[line + 1] ?? 0); unit++) {
      const pay = units.pay[unit] ?? 0;
      const mrp = units.mrp[unit] ?? 0;
      const selling = units.selling[unit] ?? 0;
      const state = (units.state[unit] ?? 0) & (DISCOUNTED | LOCKED);
      const last = lots.count - 1;
      if (
        !single &&
        last >= (lots.start[line] ?? 0) &&
        lots.pay[last] === pay &&
        lots.mrp[last] === mrp &&
        lots.selling[last] === selling &&
        lots.state[last] === state
      ) {
        lots.free[last] = (lots.free[last] ?? 0) + 1;
        continue;
      }
      lots.line.push(line);
      lots.mrp.push(mrp);
      lots.selling.push(selling);
      lots.pay.push(pay);
      lots.weight.push(units.weight[unit] ?? 0);
      lots.state.push(state);
      lots.firstUnit.push(unit);
      lots.free.push(1);
      lots.count++;
    }
  }
  lots.start.push(lots.count);
  return lots;
}

/** The lots of each group that an item promotion may see in this layer. */
export function visibleLots(lots: Lots, { rule, lines }: Candidate): number[][] {
  const closed = rule.promotion.stackable ? LOCKED : LOCKED | DISCOUNTED;
  return lines.map((own) => {
    const visible: number[] = [];
    for (const line of own) {
      for (let lot = lots.start[line] ?? 0; lot < (lots.start[line + 1] ?? 0); lot++) {
        if (((lots.state[lot] ?? 0) & closed) === 0 && (lots.free[lot] ?? 0) > 0) visible.push(lot);
      }
    }
    return visible;
  });
}
