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
  discount: Money,
  total: Money,
  restrictions: z.array(Restriction),
  promotions: z.array(AppliedPromotion),
});
export type BasketLine = z.infer<typeof BasketLine>;

export const BasketStatus = z.enum(['open', 'locked', 'converted', 'expired']);
export type BasketStatus = z.infer<typeof BasketStatus>;

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
  suggestions: z.array(z.object({ promotion_id: z.string(), title: z.string() })),
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
    symbology: z.string().max(32).optional(),
  })
  .refine((s) => (s.code === undefined) !== (s.epc === undefined), {
    message: 'exactly one of code and epc',
  });
export type Scan = z.infer<typeof Scan>;
export const ScanAnswer = z.object({ line_id: LineId, basket: Basket });
export const ChangeLine = z.strictObject({ quantity: z.number().int().min(0).max(LINE_QUANTITY_MAX) });
