import { z } from 'zod';
import type { CardShown, Outcome } from '../gateway.ts';
import { fromStripe } from './amount.ts';
import { declineOf } from './client.ts';

const Card = z.object({
  brand: z.string().nullish(),
  last4: z.string().nullish(),
  exp_month: z.number().nullish(),
  exp_year: z.number().nullish(),
  funding: z.string().nullish(),
  read_method: z.string().nullish(),
  authorization_code: z.string().nullish(),
  capture_before: z.number().nullish(),
  receipt: z
    .object({
      authorization_code: z.string().nullish(),
      dedicated_file_name: z.string().nullish(),
    })
    .nullish(),
});
type Card = z.infer<typeof Card>;

const Charge = z.object({
  id: z.string(),
  payment_method_details: z.object({ card: Card.optional(), card_present: Card.optional() }).nullish(),
});

/** What we read of a PaymentIntent. A webhook holds the charge as an id, an answer holds it whole. */
export const Intent = z.object({
  id: z.string(),
  object: z.literal('payment_intent'),
  status: z.string(),
  amount_capturable: z.number(),
  amount_received: z.number(),
  currency: z.string(),
  metadata: z.record(z.string(), z.string()),
  next_action: z
    .object({ type: z.string(), redirect_to_url: z.object({ url: z.string() }).optional() })
    .nullish(),
  last_payment_error: z
    .object({
      code: z.string().nullish(),
      decline_code: z.string().nullish(),
      advice_code: z.string().nullish(),
      message: z.string().nullish(),
    })
    .nullish(),
  latest_charge: z.union([z.string(), Charge]).nullish(),
  cancellation_reason: z.string().nullish(),
  payment_method: z.union([z.string(), z.object({ id: z.string() })]).nullish(),
  customer: z.union([z.string(), z.object({ id: z.string() })]).nullish(),
  setup_future_usage: z.string().nullish(),
});
export type Intent = z.infer<typeof Intent>;

/** What a PaymentIntent says of the money (Stripe's page "How PaymentIntents work"). */
export function outcomeOf(intent: Intent): Outcome {
  const reference = intent.id;
  switch (intent.status) {
    case 'succeeded':
      return { s: 'captured', ...moneyOf(intent, intent.amount_received) };
    case 'requires_capture':
      return { s: 'authorized', ...moneyOf(intent, intent.amount_capturable) };
    case 'requires_action': {
      const url = intent.next_action?.redirect_to_url?.url;
      return url === undefined
        ? { s: 'pending', reference }
        : { s: 'action_required', action: { type: 'redirect', url }, reference };
    }
    case 'requires_payment_method': {
      const error = intent.last_payment_error;
      return error === null || error === undefined
        ? { s: 'pending', reference }
        : declineOf(error, reference);
    }
    case 'canceled':
      return { s: endOf(intent), reference };
    case 'processing':
    case 'requires_confirmation':
      return { s: 'pending', reference };
    default:
      return { s: 'unknown', reason: 'unreadable' };
  }
}

/** Stripe cancels by itself when a reservation or a session has run out. */
const BY_ITSELF: ReadonlySet<string> = new Set(['automatic', 'expired']);

function endOf({ cancellation_reason, latest_charge }: Intent): 'expired' | 'voided' | 'cancelled' {
  if (cancellation_reason !== null && BY_ITSELF.has(cancellation_reason ?? '')) return 'expired';
  return latest_charge === null || latest_charge === undefined ? 'cancelled' : 'voided';
}

type Money = Omit<Extract<Outcome, { s: 'captured' | 'authorized' }>, 's'>;

function moneyOf(intent: Intent, amount: number): Money {
  const charge = typeof intent.latest_charge === 'object' ? intent.latest_charge : null;
  const card = charge?.payment_method_details?.card ?? charge?.payment_method_details?.card_present;
  const before = intent.status === 'requires_capture' ? card?.capture_before : undefined;
  const saved = savedOf(intent);
  return {
    amount: fromStripe(amount, intent.currency),
    currency: intent.currency.toUpperCase(),
    reference: intent.id,
    ...(charge === null ? {} : { refs: { charge: charge.id } }),
    ...(card === undefined ? {} : { card: shownOf(card) }),
    ...(saved === null ? {} : { saved }),
    ...(typeof before === 'number' ? { expires_at: new Date(before * 1_000).toISOString() } : {}),
  };
}

function savedOf(intent: Intent): { token: string; customer: string } | null {
  const token = idOf(intent.payment_method);
  const customer = idOf(intent.customer);
  const kept = typeof intent.setup_future_usage === 'string' && token !== null && customer !== null;
  return kept ? { token, customer } : null;
}

const idOf = (one: string | { id: string } | null | undefined): string | null =>
  typeof one === 'string' ? one : (one?.id ?? null);

function shownOf(card: Card): CardShown {
  const { brand, last4, exp_month, exp_year, funding, read_method, receipt } = card;
  const code = card.authorization_code ?? receipt?.authorization_code;
  const aid = receipt?.dedicated_file_name;
  return {
    ...(typeof brand === 'string' ? { brand } : {}),
    ...(typeof last4 === 'string' ? { last4 } : {}),
    ...(typeof exp_month === 'number' && typeof exp_year === 'number'
      ? { expiry: `${String(exp_month).padStart(2, '0')}/${String(exp_year).slice(-2)}` }
      : {}),
    ...(funding === 'credit' || funding === 'debit' || funding === 'prepaid' ? { funding } : {}),
    ...(typeof code === 'string' ? { auth_code: code } : {}),
    ...(typeof read_method === 'string' ? { entry_mode: read_method } : {}),
    ...(typeof aid === 'string' ? { aid } : {}),
  };
}
