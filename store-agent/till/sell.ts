import { localDateTime } from '../../shared/basket/local_time.ts';
import { receiptOf } from '../../shared/basket/receipt.ts';
import type { StoreConfig } from '../../shared/config/store_config.ts';
import { formatMoney } from '../../shared/money/format.ts';
import { seal } from '../../shared/offline/chain.ts';
import { faultsOfSale } from '../../shared/offline/check_sale.ts';
import { type OfflineLine, type OfflinePayment, OfflineSale } from '../../shared/offline/document.ts';
import type { ReceiptDocument } from '../../shared/receipt/index.ts';
import type { Tables } from '../state/agent_state.ts';
import type { PrintJob } from '../state/print_jobs.ts';
import type { TillContext } from './context.ts';
import { documentHead } from './document_head.ts';
import type { Trip, TripOrder } from './trip.ts';
import { orderOf } from './view_trip.ts';

export interface Sold {
  trip: Trip;
  epcs: string[];
  job: PrintJob | null;
}

/**
 * The sale, whole or not at all, in the caller's transaction: the document at the end of its device's chain, the
 * tags sold, the paper kept and its print job made. Nothing of it shows anywhere before the disk has it.
 */
export function sell(
  till: TillContext,
  tables: Tables,
  config: StoreConfig,
  trip: Trip & { order: TripOrder },
): Sold {
  const now = till.now();
  const order: TripOrder = { ...trip.order, status: 'completed', completed_at: now };
  const sold: Trip & { order: TripOrder } = { ...trip, status: 'converted', updated_at: now, order };
  const payments = order.payments.flatMap(({ paid }) => (paid === null ? [] : [paid]));
  const receipt = paperOf(till, sold, payments, config, now);
  const document = {
    kind: 'sale',
    ...documentHead(till, tables, config, trip.device_id, now),
    order_id: order.order_id,
    basket_id: trip.basket_id,
    number: order.number,
    started_at: new Date(trip.started_at).toISOString(),
    completed_at: new Date(now).toISOString(),
    clock_offset_ms: till.clockOffsetMs(),
    linked: till.linked(),
    shelf_version: trip.shelf_version,
    catalog_version: trip.catalog_version,
    config_version: trip.config_version,
    currency: trip.currency,
    lines: linesOf(sold),
    promotions: trip.priced.promotions,
    totals: totalsOf(sold),
    tax: { inclusive: config.prices_include_tax, rounding: config.tax_rounding, rows: trip.priced.taxes },
    payments,
    approvals: trip.approvals,
    receipt,
  } as const;
  const sale = OfflineSale.parse(seal(document));
  const faults = faultsOfSale(sale);
  if (faults.length > 0) throw new Error(`a sale that does not add up: ${faults.join('; ')}`);

  tables.tillDocuments.append(sale, now);
  const epcs = trip.lines.flatMap(({ epc }) => (epc === null ? [] : [epc]));
  tables.tags.sellLocally(order.order_id, epcs, now);
  tables.receipts.keep({ order_id: order.order_id, number: order.number.text, document: receipt }, now);
  tables.trips.put(sold);
  const printer_id = till.printerOf(trip.device_id);
  const job = till.printing.submit(tables, {
    order_id: order.order_id,
    ...(printer_id === undefined ? {} : { printer_id }),
  });
  return { trip: sold, epcs, job: job.ok ? job.value : null };
}

function linesOf({ lines, priced }: Trip): OfflineLine[] {
  const prices = new Map(priced.lines.map((line) => [line.line_id, line]));
  return lines.map(({ line_id, item, code, gtin, epc, quantity, charge, ...line }) => {
    const price = prices.get(line_id);
    if (price === undefined) throw new Error(`${line_id} has no price`);
    return {
      line_id,
      item_id: item.id,
      sku: item.sku,
      name: item.name,
      code,
      ...(gtin === null ? {} : { gtin }),
      ...(epc === null ? {} : { epc }),
      quantity,
      unit_price: price.unit_price,
      ...(charge === null ? {} : { price_from: charge.by, catalog_price: item.unit_price }),
      ...(charge?.weight_grams === undefined ? {} : { weight_grams: charge.weight_grams }),
      discount: price.discount,
      total: price.total,
      tax_code: item.tax_code,
      ...(item.age_restriction === undefined ? {} : { minimum_age: item.age_restriction }),
      ...(line.kind === undefined ? {} : { kind: line.kind }),
      ...(line.parent_line_id == null ? {} : { parent_line_id: line.parent_line_id }),
      promotions: price.promotions,
    };
  });
}

function totalsOf({ priced: { subtotal, discount, tax, total } }: Trip): OfflineSale['totals'] {
  return { subtotal, discount, tax, total };
}

/** The paper: as of every sale, and how it was paid, or where it will be. */
function paperOf(
  till: TillContext,
  trip: Trip,
  payments: readonly OfflinePayment[],
  config: StoreConfig,
  now: number,
): ReceiptDocument {
  const order = orderOf(trip, till.storeId);
  if (order === null) throw new Error('a sale without its order');
  const receipt = receiptOf({ order, taxes: trip.priced.taxes, config, completedAtMs: now });
  const later = payments.find((one) => one.method === 'pay_later');
  const words = payments.flatMap((one) => wordsOf(one, config));
  return {
    ...receipt,
    payments: payments.map(({ method, amount }) => ({ method, label: LABEL[method], amount })),
    ...(later === undefined ? {} : { qr: later.url }),
    footer_lines: [...words, ...receipt.footer_lines].slice(0, 50),
  };
}

const LABEL: Readonly<Record<OfflinePayment['method'], string>> = {
  cash: 'Cash',
  card_terminal: 'Card',
  pay_later: 'To be paid later',
};

function wordsOf(payment: OfflinePayment, { currency, timezone }: StoreConfig): string[] {
  const money = (amount: number): string => formatMoney(amount, currency);
  switch (payment.method) {
    case 'cash': {
      const { tendered, change, rounding } = payment;
      const words = [`Given ${money(tendered)}`, `Change ${money(change)}`];
      return rounding === 0 ? words : [`Rounding of cash ${money(rounding)}`, ...words];
    }
    case 'pay_later':
      return [
        `Please pay by ${localDateTime(Date.parse(payment.due_at), timezone).slice(0, 10)}`,
        'Scan the code to pay',
      ];
    case 'card_terminal':
      return [[payment.scheme, payment.masked, payment.authorization].filter(Boolean).join(' ')].filter(
        Boolean,
      );
  }
}
