import { z } from 'zod';
import { BasketId, ItemId, LineId, StoreId } from '../ids/index.ts';
import { AppliedPromotion, Currency, EpcHex, Instant, Money } from './common.ts';

export const LINE_QUANTITY_MAX = 999;
export const CODE_CHARACTERS_MAX = 1000;

export const Restriction = z.object({ kind: z.enum(['age']), minimum_age: z.number().int() });

export const BasketLine = z.object({
  id: LineId,
  item_id: ItemId,
  sku: z.string(),
  gtin: z.string().optional(),
  epc: EpcHex.optional(),
  name: z.string(),
  quantity: z.number().int().min(1),
  unit_price: Money,
  /** Only where a label or a scale set the price: what said so, the catalogue's price, and what was weighed. */
  price_from: z.enum(['price_label', 'weight', 'markdown', 'serial']).optional(),
  catalog_price: Money.optional(),
  weight_grams: z.number().int().min(1).optional(),
  discount: Money,
  total: Money,
  restrictions: z.array(Restriction),
  promotions: z.array(AppliedPromotion),
});
export type BasketLine = z.infer<typeof BasketLine>;

export const BasketStatus = z.enum(['open', 'locked', 'converted', 'expired']);
export type BasketStatus = z.infer<typeof BasketStatus>;

/** A promotion that would apply once more if the basket held a little more; `text` says it to the shopper. */
export const BasketSuggestion = z.object({
  promotion_id: z.string(),
  title: z.string(),
  text: z.string(),
  /** What it counts: units or, of a spend, minor units. */
  groups: z.array(
    z.object({
      name: z.string(),
      counts: z.enum(['units', 'spend']),
      required: z.number().int(),
      present: z.number().int(),
      missing: z.number().int(),
    }),
  ),
  missing_amount: Money.optional(),
  potential_discount: Money.optional(),
  free_item_missing: z.boolean(),
  line_ids: z.array(z.string()),
});
export type BasketSuggestion = z.infer<typeof BasketSuggestion>;

/** Why the basket costs what it costs, in sentences: of all of it, and of each line that a promotion touches. */
export const BasketExplanation = z.object({
  text: z.array(z.string()),
  lines: z.array(z.object({ line_id: z.string(), text: z.array(z.string()) })),
});
export type BasketExplanation = z.infer<typeof BasketExplanation>;

/** `total = subtotal − discount`, plus `tax` where the store's prices exclude it. */
export const Basket = z.object({
  id: BasketId,
  store_id: StoreId,
  currency: Currency,
  status: BasketStatus,
  lines: z.array(BasketLine),
  subtotal: Money,
  discount: Money,
  tax: Money,
  total: Money,
  promotions: z.array(AppliedPromotion),
  /** The closest first. */
  suggestions: z.array(BasketSuggestion),
  /** Only where asked for; null: the shelf has changed since the basket was priced. */
  explanation: BasketExplanation.nullable().optional(),
  verification: z.object({ status: z.enum(['not_required', 'required', 'approved']) }),
  shelf_version: z.number().int(),
  expires_at: Instant,
  updated_at: Instant,
});
export type Basket = z.infer<typeof Basket>;

export const CreateBasket = z.strictObject({ store_id: StoreId });
/** Exactly one of `code` (any barcode, EPC or tag URL as read) and `epc`. */
export const Scan = z
  .strictObject({
    code: z.string().max(CODE_CHARACTERS_MAX).optional(),
    epc: z.string().max(CODE_CHARACTERS_MAX).optional(),
    quantity: z.number().int().min(1).max(LINE_QUANTITY_MAX).optional(),
    /** The scanner's name of the symbology, and the AIM identifier that it sent (ISO/IEC 15424). */
    symbology: z.string().max(32).optional(),
    aim: z
      .string()
      .regex(/^\][A-Za-z][0-9A-Za-z]$/)
      .optional(),
    /** Where the code came from; absent: a camera. Numbers that people enter are taken only from `typed`. */
    source: z.enum(['camera', 'laser', 'typed', 'nfc']).optional(),
  })
  .refine((s) => (s.code === undefined) !== (s.epc === undefined), {
    message: 'exactly one of code and epc',
  });
export type Scan = z.infer<typeof Scan>;
/** What became of one code of several. */
export const ScanResult = z.object({
  code: z.string(),
  line_id: LineId.optional(),
  problem: z.object({ code: z.string(), detail: z.string().optional() }).optional(),
});
export type ScanResult = z.infer<typeof ScanResult>;
/** `results` only where the store takes several codes in one scan and got them; `line_id` is the last one's. */
export const ScanAnswer = z.object({
  line_id: LineId,
  basket: Basket,
  results: z.array(ScanResult).optional(),
});
export const ChangeLine = z.strictObject({ quantity: z.number().int().min(0).max(LINE_QUANTITY_MAX) });
