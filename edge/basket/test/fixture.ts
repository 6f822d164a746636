import { env, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { vi } from 'vitest';
import { encodeSgtin96, sgtinOfGtin } from '../../../shared/catalog/epc.ts';
import { Gtin14 } from '../../../shared/catalog/gtin.ts';
import { Item } from '../../../shared/catalog/item.ts';
import { StoreConfig } from '../../../shared/config/store_config.ts';
import { BasketId, ItemId, orderIdOf, RetailerId, ShopperId, StoreId } from '../../../shared/ids/index.ts';
import { unwrap } from '../../../shared/result.ts';
import type { WebhookEvent } from '../../payment/gateway.ts';
import type { Answer, Call, Caller } from '../port.ts';

// A webhook that no test catches goes nowhere; and a busy machine is not a failure.
vi.stubGlobal('fetch', async () => new Response(null, { status: 503 }));
vi.setConfig({ testTimeout: 30_000 });

const uuid = () => crypto.randomUUID();
export const ORIGIN = 'https://edge.test';
export const retailer = RetailerId.parse(`ret_${uuid()}`);
export const otherRetailer = RetailerId.parse(`ret_${uuid()}`);
export const newShopper = () => ShopperId.parse(`shp_${uuid()}`);
export const newBasketId = () => BasketId.parse(`bsk_${uuid()}`);
export const itemId = (n: number) =>
  ItemId.parse(`itm_00000000-0000-7000-8000-${String(n).padStart(12, '0')}`);

/** 574 each; two of them cost 100 less with the promotion below. */
export const COLA = 'COLA';
export const BREAD = 'BREAD';
/** Three in one basket at most. */
export const LIMITED = 'LIMITED';
/** For grown-ups. */
export const WINE = 'WINE';
export const FREE = 'FREE';
export const SOLD_OUT = 'SOLD-OUT';
/** Its tax code is not the store's. */
export const UNTAXED = 'UNTAXED';
const SHIRT_GTIN = '09520000000004';

/** A tag of the shirt, which costs 1999. */
export const shirt = (serial: number): string =>
  unwrap(encodeSgtin96(sgtinOfGtin(Gtin14.parse(SHIRT_GTIN), 7, serial)));

export const item = (n: number, code: string, unit_price: number, more: Partial<Item> = {}): Item =>
  Item.parse({
    id: itemId(n),
    sku: code,
    name: `Item ${code}`,
    gtins: [],
    codes: [code],
    category: ['Food'],
    unit_price,
    tax_code: 'standard',
    sold_by: 'each',
    tagged: false,
    ...more,
  });

export const shelf = (prices: { cola?: number } = {}): Item[] => [
  item(1, COLA, prices.cola ?? 574),
  item(2, BREAD, 199, { tax_code: 'zero' }),
  item(3, LIMITED, 250, { max_quantity: 3 }),
  item(4, WINE, 899, { age_restriction: 18 }),
  item(5, FREE, 0),
  item(6, SOLD_OUT, 100, { stock: 0 }),
  item(7, UNTAXED, 100, { tax_code: 'martian' }),
  item(8, 'SHIRT', 1999, {
    codes: [],
    gtins: Item.shape.gtins.parse([SHIRT_GTIN]),
    tagged: true,
    category: ['Clothes'],
  }),
];

/** Two colas: 100 off. */
const promotions = [
  {
    id: 'two-colas',
    title: 'Two colas for less',
    family: 'easy',
    discount_type: 'amount',
    discount_value: 100,
    groups: [{ name: 'g1', minimum: 2, nodes: [{ node_id: COLA, node_type: 'item' }] }],
  },
];

export interface Shop {
  store_id: StoreId;
  account_key: string;
  config: StoreConfig;
}

export const storeOf = (shop: Shop) => env.STORE.getByName(shop.store_id);
export const providerOf = (shop: Shop) => env.TEST_PROVIDER.getByName(shop.account_key);

/** A device as the cloud publishes it. */
export const deviceOf = (id: string, kind: 'gate' | 'kiosk' | 'agent' | 'printer') => ({
  id,
  kind,
  name: kind,
  username: id,
  secret_sha256: '0'.repeat(64),
});

export async function openShop(
  policies: Record<string, unknown> = {},
  more: Record<string, unknown> = {},
): Promise<Shop> {
  const id = uuid();
  const store_id = StoreId.parse(`str_${id}`);
  const account_key = `${id}.0123456789abcdef`;
  const config = StoreConfig.parse({
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
    tax_codes: [
      { code: 'standard', levels: [{ id: 'vat', name: 'VAT', rate_ppm: 200_000 }] },
      { code: 'zero', levels: [{ id: 'vat', name: 'VAT', rate_ppm: 0 }] },
    ],
    order_prefix: 'HS',
    company_prefixes: ['9520000'],
    gateways: [
      {
        gateway: 'test',
        account_key,
        environment: 'test',
        methods: ['card', 'card_declined', 'card_3ds', 'card_pending', 'card_timeout'],
      },
    ],
    devices: [],
    receipt_footer: ['Thank you'],
    policies,
    demo: true,
    ...more,
  });
  const shop = { store_id, account_key, config };
  await storeOf(shop).putConfig(config);
  await publish(shop, 1, shelf());
  return shop;
}

export async function publish(
  shop: Shop,
  version: number,
  items: Item[],
  offers: readonly object[] = promotions,
): Promise<void> {
  unwrap(await storeOf(shop).stageShelf({ version, part: 0, items }));
  const staged = { version, part: 0, count: offers.length, promotions: JSON.stringify(offers) };
  unwrap(await storeOf(shop).stagePromotions(staged));
  unwrap(await storeOf(shop).swapShelf({ version, parts: 1, promotion_parts: 1, catalog_version: version }));
}

/** One shopper on one trip. */
export interface Walk {
  shop: Shop;
  id: BasketId;
  caller: Caller;
  call(key?: string, body?: string): Call;
}

export function walk(shop: Shop, id = newBasketId(), shopper_id = newShopper()): Walk {
  const caller: Caller = { kind: 'shopper', shopper_id, store_id: shop.store_id, retailer_id: retailer };
  return {
    shop,
    id,
    caller,
    call: (key, body = '') => ({
      caller,
      origin: ORIGIN,
      ...(key === undefined ? {} : { idempotency: { route: 'POST /x', key, body_hash: body } }),
    }),
  };
}

/** A stub each time: a stub that saw a call fail is broken for good. */
export const objectOf = (w: Pick<Walk, 'id'>) => env.BASKET.getByName(w.id);

export async function begin(shop: Shop): Promise<Walk> {
  const w = walk(shop);
  bodyOf(await objectOf(w).create(w.call()));
  return w;
}

export function bodyOf<T>(answer: Answer<T>): T {
  return unwrap(answer).body;
}

export const codeOf = (answer: { ok: true } | { ok: false; error: { code: string } }): string =>
  answer.ok ? 'ok' : answer.error.code;

export const scanCode = async (w: Walk, code: string, quantity?: number, key?: string) =>
  objectOf(w).scan(w.call(key), { code, ...(quantity === undefined ? {} : { quantity }) });
export const scanTag = async (w: Walk, epc: string) => objectOf(w).scan(w.call(), { epc });

/** A trip whose basket has become an order. */
export async function ordered(
  shop: Shop,
  what: { codes?: string[]; epcs?: string[] } = { codes: [COLA] },
): Promise<Walk> {
  const w = await begin(shop);
  for (const code of what.codes ?? []) bodyOf(await scanCode(w, code));
  for (const epc of what.epcs ?? []) bodyOf(await scanTag(w, epc));
  unwrap(await objectOf(w).openOrder(w.call()));
  return w;
}

export const readOrder = async (w: Walk) => bodyOf(await objectOf(w).readOrder(w.call()));
export const orderId = (w: Walk) => orderIdOf(w.id);

export const payWith = async (w: Walk, method: string, more: { amount?: number; key?: string } = {}) =>
  objectOf(w).pay(w.call(more.key), {
    gateway: 'test',
    method,
    ...(more.amount === undefined ? {} : { amount: more.amount }),
  });

export const sqlOf = (w: Walk, query: string): Promise<Record<string, SqlStorageValue>[]> =>
  runInDurableObject(objectOf(w), (_, state) => state.storage.sql.exec(query).toArray());

/** What the provider really took, less what it gave back. */
export async function moneyTaken(shop: Shop): Promise<number> {
  return runInDurableObject(providerOf(shop), (_, state) => {
    const movements = state.storage.sql
      .exec<{ kind: string; amount: number }>('SELECT kind, amount FROM movement')
      .toArray();
    return movements.reduce((sum, { kind, amount }) => sum + (kind === 'capture' ? amount : -amount), 0);
  });
}

/** The time to live of the open basket, or the time to pay of its order, is over from now on. */
export async function timeIsOver(w: Walk): Promise<void> {
  await runInDurableObject(objectOf(w), (_, state) => {
    state.storage.sql.exec('UPDATE basket SET expires_at = 1');
    state.storage.sql.exec('UPDATE orders SET frozen_at = 1, checkout_ttl_ms = 1');
    state.storage.sql.exec('UPDATE leg SET updated_at = 1');
  });
}

/** Nobody's reservations count any more, except those of orders. */
export async function reservationsEnd(shop: Shop): Promise<void> {
  await runInDurableObject(storeOf(shop), (_, state) => {
    state.storage.sql.exec('UPDATE holder SET until = 1 WHERE pinned = 0');
  });
}

/**
 * Makes the trip's next question or duty due now and lets its alarm do it. The alarm may just be ringing by
 * itself; hence a second round, each until the queue of commands is empty.
 */
export async function wakeNow(w: Pick<Walk, 'id'>): Promise<void> {
  for (let round = 0; round < 2; round++) {
    await runInDurableObject(objectOf(w), (_, state) => {
      state.storage.sql.exec('UPDATE leg SET next_at = 1 WHERE next_at IS NOT NULL');
      state.storage.sql.exec('UPDATE duty SET next_at = 1');
    });
    await runDurableObjectAlarm(objectOf(w));
    await quiet(w);
  }
}

/** Waits for the commands before this one; a webhook of nobody changes nothing. */
async function quiet(w: Pick<Walk, 'id'>): Promise<void> {
  await objectOf(w).applyWebhook(eventOf({ gateway: 'none', event_id: 'none', reference: 'none' }));
}

/** A provider's message that names nothing of ours. */
export const eventOf = (more: Partial<WebhookEvent>): WebhookEvent => ({
  gateway: 'test',
  event_id: crypto.randomUUID(),
  kind: 'payment',
  type: 'test',
  payment_id: null,
  refund_id: null,
  reference: null,
  ...more,
});

/** Lets the alarm do what is due already, whether or not it rang by itself. */
export async function ring(w: Walk): Promise<void> {
  await runDurableObjectAlarm(objectOf(w));
  await quiet(w);
}

/** Lets the provider do at once what it would do in some seconds. Its webhooks go where `send` says. */
export async function hastenProvider(
  shop: Shop,
  send: (headers: Headers, body: string) => Promise<boolean> = async () => true,
): Promise<void> {
  for (let round = 0; round < 20; round++) {
    const waiting = await runInDurableObject(providerOf(shop), (provider, state) => {
      provider.send = async (request) =>
        new Response(null, { status: (await send(request.headers, await request.text())) ? 200 : 500 });
      const { sql } = state.storage;
      sql.exec('UPDATE charge SET settles_at = 1 WHERE settles_at IS NOT NULL');
      sql.exec('UPDATE charge SET shown_from = 1');
      sql.exec('UPDATE refund SET settles_at = 1 WHERE settles_at IS NOT NULL');
      sql.exec('UPDATE delivery SET next_at = 1');
      const open = `SELECT id FROM charge WHERE settles_at IS NOT NULL
        UNION ALL SELECT id FROM refund WHERE settles_at IS NOT NULL UNION ALL SELECT id FROM delivery`;
      return sql.exec(open).toArray().length;
    });
    if (waiting === 0) return;
    await runDurableObjectAlarm(providerOf(shop));
  }
}

/** The payer on the bank's page. */
export async function decide(shop: Shop, page: string, decision: 'approve' | 'decline'): Promise<void> {
  const path = new URL(page).pathname.slice(`/test_provider/${shop.account_key}`.length);
  const answered = await providerOf(shop).fetch(`${ORIGIN}${path}`, {
    method: 'POST',
    body: new URLSearchParams({ decision }),
    redirect: 'manual',
  });
  if (answered.status !== 303) throw new Error(`the bank answered ${answered.status}`);
}

/** Cuts the line to the store in one of its methods: before or after it has done its work. */
export async function cutStore(
  shop: Shop,
  method:
    | 'openOrder'
    | 'commitSale'
    | 'cancelOrder'
    | 'release'
    | 'config'
    | 'recordCollection'
    | 'recordRefund'
    | 'reviewOrder',
  when: 'before' | 'after',
): Promise<() => void> {
  return runInDurableObject(storeOf(shop), (store) => {
    // Calls go to the class, so the class is changed, for this one store, however often it starts anew.
    const prototype = Object.getPrototypeOf(store);
    const real = prototype[method];
    prototype[method] = async function cut(...given: unknown[]) {
      if (this.ctx.id.name !== shop.store_id) return real.apply(this, given);
      if (when === 'after') await real.apply(this, given);
      throw new Error('the line is cut');
    };
    return () => {
      prototype[method] = real;
    };
  });
}
