import { certainDiscount } from '../suggest/potential.ts';
import { applyThreshold } from '../threshold.ts';
import { basesOf } from '../units.ts';
import type { Reason } from './explanation.ts';
import { carriersOf, isTouched, membersOf } from './members.ts';
import { idsOf, loweredBy, savedBy, type Turn, type Verdict } from './turn.ts';
import { whatOf } from './what.ts';

/** Why a threshold gave no more than it did, as it found the prices at its turn. */
export function thresholdVerdict(turn: Turn): Verdict {
  const { candidate, replay } = turn;
  const entry = replay.entryOf(candidate);
  const members = membersOf(replay.units, candidate);
  const targets = members[candidate.rule.targetGroup] ?? [];
  const given = new Set(entry === -1 ? [] : replay.piecesOf(entry));
  const rest = entry === -1 ? whyNot(turn, members) : whyNoMore(turn, entry, members, given);
  const units = new Map<number, Reason>();
  const isTarget = new Set(targets);
  for (const unit of new Set(members.flat())) {
    if (given.has(unit)) continue;
    if (entry === -1) units.set(unit, rest);
    else if (!isTarget.has(unit)) units.set(unit, { code: 'spend_only' });
    else if (isTouched(candidate, replay.units, unit)) units.set(unit, alreadyDiscounted(turn, [unit]));
    else if (replay.units.pay[unit] === 0)
      units.set(unit, { code: 'no_gain', by: loweredBy(replay, [unit]) });
    else units.set(unit, rest);
  }
  return { reason: entry === -1 ? rest : null, units };
}

function spendOf({ candidate, replay }: Turn, members: readonly (readonly number[])[]) {
  const { rule } = candidate;
  const { promotion, groups } = rule;
  const base = basesOf(replay.units, promotion);
  const isGet = promotion.family === 'basket_threshold_target';
  const group = isGet ? rule.triggerGroup : 0;
  const left = new Set(
    promotion.threshold_excludes_targets && isGet ? (members[rule.targetGroup] ?? []) : [],
  );
  const minimum = groups[group]?.minimum ?? 0;
  const required =
    !isGet && promotion.discount_type === 'amount' ? Math.max(minimum, promotion.discount_value) : minimum;
  let spent = 0;
  for (const unit of members[group] ?? []) if (!left.has(unit)) spent += base[unit] ?? 0;
  return { required, spent, what: whatOf(groups[group]) };
}

function whyNot(turn: Turn, members: readonly (readonly number[])[]): Reason {
  const { candidate, replay, settings, split, wouldSave } = turn;
  const { rule } = candidate;
  const { promotion } = rule;
  const { required, spent, what } = spendOf(turn, members);
  if (spent < required) return belowThreshold(turn, what, required, spent);
  if (promotion.max_discount === 0) return { code: 'cap_reached', max_discount: 0 };
  const targets = members[rule.targetGroup] ?? [];
  const needed = promotion.family === 'basket_threshold_target' ? rule.targets : 1;
  if (targets.length < needed) {
    const group = rule.groups[rule.targetGroup];
    return {
      code: 'too_few',
      group: group?.name ?? '',
      what: whatOf(group),
      required: needed,
      present: targets.length,
      missing: needed - targets.length,
      saves: certainDiscount(rule),
    };
  }
  const touched = targets.filter((unit) => isTouched(candidate, replay.units, unit));
  const found = applyThreshold(candidate, { units: replay.units, settings, split, least: 1 });
  if (found === null) {
    if (touched.length > 0 && wouldSave > 0) return alreadyDiscounted(turn, touched);
    if (wouldSave === 0) return tooCheap(turn, targets, needed, []) ?? { code: 'no_gain', by: [] };
    const by = loweredBy(replay, targets);
    return tooCheap(turn, targets, needed, by) ?? { code: 'no_gain', by };
  }
  const rivals = replay.rivalsOf(candidate, turn.place);
  const by = idsOf(replay, rivals);
  if (rule.stage === 'best_basket') {
    const saved = savedBy(replay, rivals);
    return { code: 'not_best_threshold', by, would_save: wouldSave, saved };
  }
  return by.length > 0 ? { code: 'one_per_layer', by } : { code: 'no_gain', by: [] };
}

/** Of a spend-and-get whose targets cost too little for what they would get off. */
function tooCheap(turn: Turn, targets: readonly number[], required: number, by: string[]): Reason | null {
  const { candidate, replay, split } = turn;
  const { rule } = candidate;
  if (rule.promotion.family !== 'basket_threshold_target' || rule.kind !== 'each') return null;
  const { pay } = replay.units;
  if (targets.every((unit) => pay[unit] === 0)) return null;
  const members = rule.groups.map((_, g) => (g === rule.targetGroup ? targets : []));
  const group = rule.groups[rule.targetGroup];
  const present = carriersOf(candidate, replay, members, split).groups[rule.targetGroup]?.runs.length ?? 0;
  return present < required
    ? { code: 'cannot_carry', group: group?.name ?? '', required, present, by }
    : null;
}

/** What keeps a threshold that applied from more targets. */
function whyNoMore(
  turn: Turn,
  entry: number,
  members: readonly (readonly number[])[],
  given: ReadonlySet<number>,
): Reason {
  const { candidate, replay } = turn;
  const { rule, limit } = candidate;
  const { max_discount, family } = rule.promotion;
  const applied = replay.applied[entry];
  const done = applied?.applications ?? 0;
  if (max_discount !== undefined && (applied?.discount ?? 0) >= max_discount)
    return { code: 'cap_reached', max_discount };
  if (family === 'basket_threshold') return { code: 'no_gain', by: [] };
  if (done >= limit) return { code: 'limit_reached', limit };
  const { required: step, spent, what } = spendOf(turn, members);
  const required = step * (done + 1);
  if (spent < required) return belowThreshold(turn, what, required, spent);
  const targets = (members[rule.targetGroup] ?? []).filter(
    (unit) => !given.has(unit) && !isTouched(candidate, replay.units, unit),
  );
  if (targets.length < rule.targets)
    return { code: 'remainder', left: targets.length, required: rule.targets };
  const by = loweredBy(replay, targets);
  return tooCheap(turn, targets, rule.targets, by) ?? { code: 'no_gain', by };
}

function belowThreshold({ candidate }: Turn, what: string | null, required: number, spent: number): Reason {
  const saves = certainDiscount(candidate.rule);
  return { code: 'below_threshold', what, required, spent, missing: required - spent, saves };
}

function alreadyDiscounted({ replay }: Turn, units: readonly number[]): Reason {
  const before = units.flatMap((unit) =>
    (replay.touches[unit] ?? []).flatMap(({ entry, discount, isTrigger }) =>
      discount > 0 || isTrigger ? [entry] : [],
    ),
  );
  return { code: 'already_discounted', by: idsOf(replay, before) };
}
