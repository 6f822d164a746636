import { z } from 'zod';
import { BasketId, ItemId, SavedCardId, StoreId } from '../ids/index.ts';
import { LedgerKind } from '../ledger/book.ts';
import { Basket, LINE_QUANTITY_MAX } from './basket.ts';
import { Currency, Instant, Money } from './common.ts';

/** A card that a provider keeps for the shopper: enough to know it again, nothing to pay with. */
export const SavedCard = z.object({
  id: SavedCardId,
  gateway: z.string(),
  brand: z.string().optional(),
  last4: z.string().optional(),
  /** `MM/YY`. */
  expiry: z.string().optional(),
  created_at: Instant,
});
export type SavedCard = z.infer<typeof SavedCard>;

/** What is wanted of a store's shelf. It holds neither stock nor price: both are as the list was last opened. */
export const WishlistItem = z.object({
  item_id: ItemId,
  quantity: z.number().int().min(1),
  name: z.string(),
  sku: z.string(),
  unit_price: Money,
  image: z.string().optional(),
  /** Whether the store sells it at this moment. */
  available: z.boolean(),
  added_at: Instant,
});
export type WishlistItem = z.infer<typeof WishlistItem>;
export const Wishlist = z.object({ store_id: StoreId, currency: Currency, items: z.array(WishlistItem) });
export type Wishlist = z.infer<typeof Wishlist>;

export const PutWishlistItem = z.strictObject({ quantity: z.number().int().min(1).max(LINE_QUANTITY_MAX) });
export const TransferWishlist = z.strictObject({ basket_id: BasketId });
/** `moved`: units that were added. `unavailable`: what could not be, with the reason that a scan would give. */
export const WishlistTransfer = z.object({
  basket: Basket,
  moved: z.array(z.object({ item_id: ItemId, quantity: z.number().int().min(1) })),
  unavailable: z.array(
    z.object({ item_id: ItemId, name: z.string(), code: z.string(), detail: z.string().optional() }),
  ),
});
export type WishlistTransfer = z.infer<typeof WishlistTransfer>;

/** Credit is not asked about here: whoever knows a neighbour's telephone number would learn her debts. */
export const AskLedgerBalance = z.strictObject({
  kind: LedgerKind.exclude(['credit']),
  account: z.string().min(1).max(128),
});
export const LedgerBalance = z.object({
  kind: LedgerKind,
  currency: Currency,
  /** What it pays, in minor units. */
  available: Money,
  /** Only of loyalty. */
  points: z.number().int().optional(),
});
