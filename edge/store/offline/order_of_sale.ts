import type { BasketLine } from '../../../shared/api/basket.ts';
import type { Order, Payment } from '../../../shared/api/order.ts';
import { paymentIdOf } from '../../../shared/ids/index.ts';
import { paidOf } from '../../../shared/offline/check_sale.ts';
import type { OfflineLine, OfflinePayment, OfflineSale } from '../../../shared/offline/document.ts';
import { NEW_ORDER } from '../../../shared/order/axes.ts';
import type { TillSale } from '../../../shared/rpc/agents.ts';
import type { Scope } from '../scope.ts';
import { first } from '../sql.ts';
import { leaseOfNumber } from './leases.ts';
import { poslogNumberOfSale } from './poslog_of_sale.ts';

/** A sale that a till made by itself, or null where no document here has that order. Rows were parsed when they came. */
export function tillSale(scope: Pick<Scope, 'sql' | 'config'>, order_id: string): TillSale | null {
  const row = first<{ document: string }>(
    scope.sql,
    'SELECT document FROM offline_document WHERE order_id = ?',
    order_id,
  );
  if (row === null) return null;
  const sale: OfflineSale = JSON.parse(row.document);
  return { order: orderOfSale(scope, sale), receipt: sale.receipt };
}

/**
 * The order as everyone sees it. An order whose goods left unpaid is completed and `waiting` for its money;
 * one that was paid in part is `partially_captured`.
 */
export function orderOfSale({ sql, config }: Pick<Scope, 'sql' | 'config'>, sale: OfflineSale): Order {
  const lease = leaseOfNumber(sql, { ...sale.number, device_id: sale.device_id });
  const device = config.devices.find(({ id }) => id === sale.device_id);
  const captured = paidOf(sale.payments);
  const { subtotal, discount, tax, total } = sale.totals;
  const at = (format: string) => `/v1/orders/${sale.order_id}/receipt?format=${format}`;
  const number = sale.number.text;
  return {
    ...NEW_ORDER,
    id: sale.order_id,
    number,
    basket_id: sale.basket_id,
    store_id: sale.store_id,
    status: 'completed',
    payment_status: captured >= total ? 'captured' : captured > 0 ? 'partially_captured' : 'waiting',
    currency: sale.currency,
    lines: sale.lines.map(lineOf),
    promotions: sale.promotions,
    subtotal,
    discount,
    tax,
    total,
    captured,
    payments: sale.payments.map((payment, i) => paymentOf(sale, payment, i + 1)),
    // A till's number is its transaction number as well: the device's series is the fiscal one there.
    receipt: {
      number,
      fiscal_number: number,
      html: at('html'),
      text: at('text'),
      svg: at('svg'),
      escpos: at('escpos'),
    },
    exit_pass: null,
    created_at: sale.started_at,
    completed_at: sale.completed_at,
    poslog: poslogNumberOfSale({ sql }, sale),
    business_date: sale.business_date,
    till: {
      device_id: sale.device_id,
      device_name: device?.name ?? null,
      register: lease?.register ?? null,
      device_seq: sale.device_seq,
      business_date: sale.business_date,
      offline: !sale.linked,
    },
  };
}

const lineOf = (line: OfflineLine): BasketLine => ({
  id: line.line_id,
  item_id: line.item_id,
  sku: line.sku,
  ...(line.gtin === undefined ? {} : { gtin: line.gtin }),
  ...(line.epc === undefined ? {} : { epc: line.epc }),
  name: line.name,
  quantity: line.quantity,
  unit_price: line.unit_price,
  discount: line.discount,
  total: line.total,
  restrictions: line.minimum_age === undefined ? [] : [{ kind: 'age', minimum_age: line.minimum_age }],
  promotions: line.promotions,
  ...(line.kind === undefined ? {} : { kind: line.kind }),
  ...(line.parent_line_id === undefined ? {} : { parent_line_id: line.parent_line_id }),
});

const paymentOf = (sale: OfflineSale, payment: OfflinePayment, attempt: number): Payment => ({
  id: paymentIdOf(sale.basket_id, attempt),
  order_id: sale.order_id,
  gateway: 'till',
  method: payment.method,
  status: payment.method === 'pay_later' ? 'waiting' : 'captured',
  amount: payment.amount,
  currency: sale.currency,
  created_at: sale.completed_at,
  updated_at: sale.completed_at,
});
