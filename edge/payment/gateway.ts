import type { NextAction } from '../../shared/api/order.ts';
import type { Result } from '../../shared/result.ts';
import type { ProviderWebhook } from '../basket/port.ts';

/**
 * A payment provider as the BasketObject sees it. An adapter keeps no state, reaches the network only
 * through the `http` it was given, and no card number ever crosses this interface.
 */
export interface Gateway {
  readonly id: string;
  /** Whether an attempt that waits for the payer or for its outcome can be called off. */
  readonly can_void: boolean;
  /** Charges once per `payment_id`, which is the provider's idempotency key, however often it is called. */
  createAttempt(request: AttemptRequest): Promise<Outcome>;
  /** What became of it; finds it by our own `payment_id` when the provider's reference never reached us. */
  getAttempt(refs: AttemptRefs): Promise<Outcome>;
  /** The payer is back from the provider's page, perhaps with a token of it. */
  continueAttempt(refs: AttemptRefs, token: string | undefined): Promise<Outcome>;
  /** Calls an open attempt off, or gives the money of a captured one back whole. */
  void(refs: AttemptRefs): Promise<Outcome>;
  verifyWebhook(
    headers: Headers,
    rawBody: string,
    nowMs: number,
  ): Promise<Result<ProviderWebhook, WebhookRefusal>>;
}

export interface WebhookRefusal {
  code: 'invalid_signature' | 'invalid';
}

/** `amount` in minor units of `currency` (ISO 4217). */
export interface AttemptRequest {
  payment_id: string;
  amount: number;
  currency: string;
  method: string;
  description: string;
  return_url: string;
  webhook_url: string;
}

export interface AttemptRefs {
  payment_id: string;
  /** The provider's own; null until it has answered once. */
  reference: string | null;
}

/**
 * What a provider said. `not_found`: it knows of no such attempt, so it has not charged yet. `error`: it
 * refused the request and proved not to have charged. `unknown`: the request may have been carried out; only
 * a question resolves that, never a second charge.
 */
export type Outcome =
  | { s: 'captured' | 'authorized'; amount: number; reference: string }
  | { s: 'action_required'; action: NextActionOf; reference: string }
  | { s: 'pending'; reference: string }
  | { s: 'declined'; code: string; message: string; reference: string }
  | { s: 'voided' | 'expired'; reference: string }
  | { s: 'not_found' }
  | { s: 'error'; code: string; message: string }
  | { s: 'unknown'; reason: 'timeout' | 'unavailable' | 'unreadable' };

type NextActionOf = ReturnType<typeof NextAction.parse>;

/** The network as an adapter sees it; tests and the demo put the test provider behind it. */
export type Http = (request: Request) => Promise<Response>;
