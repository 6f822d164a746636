import { z } from 'zod';

export const RECEIPT_VERSION = 1;
export const RECEIPT_LINES_MAX = 500;
export const RECEIPT_PARTS_MAX = 50;
export const RECEIPT_TEXT_CHARS_MAX = 200;
/** A number this long still fits unbroken on the narrowest paper, so it can be searched on every slip. */
export const ORDER_NUMBER_CHARS_MAX = 32;
export const QR_CHARS_MAX = 700;
const LANGUAGE_CHARS_MAX = 35;

/** A BCP 47 tag, by whose primary language the labels are chosen. */
export const ReceiptLanguage = z
  .string()
  .max(LANGUAGE_CHARS_MAX)
  .regex(/^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$/);
export const NumberFormat = z.strictObject({
  decimal: z.enum(['.', ',']),
  group: z.enum([',', '.', ' ', "'", '']),
});

const text = z.string().max(RECEIPT_TEXT_CHARS_MAX);
/** Integer in minor units of the receipt's currency (ISO 4217). */
const money = z.int();

const promotion = z.strictObject({
  title: text,
  /** What this promotion took off the line; positive. */
  discount: money,
});

const line = z.strictObject({
  name: text,
  sku: text,
  gtin: text.optional(),
  epc: text.optional(),
  /** Pieces, or kilograms and the like with up to three decimals. */
  quantity: z.number().positive(),
  unit_price: money,
  /** Everything taken off the line; positive. `total` is what is left. */
  discount: money,
  total: money,
  promotions: z.array(promotion).max(RECEIPT_PARTS_MAX),
});

const tax = z.strictObject({
  /** True where prices contain the tax, so that the total already holds it. */
  inclusive: z.boolean(),
  total: money,
  lines: z
    .array(z.strictObject({ name: text, rate_ppm: z.int().nonnegative(), taxable: money, tax: money }))
    .max(RECEIPT_PARTS_MAX),
});

/**
 * What a receipt says, whatever it is drawn on. Every amount is a stored fact: nothing downstream computes
 * money again, so a reprint years later still agrees with the ledger. A change of shape is a new `v`.
 */
export const ReceiptDocument = z.strictObject({
  v: z.literal(RECEIPT_VERSION),
  /** A gift receipt shows no price, a payment slip no line. */
  kind: z.enum(['sale', 'refund', 'gift', 'payment']),
  /** BCP 47: the language of the labels and the direction of the paper. English where it is left out. */
  language: ReceiptLanguage.optional(),
  /** How the store's people write amounts; "1,199.00" where it is left out. */
  number_format: NumberFormat.optional(),
  store: z.strictObject({
    name: text,
    address_lines: z.array(text).max(RECEIPT_PARTS_MAX),
    tax_number: text.optional(),
  }),
  order: z.strictObject({
    id: text,
    /** Printable ASCII without blanks: it must survive every code page and be found again as plain bytes. */
    number: z
      .string()
      .min(1)
      .max(ORDER_NUMBER_CHARS_MAX)
      .regex(/^[\x21-\x7e]+$/),
    /** UTC, ISO 8601. */
    completed_at: z.iso.datetime(),
    /** The same moment as the shopper's watch showed it; the store's zone was applied by the writer. */
    local_time: text,
    fiscal_number: text.optional(),
    /** The sale that a refund or gift receipt belongs to. */
    original_number: text.optional(),
    /** As it is printed: the last day of a return. */
    return_by: text.optional(),
  }),
  /** ISO 4217, upper case. */
  currency: z.string().regex(/^[A-Z]{3}$/),
  lines: z.array(line).max(RECEIPT_LINES_MAX),
  subtotal: money,
  discount: money,
  total: money,
  tax,
  payments: z.array(z.strictObject({ method: text, label: text, amount: money })).max(RECEIPT_PARTS_MAX),
  qr: z.string().min(1).max(QR_CHARS_MAX).optional(),
  footer_lines: z.array(text).max(RECEIPT_PARTS_MAX),
  /** A second paper of the same receipt: it says COPY at the top. */
  copy: z.boolean().optional(),
});

export type ReceiptDocument = z.infer<typeof ReceiptDocument>;
