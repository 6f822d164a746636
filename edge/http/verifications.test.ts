import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Basket, Verification } from '../../shared/api/basket.ts';
import { type BasketId, StoreId } from '../../shared/ids/index.ts';
import { openShop, type Shop, WINE } from '../basket/test/fixture.ts';
import { call, cloudToken, codeOf, enter, expectJson, type Guest, openBasket, scan } from './test/fixture.ts';

const List = z.object({
  data: z.array(z.object({ basket_id: z.string(), code: z.string(), reasons: z.array(z.unknown()) })),
});

describe('a basket with an age-restricted item', () => {
  let shop: Shop;
  let guest: Guest;
  let id: BasketId;
  let cashier: string;
  const at = (path: string) => `/v1/baskets/${id}/verification${path}`;
  const list = (token: string) => call('GET', `/v1/stores/${shop.store_id}/verifications`, { token });

  beforeAll(async () => {
    shop = await openShop();
    guest = await enter(shop);
    id = (await openBasket(guest)).id;
    await scan(guest, id, { code: WINE });
    cashier = await cloudToken('cashier', { store: shop.store_id });
  });

  it('is accepted by staff of its store alone', async () => {
    const { token } = guest;
    const order = () => call('POST', '/v1/orders', { token, body: { basket_id: id } });
    expect(await codeOf(409, order())).toBe('verification_required');
    const opened = await expectJson(Verification, 201, call('POST', at(''), { token, key: 'k' }));
    expect(opened).toMatchObject({ status: 'pending', minimum_age: 18 });
    const again = await call('POST', at(''), { token, key: 'k' });
    expect(again.headers.get('idempotency-replayed')).toBe('true');

    const { data } = await expectJson(List, 200, list(cashier));
    expect(data).toMatchObject([{ basket_id: id, code: opened.code }]);

    const accept = (by: string) => call('POST', at('/accept'), { token: by, body: {} });
    expect(await codeOf(403, accept(token))).toBe('forbidden');
    expect(await codeOf(403, list(token))).toBe('forbidden');
    const elsewhere = { store: StoreId.parse(`str_${crypto.randomUUID()}`) };
    expect(await codeOf(404, accept(await cloudToken('manager', elsewhere)))).toBe('not_found');
    expect(await codeOf(409, order())).toBe('verification_required');

    const stale = { token: cashier, body: { revision: 7 } };
    expect(await codeOf(412, call('POST', at('/accept'), stale))).toBe('precondition_failed');
    const accepted = await expectJson(Basket, 200, accept(cashier));
    expect(accepted.verification.status).toBe('approved');
    expect(await codeOf(409, accept(cashier))).toBe('verification_not_open');
    expect((await order()).status).toBe(201);
  });

  it('shows staff how its sums came about, and its shopper not', async () => {
    const path = `/v1/baskets/${id}?include=audit`;
    const basket = await expectJson(Basket, 200, call('GET', path, { token: cashier }));
    expect(basket.audit).toMatchObject([{ line_id: 'lin_1', class: 'nopromo', modified: 899, tax: 150 }]);
    expect(await codeOf(403, call('GET', path, { token: guest.token }))).toBe('forbidden');
  });
});
