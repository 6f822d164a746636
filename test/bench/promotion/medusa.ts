import { createRequire, registerHooks } from 'node:module';
import { z } from 'zod';
import type { PromotionLine } from '../../../shared/promotion/basket.ts';
import type { Promotion } from '../../../shared/promotion/schema.ts';
import { CURRENCY } from './measure_cell.ts';
import type { Peer } from './peer.ts';
import { PEERS_PACKAGE } from './peers_folder.ts';
import type { PlainIndex } from './touch.ts';

/** The service class of the package, of which one method is called. */
const Service = z.object({
  default: z.custom<{ prototype: object }>((value) => typeof value === 'function'),
});
const Computing = z.object({
  computeActions: z.custom<(codes: string[], context: object) => Promise<unknown>>(
    (value) => typeof value === 'function',
  ),
});

/**
 * Medusa's own loop over promotions, unchanged: `computeActions` of the service in @medusajs/promotion, with
 * its two database reads answered from memory. `touched`: the second read gives the promotions that its
 * prefilter keeps, those with every rule met by some line; the query itself is not measured. Else all.
 *
 * Its model is smaller than ours, so what it saves cannot be compared: a fixed price becomes an amount off,
 * N-for and combos become buy-and-get.
 */
export async function medusa(index: PlainIndex, reads: 'touched' | 'all'): Promise<Peer> {
  hookFramework();
  const load = createRequire(PEERS_PACKAGE);
  const { default: service } = Service.parse(load('@medusajs/promotion/dist/services/promotion-module.js'));
  const all = index.promotions.map(medusaPromotion);
  const keptOf = prefilter(all);
  let kept = all;
  const self = Object.create(service.prototype, {
    baseRepository_: { value: { getFreshManager: () => ({}) } },
    promotionService_: { value: { list: async () => kept } },
    listActivePromotions_: { value: async () => kept },
  });
  const { computeActions } = Computing.parse({ computeActions: self.computeActions.bind(self) });
  return {
    name: reads === 'all' ? "Medusa's loop over all live" : "Medusa's loop over what its query keeps",
    prepare(lines) {
      if (reads === 'touched') kept = keptOf(lines);
    },
    async evaluate(lines) {
      await computeActions([], {
        currency_code: CURRENCY.toLowerCase(),
        subtotal: lines.reduce((sum, { quantity, unit_price }) => sum + quantity * unit_price, 0),
        items: lines.map(({ line_id, sku, quantity, unit_price, categories }) => ({
          id: line_id,
          sku,
          department: categories[0]?.value,
          quantity,
          subtotal: quantity * unit_price,
          original_total: quantity * unit_price,
        })),
      });
      return { saved: null, proved: null };
    },
  };
}

let isHooked = false;

/** The framework's package, an HTTP server with all that belongs to it, only passes these two on from others. */
function hookFramework(): void {
  if (isHooked) return;
  isHooked = true;
  registerHooks({
    resolve: (specifier, context, next) =>
      next(
        specifier === '@medusajs/framework/utils' || specifier === '@medusajs/framework/types'
          ? '@medusajs/utils'
          : specifier,
        context,
      ),
  });
}

interface MedusaRule {
  attribute: string;
  operator: 'in' | 'gte';
  values: { value: string }[];
}

interface MedusaPromotion {
  id: string;
  code: string;
  type: 'standard' | 'buyget';
  is_automatic: true;
  is_tax_inclusive: false;
  rules: MedusaRule[];
  application_method: Record<string, unknown> & { target_rules: MedusaRule[]; buy_rules: MedusaRule[] };
}

function medusaPromotion(promotion: Promotion): MedusaPromotion {
  const { id, family, groups, discount_type, discount_value, max_applications, target_group } = promotion;
  const isPercent = discount_type === 'percent';
  const method = {
    type: isPercent ? 'percentage' : 'fixed',
    value: isPercent ? discount_value / 100 : discount_value,
    currency_code: CURRENCY.toLowerCase(),
    target_type: 'items',
    allocation: 'each',
    max_quantity: max_applications,
  };
  const rule = (g: number): MedusaRule[] => {
    const nodes = groups[g]?.nodes ?? [];
    const isSku = nodes.every(({ node_type }) => node_type === 'item');
    return nodes[0]?.node_id === 'ALL'
      ? []
      : [
          {
            attribute: isSku ? 'items.sku' : 'items.department',
            operator: 'in',
            values: nodes.map(({ node_id }) => ({ value: node_id })),
          },
        ];
  };
  const base = {
    id,
    code: id,
    is_automatic: true as const,
    is_tax_inclusive: false as const,
    rules: [] as MedusaRule[],
  };
  const [first] = groups;
  if (family === 'basket_threshold') {
    return {
      ...base,
      type: 'standard',
      rules: [{ attribute: 'subtotal', operator: 'gte', values: [{ value: String(first?.minimum ?? 0) }] }],
      application_method: {
        ...method,
        target_type: 'order',
        allocation: 'across',
        target_rules: rule(0),
        buy_rules: [],
      },
    };
  }
  if (family === 'easy' && first?.minimum === 1) {
    return {
      ...base,
      type: 'standard',
      application_method: { ...method, target_rules: rule(0), buy_rules: [] },
    };
  }
  const isOneGroup = groups.length === 1;
  const target = isOneGroup
    ? 0
    : Math.max(
        1,
        groups.findIndex(({ name }) => name === target_group),
      );
  return {
    ...base,
    type: 'buyget',
    application_method: {
      ...method,
      apply_to_quantity: 1,
      buy_rules_min_quantity: Math.max(1, (first?.minimum ?? 1) - (isOneGroup ? 1 : 0)),
      target_rules: rule(target),
      buy_rules: rule(0),
    },
  };
}

/** What the shipped SQL keeps: no rule of the promotion without a value that the basket has. */
function prefilter(all: readonly MedusaPromotion[]): (lines: readonly PromotionLine[]) => MedusaPromotion[] {
  const rulesOf = ({ application_method }: MedusaPromotion) => [
    ...application_method.target_rules,
    ...application_method.buy_rules,
  ];
  const values = all.map((promotion) =>
    rulesOf(promotion).map((rule) => new Set(rule.values.map(({ value }) => value))),
  );
  return (lines) => {
    const has = lines.flatMap(({ sku, categories }) => [sku, categories[0]?.value ?? '']);
    return all.filter((_, i) => values[i]?.every((rule) => has.some((value) => rule.has(value))) === true);
  };
}
