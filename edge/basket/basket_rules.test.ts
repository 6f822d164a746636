import { describe, expect, it } from 'vitest';
import type { Item } from '../../shared/catalog/item.ts';
import { RefundId } from '../../shared/ids/index.ts';
import type { StaffCall } from './port.ts';
import {
  BREAD,
  begin,
  bodyOf,
  COLA,
  codeOf,
  item,
  itemId,
  objectOf,
  openShop,
  ordered,
  payWith,
  publish,
  readOrder,
  retailer,
  type Shop,
  scanCode,
  shelf,
  shirt,
  sqlOf,
  storeOf,
  type Walk,
  WINE,
  walk,
} from './test/fixture.ts';

const COUNTED = 'COUNTED';
const CRATE = '1154505';
const BURGER = 'BURGER';
const CHEESE = itemId(33);
const KETCHUP = itemId(34);

const more: Item[] = [
  item(30, COUNTED, 300, { stock: 3 }),
  item(31, CRATE, 249, {
    deposit: {
      item_id: itemId(99),
      sku: '1661890',
      name: 'Pfand',
      amount: 25,
      tax_code: 'standard',
      containers: 1,
    },
  }),
  item(32, BURGER, 700, {
    kind: 'with_addons',
    addon_groups: [
      { id: 'cheese', name: 'Cheese', min: 1, max: 2, item_ids: [CHEESE] },
      { id: 'sauce', name: 'Sauce', min: 0, max: 1, item_ids: [KETCHUP] },
    ],
  }),
  item(33, 'CHEESE', 50, { kind: 'addon' }),
  item(34, 'KETCHUP', 20, { kind: 'addon' }),
  item(35, 'FETCHED', 400, { selling_modes: ['click_and_collect'] }),
];

async function open(basket: object = {}, config: Record<string, unknown> = {}): Promise<Shop> {
  const shop = await openShop({ basket }, config);
  await publish(shop, 2, [...shelf(), ...more]);
  return shop;
}

async function collect(shop: Shop): Promise<Walk> {
  const w = walk(shop);
  bodyOf(await objectOf(w).create(w.call(), { purchase_type: 'click_and_collect' }));
  return w;
}

const staff = (w: Walk, role: StaffCall['caller']['role']): StaffCall => ({
  origin: w.call().origin,
  caller: { kind: 'staff', staff_id: 'stf_bob', role, retailer_id: retailer, store_id: w.shop.store_id },
});
const read = async (w: Walk) => bodyOf(await objectOf(w).read(w.call()));
const scanned = async (w: Walk, code: string, quantity = 1) => codeOf(await scanCode(w, code, quantity));
const change = async (w: Walk, id: string, quantity: number) =>
  objectOf(w).changeLine(w.call(), id, quantity);
const order = async (w: Walk) => objectOf(w).openOrder(w.call());
const shape = async (w: Walk) =>
  (await read(w)).lines.map(({ sku, quantity, kind, parent_line_id }) => [
    sku,
    quantity,
    kind ?? 'item',
    parent_line_id ?? null,
  ]);

describe('a store’s own limits', () => {
  it('bound the units of an item, the lines, and what a basket comes to', async () => {
    const w = await begin(await open({ max_quantity_per_item: 4, max_lines: 2, max_total: 3_000 }));
    expect([await scanned(w, COLA, 4), await scanned(w, COLA)]).toEqual(['ok', 'quantity_limit']);
    expect(await scanned(w, BURGER, 2)).toBe('total_limit');
    expect([await scanned(w, BREAD), await scanned(w, COUNTED)]).toEqual(['ok', 'basket_full']);
    expect(codeOf(await change(w, 'lin_2', 5))).toBe('quantity_limit');
    expect(codeOf(await change(w, 'lin_2', 4))).toBe('ok');
    expect((await read(w)).total).toBe(4 * 574 - 100 + 4 * 199);
  });
});

it('a tagged item is scanned by its tag, where the store says so', async () => {
  const by = (code: string) => async (w: Walk) => codeOf(await scanCode(w, code));
  const barcode = by('09520000000004');
  expect(await barcode(await begin(await open()))).toBe('ok');
  const strict = await begin(await open({ tagged_items: 'rfid_only' }));
  expect([await barcode(strict), await by(shirt(7))(strict), await by(COLA)(strict)]).toEqual([
    'tag_needed',
    'ok',
    'ok',
  ]);
});

describe('counted stock', () => {
  it('warns by default: the goods are in the shopper’s hand', async () => {
    const w = await begin(await open());
    expect((await read(w)).warnings).toBeUndefined();
    expect(await scanned(w, COUNTED, 4)).toBe('ok');
    expect((await read(w)).warnings).toEqual([{ code: 'stock_low', line_id: 'lin_1', available: 3 }]);
    bodyOf(await change(w, 'lin_1', 3));
    expect((await read(w)).warnings).toBeUndefined();
    expect(codeOf(await order(w))).toBe('ok');
  });

  it('stops where the store wants it so, after the limit of the item', async () => {
    const w = await begin(await open({ stock: { scan_and_go: 'block' }, max_quantity_per_item: 5 }));
    expect([await scanned(w, COUNTED, 6), await scanned(w, COUNTED, 4)]).toEqual([
      'quantity_limit',
      'out_of_stock',
    ]);
    expect([await scanned(w, COUNTED, 3), await scanned(w, COUNTED)]).toEqual(['ok', 'out_of_stock']);
    expect(codeOf(await change(w, 'lin_1', 4))).toBe('out_of_stock');
  });

  it('is kept for an order to be collected, and free again when that is cancelled', async () => {
    const shop = await open();
    const [first, second] = [await collect(shop), await collect(shop)];
    for (const w of [first, second]) bodyOf(await scanCode(w, COUNTED, 2));
    expect(codeOf(await order(first))).toBe('ok');
    expect(await order(second)).toMatchObject({
      ok: false,
      error: { code: 'out_of_stock', shortage: { item_id: itemId(30), available: 1, requested: 2 } },
    });
    expect((await read(second)).status).toBe('open');
    expect(codeOf(await scanCode(await collect(shop), COUNTED, 2))).toBe('out_of_stock');
    bodyOf(await objectOf(first).cancelOrder(first.call()));
    expect(codeOf(await order(second))).toBe('ok');
  });

  it('goes down once with the sale, comes back once with its refund, and begins anew with a new shelf', async () => {
    const shop = await open();
    const w = await ordered(shop, { codes: [COUNTED, COUNTED] });
    bodyOf(await payWith(w, 'card'));
    expect((await readOrder(w)).order.status).toBe('completed');
    const left = async () => {
      const probe = await begin(shop);
      const { basket } = bodyOf(await scanCode(probe, COUNTED, 9));
      return basket.warnings?.[0]?.available;
    };
    expect(await left()).toBe(1);
    const back = {
      refund_id: RefundId.parse(`ref_${crypto.randomUUID()}`),
      goods: [{ item_id: itemId(30), quantity: 1 }],
    };
    await storeOf(shop).returnStock(back);
    await storeOf(shop).returnStock(back);
    expect(await left()).toBe(2);
    await publish(shop, 3, [...shelf(), ...more]);
    expect(await left()).toBe(3);
  });

  it('two orders for the last one never both pass', async () => {
    const shop = await open();
    const walks = await Promise.all(Array.from({ length: 6 }, () => collect(shop)));
    for (const w of walks) bodyOf(await scanCode(w, COUNTED));
    const codes = (await Promise.all(walks.map(order))).map(codeOf).sort();
    expect(codes).toEqual(['ok', 'ok', 'ok', 'out_of_stock', 'out_of_stock', 'out_of_stock']);
  });
});

describe('a deposit', () => {
  it('comes and goes with its item, and is paid with it', async () => {
    const w = await begin(await open());
    bodyOf(await scanCode(w, CRATE, 3));
    expect(await shape(w)).toEqual([
      [CRATE, 3, 'item', null],
      ['1661890', 3, 'deposit', 'lin_1'],
    ]);
    expect((await read(w)).total).toBe(822);
    expect(codeOf(await change(w, 'lin_2', 0))).toBe('quantity_fixed');
    bodyOf(await change(w, 'lin_1', 1));
    expect((await read(w)).total).toBe(274);
    bodyOf(await change(w, 'lin_1', 0));
    expect(await shape(w)).toEqual([]);
    bodyOf(await scanCode(w, CRATE));
    bodyOf(await order(w));
    bodyOf(await payWith(w, 'card'));
    const sold = (await readOrder(w)).order;
    expect(sold.lines.map(({ sku, total }) => [sku, total])).toEqual([
      [CRATE, 249],
      ['1661890', 25],
    ]);
  });
});

describe('an item with add-ons', () => {
  const add = async (w: Walk, id: string, item_id: Item['id'], quantity = 1) =>
    codeOf(await objectOf(w).addAddon(w.call(), id, { item_id, quantity }));

  it('takes what its groups offer, up to their most, and asks for their least at the end', async () => {
    const w = await begin(await open());
    expect(await scanned(w, 'CHEESE')).toBe('not_sold_this_way');
    await scanned(w, BURGER);
    await scanned(w, BURGER);
    expect([await add(w, 'lin_1', itemId(1)), await add(w, 'lin_9', CHEESE)]).toEqual([
      'addon_not_offered',
      'not_found',
    ]);
    expect(codeOf(await order(w))).toBe('addons_incomplete');
    expect([await add(w, 'lin_1', CHEESE, 2), await add(w, 'lin_1', CHEESE)]).toEqual([
      'ok',
      'quantity_limit',
    ]);
    expect([await add(w, 'lin_2', CHEESE), await add(w, 'lin_2', KETCHUP)]).toEqual(['ok', 'ok']);
    bodyOf(await change(w, 'lin_2', 3));
    expect(await shape(w)).toEqual([
      [BURGER, 1, 'item', null],
      [BURGER, 3, 'item', null],
      ['CHEESE', 2, 'addon', 'lin_1'],
      ['CHEESE', 3, 'addon', 'lin_2'],
      ['KETCHUP', 3, 'addon', 'lin_2'],
    ]);
    expect((await read(w)).total).toBe(4 * 700 + 5 * 50 + 3 * 20);
    bodyOf(await change(w, 'lin_5', 0));
    bodyOf(await change(w, 'lin_1', 0));
    expect(await shape(w)).toEqual([
      [BURGER, 3, 'item', null],
      ['CHEESE', 3, 'addon', 'lin_2'],
    ]);
    expect(codeOf(await order(w))).toBe('ok');
  });
});

describe('a line whose price the shopper says', () => {
  const donation = {
    ...{ kind: 'donation', item_id: itemId(70), sku: 'DONATION', name: 'Donation' },
    ...{ tax_code: 'zero', min: 50, max: 1_000 },
  };
  const add = async (w: Walk, kind: string, amount: number) =>
    objectOf(w).addOpenLine(w.call(), { kind, amount });

  it('is of a kind and within the bounds that the store lists, and never discounted', async () => {
    const w = await begin(await open({ open_lines: [donation] }));
    expect(codeOf(await add(w, 'tip', 100))).toBe('unknown_item');
    expect(await add(w, 'donation', 49)).toMatchObject({
      error: { code: 'invalid', errors: [{ path: '/amount', message: 'from 50 to 1000' }] },
    });
    bodyOf(await add(w, 'donation', 200));
    const { lines, total } = bodyOf(await add(w, 'donation', 300));
    expect(total).toBe(500);
    expect(
      lines.map(({ sku, quantity, unit_price, price_from }) => [sku, quantity, unit_price, price_from]),
    ).toEqual([
      ['DONATION', 1, 200, 'open_price'],
      ['DONATION', 1, 300, 'open_price'],
    ]);
    expect(codeOf(await change(w, 'lin_1', 2))).toBe('quantity_fixed');
    bodyOf(await change(w, 'lin_1', 0));
    bodyOf(await order(w));
    bodyOf(await payWith(w, 'card'));
    expect((await readOrder(w)).order.total).toBe(300);
  });
});

describe('a way of buying', () => {
  it('decides what may be in the basket and how long it stays open', async () => {
    const shop = await open();
    const [here, fetched] = [await begin(shop), await collect(shop)];
    expect([await scanned(here, 'FETCHED'), await scanned(fetched, 'FETCHED')]).toEqual([
      'not_sold_this_way',
      'ok',
    ]);
    const hours = async (w: Walk) => {
      const { expires_at, updated_at } = await read(w);
      return (Date.parse(expires_at) - Date.parse(updated_at)) / 3_600_000;
    };
    expect([await hours(here), await hours(fetched)]).toEqual([24, 72]);
    expect((await read(fetched)).purchase_type).toBe('click_and_collect');
    bodyOf(await order(fetched));
    expect((await readOrder(fetched)).order.purchase_type).toBe('click_and_collect');
  });
});

describe('the fence around the store', () => {
  const position = { lat: 51.5154, lon: -0.141 };
  const inside = { lat: 51.5157, lon: -0.1415, accuracy_m: 10 };
  const outside = { lat: 51.52, lon: -0.141, accuracy_m: 10 };
  const scanAt = async (w: Walk, at?: typeof inside) =>
    codeOf(await objectOf(w).scan(w.call(), { code: COLA, ...(at === undefined ? {} : { position: at }) }));
  const orderAt = async (w: Walk, at: typeof inside) =>
    codeOf(await objectOf(w).openOrder(w.call(), { position: at }));

  it('stops who is surely elsewhere, at the first scan and at the end', async () => {
    const w = await begin(await open({ geofence: { mode: 'block' } }, { position }));
    expect([await scanAt(w, outside), await scanAt(w, inside), await scanAt(w, outside)]).toEqual([
      'outside_store',
      'ok',
      'ok',
    ]);
    expect([await orderAt(w, outside), await orderAt(w, inside)]).toEqual(['outside_store', 'ok']);
  });

  it('only warns of a missing fix, or where the store wants no more', async () => {
    const blind = await begin(await open({ geofence: { mode: 'block' } }, { position }));
    expect(await scanAt(blind)).toBe('ok');
    expect((await read(blind)).warnings).toEqual([{ code: 'position_unknown' }]);
    const warned = await begin(await open({ geofence: { mode: 'warn' } }, { position }));
    expect(await scanAt(warned, outside)).toBe('ok');
    expect((await read(warned)).warnings).toEqual([{ code: 'outside_store' }]);
    expect(await sqlOf(warned, `SELECT detail FROM audit WHERE what = 'geofence'`)).toEqual([
      { detail: '{"step":"scan","found":"outside"}' },
    ]);
    expect(await orderAt(warned, inside)).toBe('ok');
    expect((await read(warned)).warnings).toBeUndefined();
  });

  it('is no fence where nobody asked for one', async () => {
    const w = await begin(await open({}, { position }));
    expect([await scanAt(w, outside), (await read(w)).warnings]).toEqual(['ok', undefined]);
  });
});

describe('a price that staff set', () => {
  it('counts for its line alone, keeps the old one, and says who and why', async () => {
    const w = await begin(await open());
    bodyOf(await scanCode(w, COLA, 2));
    const set = { unit_price: 400, reason: 'dented' };
    const object = objectOf(w);
    expect(codeOf(await object.overridePrice(staff(w, 'cashier'), 'lin_1', set))).toBe('forbidden');
    const { lines, discount, total } = bodyOf(await object.overridePrice(staff(w, 'manager'), 'lin_1', set));
    expect([discount, total]).toEqual([0, 800]);
    expect(lines[0]).toMatchObject({ unit_price: 400, override: { original_price: 574, reason: 'dented' } });
    bodyOf(await scanCode(w, COLA));
    expect((await read(w)).lines.map(({ unit_price, quantity }) => [unit_price, quantity])).toEqual([
      [400, 2],
      [574, 1],
    ]);
    const audit = bodyOf(await object.read(staff(w, 'cashier'), { audit: true })).audit ?? [];
    expect(audit.map(({ original, override, modified }) => [original, override, modified])).toEqual([
      [1_148, 348, 800],
      [574, 0, 574],
    ]);
    expect(codeOf(await object.read(w.call(), { audit: true }))).toBe('forbidden');
    const [row] = await sqlOf(w, `SELECT detail FROM audit WHERE what = 'price_override'`);
    expect(JSON.parse(String(row?.['detail']))).toMatchObject({ by: 'stf_bob', from: 574, to: 400 });
    expect(codeOf(await order(w))).toBe('ok');
  });
});

it('scans at the same time lose nothing and count every revision', async () => {
  const w = await begin(await open());
  const codes = [COLA, BREAD, CRATE, BURGER, COUNTED];
  const all = await Promise.all(Array.from({ length: 20 }, (_, i) => scanCode(w, codes[i % 5] ?? COLA)));
  expect(all.every(({ ok }) => ok)).toBe(true);
  const { lines, revision } = await read(w);
  const units = lines
    .filter(({ kind }) => kind !== 'deposit')
    .reduce((sum, { quantity }) => sum + quantity, 0);
  expect([units, revision]).toEqual([20, 20]);
});

it('a basket of an older build is looked at for its ages', async () => {
  const w = await begin(await open());
  bodyOf(await scanCode(w, WINE));
  await sqlOf(w, 'UPDATE basket SET need = NULL');
  expect((await read(w)).verification).toMatchObject({ status: 'required', minimum_age: 18 });
  expect(codeOf(await order(w))).toBe('verification_required');
});

it('sums that a bug made wrong are sold all the same, and staff hear of it', async () => {
  const shop = await open();
  const w = await begin(shop);
  bodyOf(await scanCode(w, COLA));
  await sqlOf(w, `UPDATE basket SET price_rows = json_set(price_rows, '$[0][4]', 573)`);
  bodyOf(await order(w));
  bodyOf(await payWith(w, 'card'));
  expect((await readOrder(w)).order.status).toBe('completed');
  const { events } = await storeOf(shop).eventsAfter(0, 100);
  const raised = events.filter((event) => event.includes('"incident.raised"'));
  expect(raised.filter((event) => event.includes('amount_mismatch'))).toHaveLength(1);
});
