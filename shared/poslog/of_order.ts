import type { BasketLine } from '../api/basket.ts';
import type { Order, Payment } from '../api/order.ts';
import type { LineTax, PoslogFacts } from './facts.ts';
import type { PosItem, PosTender, PosTransaction } from './transaction.ts';

/** A line as a transaction takes it; what it is may be said beside it. */
type SoldLine = BasketLine & { kind?: string | undefined };

/**
 * The transaction of a completed order. A discount that somebody else pays for is none to the retailer: the line
 * stands at its full price, and the sponsor's part is one more tender.
 */
export function saleTransaction(
  order: Pick<Order, 'currency' | 'tax' | 'total' | 'lines' | 'payments'>,
  facts: PoslogFacts,
): PosTransaction {
  const taxes = new Map(facts.line_taxes?.map((line) => [line.line_id, line.taxes]));
  const lines: readonly SoldLine[] = order.lines;
  const sponsored = sponsoredBy(lines);
  const grand = order.total + sum(sponsored.map(({ amount }) => amount));
  return {
    ...headOf(facts, order.currency),
    kind: 'sale',
    items: lines.map((line) => itemOf(line, taxes.get(line.id) ?? [], facts.prices_include_tax)),
    tenders: [...tendersOf(order.payments, order.total), ...sponsored],
    ...(facts.line_taxes === undefined && order.tax !== 0 ? { tax_line: order.tax } : {}),
    net: grand - order.tax,
    tax: order.tax,
    grand,
  };
}

/** The transaction of an order that was given up: its number, and nothing else. */
export function voidTransaction(currency: string, facts: PoslogFacts): PosTransaction {
  return { ...headOf(facts, currency), kind: 'void', items: [], tenders: [], net: 0, tax: 0, grand: 0 };
}

const headOf = (facts: PoslogFacts, currency: string) => ({
  store_code: facts.store_code,
  workstation: facts.workstation,
  number: facts.number,
  business_date: facts.business_date,
  training: facts.training,
  began_at: facts.began_at,
  ended_at: facts.ended_at,
  operator: facts.operator,
  currency,
});

const isSponsored = ({ applies_as }: BasketLine['promotions'][number]): boolean =>
  applies_as === 'poslog_exclusion';

function itemOf(line: SoldLine, taxes: LineTax['taxes'], inclusive: boolean): PosItem {
  const own = line.promotions.filter((promotion) => !isSponsored(promotion) && promotion.discount !== 0);
  const others = line.promotions.filter(isSponsored);
  // A label that reduces a price to clear stands beside the shelf's price.
  const marked =
    line.price_from === 'markdown' ? Math.max(0, (line.catalog_price ?? 0) - line.unit_price) : 0;
  const markdown = { method: 'Markdown' as const, amount: marked * line.quantity };
  return {
    kind: 'sale',
    item_type: line.kind === 'deposit' ? 'Deposit' : 'Stock',
    ...(line.gtin === undefined
      ? { pos_id_type: 'SKU', pos_item_id: line.sku }
      : { pos_id_type: 'GTIN', pos_item_id: line.gtin }),
    item_id: line.sku,
    description: line.name,
    quantity: line.quantity,
    regular_unit_price: line.unit_price + marked,
    extended: line.total + sum(others.map(({ discount }) => discount)),
    modifiers: [
      ...(marked === 0 ? [] : [markdown]),
      ...own.map(({ promotion_id, discount }) => ({
        method: 'PriceRule' as const,
        amount: discount,
        rule_id: promotion_id,
      })),
    ],
    taxes: taxes.map(({ name, rate_ppm, taxable, tax }) => ({
      type: taxType(name, inclusive),
      taxable,
      included: inclusive,
      amount: tax,
      rate_ppm,
    })),
    ...(line.epc === undefined ? {} : { serial: line.epc }),
  };
}

/** The store's own short name of a tax (VAT, GST, CGST) is its type; a longer one says only what kind it is. */
const taxType = (name: string, inclusive: boolean): string =>
  /^[A-Z]{2,8}$/.test(name) ? name : inclusive ? 'VAT' : 'Sales';

/** One tender a promotion that others pay for. */
function sponsoredBy(lines: readonly SoldLine[]): PosTender[] {
  const sums = new Map<string, number>();
  for (const { promotions } of lines)
    for (const { promotion_id, discount } of promotions.filter(isSponsored))
      sums.set(promotion_id, (sums.get(promotion_id) ?? 0) + discount);
  return [...sums].map(([reference, amount]) => ({ type: 'Voucher', amount, change: 0, reference }));
}

/** What was taken, and what was left to be paid later. More than is due is on its way back: it counts as change. */
function tendersOf(payments: readonly Payment[], total: number): PosTender[] {
  const tenders = payments
    .filter(({ status, method }) => status === 'captured' || (status === 'waiting' && method === 'pay_later'))
    .map(
      ({ id, method, amount, captured, change = 0, card }): PosTender => ({
        type: tenderType(method),
        amount: (captured ?? amount) + change,
        change,
        reference: card?.auth_code ?? id,
      }),
    )
    .filter(({ amount }) => amount !== 0);
  const excess = sum(tenders.map(({ amount, change }) => amount - change)) - total;
  const last = tenders.at(-1);
  return excess > 0 && last !== undefined
    ? [...tenders.slice(0, -1), { ...last, change: last.change + excess }]
    : tenders;
}

/**
 * ARTS names far more; these are the ones that we are sure of, and `CustomerAccount` for goods that left on trust.
 * Every electronic way to pay counts as a card.
 */
export function tenderType(method: string): PosTender['type'] {
  if (method === 'cash') return 'Cash';
  if (method === 'pay_later') return 'CustomerAccount';
  return /gift|voucher|points|store_credit/.test(method) ? 'Voucher' : 'CreditDebit';
}

const sum = (values: readonly number[]): number => values.reduce((all, one) => all + one, 0);
