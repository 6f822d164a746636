import type { Refund } from '../api/refund.ts';
import { localDateTime } from '../basket/local_time.ts';
import type { StoreConfig } from '../config/store_config.ts';
import {
  RECEIPT_LINES_MAX,
  RECEIPT_PARTS_MAX,
  RECEIPT_TEXT_CHARS_MAX,
  RECEIPT_VERSION,
  type ReceiptDocument,
} from '../receipt/document.ts';

interface RefundToPrint {
  refund: Refund;
  /** The refund's own number, and that of the order it belongs to. */
  number: string;
  credit_note_number: string | null;
  order_number: string;
  completed_at: string;
  config: StoreConfig;
}

/**
 * The receipt of money that went back. Every line is what goes back for it; a line of which no unit came back (a
 * price adjustment, goodwill) stands as one.
 */
export function refundReceiptOf(printed: RefundToPrint): ReceiptDocument {
  const { refund, config, completed_at } = printed;
  const lines = refund.lines.map((line) => ({
    name: cut(line.name),
    sku: cut(line.sku),
    ...(line.epcs[0] === undefined ? {} : { epc: line.epcs[0] }),
    quantity: line.quantity === 0 ? 1 : line.quantity,
    unit_price: line.quantity <= 1 ? line.amount : Math.round(line.amount / line.quantity),
    discount: 0,
    total: line.amount,
    promotions: [],
  }));
  return {
    v: RECEIPT_VERSION,
    kind: 'refund',
    ...(config.receipt_language === undefined ? {} : { language: config.receipt_language }),
    ...(config.receipt_numbers === undefined ? {} : { number_format: config.receipt_numbers }),
    store: {
      name: cut(config.name),
      address_lines: config.address_lines.slice(0, RECEIPT_PARTS_MAX).map(cut),
      ...(config.tax_number === undefined ? {} : { tax_number: cut(config.tax_number) }),
    },
    order: {
      id: refund.id,
      number: printed.number,
      completed_at,
      local_time: localDateTime(Date.parse(completed_at), config.timezone).replace('T', ' ').slice(0, 16),
      ...(printed.credit_note_number === null ? {} : { fiscal_number: printed.credit_note_number }),
      original_number: printed.order_number,
    },
    currency: refund.currency,
    lines: lines.slice(0, RECEIPT_LINES_MAX),
    subtotal: refund.amount,
    discount: 0,
    total: refund.amount,
    // The lines say what goes back with its taxes, whatever the store's prices are.
    tax: { inclusive: true, total: refund.tax, lines: taxesOf(refund) },
    payments: refund.legs
      .filter(({ status }) => status === 'succeeded')
      .slice(0, RECEIPT_PARTS_MAX)
      .map(({ method, amount, in_cash }) => ({ method, label: labelOf(in_cash ? 'cash' : method), amount })),
    qr: refund.id,
    footer_lines: config.receipt_footer.slice(0, RECEIPT_PARTS_MAX).map(cut),
  };
}

/** One row a tax code and level. */
function taxesOf({ lines }: Refund): ReceiptDocument['tax']['lines'] {
  const rows = new Map<string, ReceiptDocument['tax']['lines'][number]>();
  for (const line of lines)
    for (const { tax_code, level_id, name, rate_ppm, tax } of line.taxes) {
      const key = `${tax_code} ${level_id}`;
      const row = rows.get(key) ?? { name: cut(name), rate_ppm, taxable: 0, tax: 0 };
      rows.set(key, { ...row, taxable: row.taxable + line.amount - line.tax, tax: row.tax + tax });
    }
  return [...rows.values()].slice(0, RECEIPT_PARTS_MAX);
}

/** Cut to what a receipt takes, never through a surrogate pair. */
const cut = (text: string): string => text.slice(0, RECEIPT_TEXT_CHARS_MAX).replace(/[\uD800-\uDBFF]$/, '');

function labelOf(method: string): string {
  const words = method.startsWith('card') ? 'card' : method.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
