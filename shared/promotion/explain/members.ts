import type { Candidate } from '../match.ts';
import { type View, viewOf } from '../select/view.ts';
import type { Split } from '../split.ts';
import { DISCOUNTED, LOCKED, TRIGGER, type Units } from '../units.ts';
import type { Replay } from './replay.ts';

/** The units of each of a candidate's groups, in the order of the basket. */
export function membersOf({ start }: Units, { lines }: Candidate): number[][] {
  return lines.map((own) => {
    const members: number[] = [];
    for (const line of own) {
      for (let unit = start[line] ?? 0; unit < (start[line + 1] ?? 0); unit++) members.push(unit);
    }
    return members;
  });
}

/** Whether an earlier layer closed the unit to this item promotion. */
export function isClosed({ rule }: Candidate, { state }: Units, unit: number): boolean {
  const closed = rule.promotion.stackable ? LOCKED : LOCKED | DISCOUNTED;
  return ((state[unit] ?? 0) & closed) !== 0;
}

/** The same for a threshold, which looks at its own flag alone. */
export function isTouched({ rule }: Candidate, { state }: Units, unit: number): boolean {
  return !rule.promotion.stackable && ((state[unit] ?? 0) & (DISCOUNTED | TRIGGER)) !== 0;
}

/** The members that can carry the discount at their present prices, group by group in the order of selection. */
export function carriersOf(
  candidate: Candidate,
  { units, basket }: Pick<Replay, 'units' | 'basket'>,
  members: readonly (readonly number[])[],
  split: Split,
): View {
  return viewOf(
    candidate.rule,
    units,
    members,
    (unit) => {
      const line = basket.lines[units.line[unit] ?? 0];
      if (line === undefined) throw new RangeError(`unit ${unit} has no line`);
      return line;
    },
    split,
  );
}
