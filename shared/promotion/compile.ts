import { ALL_ITEMS, type Family, type Promotion, type PromotionGroup } from './schema.ts';

/** Why a promotion will never apply, for whoever publishes it. */
export interface CompileFinding {
  promotion_id: string;
  code: 'unsupported_family' | 'unsupported_criteria' | 'unsupported_apply_type' | 'duplicate_id';
  /** The word that is not supported. */
  detail: string;
}

/**
 * A store's promotions, ready to be evaluated against any number of baskets. Immutable; only `findings` is
 * meant for callers, the rest is the evaluator's index.
 */
export interface CompiledPromotions {
  readonly findings: readonly CompileFinding[];
  /** In the order in which they are tried. */
  readonly rules: readonly Rule[];
  /** Positions in `rules` of the promotions that a SKU or category value may hit, by `nodeKey`. */
  readonly byNode: ReadonlyMap<string, readonly number[]>;
  /** Positions in `rules` of the promotions that include everything. */
  readonly everywhere: readonly number[];
}

type Stage = 'item' | 'best_basket' | 'basket';

export interface Rule {
  readonly promotion: Promotion;
  readonly group: PromotionGroup;
  readonly layer: number;
  readonly stage: Stage;
  /** The units it uses are closed to the item promotions of later layers. */
  readonly exclusive: boolean;
  readonly excluded: ReadonlySet<string>;
  readonly excludesAll: boolean;
}

/** Basket thresholds come after all item promotions, whatever layer they were given. */
const BASKET_LAYER_MIN = 100;
const STAGES: readonly Stage[] = ['item', 'best_basket', 'basket'];

export function nodeKey(type: string, id: string): string {
  return `${type}\u0000${id}`;
}

/**
 * Indexes promotions by SKU and category, so that an evaluation costs what the basket touches and not what is
 * live. A promotion that this engine cannot evaluate becomes a finding; inactive ones are left out in silence.
 */
export function compile(promotions: readonly Promotion[]): CompiledPromotions {
  const findings: CompileFinding[] = [];
  const rules: Rule[] = [];
  const seen = new Set<string>();
  for (const promotion of promotions) {
    const finding = seen.has(promotion.id)
      ? { promotion_id: promotion.id, code: 'duplicate_id' as const, detail: promotion.id }
      : unsupported(promotion);
    seen.add(promotion.id);
    if (finding !== null) findings.push(finding);
    else if (promotion.is_active) rules.push(...ruleOf(promotion));
  }
  rules.sort(byTurn);

  const byNode = new Map<string, number[]>();
  const everywhere: number[] = [];
  for (const [position, { group }] of rules.entries()) {
    const included = group.nodes.filter((node) => !node.is_excluded);
    if (included.some((node) => node.node_id === ALL_ITEMS)) {
      everywhere.push(position);
      continue;
    }
    for (const key of new Set(included.map((node) => nodeKey(node.node_type, node.node_id)))) {
      const positions = byNode.get(key) ?? [];
      positions.push(position);
      byNode.set(key, positions);
    }
  }
  return { findings, rules, byNode, everywhere };
}

const BASKET_FAMILIES: ReadonlySet<Family> = new Set<Family>(['basket_threshold']);
const ITEM_FAMILIES: ReadonlySet<Family> = new Set<Family>(['easy']);

function unsupported({ id, family, criteria, applies_as }: Promotion): CompileFinding | null {
  if (!BASKET_FAMILIES.has(family) && !ITEM_FAMILIES.has(family)) {
    return { promotion_id: id, code: 'unsupported_family', detail: family };
  }
  // The best plan over item promotions is a search; among basket promotions it is only a comparison.
  if (criteria === 'best_discount' && ITEM_FAMILIES.has(family)) {
    return { promotion_id: id, code: 'unsupported_criteria', detail: criteria };
  }
  if (applies_as === 'cashback' || applies_as === 'tender') {
    return { promotion_id: id, code: 'unsupported_apply_type', detail: applies_as };
  }
  return null;
}

function ruleOf(promotion: Promotion): Rule[] {
  const isBasket = BASKET_FAMILIES.has(promotion.family);
  const isBest = promotion.criteria === 'best_discount';
  return promotion.groups.map((group) => {
    const excluded = group.nodes.filter((node) => node.is_excluded);
    return {
      promotion,
      group,
      layer: isBasket ? Math.max(BASKET_LAYER_MIN, promotion.layer) : promotion.layer,
      stage: isBasket ? (isBest ? 'best_basket' : 'basket') : 'item',
      exclusive: promotion.exclusive ?? isBest,
      excluded: new Set(excluded.map((node) => nodeKey(node.node_type, node.node_id))),
      excludesAll: excluded.some((node) => node.node_id === ALL_ITEMS),
    };
  });
}

/** By layer, stage, priority (none is last) and id. */
function byTurn(a: Rule, b: Rule): number {
  return (
    a.layer - b.layer ||
    STAGES.indexOf(a.stage) - STAGES.indexOf(b.stage) ||
    (a.promotion.priority ?? Number.MAX_SAFE_INTEGER) - (b.promotion.priority ?? Number.MAX_SAFE_INTEGER) ||
    (a.promotion.id < b.promotion.id ? -1 : 1)
  );
}
