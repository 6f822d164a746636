import { z } from 'zod';
import { BasketId, DeviceId, LineId, OrderId, PaymentId, ShopperId, StoreId } from '../ids/index.ts';
import { Collection } from '../order/collection.ts';
import { PaymentChannel } from '../payment/account.ts';
import { PoslogNumber } from '../poslog/facts.ts';
import { BasketLine } from './basket.ts';
import { AppliedPromotion, Currency, EpcHex, Instant, Money, PositionFix, PurchaseType } from './common.ts';
import { OrderRefund } from './refund.ts';

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

/**
 * What the payer does next. `redirect`: open `url`. `qr`: show `payload` as a QR symbol, or open it as a link.
 * `deep_link`: open `url` in the wallet's app. `push`: answer on the telephone. `terminal`: follow the terminal.
 * `wait`: nothing.
 */
export const NextAction = z.object({
  type: z.enum(['redirect', 'qr', 'deep_link', 'push', 'terminal', 'wait']),
  url: z.string().optional(),
  payload: z.string().optional(),
  message: z.string().optional(),
  expires_at: Instant.optional(),
});
export type NextAction = z.infer<typeof NextAction>;

/** What may be shown of a card. */
export const CardFacts = z.object({
  brand: z.string().optional(),
  last4: z
    .string()
    .regex(/^[0-9]{4}$/)
    .optional(),
  expiry: z.string().optional(),
  funding: z.enum(['credit', 'debit', 'prepaid']).optional(),
  auth_code: z.string().optional(),
  entry_mode: z.string().optional(),
  aid: z.string().optional(),
});
export type CardFacts = z.infer<typeof CardFacts>;

export const Payment = z.object({
  id: PaymentId,
  order_id: OrderId,
  gateway: z.string(),
  method: z.string(),
  status: PaymentStatus,
  amount: Money,
  currency: Currency,
  next_action: NextAction.optional(),
  card: CardFacts.optional(),
  /** Of `amount`, in minor units; left out where nothing is so. */
  authorized: Money.optional(),
  captured: Money.optional(),
  refunded: Money.optional(),
  refunding: Money.optional(),
  /** Cash: handed over, given back, and what rounding to the smallest coin added. */
  tendered: Money.optional(),
  change: Money.optional(),
  rounding: Money.optional(),
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
  fulfilment_status: z.enum(['none', 'queued', 'sent', 'acked', 'failed', 'quarantined']),
  receipt_status: z.enum(['not_sent', 'sent', 'failed']),
  created_at: Instant,
  completed_at: Instant.nullable(),
  /** From the completion on: its number in the retailer's POSLog, and the store's business day. */
  poslog: PoslogNumber.optional(),
  business_date: z.string().optional(),
  till: Till.optional(),
  /** Oldest first; left out where there is none. */
  refunds: z.array(OrderRefund).optional(),
  /** Absent: paid with the goods in hand. */
  purchase_type: PurchaseType.optional(),
  /** Of an order that is fetched later, from its payment on. */
  collection: Collection.optional(),
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

export const CreateOrder = z.strictObject({
  basket_id: BasketId,
  /** Where the device says it is; only a store that looks at it needs it. */
  position: PositionFix.optional(),
  /** The text of a boarding pass's bar code; only a store with quotas needs it. It is not kept. */
  boarding_pass: z.string().max(1_000).optional(),
});
export type CreateOrder = z.infer<typeof CreateOrder>;
export const CreatePayment = z.strictObject({
  gateway: z.string().min(1).max(64),
  method: z.string().min(1).max(64),
  amount: Money.min(1).optional(),
  saved_card_id: z.string().max(128).optional(),
  return_url: z.url().max(2000).optional(),
  /** A one-time token that the provider gave the payer's page. Never a card number. */
  token: z.string().max(4000).optional(),
  /** Ask the provider to keep the card for this shopper. */
  save_card: z.boolean().optional(),
  /** The payer's telephone, for mobile money. */
  phone: z.string().max(32).optional(),
  /** The payer's UPI address. */
  vpa: z.string().max(255).optional(),
  /** The card or code of an account of the store's own: gift card, points, credit. */
  account: z.string().max(128).optional(),
  terminal_id: z.string().max(128).optional(),
  /** Cash that was handed over; only a till says so. */
  amount_tendered: Money.min(1).optional(),
});
export type CreatePayment = z.infer<typeof CreatePayment>;
export const ConfirmPayment = z.strictObject({
  token: z.string().max(4000).optional(),
  /** The query parameters with which the payer came back. */
  parameters: z.record(z.string().max(200), z.string().max(8000)).optional(),
});
/** What staff found in the bag. */
export const ReviewOrder = z
  .strictObject({
    result: z.enum(['verified', 'failed']),
    /** Needed where the bag is not as paid for. */
    reason: z.string().min(1).max(500).optional(),
    /** How many pieces were looked at, and how many of them were not paid for. */
    counts: z
      .strictObject({ checked: z.int().min(0).max(9_999), unpaid: z.int().min(0).max(9_999) })
      .optional(),
  })
  .refine(({ result, reason }) => result === 'verified' || reason !== undefined, {
    message: 'a failed check needs a reason',
    path: ['reason'],
  });
export type ReviewOrder = z.infer<typeof ReviewOrder>;

const COLLECTION_REASON = z.string().trim().min(1).max(500);
/** What the shopper shows, typed or scanned. */
export const CollectOrder = z.strictObject({ token: z.string().min(1).max(32) });
/** Without `lines` the whole order is rejected; with them these goods go back and the rest stays to be collected. */
export const RejectCollection = z.strictObject({
  reason: COLLECTION_REASON,
  lines: z
    .array(z.strictObject({ line_id: LineId, quantity: z.int().min(1).max(999) }))
    .min(1)
    .max(500)
    .optional(),
});
export type RejectCollection = z.infer<typeof RejectCollection>;
export const EndCollection = z.strictObject({ reason: COLLECTION_REASON.optional() });

/** Absent: all that is reserved. */
export const CapturePayment = z.strictObject({ amount: Money.min(1).optional() });

/** What an order can be paid with from where the caller stands; amounts in minor units. */
export const PaymentMethods = z.object({
  currency: Currency,
  due: Money,
  methods: z.array(
    z.object({
      gateway: z.string(),
      method: z.string(),
      channel: PaymentChannel,
      /** What the store calls it. */
      display_name: z.string().nullable(),
      amount_min: Money,
      amount_max: Money,
      /** The provider can keep the card for this shopper (`save_card`). */
      saves_cards: z.boolean(),
    }),
  ),
});
export type PaymentMethods = z.infer<typeof PaymentMethods>;
