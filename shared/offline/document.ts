import { z } from 'zod';
import { AppliedPromotion, Currency, EpcHex, Instant, Money } from '../api/common.ts';
import { BasketId, DeviceId, ItemId, LineId, OrderId, RetailerId, StoreId } from '../ids/index.ts';
import { ReceiptDocument } from '../receipt/document.ts';
import { NUMBER_VALUE_MAX } from './lease.ts';

/**
 * What a till writes down when it sells by itself. The edge takes a document as it stands: nothing in it is
 * ever priced again, for the shopper holds the paper. A change of shape is a new `v`.
 */
export const OFFLINE_VERSION = 1;
export const OFFLINE_LINES_MAX = 500;
export const OFFLINE_PAYMENTS_MAX = 10;
export const OFFLINE_APPROVALS_MAX = 50;
const TAX_ROWS_MAX = 100;
const PROMOTIONS_MAX = 500;

const Digest = z.string().regex(/^[0-9a-f]{64}$/);
const text = z.string().max(255);

/** A number of the device's own series: which lease it came from, and what stands on the paper. */
export const DeviceNumber = z.strictObject({
  lease_id: z.string().min(1).max(64),
  epoch: z.int().min(0),
  value: z.int().min(1).max(NUMBER_VALUE_MAX),
  text: z.string().min(1).max(32),
});
export type DeviceNumber = z.infer<typeof DeviceNumber>;

const head = {
  v: z.literal(OFFLINE_VERSION),
  /** UUID, version 7. */
  tx_id: z.uuid(),
  /** The till or kiosk. `(store_id, device_id, device_seq)` is the document's identity. */
  device_id: DeviceId,
  /** Grows by one with every document of the device, without gaps, whatever its kind. */
  device_seq: z.int().min(1),
  store_id: StoreId,
  retailer_id: RetailerId,
  /** The store agent that holds the device's journal. */
  agent_id: DeviceId,
  /** The store's calendar day on which it was completed. */
  business_date: z.iso.date(),
};

const tail = {
  /** The digest of the device's document before this one; that of the first is `CHAIN_START`. */
  previous: Digest,
  /** SHA-256 of the canonical JSON of everything above. */
  digest: Digest,
};

export const OfflineLine = z.strictObject({
  line_id: LineId,
  item_id: ItemId,
  sku: text,
  name: text,
  /** The text that was scanned, as it came. */
  code: z.string().max(1_000),
  gtin: z.string().max(14).optional(),
  epc: EpcHex.optional(),
  quantity: z.int().min(1),
  unit_price: Money,
  /** Only where a label or a scale set the price, as in a basket's line. */
  price_from: z.enum(['price_label', 'weight', 'markdown', 'serial', 'open_price']).optional(),
  catalog_price: Money.optional(),
  weight_grams: z.int().min(1).optional(),
  discount: Money,
  total: Money,
  tax_code: z.string().min(1).max(64),
  minimum_age: z.int().min(1).optional(),
  /** Absent: `item`. A deposit goes with the line that it names. */
  kind: z.enum(['item', 'addon', 'deposit']).optional(),
  parent_line_id: LineId.optional(),
  promotions: z.array(AppliedPromotion.strict()).max(PROMOTIONS_MAX),
});
export type OfflineLine = z.infer<typeof OfflineLine>;

/** `total = subtotal − discount`, plus `tax` where the prices exclude it. */
export const OfflineTotals = z.strictObject({ subtotal: Money, discount: Money, tax: Money, total: Money });

export const OfflineTax = z.strictObject({
  inclusive: z.boolean(),
  rounding: z.enum(['line', 'invoice']),
  rows: z
    .array(
      z.strictObject({
        tax_code: z.string().max(64),
        level_id: z.string().max(64),
        name: text,
        rate_ppm: z.int().min(0),
        taxable: Money,
        tax: Money,
      }),
    )
    .max(TAX_ROWS_MAX),
});

/** Coins and notes. `tendered − change = amount + rounding`: what stays in the drawer. */
const CashPayment = z.strictObject({
  method: z.literal('cash'),
  amount: Money,
  tendered: Money,
  change: Money,
  /** What rounding to the smallest coin added; negative where it took away. In no total and no tax. */
  rounding: Money,
});
/** The goods have left and the shopper owes: she pays at the address that the paper shows. */
const PayLaterPayment = z.strictObject({
  method: z.literal('pay_later'),
  amount: Money,
  reference: z.string().min(8).max(128),
  url: z.url().max(500),
  due_at: Instant,
});
/** A card terminal in the shop said yes. Never a card number: `masked` is at most its last four digits. */
const CardPayment = z.strictObject({
  method: z.literal('card_terminal'),
  amount: Money,
  terminal_id: z.string().min(1).max(64),
  reference: z.string().min(1).max(128),
  authorization: z.string().max(64).optional(),
  scheme: z.string().max(64).optional(),
  masked: z
    .string()
    .regex(/^[*x]*[0-9]{0,4}$/)
    .optional(),
  /** The terminal approved without its bank and sends it on later. */
  store_and_forward: z.boolean(),
});
export const OfflinePayment = z.discriminatedUnion('method', [CashPayment, PayLaterPayment, CardPayment]);
export type OfflinePayment = z.infer<typeof OfflinePayment>;

/** What staff allowed at the till while nobody else could be asked. */
export const OfflineApproval = z.strictObject({
  kind: z.enum(['age', 'item']),
  /** 0: the item needs staff, whatever the age. */
  minimum_age: z.int().min(0),
  staff_id: z.string().min(1).max(64),
  at: Instant,
});
export type OfflineApproval = z.infer<typeof OfflineApproval>;

export const OfflineSale = z.strictObject({
  kind: z.literal('sale'),
  ...head,
  /** One trip, one UUID: order and basket share it, as everywhere. The edge keeps this order id. */
  order_id: OrderId,
  basket_id: BasketId,
  number: DeviceNumber,
  started_at: Instant,
  completed_at: Instant,
  /** How far the edge's clock was ahead when it was last heard; null: never heard since the agent started. */
  clock_offset_ms: z.int().nullable(),
  /** Whether the line was up: a till sells the same way then, and sends at once. */
  linked: z.boolean(),
  /** What it was priced with. */
  shelf_version: z.int().min(0),
  catalog_version: z.int().min(0),
  config_version: z.int().min(1),
  currency: Currency,
  lines: z.array(OfflineLine).min(1).max(OFFLINE_LINES_MAX),
  promotions: z.array(AppliedPromotion.strict()).max(PROMOTIONS_MAX),
  totals: OfflineTotals,
  tax: OfflineTax,
  payments: z.array(OfflinePayment).min(1).max(OFFLINE_PAYMENTS_MAX),
  staff_id: z.string().min(1).max(64).optional(),
  approvals: z.array(OfflineApproval).max(OFFLINE_APPROVALS_MAX),
  /** The paper as it was handed out. */
  receipt: ReceiptDocument,
  ...tail,
});
export type OfflineSale = z.infer<typeof OfflineSale>;

/** Numbers that became no sale: of an order that was given up, or what was left when a lease was closed. */
export const OfflineVoid = z.strictObject({
  kind: z.literal('void'),
  ...head,
  reason: z.enum(['order_cancelled', 'order_expired', 'lease_closed']),
  lease_id: z.string().min(1).max(64),
  epoch: z.int().min(0),
  /** Both ends included. */
  from: z.int().min(1).max(NUMBER_VALUE_MAX),
  to: z.int().min(1).max(NUMBER_VALUE_MAX),
  order_id: OrderId.optional(),
  at: Instant,
  ...tail,
});
export type OfflineVoid = z.infer<typeof OfflineVoid>;

export const OfflineDocument = z.discriminatedUnion('kind', [OfflineSale, OfflineVoid]);
export type OfflineDocument = z.infer<typeof OfflineDocument>;
