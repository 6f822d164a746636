import type { EvaluationContext, PromotionBasket } from '../basket.ts';
import { compile } from '../compile.ts';
import { evaluate } from '../evaluate.ts';
import type { Candidate } from '../match.ts';
import { isBasketFamily } from '../rule.ts';
import { ALL_ITEMS, type PromotionGroup } from '../schema.ts';

/**
 * What a promotion takes off the basket, or grants, when it is the only one: open, and unlocked as often as
 * the basket's programs allow. One that is closed now counts as if it were open, with its own limit.
 */
export function savedAlone(
  { rule, limit, lines }: Candidate,
  basket: PromotionBasket,
  named: ReadonlySet<string>,
  settings: EvaluationContext['settings'],
): number {
  const { promotion } = rule;
  // Most that a basket touches it touches in passing: too few units give nothing.
  if (!isBasketFamily(promotion.family) && !hasEnough({ rule, lines }, basket)) return 0;
  const only = compile([
    {
      ...promotion,
      groups: promotion.groups.map((group) => narrowed(group, named)),
      availability: 'all',
      is_active: true,
      max_applications: limit > 0 ? limit : promotion.max_applications,
    },
  ]);
  return evaluate(only, basket, { settings }).applied[0]?.discount ?? 0;
}

function hasEnough({ rule, lines }: Pick<Candidate, 'rule' | 'lines'>, basket: PromotionBasket): boolean {
  return rule.groups.every(({ minimum }, g) => {
    let units = 0;
    for (const at of lines[g] ?? []) {
      const { quantity = 0, pack_size = 1 } = basket.lines[at] ?? {};
      units += quantity * pack_size;
    }
    return units >= minimum;
  });
}

/** What nodes can name in this basket. */
export function namesIn({ lines }: PromotionBasket): Set<string> {
  const named = new Set<string>();
  for (const { sku, categories } of lines) {
    named.add(`item ${sku}`);
    for (const { name, value } of categories) named.add(`${name} ${value}`);
  }
  return named;
}

/** The group without the nodes that name nothing in the basket: some list thousands. */
function narrowed(group: PromotionGroup, named: ReadonlySet<string>): PromotionGroup {
  const nodes = group.nodes.filter(
    ({ node_id, node_type }) => node_id === ALL_ITEMS || named.has(`${node_type} ${node_id}`),
  );
  return { ...group, nodes };
}
