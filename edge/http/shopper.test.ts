import { env } from 'cloudflare:test';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Wishlist, WishlistTransfer } from '../../shared/api/shopper.ts';
import { LedgerId, SavedCardId } from '../../shared/ids/index.ts';
import type { LedgerKind } from '../../shared/ledger/book.ts';
import { ledgerName, readAccountCode } from '../../shared/ledger/code.ts';
import { unwrap } from '../../shared/result.ts';
import { item, openShop, publish, retailer, type Shop, shelf } from '../basket/test/fixture.ts';
import { WISHLIST_ITEMS_MAX } from '../shopper/wishes.ts';
import {
  codeOf,
  enter,
  expectJson,
  expectProblem,
  type Guest,
  openBasket,
  openOrder,
  readBasket,
  scan,
} from './test/fixture.ts';

const [cola, bread, limited, , , soldOut, , shirtItem] = shelf();
const idOf = (one: { id: string } | undefined): string => one?.id ?? '';
const put = (guest: Guest, id: string, quantity: number) =>
  guest.call('PUT', `/v1/wishlist/items/${id}`, { body: { quantity } });
const read = (guest: Guest) => expectJson(Wishlist, 200, guest.call('GET', '/v1/wishlist'));

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});

describe('the wishlist', () => {
  it('shows the items as they are when it is opened', async () => {
    const store = await openShop();
    const guest = await enter(store);
    await expectJson(Wishlist, 200, put(guest, idOf(cola), 3));
    const list = await expectJson(Wishlist, 200, put(guest, idOf(bread), 1));
    expect(list).toMatchObject({ store_id: store.store_id, currency: 'GBP' });
    expect(list.items.map(({ name, quantity, unit_price }) => [name, quantity, unit_price])).toEqual([
      ['Item COLA', 3, 574],
      ['Item BREAD', 1, 199],
    ]);
    // The price changes, and the bread has left the shelf.
    await publish(
      store,
      2,
      shelf({ cola: 600 }).filter(({ id }) => id !== idOf(bread)),
    );
    const query = `/v1/wishlist?store_id=${store.store_id}`;
    const opened = await expectJson(Wishlist, 200, guest.call('GET', query));
    expect(opened.items).toMatchObject([
      { unit_price: 600, available: true },
      { unit_price: 199, available: false },
    ]);
    expect((await expectJson(Wishlist, 200, put(guest, idOf(soldOut), 1))).items[2]?.available).toBe(false);
  });

  it('takes and drops items of its store only', async () => {
    const guest = await enter(shop);
    await expectJson(Wishlist, 200, put(guest, idOf(cola), 1));
    expect((await expectJson(Wishlist, 200, put(guest, idOf(cola), 5))).items).toMatchObject([
      { quantity: 5 },
    ]);
    const nobodys = 'itm_00000000-0000-7000-8000-00000000ffff';
    expect(await codeOf(404, put(guest, nobodys, 1))).toBe('unknown_item');
    expect(await codeOf(422, put(guest, idOf(cola), 0))).toBe('invalid');
    const other = await openShop();
    const elsewhere = guest.call('GET', `/v1/wishlist?store_id=${other.store_id}`);
    expect(await codeOf(404, elsewhere)).toBe('unknown_store');
    const drop = () => guest.call('DELETE', `/v1/wishlist/items/${idOf(cola)}`);
    expect((await expectJson(Wishlist, 200, drop())).items).toEqual([]);
    expect(await codeOf(404, drop())).toBe('not_found');
    expect((await read(await enter(shop))).items).toEqual([]);
  });

  it('is full at its limit; what is on it may still change', async () => {
    const store = await openShop();
    const many = Array.from({ length: WISHLIST_ITEMS_MAX + 1 }, (_, n) => item(n + 1, `MANY-${n}`, 100));
    await publish(store, 2, many);
    const guest = await enter(store);
    for (const one of many.slice(0, -1)) await expectJson(Wishlist, 200, put(guest, one.id, 1));
    expect(await codeOf(409, put(guest, idOf(many.at(-1)), 1))).toBe('wishlist_full');
    const changed = await expectJson(Wishlist, 200, put(guest, idOf(many[0]), 2));
    expect(changed.items).toHaveLength(WISHLIST_ITEMS_MAX);
  });
});

describe('a transfer into a basket', () => {
  const move = (guest: Guest, basket_id: string, key?: string) =>
    guest.call('POST', '/v1/wishlist/transfers', {
      body: { basket_id },
      ...(key === undefined ? {} : { key }),
    });

  it('tops lines up to the listed quantity, keeps the rules of a scan, and names what cannot be sold', async () => {
    const guest = await enter(shop);
    for (const [one, quantity] of [
      [cola, 3],
      [limited, 4],
      [soldOut, 1],
      [bread, 2],
    ] as const)
      await expectJson(Wishlist, 200, put(guest, idOf(one), quantity));
    const basket = await openBasket(guest);
    await scan(guest, basket.id, { code: 'COLA' });
    const done = await expectJson(WishlistTransfer, 200, move(guest, basket.id, 'k1'));
    expect(done.moved).toEqual([
      { item_id: idOf(cola), quantity: 2 },
      { item_id: idOf(bread), quantity: 2 },
    ]);
    expect(done.unavailable.map(({ item_id, code }) => [item_id, code])).toEqual([
      [idOf(limited), 'quantity_limit'],
      [idOf(soldOut), 'out_of_stock'],
    ]);
    // Three colas: the promotion of the basket holds here too.
    expect(done.basket.lines.map(({ sku, quantity }) => [sku, quantity])).toEqual([
      ['COLA', 3],
      ['BREAD', 2],
    ]);
    expect(done.basket.discount).toBe(100);

    const again = move(guest, basket.id, 'k1');
    expect((await again).headers.get('idempotency-replayed')).toBe('true');
    expect(await expectJson(WishlistTransfer, 200, again)).toEqual(done);
    const other = await openBasket(guest);
    expect(await codeOf(422, move(guest, other.id, 'k1'))).toBe('idempotency_key_reuse');
    // Without a key it adds nothing either: everything is there.
    const third = await expectJson(WishlistTransfer, 200, move(guest, basket.id));
    expect(third.moved).toEqual([]);
    expect((await readBasket(guest, basket.id)).lines).toEqual(done.basket.lines);
  });

  it('does with tagged goods what a scan of their code does', async () => {
    const guest = await enter(shop);
    await expectJson(Wishlist, 200, put(guest, idOf(shirtItem), 1));
    const basket = await openBasket(guest);
    const done = await expectJson(WishlistTransfer, 200, move(guest, basket.id));
    const other = await openBasket(guest);
    const scanned = await scan(guest, other.id, { code: shirtItem?.gtins[0] ?? '' });
    expect(done.basket.lines).toEqual(scanned.basket.lines);
  });

  it('at the same time under one key moves everything once', async () => {
    const guest = await enter(shop);
    await expectJson(Wishlist, 200, put(guest, idOf(cola), 4));
    const basket = await openBasket(guest);
    const both = await Promise.all(['k', 'k'].map((key) => move(guest, basket.id, key)));
    expect(both.map(({ status }) => status)).toEqual([200, 200]);
    expect(both[0]?.json).toEqual(both[1]?.json);
    expect((await readBasket(guest, basket.id)).lines).toMatchObject([{ quantity: 4 }]);
  });

  it('ends with the basket’s own refusal where it takes nothing more', async () => {
    const guest = await enter(shop);
    await expectJson(Wishlist, 200, put(guest, idOf(cola), 1));
    const basket = await openBasket(guest);
    await scan(guest, basket.id, { code: 'BREAD' });
    await openOrder(guest, basket.id);
    expect(await codeOf(409, move(guest, basket.id))).toBe('basket_locked');
    const stranger = await enter(shop);
    expect(await codeOf(404, move(stranger, basket.id))).toBe('not_found');
  });
});

describe('balances', () => {
  const open = async (kind: LedgerKind, code: string, opening: number) => {
    const object = env.LEDGER.getByName(ledgerName(retailer, kind, unwrap(readAccountCode(code))));
    const ledger_id = LedgerId.parse(`lgr_${crypto.randomUUID()}`);
    unwrap(
      await object.open({
        ...{ ledger_id, retailer_id: retailer, kind, currency: 'GBP', last4: code.slice(-4), opening },
        ...{ limit: kind === 'credit' ? 500 : 0, by: 'stf_test' },
        minor_per_point: { numerator: 1, denominator: 2 },
      }),
    );
  };
  const ask = (guest: Guest, body: object, address = crypto.randomUUID()) =>
    guest.call('POST', '/v1/ledger_balances', { body, headers: { 'cf-connecting-ip': address } });

  it('are told to whoever knows the code, however it is typed', async () => {
    const guest = await enter(shop);
    await open('gift_card', 'GIFT0001AAAA', 1_500);
    await open('loyalty', 'MEMBER0001', 75);
    const card = ask(guest, { kind: 'gift_card', account: 'gift-0001 aaaa' });
    expect(await expectJson(z.unknown(), 200, card)).toEqual({
      ...{ kind: 'gift_card', currency: 'GBP', available: 1_500 },
    });
    const points = ask(guest, { kind: 'loyalty', account: 'MEMBER0001' });
    expect(await expectJson(z.unknown(), 200, points)).toEqual({
      ...{ kind: 'loyalty', currency: 'GBP', available: 37, points: 75 },
    });
    for (const account of ['GIFT0001AAAB', '12', 'GC0000000000000001'])
      expect(await codeOf(404, ask(guest, { kind: 'gift_card', account }))).toBe('not_found');
  });

  it('of credit are nobody’s business', async () => {
    const guest = await enter(shop);
    await open('credit', '919876543210', 100);
    expect((await expectProblem(422, ask(guest, { kind: 'credit', account: '919876543210' }))).code).toBe(
      'invalid',
    );
  });

  it('are not found by trying numbers', async () => {
    const guest = await enter(shop);
    const address = crypto.randomUUID();
    const statuses: number[] = [];
    for (let n = 0; n < 60 && statuses.at(-1) !== 429; n++) {
      const request = { kind: 'gift_card', account: `GIFT9999${1000 + n}` };
      statuses.push((await ask(guest, request, address)).status);
    }
    expect(statuses.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => 404));
    expect(statuses.at(-1)).toBe(429);
  });
});

describe('saved cards', () => {
  it('are listed, and kept where their provider cannot be asked to delete them', async () => {
    const id = crypto.randomUUID();
    const account_key = `${id}.0123456789abcdef`;
    const store = await openShop();
    const guest = await enter(store);
    const object = env.SHOPPER.getByName(guest.shopper_id);
    const kept = await object.keepCard({
      ...{ payment_id: 'pay_1', gateway: 'stripe', account_key, token: 'pm_1', customer: 'cus_1' },
      card: { brand: 'visa', last4: '0005', expiry: '12/30' },
    });
    const card = SavedCardId.parse(kept.saved_card_id);
    const list = async () => (await guest.call('GET', '/v1/saved_cards')).json;
    expect(await list()).toMatchObject({ data: [{ id: card, last4: '0005' }] });
    const remove = (who: Guest) =>
      who.call('DELETE', `/v1/saved_cards/${card}`, {}).then((reply) => ({ ...reply }));
    expect(await codeOf(503, remove(guest))).toBe('provider_unavailable');
    expect(await list()).toMatchObject({ data: [{ id: card }] });
    expect(await codeOf(404, remove(await enter(store)))).toBe('not_found');
  });

  it('are gone once the provider keeps none', async () => {
    const store = await openShop();
    const guest = await enter(store);
    const kept = await env.SHOPPER.getByName(guest.shopper_id).keepCard({
      ...{
        payment_id: 'pay_1',
        gateway: 'test',
        account_key: store.account_key,
        token: 'pm_1',
        customer: null,
      },
      card: { last4: '0005' },
    });
    const path = `/v1/saved_cards/${kept.saved_card_id}`;
    const gone = { id: kept.saved_card_id, deleted: true };
    expect(await expectJson(z.unknown(), 200, guest.call('DELETE', path))).toEqual(gone);
    expect((await guest.call('GET', '/v1/saved_cards')).json).toEqual({ data: [] });
    expect(await codeOf(404, guest.call('DELETE', path))).toBe('not_found');
  });
});
