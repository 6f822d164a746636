import { env, runInDurableObject } from 'cloudflare:test';
import type { Order } from '../../../shared/api/order.ts';
import type { Item } from '../../../shared/catalog/item.ts';
import { Item as ItemSchema } from '../../../shared/catalog/item.ts';
import { StoreConfig } from '../../../shared/config/store_config.ts';
import {
  BasketId,
  ItemId,
  LineId,
  type OrderId,
  orderIdOf,
  RetailerId,
  ShopperId,
  StoreId,
} from '../../../shared/ids/index.ts';
import type { CommitSale, OpenOrder, Take } from '../../../shared/rpc/store.ts';
import type { Env as EdgeEnv } from '../../env.ts';
import { bornWith, readStore } from '../put_config.ts';
import { type After, nothingAfter, type Scope } from '../scope.ts';
import { stageShelf, swapShelf } from '../shelf.ts';
import { stagePromotions } from '../shelf_promotions.ts';
import type { Sql } from '../sql.ts';

/** The bindings that `cloudflare:test` hands out are those of this Worker. */
declare global {
  namespace Cloudflare {
    interface Env extends EdgeEnv {}
  }
}

const uuid = (n: number) => `00000000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;

export const retailer = RetailerId.parse(`ret_${uuid(1)}`);
export const otherRetailer = RetailerId.parse(`ret_${uuid(2)}`);
export const shopper = ShopperId.parse(`shp_${uuid(1)}`);
export const agent = `agt_${uuid(1)}`;
export const basket = (n: number): BasketId => BasketId.parse(`bsk_${uuid(n)}`);
export const itemId = (n: number): ItemId => ItemId.parse(`itm_${uuid(n)}`);
export const orderId = (n: number): OrderId => orderIdOf(basket(n));
export const freshStoreId = (): StoreId => StoreId.parse(`str_${crypto.randomUUID()}`);

/** Item 1 of the worked examples: EPCs 1 and 2 decode to its GTIN with different prefix lengths. */
export const GTIN_1 = '05901234123457';
export const EPC_1 = '3035682EC80C0E4000001A85';
export const EPC_1B = '302E32C91940564000001A85';
/** Decodes to 00036000291452, which is item 2. */
export const EPC_2 = '30340232801C764000001389';
/** No SGTIN: only a binding tells what it is. */
export const EPC_FOREIGN = 'E2801160600002054D5A1B2C';
/** An SGTIN of item 1 with any serial number. */
export const epc = (serial: number) =>
  `3035682EC80C0E40${serial.toString(16).toUpperCase().padStart(8, '0')}`;

export const item = (n: number, more: Partial<Item> = {}): Item =>
  ItemSchema.parse({
    id: itemId(n),
    sku: `SKU-${n}`,
    name: `Item ${n}`,
    gtins: [],
    codes: [],
    category: ['Food'],
    unit_price: 574,
    tax_code: 'standard',
    sold_by: 'each',
    tagged: false,
    ...more,
  });

export const shelf = (): Item[] => [
  item(1, { gtins: [GTIN_1].map(gtin), tagged: true }),
  item(2, { gtins: ['00036000291452'].map(gtin), tagged: true }),
  item(3, { gtins: ['09520000000004'].map(gtin), codes: ['IN-HOUSE-3'] }),
  item(4, { gtins: ['09520000000011'].map(gtin), stock: 0 }),
  item(5, { codes: ['COUNTED'], stock: 1 }),
];

function gtin(text: string): Item['gtins'][number] {
  const [first] = ItemSchema.shape.gtins.parse([text]);
  if (first === undefined) throw new Error('no GTIN');
  return first;
}

export function config(store_id: StoreId, more: Record<string, unknown> = {}): StoreConfig {
  return StoreConfig.parse({
    v: 1,
    version: 1,
    store_id,
    retailer_id: retailer,
    name: 'High Street',
    address_lines: ['1 High Street'],
    currency: 'GBP',
    timezone: 'Europe/London',
    prices_include_tax: true,
    tax_rounding: 'line',
    tax_codes: [],
    order_prefix: 'HS-',
    company_prefixes: ['5901234'],
    gateways: [],
    devices: [],
    receipt_footer: [],
    policies: {},
    demo: true,
    ...more,
  });
}

/** A stub of a store that has a configuration and the shelf above. */
export async function openStore(more: Record<string, unknown> = {}) {
  const store_id = freshStoreId();
  const stub = stubOf(store_id);
  await stub.putConfig(config(store_id, more));
  await stub.stageShelf({ version: 1, part: 0, items: shelf() });
  await stub.stagePromotions({ version: 1, part: 0, count: 1, promotions: '[{"id":"p1"}]' });
  await stub.swapShelf({ version: 1, parts: 1, promotion_parts: 1, catalog_version: 1 });
  return { store_id, stub };
}

export const stubOf = (store_id: StoreId) => env.STORE.getByName(store_id);

/** A store's tables in real storage with the clock in the test's hand: the verbs without their object. */
export interface Bench {
  sql: Sql;
  store_id: StoreId;
  config: StoreConfig;
  /** Milliseconds since 1970; the test moves it. */
  now: number;
  run<T>(verb: (scope: Scope) => T): T;
  /** What the last run left to be done. */
  after: After;
}

/** Every row of every table: equal before and after means that nothing was written. */
export function dump(sql: Sql): string {
  const tables = sql.exec<{ name: string }>(
    `SELECT name FROM sqlite_master WHERE type = 'table' AND substr(name, 1, 4) <> '_cf_' ORDER BY name`,
  );
  return JSON.stringify(tables.map(({ name }) => [name, sql.exec(`SELECT * FROM ${name}`)]));
}

const NOON = Date.UTC(2026, 2, 1, 12);

/** Runs a test body over the tables of a fresh store with the shelf above. */
export async function onBench<T>(body: (bench: Bench) => T, more: Record<string, unknown> = {}): Promise<T> {
  const store_id = freshStoreId();
  return runInDurableObject(stubOf(store_id), (_object, { storage }) => {
    const sql: Sql = { exec: (query, ...bindings) => storage.sql.exec<never>(query, ...bindings).toArray() };
    let uuids = 0;
    let store: Pick<Scope, 'config' | 'epoch'> = { config: config(store_id, more), epoch: 'epoch-1' };
    const bench: Bench = {
      sql,
      store_id,
      config: store.config,
      now: NOON,
      after: nothingAfter(),
      run(verb) {
        const after = nothingAfter();
        const scope = { ...store, sql, now: bench.now, newUuid: () => uuid(++uuids), after };
        const answer = storage.transactionSync(() => verb(scope));
        bench.after = after;
        return answer;
      },
    };
    bench.run(bornWith);
    store = readStore(sql);
    bench.run((scope) => stageShelf(scope, { version: 1, part: 0, items: shelf() }));
    bench.run((scope) =>
      stagePromotions(scope, { version: 1, part: 0, count: 1, promotions: '[{"id":"p1"}]' }),
    );
    bench.run((scope) => swapShelf(scope, { version: 1, parts: 1, promotion_parts: 1, catalog_version: 1 }));
    return body(bench);
  });
}

export const takeOf = (n: number, raw: string, more: Partial<Take> = {}): Take => ({
  basket_id: basket(n),
  raw,
  kind: 'code',
  quantity: 1,
  ...more,
});

export const takeTag = (n: number, raw: string): Take => takeOf(n, raw, { kind: 'epc' });

export const opening = (n: number, epcs: string[] = []): OpenOrder => ({
  basket_id: basket(n),
  order_id: orderId(n),
  shopper_id: shopper,
  total: 574,
  items: 1,
  epcs,
});

/** The captured order of basket n with one line a tag, or one plain line. */
export function commitOf(n: number, store_id: StoreId, number: string, epcs: string[] = []): CommitSale {
  const at = '2026-03-01T10:00:00.000Z';
  const tagged = epcs.map((one) => ({ epc: one }));
  const lines = (tagged.length === 0 ? [{}] : tagged).map((fields, i): Order['lines'][number] => ({
    id: lineId(i + 1),
    item_id: itemId(1),
    sku: 'SKU-1',
    name: 'Item 1',
    quantity: 1,
    unit_price: 574,
    discount: 0,
    total: 574,
    restrictions: [],
    promotions: [],
    ...fields,
  }));
  const total = 574 * lines.length;
  const order: Order = {
    id: orderId(n),
    number,
    basket_id: basket(n),
    store_id,
    status: 'created',
    payment_status: 'pending',
    currency: 'GBP',
    lines,
    promotions: [],
    subtotal: total,
    discount: 0,
    tax: 0,
    total,
    captured: total,
    payments: [],
    receipt: null,
    exit_pass: null,
    verification_status: 'not_required',
    refund_status: 'none',
    fulfilment_status: 'none',
    receipt_status: 'not_sent',
    created_at: at,
    completed_at: null,
  };
  return {
    basket_id: basket(n),
    shopper_id: shopper,
    order,
    receipt: {
      v: 1,
      kind: 'sale',
      store: { name: 'High Street', address_lines: [] },
      order: { id: order.id, number, completed_at: at, local_time: '1 March 2026 10:00' },
      currency: 'GBP',
      lines: lines.map(({ name, sku, quantity, unit_price, discount, total, epc: one }) => ({
        name,
        sku,
        quantity,
        unit_price,
        discount,
        total,
        promotions: [],
        ...(one === undefined ? {} : { epc: one }),
      })),
      subtotal: total,
      discount: 0,
      total,
      tax: { inclusive: true, total: 0, lines: [] },
      payments: [{ method: 'card', label: 'Card', amount: total }],
      footer_lines: [],
    },
  };
}

const lineId = (n: number): Order['lines'][number]['id'] => LineId.parse(`lin_${n}`);
