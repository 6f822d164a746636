import { carriersOf, isTouched, membersOf } from '../explain/members.ts';
import type { Replay } from '../explain/replay.ts';
import type { Candidate } from '../match.ts';
import { setDiscount } from '../select/picks.ts';
import type { Split } from '../split.ts';
import { basesOf, percentOf } from '../units.ts';
import { certainDiscount } from './potential.ts';
import type { Shortage } from './suggest.ts';

const WHOLE_PRICE = 10_000;

/** What a threshold lacks to be given once more; null: nothing, or it is not given again. */
export function thresholdShortage(candidate: Candidate, replay: Replay, split: Split): Shortage | null {
  const { rule, limit } = candidate;
  const { promotion } = rule;
  const applied = replay.applied[replay.entryOf(candidate)];
  const done = applied?.applications ?? 0;
  const { max_discount } = promotion;
  if (done >= limit || (max_discount !== undefined && (applied?.discount ?? 0) >= max_discount)) return null;
  const room =
    max_discount === undefined ? Number.POSITIVE_INFINITY : max_discount - (applied?.discount ?? 0);
  return promotion.family === 'basket_threshold'
    ? spendAndSave(candidate, replay, done, room)
    : spendAndGet(candidate, replay, split, done, room);
}

function spendAndSave(candidate: Candidate, replay: Replay, done: number, room: number): Shortage | null {
  const { promotion, groups } = candidate.rule;
  const { discount_type, discount_value } = promotion;
  // Only an amount is given again when the spend reaches the next multiple.
  if (done > 0 && discount_type !== 'amount') return null;
  const [group] = groups;
  const minimum = group?.minimum ?? 0;
  const step = discount_type === 'amount' ? Math.max(minimum, discount_value) : minimum;
  const { units } = replay;
  const base = basesOf(units, promotion);
  const [members = []] = membersOf(units, candidate);
  const spent = sumOf(members, base);
  const required = step * (done + 1);
  const missing = required - spent;
  if (missing <= 0 || spent === 0) return null;

  const recipients = members.filter(
    (unit) => (units.pay[unit] ?? 0) > 0 && !isTouched(candidate, units, unit),
  );
  const pay = sumOf(recipients, units.pay) + missing;
  let discount: number;
  if (discount_type === 'amount') discount = discount_value <= pay ? discount_value : 0;
  else if (discount_type === 'fixed') discount = Math.max(0, pay - discount_value);
  else {
    const shares = recipients.map((unit) =>
      Math.min(units.pay[unit] ?? 0, percentOf(base[unit] ?? 0, discount_value)),
    );
    discount = shares.reduce((a, b) => a + b, percentOf(missing, discount_value));
  }
  return {
    groups: [{ name: group?.name ?? '', counts: 'spend', required, present: spent, missing }],
    missingAmount: missing,
    potential: Math.min(room, discount),
    freeItemMissing: false,
    distance: missing / step,
  };
}

function spendAndGet(
  candidate: Candidate,
  replay: Replay,
  split: Split,
  done: number,
  room: number,
): Shortage | null {
  const { rule } = candidate;
  const { promotion, groups, targetGroup, triggerGroup, targets } = rule;
  const { units } = replay;
  const base = basesOf(units, promotion);
  const members = membersOf(units, candidate);
  const ownTargets = new Set(members[targetGroup]);
  const spenders = (members[triggerGroup] ?? []).filter(
    (unit) => !(promotion.threshold_excludes_targets && ownTargets.has(unit)),
  );
  const step = groups[triggerGroup]?.minimum ?? 0;
  const required = step * (done + 1);
  const spent = sumOf(spenders, base);
  const missingAmount = Math.max(0, required - spent);

  const entry = replay.entryOf(candidate);
  const given = new Set(entry === -1 ? [] : replay.piecesOf(entry));
  const open = [...ownTargets].filter((unit) => !given.has(unit) && !isTouched(candidate, units, unit));
  const own = groups.map((_, g) => (g === targetGroup ? open : []));
  const view = carriersOf(candidate, replay, own, split).groups[targetGroup];
  const present = Math.min(targets, view?.runs.length ?? 0);
  const missing = targets - present;
  if (missing === 0 && missingAmount === 0) return null;
  if (spent === 0 && present === 0) return null;

  const sum = (view?.worth ?? []).slice(0, targets).reduce((a, b) => a + b, 0);
  const discount =
    missing === 0
      ? Math.max(0, setDiscount(rule.kind, promotion.discount_value, sum, 1))
      : certainDiscount(rule);
  const isFree = promotion.discount_type === 'percent' && promotion.discount_value === WHOLE_PRICE;
  const parts = [missing / targets, step === 0 ? 0 : missingAmount / step];
  return {
    groups: groups.map(({ name }, g) =>
      g === targetGroup
        ? { name, counts: 'units', required: targets, present, missing }
        : { name, counts: 'spend', required, present: spent, missing: missingAmount },
    ),
    missingAmount: missingAmount === 0 ? null : missingAmount,
    potential: discount === null ? null : Math.min(room, discount),
    freeItemMissing: isFree && missingAmount === 0 && missing > 0,
    distance: parts.reduce((a, b) => a + b, 0) / parts.length,
  };
}

function sumOf(members: readonly number[], values: readonly number[]): number {
  let sum = 0;
  for (const unit of members) sum += values[unit] ?? 0;
  return sum;
}
