import { z } from 'zod';
import type { NodeRef } from '../recommend/promotions_of.ts';
import type { Recommendation } from '../recommend/recommend.ts';
import type { Promotion } from '../schema.ts';
import { EvaluateCategory } from './evaluate_request.ts';
import { itemInOurNames } from './field_names.ts';
import { APPLIES_AS_LETTERS, FAMILY_LETTERS, NODE_TYPE_LETTERS } from './letter_codes.ts';

const NODES_MAX = 500;
const ITEMS_MAX = 500;
const RECOMMENDATIONS_MAX = 100;
const TEXT_MAX = 255;

const text = z.string();
const Id = z.string().min(1).max(TEXT_MAX);
const count = z.int().nonnegative();
const stored = {
  store_id: Id,
  evaluated_at: z.iso
    .datetime({ offset: true })
    .optional()
    .describe('The moment they must be open at; else now'),
};

const NodeType = z.enum(NODE_TYPE_LETTERS);
type NodeType = z.infer<typeof NodeType>;

export const SuggestionsRequest = z.object({
  ...stored,
  nodes: z
    .array(z.object({ node_id: Id, node_type: NodeType.default('i') }))
    .max(NODES_MAX)
    .describe('Items by SKU, categories by the value of a level'),
});

export const SuggestionsResponse = z.object({
  catalog_version: count,
  promotions: z
    .array(
      z.object({
        promo_id: text,
        promo_id_retailer: text.nullable(),
        family: z.enum(FAMILY_LETTERS),
        title: text,
        description: text,
        layer: count,
        apply_type: z.enum(APPLIES_AS_LETTERS),
        groups: z.array(z.object({ name: text, qty_or_value_min: count })),
      }),
    )
    .describe('In the order of their turn'),
});

const RecommendItem = z.object({
  sku: Id,
  categories: z.array(EvaluateCategory).max(ITEMS_MAX).default([]).describe('Also accepted as `catgories`'),
  unit_price: count.optional().describe('Minor units; also accepted as `sp`'),
});

export const RecommendationsRequest = z.object({
  ...stored,
  items: z.array(z.preprocess(itemInOurNames, RecommendItem)).max(ITEMS_MAX),
  limit: z.int().min(1).max(RECOMMENDATIONS_MAX).default(RECOMMENDATIONS_MAX),
});

export const RecommendationsResponse = z.object({
  catalog_version: count,
  recommendations: z
    .array(
      z.object({
        node_id: text,
        node_type: NodeType,
        promotion_ids: z.array(text),
        shortage: count.describe('Units that the closest of these promotions still lacks'),
        potential_discount: count
          .optional()
          .describe('Minor units: the most that one application takes off, where that is known'),
      }),
    )
    .describe('The smallest shortage first, then the largest discount'),
});

export const toNode = ({ node_id, node_type }: { node_id: string; node_type: NodeType }): NodeRef => ({
  node_id,
  node_type: node_type === 'i' ? 'item' : node_type,
});

export function renderPromotion(
  promotion: Promotion,
): z.infer<typeof SuggestionsResponse>['promotions'][number] {
  return {
    promo_id: promotion.id,
    promo_id_retailer: promotion.retailer_promotion_id ?? null,
    family: FAMILY_LETTERS[promotion.family],
    title: promotion.title,
    description: promotion.description,
    layer: promotion.layer,
    apply_type: APPLIES_AS_LETTERS[promotion.applies_as],
    groups: promotion.groups.map(({ name, minimum }) => ({ name, qty_or_value_min: minimum })),
  };
}

export const renderRecommendation = ({
  node_type,
  ...recommendation
}: Recommendation): z.infer<typeof RecommendationsResponse>['recommendations'][number] => ({
  ...recommendation,
  node_type: NODE_TYPE_LETTERS[node_type],
});
