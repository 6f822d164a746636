import { certainDiscount } from '../suggest/potential.ts';
import { presentOf } from '../suggest/shortage.ts';
import { LOCKED, unitsOf } from '../units.ts';
import type { Reason } from './explanation.ts';
import { carriersOf, isClosed, membersOf } from './members.ts';
import { idsOf, loweredBy, savedBy, type Turn, type Verdict } from './turn.ts';
import { whatOf } from './what.ts';

/** What kept a unit from an item promotion, in the order in which it is asked. */
type Obstacle = 'locked' | 'already_discounted' | 'taken' | 'no_price' | 'cannot_carry';

/** Why an item promotion took no more than it did, as it found the units at its turn. */
export function itemVerdict(turn: Turn): Verdict {
  const { candidate, replay } = turn;
  const entry = replay.entryOf(candidate);
  const members = membersOf(replay.units, candidate);
  const open = members.map((own) => own.filter((unit) => !isClosed(candidate, replay.units, unit)));
  const view = carriersOf(candidate, replay, open, turn.split);
  const carriers = new Set(view.groups.flatMap(({ runs }) => runs));
  const others = new Set(members.flat());
  if (entry !== -1) for (const unit of others) if (replay.holder[unit] === entry) others.delete(unit);

  const obstacles = new Map<number, Obstacle>();
  for (const unit of others) {
    const obstacle = obstacleOf(turn, unit, carriers);
    if (obstacle !== null) obstacles.set(unit, obstacle);
  }
  const free = view.groups.map(({ runs }) => runs.filter((unit) => others.has(unit) && !obstacles.has(unit)));
  const rest = entry === -1 ? whyNot(turn, members, obstacles, carriers) : whyNoMore(turn, entry, free);
  const isIntrinsic = entry === -1 && turn.wouldSave === 0;
  const units = new Map<number, Reason>();
  for (const unit of others) {
    const obstacle = obstacles.get(unit);
    units.set(
      unit,
      obstacle === undefined || isIntrinsic ? rest : reasonOf(turn, obstacle, [unit], members, carriers),
    );
  }
  return { reason: entry === -1 ? rest : null, units };
}

function obstacleOf({ candidate, place, replay }: Turn, unit: number, carriers: ReadonlySet<number>) {
  const { units } = replay;
  if (isClosed(candidate, units, unit)) {
    return ((units.state[unit] ?? 0) & LOCKED) !== 0 ? 'locked' : 'already_discounted';
  }
  if (replay.isHeldBefore(unit, place)) return 'taken';
  if (units.pay[unit] === 0) return 'no_price';
  return carriers.has(unit) ? null : 'cannot_carry';
}

/** An obstacle of some units as a reason, with whoever caused it. */
function reasonOf(
  { candidate, replay, wouldSave }: Turn,
  obstacle: Obstacle,
  units: readonly number[],
  members: readonly (readonly number[])[],
  carriers: ReadonlySet<number>,
): Reason {
  switch (obstacle) {
    case 'locked': {
      const closing = units
        .flatMap((unit) => (replay.touches[unit] ?? []).map(({ entry }) => entry))
        .filter((entry) => replay.closesUnits(entry));
      return { code: 'locked', by: idsOf(replay, closing) };
    }
    case 'already_discounted':
      return { code: 'already_discounted', by: loweredBy(replay, units) };
    case 'taken': {
      const holders = units.map((unit) => replay.holder[unit] ?? -1);
      const by = idsOf(replay, holders);
      return candidate.rule.stage === 'best_items'
        ? { code: 'outbid', by, would_save: wouldSave, saved: savedBy(replay, holders) }
        : { code: 'already_used', by };
    }
    case 'no_price':
      return { code: 'no_gain', by: loweredBy(replay, units) };
    case 'cannot_carry': {
      const g = members.findIndex((own) => own.some((unit) => units.includes(unit)));
      const group = candidate.rule.groups[g];
      const present = (members[g] ?? []).filter((unit) => carriers.has(unit)).length;
      return {
        code: 'cannot_carry',
        group: group?.name ?? '',
        required: group?.minimum ?? 1,
        present,
        by: loweredBy(replay, units),
      };
    }
  }
}

/** Of one that did not apply: itself, or what stood in its way at most of its units. */
function whyNot(
  turn: Turn,
  members: readonly (readonly number[])[],
  obstacles: ReadonlyMap<number, Obstacle>,
  carriers: ReadonlySet<number>,
): Reason {
  if (turn.wouldSave === 0) return whyNever(turn, members);
  const found = new Map<Obstacle, number[]>();
  for (const [unit, obstacle] of obstacles) {
    // What was free of charge from the start has kept nobody from anything.
    if (obstacle === 'no_price' && turn.replay.touches[unit]?.length === 0) continue;
    found.set(obstacle, [...(found.get(obstacle) ?? []), unit]);
  }
  let most: Obstacle | null = null;
  for (const obstacle of ['locked', 'already_discounted', 'taken', 'cannot_carry', 'no_price'] as const) {
    if ((found.get(obstacle)?.length ?? 0) > (most === null ? 0 : (found.get(most)?.length ?? 0)))
      most = obstacle;
  }
  if (most === null) return { code: 'no_gain', by: loweredBy(turn.replay, members.flat()) };
  return reasonOf(turn, most, found.get(most) ?? [], members, carriers);
}

/** Of one that would save nothing even alone. */
function whyNever({ candidate, replay, split }: Turn, members: readonly (readonly number[])[]): Reason {
  const { groups, promotion } = candidate.rule;
  const needs = groups.map(({ minimum }) => minimum);
  const present = presentOf(needs, members, () => 1);
  const short = present.findIndex((have, g) => have < (needs[g] ?? 0));
  const required = needs[short] ?? 0;
  if (short !== -1) {
    const have = present[short] ?? 0;
    return {
      code: 'too_few',
      group: groups[short]?.name ?? '',
      what: whatOf(groups[short]),
      required,
      present: have,
      missing: required - have,
      saves: certainDiscount(candidate.rule),
    };
  }
  if (promotion.max_discount === 0) return { code: 'cap_reached', max_discount: 0 };
  // As the basket was before any promotion: what is alone meets no other's prices.
  const fresh = { units: unitsOf(replay.basket), basket: replay.basket };
  const carriers = carriersOf(candidate, fresh, members, split).groups.map(({ runs }) => runs);
  const carried = presentOf(needs, carriers, () => 1);
  const weak = carried.findIndex((have, g) => have < (needs[g] ?? 0));
  if (weak === -1) return { code: 'no_gain', by: [] };
  const priced = (members[weak] ?? []).some((unit) => (fresh.units.pay[unit] ?? 0) > 0);
  return priced
    ? {
        code: 'cannot_carry',
        group: groups[weak]?.name ?? '',
        required: needs[weak] ?? 0,
        present: carried[weak] ?? 0,
        by: [],
      }
    : { code: 'no_gain', by: [] };
}

/** Of one that applied: what kept it from the units that nobody else had. `free`: those of each group. */
function whyNoMore({ candidate, replay }: Turn, entry: number, free: readonly (readonly number[])[]): Reason {
  const { rule, limit } = candidate;
  const { max_discount } = rule.promotion;
  const applied = replay.applied[entry];
  if (max_discount !== undefined && (applied?.discount ?? 0) >= max_discount)
    return { code: 'cap_reached', max_discount };
  if (rule.family === 'easy_plus') {
    const maximum = rule.groups[0]?.maximum;
    if (maximum !== undefined && (applied?.units.length ?? 0) >= maximum)
      return { code: 'maximum_reached', maximum };
    const [group] = rule.groups;
    const [required, present] = [group?.minimum ?? 1, applied?.units.length ?? 0];
    return {
      code: 'cannot_carry',
      group: group?.name ?? '',
      required,
      present,
      by: loweredBy(replay, free.flat()),
    };
  }
  const needs = rule.groups.map(({ minimum }) => minimum);
  const present = presentOf(needs, free, () => 1);
  if (present.some((have, g) => have < (needs[g] ?? 0))) {
    return {
      code: 'remainder',
      left: new Set(free.flat()).size,
      required: needs.reduce((sum, need) => sum + need, 0),
    };
  }
  return (applied?.applications ?? 0) >= limit
    ? { code: 'limit_reached', limit }
    : { code: 'no_gain', by: loweredBy(replay, free.flat()) };
}
