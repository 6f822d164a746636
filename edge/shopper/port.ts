import type { CardFacts } from '../../shared/api/order.ts';
import type { SavedCard, WishlistItem, WishlistTransfer } from '../../shared/api/shopper.ts';
import type { BasketId, ItemId, SavedCardId, StoreId } from '../../shared/ids/index.ts';
import type { Result } from '../../shared/result.ts';
import type { Answer, Call, Refusal } from '../basket/port.ts';
import type { SavedCardToken } from '../payment/gateway.ts';

/** A card that a provider keeps for a shopper, as a trip hands it over: once a payment. */
export interface NewSavedCard extends SavedCardToken {
  payment_id: string;
  gateway: string;
  /** The account that may charge it: a token means nothing elsewhere. */
  account_key: string;
  card: CardFacts;
}

/** What a BasketObject asks of its shopper's object. */
export interface ShopperForTrip {
  /** Again for the same payment changes nothing. */
  keepCard(card: NewSavedCard): Promise<{ saved_card_id: string }>;
  /** Null: not this shopper's, deleted, or of another account. */
  cardFor(query: {
    saved_card_id: string;
    gateway: string;
    account_key: string;
  }): Promise<(SavedCardToken & { card: CardFacts }) | null>;
}

/** What a ShopperObject does for the HTTP routes; its name is the id in the caller's token. */
export interface ShopperForEdge {
  savedCards(): Promise<SavedCard[]>;
  /**
   * What its provider must delete; null: not this shopper's, or deleted already. A token of null opens no more: it can
   * pay nowhere, and there is nothing to name to the provider.
   */
  cardToForget(
    id: SavedCardId,
  ): Promise<{ gateway: string; account_key: string; token: string | null } | null>;
  /** Drops all but the id. Only after the provider has. */
  dropCard(id: SavedCardId): Promise<void>;
  openWishlist(store_id: StoreId): Promise<Result<WishlistItem[], Refusal>>;
  putWish(wish: {
    store_id: StoreId;
    item_id: ItemId;
    quantity: number;
  }): Promise<Result<WishlistItem[], Refusal>>;
  dropWish(wish: { store_id: StoreId; item_id: ItemId }): Promise<Result<WishlistItem[], Refusal>>;
  transferWishlist(call: Call, basket_id: BasketId): Promise<Answer<WishlistTransfer>>;
}
