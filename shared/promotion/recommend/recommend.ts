import type { EvaluationContext, PromotionBasket, PromotionLine } from '../basket.ts';
import type { CompiledPromotions } from '../compile.ts';
import { carriersOf } from '../explain/members.ts';
import { type Candidate, match } from '../match.ts';
import { isBasketFamily } from '../rule.ts';
import { ALL_ITEMS } from '../schema.ts';
import { splitOf } from '../split.ts';
import { certainDiscount, potentialDiscount } from '../suggest/potential.ts';
import { presentOf } from '../suggest/shortage.ts';
import { unitsOf } from '../units.ts';
import type { NodeRef } from './promotions_of.ts';

export interface RecommendItem {
  sku: string;
  categories: PromotionLine['categories'];
  /** Minor units; without it no discount that depends on it is told. */
  unit_price?: number | undefined;
}

export interface RecommendOptions extends EvaluationContext {
  /** Recommendations at most. */
  limit?: number | undefined;
}

/** Something that goes with the items. */
export interface Recommendation extends NodeRef {
  /** In the order of their turn. */
  promotion_ids: string[];
  /** Units that the promotion closest to applying still lacks; a spend that is not reached counts as one. */
  shortage: number;
  /** Minor units: the most that one application of them takes off, where that is known. */
  potential_discount?: number;
}

const RECOMMENDATIONS_MAX = 100;

/**
 * What the items of a shopper's basket or of a product page go with: nodes of the groups that still lack
 * something, of open promotions with several groups of which an item is in another one. Each item counts once.
 * The smallest shortage first, then the largest discount, then in the order of the promotions.
 */
export function recommend(
  compiled: CompiledPromotions,
  items: readonly RecommendItem[],
  options: RecommendOptions = {},
): Recommendation[] {
  const lines = items.map(({ sku, categories, unit_price = 0 }, at) => ({
    line_id: String(at),
    sku,
    categories,
    quantity: 1,
    unit_price,
  }));
  const basket: PromotionBasket = { currency: '', lines };
  const isPriced = items.every(({ unit_price }) => unit_price !== undefined);
  const found = new Map<string, Recommendation>();
  for (const candidate of match(compiled, basket, options, 'all')) {
    const { rule, closed } = candidate;
    if (closed !== null || !rule.promotion.is_active || rule.groups.length < 2) continue;
    const missing = missingOf(candidate);
    const shortage = missing.reduce((a, b) => a + b, 0);
    if (shortage === 0) continue;
    const potential = potentialOf(candidate, basket, missing, isPriced);
    for (const [g, group] of rule.groups.entries()) {
      const hasOther = candidate.lines.some((own, other) => other !== g && own.length > 0);
      if ((missing[g] ?? 0) === 0 || !hasOther) continue;
      const excluded = new Set(group.nodes.filter((node) => node.is_excluded).map(keyOf));
      for (const { node_id, node_type, is_excluded } of group.nodes) {
        if (is_excluded || node_id === ALL_ITEMS || excluded.has(keyOf({ node_id, node_type }))) continue;
        add(found, { node_id, node_type }, rule.promotion.id, shortage, potential);
      }
    }
  }
  return [...found.values()]
    .sort((a, b) => a.shortage - b.shortage || (b.potential_discount ?? 0) - (a.potential_discount ?? 0))
    .slice(0, options.limit ?? RECOMMENDATIONS_MAX);
}

/** Units that each group lacks for one application; of a spend one if nothing counts towards it. */
function missingOf({ rule, lines }: Candidate): number[] {
  if (isBasketFamily(rule.promotion.family)) {
    return rule.groups.map((_, g) => {
      const have = lines[g]?.length ?? 0;
      return g === rule.targetGroup ? Math.max(0, rule.targets - have) : have > 0 ? 0 : 1;
    });
  }
  const needs = rule.groups.map(({ minimum }) => minimum);
  const present = presentOf(needs, lines, () => 1);
  return needs.map((need, g) => need - (present[g] ?? 0));
}

function potentialOf(
  candidate: Candidate,
  basket: PromotionBasket,
  missing: readonly number[],
  isPriced: boolean,
): number | null {
  const { rule, lines } = candidate;
  if (!isPriced || isBasketFamily(rule.promotion.family)) return certainDiscount(rule);
  const units = unitsOf(basket);
  const view = carriersOf(candidate, { units, basket }, lines, splitOf({ residual: 'spread' }));
  return potentialDiscount(
    view,
    units.pay.map(() => 1),
    missing,
    0,
  );
}

const keyOf = ({ node_id, node_type }: NodeRef): string => `${node_type} ${node_id}`;

function add(
  found: Map<string, Recommendation>,
  node: NodeRef,
  promotion: string,
  shortage: number,
  potential: number | null,
): void {
  const key = keyOf(node);
  const known = found.get(key) ?? { ...node, promotion_ids: [], shortage };
  found.set(key, known);
  if (known.promotion_ids.at(-1) !== promotion) known.promotion_ids.push(promotion);
  known.shortage = Math.min(known.shortage, shortage);
  if (potential !== null) known.potential_discount = Math.max(known.potential_discount ?? 0, potential);
}
