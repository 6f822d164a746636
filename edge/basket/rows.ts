import type { AuditRow } from '../../shared/api/audit.ts';
import type { BasketStatus } from '../../shared/api/basket.ts';
import type { PurchaseType } from '../../shared/api/common.ts';
import type { Order } from '../../shared/api/order.ts';
import { unpackRows } from '../../shared/basket/audit.ts';
import { type LineKind, lineId, type PlacedLine } from '../../shared/basket/lines.ts';
import type { PricedBasket } from '../../shared/basket/price.ts';
import type { BasketId, OrderId, PaymentId, RetailerId, ShopperId, StoreId } from '../../shared/ids/index.ts';
import type { PaymentAccount, PaymentChannel } from '../../shared/payment/account.ts';
import type { Leg, LegState } from '../../shared/payment/leg.ts';
import type { Close, Session } from '../../shared/payment/session.ts';
import { first, type Sql, single } from '../store/sql.ts';

/** What the tables hold, read whole: a trip is small. Nothing here decides anything. */
export interface BasketRow {
  basket_id: BasketId;
  retailer_id: RetailerId;
  store_id: StoreId;
  shopper_id: ShopperId;
  currency: string;
  status: BasketStatus;
  updated_at: number;
  expires_at: number;
  shelf_version: number;
  config_version: number;
  lines_made: number;
  purchase_type: PurchaseType;
  revision: number;
  /** JSON; null: a row of an older build, which knew ages only. */
  need: string | null;
  whereabouts: 'outside' | 'unknown' | null;
  /** JSON of the quotas that its lines exceed by themselves. */
  over_quota: string;
  [column: string]: string | number | null;
}

/** All but what its lines come to and the rows of its audit, which are long and seldom wanted. */
export const basketOf = (sql: Sql): BasketRow =>
  single<BasketRow>(
    sql,
    `SELECT basket_id, retailer_id, store_id, shopper_id, currency, status, updated_at, expires_at, shelf_version,
       config_version, lines_made, purchase_type, revision, need, whereabouts, over_quota FROM basket`,
  );
/** How the sums of exactly these lines came about; empty where an older build wrote them. */
export const auditRowsOf = (sql: Sql): AuditRow[] =>
  unpackRows(single<{ price_rows: string }>(sql, 'SELECT price_rows FROM basket').price_rows);
/** What exactly these lines come to. Older builds wrote neither suggestions nor the time of their evaluation. */
export const pricedOf = (sql: Sql): PricedBasket => ({
  suggestions: [],
  now_local: '',
  ...JSON.parse(single<{ priced: string }>(sql, 'SELECT priced FROM basket').priced),
});

export type Line = PlacedLine;

/** In the order of their first scan. */
export function linesOf(sql: Sql): Line[] {
  type Row = {
    n: number;
    item: string;
    gtin: string | null;
    epc: string | null;
    quantity: number;
    charge: string | null;
    kind: LineKind;
    parent: number | null;
    per_parent: number | null;
    note: string | null;
    override: string | null;
    available: number | null;
  };
  return sql
    .exec<Row>(
      `SELECT n, item, gtin, epc, quantity, charge, kind, parent, per_parent, note, override, available
       FROM line ORDER BY n`,
    )
    .map(({ parent, override, ...row }) => ({
      ...row,
      line_id: lineId(row.n),
      item: JSON.parse(row.item),
      charge: row.charge === null ? null : JSON.parse(row.charge),
      parent_line_id: parent === null ? null : lineId(parent),
      override: override === null ? null : JSON.parse(override),
    }));
}

/** Whether a tag stands on one of the lines. */
export const hasTag = (sql: Sql, epc: string): boolean =>
  first(sql, 'SELECT 1 AS found FROM line WHERE epc = ?', epc) !== null;

export interface OrderRow {
  order_id: OrderId;
  number: string | null;
  opened_at: string | null;
  status: Order['status'];
  close: Close;
  due: number;
  frozen_at: number;
  checkout_ttl_ms: number;
  captured_at: number | null;
  sale: string | null;
  receipt: string | null;
  /** What the store last said of the check at the exit, and when nobody needs to come any more. */
  verification: Order['verification_status'];
  verify_at: number | null;
  /** Whose quotas it counts for: a hash. */
  traveller: string | null;
  /** JSON of a till's order that is still owed or was; null: the order of this trip's own basket. */
  till: string | null;
  [column: string]: string | number | null;
}

export const orderOf = (sql: Sql): OrderRow | null => first<OrderRow>(sql, 'SELECT * FROM orders');

export interface LegRow extends Leg {
  n: number;
  payment_id: PaymentId;
  gateway: string;
  account_key: string;
  method: string;
  state: LegState;
  amount: number;
  authorized: number;
  captured: number;
  reference: string | null;
  action: string | null;
  failure: string | null;
  origin: string;
  return_url: string;
  asked: number;
  next_at: number | null;
  created_at: number;
  updated_at: number;
  /** JSON of the payment account as it stood; empty: a row of an older build. */
  account: string;
  capture: 'auto' | 'manual';
  channel: PaymentChannel;
  /** Sealed. */
  instrument: string | null;
  save_card: number;
  /** 1: a message spoke of another amount, and a person has not looked yet. */
  doubted: number;
  refs: string;
  card: string | null;
  holds_until: number | null;
  tendered: number | null;
  change_given: number | null;
  rounding: number | null;
  refunded: number;
  refunding: number;
  capturing: number | null;
  acknowledged: number;
  capture_refused: number;
  void_refused: number;
  stray: number;
  by_hand: number;
  terminal_id: string | null;
  /** Sealed. */
  saved: string | null;
  /** Money that nobody owed and that goes or went back, also by hand. */
  returned: number;
  [column: string]: string | number | null;
}

/** A row of an older build names its account by gateway and key alone. */
export const accountOf = (
  leg: Pick<LegRow, 'account' | 'gateway' | 'account_key' | 'method'>,
): PaymentAccount =>
  leg.account === ''
    ? { gateway: leg.gateway, account_key: leg.account_key, environment: 'test', methods: [leg.method] }
    : JSON.parse(leg.account);

const LEGS = `SELECT leg.*, leg.by_hand + (SELECT coalesce(sum(r.amount), 0) FROM leg_refund r
  WHERE r.leg = leg.n AND r.refund_id IS NULL AND r.state <> 'failed') AS returned FROM leg`;

export const legsOf = (sql: Sql): LegRow[] => sql.exec<LegRow>(`${LEGS} ORDER BY n`);
export const legOf = (sql: Sql, paymentId: string): LegRow | null =>
  first<LegRow>(sql, `${LEGS} WHERE payment_id = ?`, paymentId);
/** By the number that rows of its refunds name; null names none. */
export const legNumbered = (sql: Sql, n: number | null): LegRow | null =>
  first<LegRow>(sql, `${LEGS} WHERE n = ?`, n);

export const sessionOf = (order: OrderRow, legs: readonly Leg[]): Session => ({
  due: order.due,
  close: order.close,
  legs,
});

export function audit(sql: Sql, at: number, what: string, detail: Record<string, unknown> = {}): void {
  sql.exec('INSERT INTO audit (at, what, detail) VALUES (?, ?, ?)', at, what, JSON.stringify(detail));
}

export const iso = (ms: number): string => new Date(ms).toISOString();
