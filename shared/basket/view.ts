import type { Basket, BasketLine, BasketStatus, BasketWarning, Verification } from '../api/basket.ts';
import type { PurchaseType } from '../api/common.ts';
import type { Order } from '../api/order.ts';
import type { BasketId, StoreId } from '../ids/index.ts';
import { askedPriceOf } from './line_price.ts';
import type { HeldLine, PlacedLine } from './lines.ts';
import type { PricedBasket } from './price.ts';

/** A basket as its clients see it, whoever holds it: the edge or a till. */
export type ShownLine = Omit<PlacedLine, 'n'>;

export const NOTHING_PRICED: PricedBasket = {
  lines: [],
  subtotal: 0,
  discount: 0,
  tax: 0,
  total: 0,
  promotions: [],
  suggestions: [],
  taxes: [],
  now_local: '',
};

export const needsVerification = (lines: readonly HeldLine[]): boolean =>
  lines.some(({ item }) => item.age_restriction !== undefined || item.requires_approval === true);

interface BasketFacts {
  basket_id: BasketId;
  store_id: StoreId;
  currency: string;
  /** What it is at this moment. */
  status: BasketStatus;
  lines: readonly ShownLine[];
  priced: PricedBasket;
  verification: Verification;
  purchase_type?: PurchaseType;
  revision?: number;
  warnings?: readonly BasketWarning[];
  shelf_version: number;
  expires_at: number;
  updated_at: number;
}

export function viewBasket({ basket_id, lines, priced, verification, ...facts }: BasketFacts): Basket {
  const { subtotal, discount, tax, total, promotions, suggestions } = priced;
  return {
    id: basket_id,
    store_id: facts.store_id,
    currency: facts.currency,
    status: facts.status,
    lines: viewLines(lines, priced.lines),
    subtotal,
    discount,
    tax,
    total,
    promotions,
    suggestions,
    verification,
    ...(facts.purchase_type === undefined ? {} : { purchase_type: facts.purchase_type }),
    ...(facts.revision === undefined ? {} : { revision: facts.revision }),
    ...(facts.warnings === undefined || facts.warnings.length === 0 ? {} : { warnings: [...facts.warnings] }),
    shelf_version: facts.shelf_version,
    expires_at: new Date(facts.expires_at).toISOString(),
    updated_at: new Date(facts.updated_at).toISOString(),
  };
}

export function viewLines(lines: readonly ShownLine[], priced: PricedBasket['lines']): BasketLine[] {
  const prices = new Map(priced.map((line) => [line.line_id, line]));
  return lines.map(({ line_id, item, gtin, epc, quantity, charge, ...line }) => {
    const price = prices.get(line_id);
    if (price === undefined) throw new Error(`${line_id} has no price`);
    return {
      id: line_id,
      item_id: item.id,
      sku: item.sku,
      ...(gtin === null ? {} : { gtin }),
      ...(epc === null ? {} : { epc }),
      name: item.name,
      quantity,
      unit_price: price.unit_price,
      ...(charge === null ? {} : { price_from: charge.by, catalog_price: item.unit_price }),
      ...(charge?.weight_grams === undefined ? {} : { weight_grams: charge.weight_grams }),
      discount: price.discount,
      total: price.total,
      restrictions:
        item.age_restriction === undefined ? [] : [{ kind: 'age', minimum_age: item.age_restriction }],
      promotions: price.promotions,
      ...(line.kind === undefined || line.kind === 'item' ? {} : { kind: line.kind }),
      ...(line.parent_line_id == null ? {} : { parent_line_id: line.parent_line_id }),
      ...(line.note == null ? {} : { note: line.note }),
      ...(line.override == null
        ? {}
        : { override: { original_price: askedPriceOf({ item, charge }), reason: line.override.reason } }),
    };
  });
}

/** Where the receipt of a sale is read, in each of its forms. */
export function receiptLinks(
  orderId: string,
  number: string,
  fiscal_number: string,
): NonNullable<Order['receipt']> {
  const at = (format: string) => `/v1/orders/${orderId}/receipt?format=${format}`;
  return { number, fiscal_number, html: at('html'), text: at('text'), svg: at('svg'), escpos: at('escpos') };
}
