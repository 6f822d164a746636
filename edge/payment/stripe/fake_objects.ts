/** What the fake keeps, in the shape in which Stripe shows it. */
export interface FakeIntent {
  id: string;
  object: 'payment_intent';
  amount: number;
  amount_capturable: number;
  amount_received: number;
  application_fee_amount: number | null;
  canceled_at: number | null;
  cancellation_reason: string | null;
  capture_method: string;
  confirmation_method: 'automatic';
  created: number;
  currency: string;
  customer: string | null;
  description: string | null;
  last_payment_error: Record<string, unknown> | null;
  latest_charge: string | null;
  livemode: boolean;
  metadata: Record<string, string>;
  next_action: Record<string, unknown> | null;
  payment_method: string | null;
  payment_method_types: string[];
  setup_future_usage: string | null;
  status:
    | 'requires_payment_method'
    | 'requires_confirmation'
    | 'requires_action'
    | 'processing'
    | 'requires_capture'
    | 'succeeded'
    | 'canceled';
}

export interface FakeRefund {
  id: string;
  object: 'refund';
  amount: number;
  charge: string | null;
  created: number;
  currency: string;
  failure_reason?: string;
  metadata: Record<string, string>;
  payment_intent: string;
  reason: string | null;
  status: 'pending' | 'succeeded' | 'failed';
}

export interface FakeReader {
  id: string;
  object: 'terminal.reader';
  action: {
    type: 'process_payment_intent';
    status: 'in_progress' | 'succeeded' | 'failed';
    failure_code: string | null;
    failure_message: string | null;
    process_payment_intent: { payment_intent: string };
  } | null;
  device_type: string;
  label: string;
  livemode: boolean;
  status: 'online' | 'offline';
}

export interface FakeEvent {
  id: string;
  object: 'event';
  api_version: string;
  account?: string;
  created: number;
  data: { object: unknown };
  livemode: boolean;
  pending_webhooks: 1;
  request: { id: null; idempotency_key: null };
  type: string;
}

/** The charge behind an intent, as `expand` shows it. Its card is none that exists. */
export function chargeOf(intent: FakeIntent): object | null {
  if (intent.latest_charge === null) return null;
  const present = intent.payment_method_types.includes('card_present');
  const card = {
    brand: 'visa',
    exp_month: 4,
    exp_year: 2031,
    funding: 'debit',
    last4: '0007',
    ...(intent.capture_method === 'manual' ? { capture_before: intent.created + 604_800 } : {}),
  };
  const receipt = { authorization_code: '123456', dedicated_file_name: 'A0000000031010' };
  return {
    id: intent.latest_charge,
    object: 'charge',
    amount: intent.amount,
    captured: intent.status === 'succeeded',
    currency: intent.currency,
    payment_intent: intent.id,
    payment_method_details: present
      ? { type: 'card_present', card_present: { ...card, read_method: 'contact_emv', receipt } }
      : { type: 'card', card: { ...card, authorization_code: '123456' } },
  };
}
