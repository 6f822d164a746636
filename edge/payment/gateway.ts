import type { NextAction } from '../../shared/api/order.ts';
import type { PaymentAccount, PaymentChannel } from '../../shared/payment/account.ts';
import type { Result } from '../../shared/result.ts';

/**
 * A payment provider as the BasketObject sees it. An adapter keeps no state, reaches the network only
 * through the `http` it was given, and no card number, CVV or track ever crosses this interface: tokens only.
 * Amounts are minor units; what a provider's format cannot hold is `error` `invalid_amount` before any call.
 */
export interface Gateway {
  readonly id: string;
  readonly can: GatewayAbilities;
  /** Charges once per `payment_id`, which is the provider's idempotency key, however often it is called. */
  createAttempt(request: AttemptRequest): Promise<Outcome>;
  /**
   * What became of it. Finds it by our own `payment_id` when the provider's reference never reached us; where
   * the provider cannot be asked, it is the same request again under the same idempotency key.
   */
  getAttempt(attempt: Attempt): Promise<Outcome>;
  /** The payer is back from the provider's page, perhaps with a token or parameters of it. */
  continueAttempt(attempt: Attempt, returned: Returned): Promise<Outcome>;
  /** Takes `amount` of what is reserved; the rest is released. */
  capture(attempt: Attempt, capture: { amount: number; key: string }): Promise<Outcome>;
  /** Calls an open attempt off, or releases what is reserved; gives captured money back if `can.void_captured`. */
  void(attempt: Attempt, key: string): Promise<Outcome>;
  /** Gives captured money back, once per `refund_id`. */
  refund(attempt: Attempt, refund: RefundRequest): Promise<RefundOutcome>;
  getRefund(attempt: Attempt, refund: RefundRequest): Promise<RefundOutcome>;
  /** Signature first, over the raw bytes; nothing of the body is believed before. */
  verifyWebhook(raw: RawWebhook): Promise<Result<VerifiedWebhook, WebhookRefusal>>;
  /** Deletes a saved card at the provider. Absent: the provider keeps none. */
  forgetCard?(token: string): Promise<{ s: 'gone' } | { s: 'error' | 'unknown'; message: string }>;
}

/** What an adapter can do: docs/gateways.md shows it as a table. */
export interface GatewayAbilities {
  /** Reserves now and takes later. */
  authorize: boolean;
  /** `partial`: less than was reserved may be taken, once. */
  capture: 'none' | 'full' | 'partial';
  /** An attempt that waits for the payer or for its outcome can be called off. */
  void_open: boolean;
  /** Captured money can be given back whole without a refund. */
  void_captured: boolean;
  refund: 'none' | 'full' | 'partial';
  /** The outcome of a refund may come later. */
  refund_async: boolean;
  saved_cards: boolean;
  /** `query`: the provider can be asked. `repeat`: only the same request again tells. */
  ask: 'query' | 'repeat';
  /** `unsigned`: a message only says that there is something to ask. */
  webhooks: 'signed' | 'unsigned' | 'none';
  channels: readonly PaymentChannel[];
  /** ISO 4217; absent: what the account is set up for. */
  currencies?: readonly string[];
}

/** Who pays with what. Sealed while it is kept (edge/payment/vault.ts), never logged, never in an event. */
export type Instrument =
  | { kind: 'none' }
  /** A one-time token that the provider gave the payer's page. */
  | { kind: 'token'; token: string }
  /** A card that the provider keeps for this shopper. */
  | { kind: 'saved'; token: string; customer: string | null }
  /** A subscriber number in international form without the plus sign. */
  | { kind: 'msisdn'; msisdn: string }
  /** An address of UPI, `name@bank`. */
  | { kind: 'vpa'; vpa: string }
  /** `service_id` names this one conversation with the terminal. */
  | { kind: 'terminal'; terminal_id: string; service_id: string }
  /** An account of the store's own ledgers: a gift card, points, credit. */
  | { kind: 'ledger'; account: string };

/** The same for the same attempt whenever it is made: a provider compares the bodies of a repeated key. */
export interface AttemptRequest {
  payment_id: string;
  order_id: string;
  order_number: string;
  amount: number;
  /** ISO 4217. */
  currency: string;
  method: string;
  capture: 'auto' | 'manual';
  instrument: Instrument;
  /** The provider is asked to keep the card for this shopper. */
  save_card: boolean;
  channel: PaymentChannel;
  shopper_id: string;
  description: string;
  return_url: string;
  webhook_url: string;
  /** When the attempt began, UTC ISO 8601: some providers sign a time that must not change. */
  began_at: string;
}

export interface Attempt {
  request: AttemptRequest;
  /** The provider's own name of it; null until it has answered once. */
  reference: string | null;
  /** Further names that the adapter gave back: charge, checkout request, service id. */
  refs: Refs;
  authorized: number;
  captured: number;
}
export type Refs = Readonly<Record<string, string>>;

export interface Returned {
  token?: string | undefined;
  /** Query parameters of the return address. */
  parameters?: Readonly<Record<string, string>> | undefined;
}

/** What may be shown of an instrument: enough to know it again, never enough to use it. */
export interface CardShown {
  brand?: string;
  last4?: string;
  /** `MM/YY`. */
  expiry?: string;
  funding?: 'credit' | 'debit' | 'prepaid';
  auth_code?: string;
  entry_mode?: string;
  /** Application id of a chip card (EMV), for its receipt. */
  aid?: string;
}

/** A card that the provider now keeps. `token` is its name there. */
export interface SavedCardToken {
  token: string;
  customer: string | null;
}

interface Known {
  reference: string;
  refs?: Refs;
}

/**
 * What a provider said. `not_found`: it knows of no such attempt, so it has not charged yet. `error`: it
 * refused the request and proved not to have charged. `unknown`: the request may have been carried out; only
 * a question resolves that, never a second charge. `amount` and `currency` are what the provider says.
 */
export type Outcome =
  | ({
      s: 'captured' | 'authorized';
      amount: number;
      currency?: string;
      card?: CardShown;
      saved?: SavedCardToken;
      /** Until when a reservation holds, UTC ISO 8601. */
      expires_at?: string;
    } & Known)
  | ({ s: 'action_required'; action: NextActionOf; expires_at?: string } & Known)
  | ({ s: 'pending' | 'capture_pending' | 'void_pending' } & Known)
  | ({
      s: 'declined';
      code: string;
      message: string;
      /** The same instrument may work another time. */
      soft?: boolean;
      refs?: Refs;
    } & { reference: string | null })
  | ({ s: 'voided' | 'cancelled' | 'expired' } & Known)
  | { s: 'not_found' }
  | { s: 'error'; code: string; message: string }
  | { s: 'unknown'; reason: UnknownReason };

export type UnknownReason = 'timeout' | 'unavailable' | 'unreadable';
type NextActionOf = ReturnType<typeof NextAction.parse>;

/** `refund_id` is ours and the provider's idempotency key. `reference` is the provider's, once it has answered. */
export interface RefundRequest {
  refund_id: string;
  amount: number;
  currency: string;
  reason: string;
  reference: string | null;
  /** Where the provider tells of it, if it takes an address a refund. */
  webhook_url: string;
}

/** `not_found`: the provider knows of no such refund, so it may be sent again under the same key. */
export type RefundOutcome =
  | { s: 'succeeded' | 'pending'; reference: string | null; refs?: Refs }
  | { s: 'failed'; code: string; message: string; reference?: string | null }
  | { s: 'not_found' }
  | { s: 'unknown'; reason: UnknownReason };

export interface RawWebhook {
  headers: Headers;
  /** As it came, byte for byte. */
  body: string;
  /** Without the origin: path and query. */
  path: string;
  now_ms: number;
}

/** `ack` is exactly what the provider wants to read; it is sent once the message is on disk. */
export interface VerifiedWebhook {
  events: WebhookEvent[];
  ack: { status: 200 | 201 | 202 | 204; body: string; content_type: string };
}

/** One message of a provider in our words. */
export interface WebhookEvent {
  gateway: string;
  /** Unique within the account; where a provider gives none, a digest of what it said. */
  event_id: string;
  kind: 'payment' | 'refund' | 'dispute' | 'other';
  /** The provider's word for what happened, for people. */
  type: string;
  /** Our own references, if the provider echoes them. */
  payment_id: string | null;
  refund_id: string | null;
  reference: string | null;
  /** When it happened, UTC ISO 8601, if the provider says. */
  occurred_at?: string;
  /**
   * What it says of the money. A provider that can be asked is asked all the same; of one that cannot (`ask:
   * 'repeat'`) a signed message is the word that counts. An amount or currency that is not the attempt's own is
   * never believed: it becomes an incident.
   */
  claims?: { outcome: Outcome } | { refund: RefundOutcome; amount?: number; currency?: string };
}

export interface WebhookRefusal {
  /** `stale`: the signature holds, its time does not. Both are 401. */
  code: 'invalid_signature' | 'stale' | 'invalid';
}

/** The network as an adapter sees it; tests and the demo put fakes behind it. */
export type Http = (request: Request) => Promise<Response>;

/** What an adapter is made of. */
export interface GatewayContext {
  account: PaymentAccount;
  /** The account's credentials, by name; empty where the secret is not set. */
  secrets: Readonly<Record<string, string>>;
  http: Http;
  now(): number;
}

/** Null: the account or its secrets lack something that this gateway needs. */
export type GatewayFactory = (ctx: GatewayContext) => Gateway | null;
