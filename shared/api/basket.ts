import { z } from 'zod';
import { BasketId, ItemId, LineId, StoreId } from '../ids/index.ts';
import { AuditRow } from './audit.ts';
import { AppliedPromotion, Currency, EpcHex, Instant, Money, PositionFix, PurchaseType } from './common.ts';

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
  /** Only where a label, a scale or the shopper set the price: what said so, the catalogue's price, and what was weighed. */
  price_from: z.enum(['price_label', 'weight', 'markdown', 'serial', 'open_price']).optional(),
  catalog_price: Money.optional(),
  weight_grams: z.number().int().min(1).optional(),
  discount: Money,
  total: Money,
  restrictions: z.array(Restriction),
  promotions: z.array(AppliedPromotion),
  /** Absent: `item`. An add-on or a deposit belongs to the line `parent_line_id` and goes with it. */
  kind: z.enum(['item', 'addon', 'deposit']).optional(),
  parent_line_id: LineId.optional(),
  /** What the shopper asked for beside it. */
  note: z.string().optional(),
  /** Only where staff set the price: what a unit cost before, and why. */
  override: z.object({ original_price: Money, reason: z.string() }).optional(),
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

/** Why staff must look at a basket. `minimum_age` in years; `sample`: by chance. */
export const VerificationReason = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('age'), minimum_age: z.number().int() }),
  z.object({ kind: z.literal('item'), item_id: ItemId, name: z.string() }),
  z.object({ kind: z.literal('category'), category: z.string() }),
  z.object({ kind: z.literal('sample') }),
]);
export type VerificationReason = z.infer<typeof VerificationReason>;

/**
 * Where the check by staff stands. `code` is shown to staff, who find the basket in their list by it; it opens nothing.
 * `rejected` says that the last check ended so and another one is needed. The fields beside `status` may be absent.
 */
export const Verification = z.object({
  status: z.enum(['not_required', 'required', 'pending', 'approved', 'rejected']),
  code: z.string().optional(),
  minimum_age: z.number().int().optional(),
  reasons: z.array(VerificationReason).optional(),
  /** Until when an approval holds. */
  expires_at: Instant.optional(),
});
export type Verification = z.infer<typeof Verification>;

/**
 * `stock_low`: the counted stock is less than the line. `quota_exceeded`: the basket alone holds more than a traveller may
 * buy, and `available` pieces of it would fit. The others are of where the shopper is.
 */
export const BasketWarning = z.object({
  code: z.enum(['stock_low', 'quota_exceeded', 'outside_store', 'position_unknown']),
  line_id: LineId.optional(),
  available: z.number().int().optional(),
  quota_id: z.string().optional(),
});
export type BasketWarning = z.infer<typeof BasketWarning>;

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
  verification: Verification,
  /** Absent: paid with the goods in hand. */
  purchase_type: PurchaseType.optional(),
  /** Counts the changes of the lines. */
  revision: z.number().int().optional(),
  /** Nothing here stops the shopper; left out where there is nothing. */
  warnings: z.array(BasketWarning).optional(),
  /** Only for staff who ask for it: how the sums came about. */
  audit: z.array(AuditRow).optional(),
  shelf_version: z.number().int(),
  expires_at: Instant,
  updated_at: Instant,
});
export type Basket = z.infer<typeof Basket>;

export const CreateBasket = z.strictObject({
  store_id: StoreId,
  /** Absent: `scan_and_go`. */
  purchase_type: PurchaseType.optional(),
});
export type CreateBasket = z.infer<typeof CreateBasket>;
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
    /** Where the device says it is; only a store that looks at it needs it. */
    position: PositionFix.optional(),
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

/** One unit, or several, of an item of the line's add-on groups, for each unit of the line. */
export const AddAddon = z.strictObject({
  item_id: ItemId,
  quantity: z.number().int().min(1).max(99).optional(),
  note: z.string().min(1).max(200).optional(),
});
export type AddAddon = z.infer<typeof AddAddon>;

/** What staff say of a basket. With `revision`, only of that one: 412 if the lines have changed since. */
export const DecideVerification = z.strictObject({
  revision: z.number().int().min(0).optional(),
  note: z.string().max(500).optional(),
});
export type DecideVerification = z.infer<typeof DecideVerification>;

/** A line of a kind that the store lists, at a price that the shopper says. */
export const AddOpenLine = z.strictObject({ kind: z.string().min(1).max(32), amount: Money.min(0) });
export type AddOpenLine = z.infer<typeof AddOpenLine>;

export const OverridePrice = z.strictObject({
  /** Of one unit, in minor units. */
  unit_price: Money.min(0),
  reason: z.string().min(1).max(200),
});
export type OverridePrice = z.infer<typeof OverridePrice>;
