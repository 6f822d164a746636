import { z } from 'zod';

/**
 * The part of Checkout.com's payments API that the adapter reads and sends. Source: the public API reference and
 * the vendor's SDK for Node 5.2; fields that we do not read are let through.
 */
export interface PaymentBody {
  source: { type: 'token'; token: string; store_for_future_use: boolean } | { type: 'id'; id: string };
  amount: number;
  currency: string;
  payment_type: 'Regular';
  reference: string;
  description: string;
  capture: boolean;
  processing_channel_id?: string;
  '3ds': { enabled: boolean };
  success_url: string;
  failure_url: string;
  metadata: { payment_id: string; order_id: string };
}

const Amount = z.int().min(0);
const Links = z.object({ redirect: z.object({ href: z.url() }).optional() });
const Source = z.object({
  id: z.string().optional(),
  scheme: z.string().optional(),
  last4: z.string().optional(),
  expiry_month: z.int().optional(),
  expiry_year: z.int().optional(),
  card_type: z.string().optional(),
});

const PAYMENT_STATUSES = [
  'Authorized',
  'Canceled',
  'Captured',
  'Card Verified',
  'Declined',
  'Expired',
  'Partially Captured',
  'Partially Refunded',
  'Pending',
  'Refunded',
  'Retry Scheduled',
  'Voided',
] as const;

/** The answer to `POST /payments` (201, or 202 while the payer has something to do) and to `GET /payments/{id}`. */
export const CheckoutPayment = z.object({
  id: z.string(),
  status: z.enum(PAYMENT_STATUSES),
  reference: z.string().optional(),
  amount: Amount.optional(),
  currency: z.string().optional(),
  auth_code: z.string().optional(),
  response_code: z.string().optional(),
  response_summary: z.string().optional(),
  expires_on: z.string().optional(),
  source: Source.optional(),
  customer: z.object({ id: z.string() }).optional(),
  balances: z.object({ total_captured: Amount.optional(), total_authorized: Amount.optional() }).optional(),
  _links: Links.optional(),
});
export type CheckoutPayment = z.infer<typeof CheckoutPayment>;

export const PaymentList = z.object({ data: z.array(CheckoutPayment) });
/** The answer to a capture, a void and a refund: 202, the outcome comes later. */
export const Accepted = z.object({ action_id: z.string() });

const Action = z.object({
  id: z.string(),
  type: z.string(),
  amount: Amount.optional(),
  approved: z.boolean().optional(),
  response_code: z.string().optional(),
  response_summary: z.string().optional(),
  reference: z.string().optional(),
});
export type Action = z.infer<typeof Action>;
/** Latest first. */
export const Actions = z.array(Action);

export const CheckoutError = z.object({
  error_type: z.string(),
  error_codes: z.array(z.string()).optional(),
});

export const CheckoutWebhook = z.object({
  id: z.string().min(1).max(128),
  type: z.string().max(64),
  created_on: z.string().optional(),
  data: z.object({
    id: z.string(),
    action_id: z.string().optional(),
    reference: z.string().optional(),
    amount: Amount.optional(),
    currency: z.string().optional(),
    response_code: z.string().optional(),
    response_summary: z.string().optional(),
    metadata: z.record(z.string(), z.unknown()).optional(),
  }),
});
export type CheckoutWebhook = z.infer<typeof CheckoutWebhook>;
