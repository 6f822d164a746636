import type { AppliedPromotion } from '../api/common.ts';
import type { Order, Payment } from '../api/order.ts';
import type { StoreConfig } from '../config/store_config.ts';
import { formatMoney } from '../money/format.ts';
import {
  RECEIPT_PARTS_MAX,
  RECEIPT_TEXT_CHARS_MAX,
  RECEIPT_VERSION,
  type ReceiptDocument,
} from '../receipt/document.ts';
import type { TaxBreakdown } from '../tax/tax.ts';
import { localDateTime } from './local_time.ts';

interface SaleToPrint {
  order: Order;
  taxes: readonly TaxBreakdown[];
  config: StoreConfig;
  completedAtMs: number;
  /** Absent until the store has committed the sale. */
  fiscal_number?: string;
}

/** The receipt of an order whose money is captured. Its QR code holds the order's id. */
export function receiptOf({
  order,
  taxes,
  config,
  completedAtMs,
  fiscal_number,
}: SaleToPrint): ReceiptDocument {
  return {
    v: RECEIPT_VERSION,
    kind: 'sale',
    ...(config.receipt_language === undefined ? {} : { language: config.receipt_language }),
    ...(config.receipt_numbers === undefined ? {} : { number_format: config.receipt_numbers }),
    store: {
      name: cut(config.name),
      address_lines: config.address_lines.slice(0, RECEIPT_PARTS_MAX).map(cut),
      ...(config.tax_number === undefined ? {} : { tax_number: cut(config.tax_number) }),
    },
    order: {
      id: order.id,
      number: order.number,
      completed_at: new Date(completedAtMs).toISOString(),
      local_time: localDateTime(completedAtMs, config.timezone).replace('T', ' ').slice(0, 16),
      ...(fiscal_number === undefined ? {} : { fiscal_number }),
    },
    currency: order.currency,
    lines: order.lines.map((line) => ({
      name: cut(nameOf(line)),
      sku: cut(line.sku),
      ...(line.gtin === undefined ? {} : { gtin: line.gtin }),
      ...(line.epc === undefined ? {} : { epc: line.epc }),
      quantity: line.quantity,
      unit_price: line.unit_price,
      discount: line.discount,
      total: line.total,
      promotions: line.promotions
        .slice(0, RECEIPT_PARTS_MAX)
        .map(({ title, discount }) => ({ title: cut(title), discount })),
    })),
    subtotal: order.subtotal,
    discount: order.discount,
    total: order.total,
    tax: {
      inclusive: config.prices_include_tax,
      total: order.tax,
      lines: taxes
        .slice(0, RECEIPT_PARTS_MAX)
        .map(({ name, rate_ppm, taxable, tax }) => ({ name: cut(name), rate_ppm, taxable, tax })),
    },
    payments: order.payments
      .filter((payment) => payment.status === 'captured' && (payment.amount === 0 || leftOf(payment) > 0))
      .slice(0, RECEIPT_PARTS_MAX)
      .map((payment) => ({
        method: payment.method,
        label: labelOf(payment.method),
        amount: leftOf(payment),
      })),
    qr: order.id,
    footer_lines: [
      ...order.payments.flatMap((one) => cashOf(one)),
      ...order.promotions.flatMap((one) => grantOf(one, order.currency)),
      ...config.receipt_footer,
    ]
      .slice(0, RECEIPT_PARTS_MAX)
      .map(cut),
  };
}

/** What nobody owed is on its way back already; of a payment that was given up that is all of it. */
const leftOf = ({ amount, refunded = 0, refunding = 0 }: Payment): number => amount - refunded - refunding;

/** What a promotion grants beside the price, which stands in no line and no sum of the receipt. */
function grantOf({ title, discount, applies_as }: AppliedPromotion, currency: string): string[] {
  if (applies_as !== 'cashback' && applies_as !== 'tender') return [];
  return [
    `${applies_as === 'cashback' ? 'Cashback' : 'Credit'} ${formatMoney(discount, currency)}: ${title}`,
  ];
}

/** What was handed over in cash, and what of it went back or into rounding. */
function cashOf({ status, tendered, change, rounding, currency }: Payment): string[] {
  if (status !== 'captured' || tendered === undefined) return [];
  const parts = [
    `Cash given ${formatMoney(tendered, currency)}`,
    ...(rounding === undefined ? [] : [`rounding ${formatMoney(rounding, currency)}`]),
    `change ${formatMoney(change ?? 0, currency)}`,
  ];
  return [parts.join(', ')];
}

/** What was weighed stands with its weight. */
function nameOf({ name, weight_grams }: Order['lines'][number]): string {
  return weight_grams === undefined ? name : `${name} ${(weight_grams / 1_000).toFixed(3)} kg`;
}

/** Cut to what a receipt takes, never through a surrogate pair. */
const cut = (text: string): string => text.slice(0, RECEIPT_TEXT_CHARS_MAX).replace(/[\uD800-\uDBFF]$/, '');

/** The words of a method on paper: whatever kind of card it was, it was a card. */
function labelOf(method: string): string {
  if (method === 'bypass') return 'Nothing to pay';
  const words = method.startsWith('card') ? 'card' : method.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
