import { z } from 'zod';
import { BasketId, DeviceId, OrderId, PaymentId, ShopperId, StoreId } from '../ids/index.ts';
import { BasketLine } from './basket.ts';
import { AppliedPromotion, Currency, EpcHex, Instant, Money } from './common.ts';

/** Status words of a payment and of an order's payment, as every client sees them. */
export const PaymentStatus = z.enum([
  'waiting',
  'action_required',
  'pending',
  'authorized',
  'partially_captured',
  'captured',
  'rejected',
  'cancelled',
  'refunded',
]);
export type PaymentStatus = z.infer<typeof PaymentStatus>;

export const NextAction = z.object({ type: z.enum(['redirect', 'wait']), url: z.string().optional() });

export const Payment = z.object({
  id: PaymentId,
  order_id: OrderId,
  gateway: z.string(),
  method: z.string(),
  status: PaymentStatus,
  amount: Money,
  currency: Currency,
  next_action: NextAction.optional(),
  failure: z.object({ code: z.string(), message: z.string() }).optional(),
  created_at: Instant,
  updated_at: Instant,
});
export type Payment = z.infer<typeof Payment>;

export const ExitPass = z.object({ pass: z.string(), expires_at: Instant, epcs: z.array(EpcHex) });
export type ExitPass = z.infer<typeof ExitPass>;

/** Only of orders that a till or kiosk sold by itself: it numbered and priced them, and gave out the paper. */
export const Till = z.object({
  device_id: DeviceId,
  device_name: z.string().nullable(),
  /** The device's short number in its store, as the order's number shows it. */
  register: z.number().int().nullable(),
  /** The place of the sale in the device's journal. */
  device_seq: z.number().int(),
  /** The store's calendar day. */
  business_date: z.string(),
  /** Sold while the line was cut. */
  offline: z.boolean(),
});
export type Till = z.infer<typeof Till>;

export const Order = z.object({
  id: OrderId,
  number: z.string(),
  basket_id: BasketId,
  store_id: StoreId,
  status: z.enum(['created', 'completed', 'cancelled']),
  payment_status: PaymentStatus,
  currency: Currency,
  lines: z.array(BasketLine),
  promotions: z.array(AppliedPromotion),
  subtotal: Money,
  discount: Money,
  tax: Money,
  total: Money,
  captured: Money,
  payments: z.array(Payment),
  /** Null until the sale is committed. */
  receipt: z
    .object({
      number: z.string(),
      fiscal_number: z.string(),
      html: z.string(),
      text: z.string(),
      svg: z.string(),
      escpos: z.string(),
    })
    .nullable(),
  exit_pass: ExitPass.nullable(),
  verification_status: z.enum(['not_required', 'pending', 'verified', 'failed']),
  refund_status: z.enum(['none', 'partial', 'full']),
  fulfilment_status: z.enum(['none', 'queued', 'sent', 'acked', 'failed']),
  receipt_status: z.enum(['not_sent', 'sent', 'failed']),
  created_at: Instant,
  completed_at: Instant.nullable(),
  till: Till.optional(),
});
export type Order = z.infer<typeof Order>;

/** What a till's paper shows as a link: whose order it is, and the secret that only the paper knows. */
export const OpenPayLink = z.strictObject({
  store_id: StoreId,
  order_id: OrderId,
  reference: z.string().min(8).max(128),
});
/** A shopper's token for that one order, and the order as it stands. */
export const PayLink = z.object({
  token: z.string(),
  shopper_id: ShopperId,
  expires_at: Instant,
  order: Order,
});

export const CreateOrder = z.strictObject({ basket_id: BasketId });
export const CreatePayment = z.strictObject({
  gateway: z.string().min(1).max(64),
  method: z.string().min(1).max(64),
  amount: Money.min(1).optional(),
  saved_card_id: z.string().max(128).optional(),
  return_url: z.url().max(2000).optional(),
});
export type CreatePayment = z.infer<typeof CreatePayment>;
export const ConfirmPayment = z.strictObject({ token: z.string().max(4000).optional() });
