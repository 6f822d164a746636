import { z } from 'zod';
import type { Behaviour } from '../fake/control.ts';
import type { CheckoutPayment } from './protocol.ts';

/** What `POST /payments` takes of what the adapter may send; anything else is an invalid request. */
export const NewPayment = z.strictObject({
  source: z.discriminatedUnion('type', [
    z.strictObject({
      type: z.literal('token'),
      token: z.string().regex(/^tok_/),
      store_for_future_use: z.boolean().optional(),
    }),
    z.strictObject({ type: z.literal('id'), id: z.string().regex(/^src_/) }),
  ]),
  amount: z.int().min(1).max(999_999_999),
  currency: z.string().regex(/^[A-Z]{3}$/),
  payment_type: z.enum(['Regular', 'Recurring', 'MOTO', 'Installment', 'Unscheduled']).optional(),
  reference: z.string().max(80),
  description: z.string().max(100).optional(),
  capture: z.boolean(),
  processing_channel_id: z.string().regex(/^pc_/).optional(),
  '3ds': z.strictObject({ enabled: z.boolean() }).optional(),
  success_url: z.url().max(1024).optional(),
  failure_url: z.url().max(1024).optional(),
  metadata: z.record(z.string(), z.string()).optional(),
});

export interface FakeAction {
  id: string;
  type: string;
  amount: number;
  reference: string;
  approved?: boolean | undefined;
  response_code?: string | undefined;
  response_summary?: string | undefined;
}

export interface FakePayment {
  readonly id: string;
  readonly request: z.infer<typeof NewPayment>;
  readonly behaviour: Behaviour;
  readonly source_id: string;
  status: CheckoutPayment['status'];
  amount: number;
  currency: string;
  authorized: number;
  captured: number;
  refunded: number;
  readonly actions: FakeAction[];
}

/** The answer to the request itself: 201, or 202 with a link while the payer has something to do. */
export function shortAnswer(payment: FakePayment, origin: string): object {
  const { id, status, request } = payment;
  const last = payment.actions.at(-1);
  const links = linksOf(payment, origin);
  if (status === 'Pending')
    return { id, status, reference: request.reference, '3ds': { downgraded: false }, _links: links };
  const { response_code, response_summary, approved, id: action_id } = last ?? {};
  return {
    ...{ ...paymentShown(payment, origin), action_id, approved, response_code, response_summary },
    balances: undefined,
  };
}

/** `GET /payments/{id}`: without the response code, which stands with the action. */
export function paymentShown(payment: FakePayment, origin: string): object {
  const { id, status, amount, currency, request, source_id, authorized, captured, refunded } = payment;
  return {
    ...{ id, status, amount, currency, reference: request.reference, payment_type: 'Regular' },
    requested_on: '2026-01-01T00:00:00.0000000Z',
    source: {
      ...{ id: source_id, type: 'card', scheme: 'Visa', last4: '0000' },
      ...{ expiry_month: 12, expiry_year: 2039, card_type: 'DEBIT' },
    },
    balances: { total_authorized: authorized, total_captured: captured, total_refunded: refunded },
    metadata: request.metadata,
    _links: linksOf(payment, origin),
  };
}

const linksOf = ({ id, status, behaviour }: FakePayment, origin: string) => ({
  self: { href: `${origin}/payments/${id}` },
  ...(status === 'Pending' && behaviour === 'challenge' ? { redirect: { href: `${origin}/3ds/${id}` } } : {}),
});
