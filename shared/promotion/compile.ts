import { indexNodes, type NodeIndex, visitNodes } from './node_index.ts';
import { byTurn, isBasketFamily, type Rule, ruleOf } from './rule.ts';
import { ALL_ITEMS, type Promotion, type PromotionGroup } from './schema.ts';

/** Why a promotion will never apply, for whoever publishes it. */
export interface CompileFinding {
  promotion_id: string;
  code: 'duplicate_id';
  detail: string;
}

/**
 * A store's promotions, ready to be evaluated against any number of baskets. Immutable to its callers; only
 * `findings` is meant for them, the rest is the evaluator's index.
 */
export interface CompiledPromotions {
  readonly findings: readonly CompileFinding[];
  /** The active ones, in the order in which they are tried. */
  readonly promotions: readonly Promotion[];
  readonly nodes: NodeIndex;
  /** The number of each promotion's first group; its groups follow one another. */
  readonly firstGroup: Int32Array;
  /** The promotion of each group number. */
  readonly promotionOf: Int32Array;
  /** Groups that include everything. */
  readonly everywhere: Int32Array;
  /** By group: 1 where only a look at the line itself decides: filters, or an exclusion of all. */
  readonly special: Uint8Array;
  readonly hasExclusions: boolean;
  /** By group: the units that it needs at least; 0 for a spend. */
  readonly needs: Int32Array;
  /** By promotion: bits of what is asked before it is looked at closely. */
  readonly traits: Uint8Array;
  /** The rule of a promotion, made when a basket first touches it. */
  ruleAt(position: number): Rule;
  /** Marks of the evaluation under way; meaningless outside of it. */
  readonly marks: Marks;
}

/** A threshold on the spend: it counts add-ons, and units that cost nothing. */
export const BASKET = 1;
/** Not open to every basket at any time. */
export const CONDITIONAL = 2;

/** Scratch space by group and promotion number, so that an evaluation allocates nothing for what it only looks at. */
interface Marks {
  turn: number;
  /** The turn that was the last before the evaluation under way. */
  floor: number;
  readonly groupSeen: Int32Array;
  readonly groupExcluded: Int32Array;
  /** Ends of the list of a group's lines, and the units in them. */
  readonly groupFirst: Int32Array;
  readonly groupLast: Int32Array;
  readonly groupUnits: Int32Array;
  readonly promotionSeen: Int32Array;
}

/**
 * Indexes promotions by SKU and category, so that an evaluation costs what the basket touches and not what is
 * live. A second promotion under one id becomes a finding; inactive ones are left out in silence.
 */
export function compile(given: readonly Promotion[]): CompiledPromotions {
  const { promotions, findings } = inTurn(given);
  const firstGroup = new Int32Array(promotions.length + 1);
  for (const [position, { groups }] of promotions.entries())
    firstGroup[position + 1] = (firstGroup[position] ?? 0) + groups.length;
  const groupCount = firstGroup[promotions.length] ?? 0;
  const promotionOf = new Int32Array(groupCount);
  const everywhere: number[] = [];
  const special = new Uint8Array(groupCount);
  const needs = new Int32Array(groupCount);
  const traits = new Uint8Array(promotions.length);
  let hasExclusions = false;
  for (const [position, promotion] of promotions.entries()) {
    traits[position] =
      (isBasketFamily(promotion.family) ? BASKET : 0) | (isConditional(promotion) ? CONDITIONAL : 0);
    for (const [g, group] of promotion.groups.entries()) {
      const number = (firstGroup[position] ?? 0) + g;
      promotionOf[number] = position;
      needs[number] = isSpend(promotion, group) ? 0 : group.minimum;
      if (promotion.filters !== undefined || group.filters !== undefined) special[number] = 1;
      for (const node of group.nodes) {
        if (node.filters !== undefined) special[number] = 1;
        if (node.is_excluded) hasExclusions = true;
        if (node.node_id !== ALL_ITEMS) continue;
        if (node.is_excluded) special[number] = 1;
        else if (everywhere.at(-1) !== number) everywhere.push(number);
      }
    }
  }
  const rules: (Rule | undefined)[] = [];
  return {
    findings,
    promotions,
    nodes: indexNodes((each) => visitNodes(promotions, firstGroup, ALL_ITEMS, each)),
    firstGroup,
    promotionOf,
    everywhere: Int32Array.from(everywhere),
    special,
    hasExclusions,
    needs,
    traits,
    ruleAt(position) {
      const known = rules[position];
      if (known !== undefined) return known;
      const promotion = promotions[position];
      if (promotion === undefined) throw new RangeError(`no promotion ${position}`);
      const rule = ruleOf(promotion);
      rules[position] = rule;
      return rule;
    },
    marks: {
      turn: 0,
      floor: 0,
      groupSeen: new Int32Array(groupCount),
      groupExcluded: new Int32Array(groupCount),
      groupFirst: new Int32Array(groupCount),
      groupLast: new Int32Array(groupCount),
      groupUnits: new Int32Array(groupCount),
      promotionSeen: new Int32Array(promotions.length),
    },
  };
}

function isSpend({ family, target_group }: Promotion, group: PromotionGroup): boolean {
  return (
    family === 'basket_threshold' || (family === 'basket_threshold_target' && group.name !== target_group)
  );
}

function isConditional({ availability, schedule }: Promotion): boolean {
  const { start, end, active_days } = schedule;
  return (
    availability === 'special' ||
    start !== undefined ||
    end !== undefined ||
    !active_days.every((open) => open)
  );
}

function inTurn(given: readonly Promotion[]): { promotions: Promotion[]; findings: CompileFinding[] } {
  const findings: CompileFinding[] = [];
  const seen = new Set<string>();
  const promotions: Promotion[] = [];
  for (const promotion of given) {
    if (seen.has(promotion.id))
      findings.push({ promotion_id: promotion.id, code: 'duplicate_id', detail: promotion.id });
    else if (promotion.is_active) promotions.push(promotion);
    seen.add(promotion.id);
  }
  return { promotions: promotions.sort(byTurn), findings };
}
