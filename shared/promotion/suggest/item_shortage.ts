import { carriersOf, isClosed, membersOf } from '../explain/members.ts';
import type { Replay } from '../explain/replay.ts';
import type { Candidate } from '../match.ts';
import type { Rule } from '../rule.ts';
import type { Split } from '../split.ts';
import { potentialDiscount } from './potential.ts';
import { presentOf } from './shortage.ts';
import type { Shortage } from './suggest.ts';

const WHOLE_PRICE = 10_000;

/** What an item promotion lacks for one more application; null: nothing, or it has none left. */
export function itemShortage(candidate: Candidate, replay: Replay, split: Split): Shortage | null {
  const { rule, limit } = candidate;
  const { promotion, groups } = rule;
  const applied = replay.applied[replay.entryOf(candidate)];
  const done = applied?.applications ?? 0;
  const given = applied?.discount ?? 0;
  if (done >= limit || (rule.family === 'easy_plus' && done > 0)) return null;
  if (promotion.max_discount !== undefined && given >= promotion.max_discount) return null;

  const { units, holder } = replay;
  const members = membersOf(units, candidate).map((own) =>
    own.filter((unit) => !isClosed(candidate, units, unit)),
  );
  const view = carriersOf(candidate, replay, members, split);
  const free = Array.from(holder, (entry) => (entry === -1 ? 1 : 0));
  const needs = groups.map(({ minimum }) => minimum);
  const runs = view.groups.map((group) => group.runs);
  const present = presentOf(needs, runs, (unit) => free[unit] ?? 0);
  const missing = needs.map((need, g) => need - (present[g] ?? 0));
  if (present.every((have) => have === 0) || missing.every((short) => short === 0)) return null;
  return {
    groups: groups.map(({ name, minimum }, g) => ({
      name,
      counts: 'units',
      required: minimum,
      present: present[g] ?? 0,
      missing: missing[g] ?? 0,
    })),
    missingAmount: null,
    potential: potentialDiscount(view, free, missing, given),
    freeItemMissing: isFreeItemMissing(rule, present, missing),
    distance: missing.reduce((sum, short, g) => sum + short / (needs[g] ?? 1), 0) / needs.length,
  };
}

/** Of a buy-and-get whose targets are free: whether the units to buy are there and only targets are missing. */
function isFreeItemMissing(rule: Rule, present: readonly number[], missing: readonly number[]): boolean {
  const { promotion, triggers, triggerGroup, targetGroup } = rule;
  const isFree = promotion.discount_type === 'percent' && promotion.discount_value === WHOLE_PRICE;
  if (promotion.family !== 'requisite' || !isFree || triggers === 0) return false;
  const bought =
    targetGroup === triggerGroup ? (present[0] ?? 0) >= triggers : (missing[triggerGroup] ?? 0) === 0;
  return bought && (missing[targetGroup] ?? 0) > 0;
}
