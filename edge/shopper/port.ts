import type { CardFacts } from '../../shared/api/order.ts';
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
