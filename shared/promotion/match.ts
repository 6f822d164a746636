import type { EvaluationContext, PromotionBasket, PromotionLine, SpecialPromotion } from './basket.ts';
import { BASKET, CONDITIONAL, type CompiledPromotions, compile } from './compile.ts';
import { isOpen, LocalDateTime } from './local_time.ts';
import { isMember, passes } from './member.ts';
import { byTurn, type Rule, ruleOf } from './rule.ts';
import type { PromotionNode } from './schema.ts';
import { onTheFly, type Unlock, unlock } from './unlock.ts';

/** A promotion that a basket touches. */
export interface Candidate {
  readonly rule: Rule;
  /** How often it may apply. */
  readonly limit: number;
  /** Lines of each of its groups, in the order of the basket. */
  readonly lines: readonly (readonly number[])[];
  readonly unlock: Unlock | null;
  /** Why it may not apply now; only asked for by those who explain. */
  readonly closed: 'schedule' | 'qualifier' | 'limit' | null;
}

/** `possible`: only those that are open and whose groups hold enough units. */
export type Keep = 'possible' | 'all';

/** The promotions that touch a basket, in the order of their turn. */
export function match(
  compiled: CompiledPromotions,
  basket: PromotionBasket,
  context: EvaluationContext,
  keep: Keep,
): Candidate[] {
  const now = context.now_local === undefined ? undefined : LocalDateTime.parse(context.now_local);
  const programs = context.special_promos ?? [];
  const candidates: Candidate[] = [];
  let inTurn = true;
  const touched = touch(compiled, basket.lines, keep);
  for (let i = 0; i < touched.length; i++) {
    const position = touched[i] ?? 0;
    const rule = compiled.ruleAt(position);
    if (((compiled.traits[position] ?? 0) & CONDITIONAL) === 0) {
      const limit = rule.promotion.max_applications;
      candidates.push({ rule, limit, lines: linesOf(compiled, position), unlock: null, closed: null });
      continue;
    }
    const own = conditional(rule, now, programs, null);
    if (keep === 'possible' && (own.closed !== null || !own.rule.promotion.is_active)) continue;
    if (own.rule !== rule) inTurn = false;
    candidates.push({ ...own, lines: linesOf(compiled, position) });
  }
  const own = onTheFly(programs);
  for (const ready of own) {
    const alone = compile([ready.promotion]);
    for (const position of touch(alone, basket.lines, keep)) {
      const candidate = conditional(alone.ruleAt(position), now, programs, ready);
      if (keep === 'possible' && candidate.closed !== null) continue;
      candidates.push({ ...candidate, lines: linesOf(alone, position) });
    }
  }
  if (own.length > 0 || !inTurn) candidates.sort((a, b) => byTurn(a.rule.promotion, b.rule.promotion));
  return candidates;
}

/** A promotion that not every basket may have, or not now. */
function conditional(
  rule: Rule,
  now: string | undefined,
  programs: readonly SpecialPromotion[],
  ready: Unlock | null,
): Omit<Candidate, 'lines'> {
  const { promotion } = rule;
  const unlocked = ready ?? (promotion.availability === 'all' ? null : unlock(promotion, programs));
  const limit = unlocked?.limit ?? promotion.max_applications;
  const own = unlocked === null || unlocked.promotion === promotion ? rule : ruleOf(unlocked.promotion);
  return { rule: own, limit, unlock: unlocked, closed: closedBy(own, unlocked, limit, now) };
}

function closedBy(
  { promotion }: Rule,
  unlocked: Unlock | null,
  limit: number,
  now: string | undefined,
): Candidate['closed'] {
  if (now !== undefined && !isOpen(promotion.schedule, now)) return 'schedule';
  if (limit > 0) return null;
  return unlocked !== null && unlocked.by.length === 0 ? 'qualifier' : 'limit';
}

/** Lines of groups, each with the place of the group's next; one list for the evaluation under way. */
const memberLine: number[] = [];
const memberNext: number[] = [];

/**
 * The places of the promotions that include a line, in turn; of those that are `possible`, only where every
 * group holds the units that it needs. What was found stands in the marks until the next call.
 */
function touch(compiled: CompiledPromotions, lines: readonly PromotionLine[], keep: Keep): number[] {
  const { marks, promotionOf, nodes, traits, special, needs, firstGroup } = compiled;
  const { groupSeen, groupExcluded, groupFirst, groupLast, groupUnits, promotionSeen } = marks;
  const { start, entries } = nodes;
  if (marks.turn > TURNS_MAX) resetMarks(compiled);
  // Turns above this one belong to this call: it has one for every line.
  const before = marks.turn;
  marks.floor = before;
  memberLine.length = 0;
  memberNext.length = 0;
  const touched: number[] = [];

  const include = (group: number, units: number, turn: number, line: PromotionLine, at: number) => {
    const seen = groupSeen[group] ?? 0;
    if (seen === turn || groupExcluded[group] === turn) return;
    const promotion = promotionOf[group] ?? 0;
    if (line.parent_line_id !== undefined && ((traits[promotion] ?? 0) & BASKET) === 0) return;
    if (special[group] === 1 && !belongs(compiled, promotion, group, line)) return;
    const member = memberLine.length;
    memberLine.push(at);
    memberNext.push(-1);
    if (seen <= before) {
      groupFirst[group] = member;
      groupUnits[group] = units;
    } else {
      memberNext[groupLast[group] ?? 0] = member;
      groupUnits[group] = (groupUnits[group] ?? 0) + units;
    }
    groupLast[group] = member;
    groupSeen[group] = turn;
    if ((promotionSeen[promotion] ?? 0) <= before) touched.push(promotion);
    promotionSeen[promotion] = turn;
  };

  const slots: number[] = [];
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at];
    if (line === undefined || line.exclude_from_promotions === true) continue;
    const turn = ++marks.turn;
    const units = line.quantity * (line.pack_size ?? 1);
    slots.length = 0;
    slots.push(nodes.slotOf('item', line.sku));
    for (let c = 0; c < line.categories.length; c++) {
      const { name, value } = line.categories[c] ?? { name: '', value: '' };
      if (isCategoryLevel(name)) slots.push(nodes.slotOf(name, value));
    }
    if (compiled.hasExclusions) {
      for (let s = 0; s < slots.length; s++) {
        const slot = slots[s] ?? -1;
        if (slot < 0) continue;
        for (let e = start[slot] ?? 0, end = start[slot + 1] ?? 0; e < end; e++) {
          const group = entries[e] ?? 0;
          // Filters decide whether an exclusion counts, so a special group is looked at by itself.
          if (group < 0 && special[~group] === 0) groupExcluded[~group] = turn;
        }
      }
    }
    for (let s = 0; s < slots.length; s++) {
      const slot = slots[s] ?? -1;
      if (slot < 0) continue;
      for (let e = start[slot] ?? 0, end = start[slot + 1] ?? 0; e < end; e++) {
        const group = entries[e] ?? 0;
        if (group >= 0) include(group, units, turn, line, at);
      }
    }
    for (let e = 0; e < compiled.everywhere.length; e++)
      include(compiled.everywhere[e] ?? 0, units, turn, line, at);
  }

  const possible =
    keep === 'all'
      ? touched
      : touched.filter((position) => {
          for (let g = firstGroup[position] ?? 0, end = firstGroup[position + 1] ?? 0; g < end; g++) {
            const need = needs[g] ?? 0;
            if (need > 0 && ((groupSeen[g] ?? 0) <= before || (groupUnits[g] ?? 0) < need)) return false;
          }
          return true;
        });
  return possible.sort((a, b) => a - b);
}

const TURNS_MAX = 2 ** 30;

function belongs(
  compiled: CompiledPromotions,
  promotion: number,
  group: number,
  line: PromotionLine,
): boolean {
  const known = compiled.promotions[promotion];
  const own = known?.groups[group - (compiled.firstGroup[promotion] ?? 0)];
  return own !== undefined && passes(known?.filters, line) && isMember(own, line);
}

/** The lines of each group of a promotion, as the last call of `touch` found them. */
function linesOf({ marks, firstGroup }: CompiledPromotions, position: number): number[][] {
  const lists: number[][] = [];
  for (let group = firstGroup[position] ?? 0; group < (firstGroup[position + 1] ?? 0); group++) {
    const own: number[] = [];
    if ((marks.groupSeen[group] ?? 0) > marks.floor) {
      for (let member = marks.groupFirst[group] ?? -1; member >= 0; member = memberNext[member] ?? -1)
        own.push(memberLine[member] ?? 0);
    }
    lists.push(own);
  }
  return lists;
}

function resetMarks({ marks }: CompiledPromotions): void {
  marks.turn = 0;
  marks.groupSeen.fill(0);
  marks.groupExcluded.fill(0);
  marks.promotionSeen.fill(0);
}

function isCategoryLevel(name: string): name is Exclude<PromotionNode['node_type'], 'item'> {
  return name.length === 2 && name >= 'c1' && name <= 'c7';
}
