import type { Family, Promotion, PromotionGroup } from './schema.ts';

/** When a promotion has its turn in a layer: the best plan, by priority, then the same for the whole basket. */
export type Stage = 'best_items' | 'items' | 'best_basket' | 'basket';
const STAGES: readonly Stage[] = ['best_items', 'items', 'best_basket', 'basket'];

/** What the discount of a set is made of: a sum over its units, an amount off, or a price for the whole. */
export type SetKind = 'each' | 'amount' | 'fixed';

/** A promotion with everything about it that no basket changes. */
export interface Rule {
  readonly promotion: Promotion;
  readonly groups: readonly PromotionGroup[];
  /** What selects its units: a requisite whose sets are all target works as an easy. */
  readonly family: Family;
  readonly layer: number;
  readonly stage: Stage;
  /** The units it uses are closed to the item promotions of later layers. */
  readonly exclusive: boolean;
  readonly kind: SetKind;
  /** Of a set: how many units are discounted, and how many are only needed. */
  readonly targets: number;
  readonly triggers: number;
  /** Places in `groups`; one group may be both. */
  readonly targetGroup: number;
  readonly triggerGroup: number;
  /** Its applications are chosen together: which units one takes depends on how many there are. */
  readonly isBlock: boolean;
}

/** Basket thresholds come after all item promotions, whatever layer they were given. */
export const BASKET_LAYER_MIN = 100;

export const isBasketFamily = (family: Family): boolean =>
  family === 'basket_threshold' || family === 'basket_threshold_target';

const isBuyAndGet = (family: Family): boolean => family === 'requisite' || family === 'evenly_distributed';

export const layerOf = ({ family, layer }: Pick<Promotion, 'family' | 'layer'>): number =>
  isBasketFamily(family) ? Math.max(BASKET_LAYER_MIN, layer) : layer;

export function stageOf({ family, criteria }: Pick<Promotion, 'family' | 'criteria'>): Stage {
  const best = criteria === 'best_discount';
  return isBasketFamily(family) ? (best ? 'best_basket' : 'basket') : best ? 'best_items' : 'items';
}

export function ruleOf(promotion: Promotion): Rule {
  const { family, groups } = promotion;
  const sets = setsOf(promotion);
  const perUnit = promotion.discount_type === 'percent' || promotion.discount_on === 'unit';
  return {
    promotion,
    groups,
    family: isBuyAndGet(family) && sets.triggers === 0 ? 'easy' : family,
    layer: layerOf(promotion),
    stage: stageOf(promotion),
    exclusive: promotion.exclusive ?? promotion.criteria === 'best_discount',
    kind:
      family === 'line_special' || perUnit
        ? 'each'
        : promotion.discount_type === 'amount'
          ? 'amount'
          : 'fixed',
    ...sets,
    isBlock: family === 'easy_plus' || isBuyAndGet(family) || promotion.max_discount !== undefined,
  };
}

function setsOf(promotion: Promotion): Pick<Rule, 'targets' | 'triggers' | 'targetGroup' | 'triggerGroup'> {
  const { family, groups, target_group, target_quantity } = promotion;
  const [first] = groups;
  const minimum = first?.minimum ?? 1;
  if (family !== 'basket_threshold_target' && !isBuyAndGet(family)) {
    return { targets: minimum, triggers: 0, targetGroup: 0, triggerGroup: 0 };
  }
  if (groups.length === 1) {
    const targets = Math.min(target_quantity ?? minimum, minimum);
    return { targets, triggers: minimum - targets, targetGroup: 0, triggerGroup: 0 };
  }
  const targetGroup = Math.max(
    0,
    groups.findIndex((group) => group.name === target_group),
  );
  const triggerGroup = targetGroup === 0 ? 1 : 0;
  return {
    targets: groups[targetGroup]?.minimum ?? 1,
    triggers: groups[triggerGroup]?.minimum ?? 1,
    targetGroup,
    triggerGroup,
  };
}

/** By layer, stage, priority (none is last) and id. */
export function byTurn(a: Promotion, b: Promotion): number {
  return (
    layerOf(a) - layerOf(b) ||
    STAGES.indexOf(stageOf(a)) - STAGES.indexOf(stageOf(b)) ||
    (a.priority ?? Number.MAX_SAFE_INTEGER) - (b.priority ?? Number.MAX_SAFE_INTEGER) ||
    (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
  );
}
