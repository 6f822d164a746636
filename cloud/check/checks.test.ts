import { env } from 'cloudflare:test';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Gtin14 } from '../../shared/catalog/gtin.ts';
import { OrderPolicy } from '../../shared/config/order_policy.ts';
import { BasketId, type OrderId, orderIdOf, type StoreId } from '../../shared/ids/index.ts';
import { deliver } from '../test/deliver.ts';
import {
  call,
  expectJson,
  expectProblem,
  freshShopperId,
  item,
  newStore,
  newTenant,
  settings,
  type Tenant,
} from '../test/fixture.ts';
import { eventsOf } from '../test/trip.ts';

const CODE = Gtin14.parse('09520000000004');
const Waiting = z.object({
  data: z.array(
    z.object({
      basket_id: z.string(),
      code: z.string(),
      minimum_age: z.number(),
      reasons: z.array(z.looseObject({ kind: z.string() })),
      revision: z.number(),
      opened_at: z.string(),
    }),
  ),
});
const Basket = z.looseObject({
  lines: z.array(z.looseObject({})),
  revision: z.number(),
  verification: z.looseObject({ status: z.string() }),
});
const Orders = z.looseObject({ data: z.array(z.looseObject({ id: z.string() })) });
const Reviewed = z.looseObject({ verification_status: z.string() });
const Done = z.object({ ok: z.literal(true) });

describe('checks of baskets and bags', () => {
  let tenant: Tenant;
  let store: StoreId;
  let cashier: string;

  beforeAll(async () => {
    tenant = await newTenant();
    const { policies } = settings();
    const order = OrderPolicy.parse({ exit_check: { always: true } });
    store = await newStore(tenant, { policies: { ...policies, order } });
    const spirits = item({ gtins: [CODE], age_restriction: 18 });
    const items = { items: [spirits] };
    await expectJson(z.unknown(), 200, call('PUT', '/v1/items', { token: tenant.admin, body: items }));
    const publish = call('POST', `/v1/stores/${store}/publications`, { token: tenant.admin, body: {} });
    await expectJson(z.unknown(), 201, publish);
    cashier = await tenant.hire('cashier', store);
  });

  const shopper = (id: BasketId) => {
    const place = { retailer_id: tenant.retailer_id, store_id: store };
    const caller = { kind: 'shopper', shopper_id: freshShopperId(), ...place } as const;
    return { asks: { caller, origin: 'https://edge.test' }, basket: () => env.BASKET.getByName(id) };
  };
  /** A basket with spirits in it, whose shopper has called staff. */
  const calling = async () => {
    const id = BasketId.parse(`bsk_${crypto.randomUUID()}`);
    const { asks, basket } = shopper(id);
    Done.parse(await basket().create(asks));
    Done.parse(await basket().scan(asks, { code: CODE }));
    Done.parse(await basket().openVerification(asks));
    return { id, asks, basket };
  };
  const list = (token: string) => call('GET', `/v1/stores/${store}/verifications`, { token });
  const of = async (id: BasketId) =>
    (await expectJson(Waiting, 200, list(cashier))).data.find((one) => one.basket_id === id);
  const decide = (id: BasketId, verb: 'accept' | 'reject', body: object, token = cashier, key?: string) =>
    call('POST', `/v1/baskets/${id}/verification/${verb}`, {
      ...{ token, body },
      ...(key === undefined ? {} : { headers: { 'idempotency-key': key } }),
    });
  const audits = async (target: string): Promise<string[]> => {
    const found = env.DB.prepare('SELECT action FROM audit_log WHERE target = ? ORDER BY at').bind(target);
    return (await found.all<{ action: string }>()).results.map(({ action }) => action);
  };

  it('show the waiting basket to staff of the store and let it through once', async () => {
    const { id } = await calling();
    const waiting = await of(id);
    expect(waiting).toMatchObject({ minimum_age: 18, reasons: [{ kind: 'age' }] });
    expect(waiting?.code).toMatch(/^[2-9A-Z]{6}$/);
    const basket = await expectJson(Basket, 200, call('GET', `/v1/baskets/${id}`, { token: cashier }));
    expect(basket).toMatchObject({ lines: [{ restrictions: [{ minimum_age: 18 }] }], revision: 1 });

    const stale = await expectProblem(412, decide(id, 'accept', { revision: 0 }));
    expect(stale.code).toBe('precondition_failed');
    const key = crypto.randomUUID();
    const accepted = await expectJson(Basket, 200, decide(id, 'accept', { revision: 1 }, cashier, key));
    expect(accepted.verification.status).toBe('approved');
    expect((await decide(id, 'accept', { revision: 1 }, cashier, key)).status).toBe(200);
    expect((await expectProblem(409, decide(id, 'accept', {}))).code).toBe('verification_not_open');
    expect(await of(id)).toBeUndefined();
    expect(await audits(id)).toEqual(['basket.check_accept']);
  });

  it('take restricted lines out', async () => {
    const { id } = await calling();
    const left = await expectJson(Basket, 200, decide(id, 'reject', { note: 'no paper' }));
    expect(left.lines).toEqual([]);
    expect(await audits(id)).toEqual(['basket.check_reject']);
  });

  it('are hidden from staff of another store and another retailer', async () => {
    const { id } = await calling();
    const elsewhere = await tenant.hire('cashier', await newStore(tenant, { name: 'Elsewhere' }));
    const stranger = (await newTenant()).admin;
    for (const token of [elsewhere, stranger]) {
      expect((await expectProblem(404, list(token))).code).toBe('not_found');
      expect((await expectProblem(404, call('GET', `/v1/baskets/${id}`, { token }))).code).toBe('not_found');
      expect((await expectProblem(404, decide(id, 'accept', {}, token))).code).toBe('not_found');
    }
    expect(await of(id)).toBeDefined();
    expect(await audits(id)).toEqual([]);
  });

  it('clear a paid bag at the exit, and what one found wrong only another one clears', async () => {
    const { id, asks, basket } = await calling();
    await expectJson(Basket, 200, decide(id, 'accept', {}));
    Done.parse(await basket().openOrder(asks));
    Done.parse(await basket().pay(asks, { gateway: 'test', method: 'card' }));
    const order: OrderId = orderIdOf(id);
    await deliver(await eventsOf(store));
    const pending = async () => {
      const path = `/v1/orders?store_id=${store}&verification=pending`;
      return (await expectJson(Orders, 200, call('GET', path, { token: cashier }))).data.map((one) => one.id);
    };
    expect(await pending()).toEqual([order]);
    const say = (body: object, token = cashier) =>
      call('POST', `/v1/orders/${order}/verification`, { token, body });
    const wrong = { result: 'failed', reason: 'one bottle more', counts: { checked: 2, unpaid: 1 } };
    expect((await expectJson(Reviewed, 200, say(wrong))).verification_status).toBe('failed');
    expect((await expectProblem(409, say({ result: 'verified' }))).code).toBe('second_reviewer_needed');
    const other = await tenant.hire('cashier', store);
    expect((await expectJson(Reviewed, 200, say({ result: 'verified' }, other))).verification_status).toBe(
      'verified',
    );
    await deliver(await eventsOf(store));
    expect(await pending()).toEqual([]);
    expect(await audits(order)).toEqual(['order.review', 'order.review']);
  });
});
