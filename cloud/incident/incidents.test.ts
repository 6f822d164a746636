import { env } from 'cloudflare:test';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { StoreId } from '../../shared/ids/index.ts';
import type { OfflineSale } from '../../shared/offline/document.ts';
import { OrderDetail, OrderRow } from '../order/order.ts';
import { Rebuilt } from '../project/rebuild.ts';
import { deliver } from '../test/deliver.ts';
import { call, epc, expectJson, expectProblem, newStore, newTenant, type Tenant } from '../test/fixture.ts';
import { type Kiosk, newKiosk } from '../test/till.ts';
import { eventsOf } from '../test/trip.ts';
import { Incident } from './incident.ts';

const Counts = z.object({ open: z.number(), acknowledged: z.number() });

let tenant: Tenant;
let store: StoreId;
let kiosk: Kiosk;
let sales: OfflineSale[];

const tagged = (tag: string) => {
  const line = {
    line_id: 'lin_1',
    item_id: 'itm_00000000-0000-7000-8000-000000000001',
    sku: 'SHIRT',
    name: 'Linen shirt',
    code: tag,
    epc: tag,
    quantity: 1,
    unit_price: 1048,
    discount: 0,
    total: 1048,
    tax_code: 'standard',
    promotions: [],
  };
  return { lines: [line], promotions: [], totals: { subtotal: 1048, discount: 0, tax: 175, total: 1048 } };
};
const list = async (query = '', token = tenant.admin) =>
  (
    await expectJson(
      z.object({ data: z.array(Incident) }),
      200,
      call('GET', `/v1/incidents${query}`, { token }),
    )
  ).data;
const counts = (token = tenant.admin) =>
  expectJson(Counts, 200, call('GET', '/v1/incident_counts', { token }));
const orders = async (query: string) =>
  (
    await expectJson(
      z.object({ data: z.array(OrderRow) }),
      200,
      call('GET', `/v1/orders?${query}`, { token: tenant.admin }),
    )
  ).data;

beforeAll(async () => {
  tenant = await newTenant();
  store = await newStore(tenant);
  kiosk = await newKiosk(tenant, store, 'Kiosk by the door');
  const tag = epc(71);
  sales = [kiosk.sell(tagged(tag)), kiosk.sell(tagged(tag)), kiosk.sell({ linked: true })];
  expect(await kiosk.upload(...sales)).toEqual(['accepted', 'accepted', 'accepted']);
  const wrong = kiosk.sell({ totals: { subtotal: 1148, discount: 100, tax: 175, total: 1049 } });
  expect(await kiosk.upload(wrong)).toEqual(['quarantined']);
  await deliver(await eventsOf(store));
});

describe('what a till sold by itself', () => {
  it('is found among the orders, and says which till, which place and which day', async () => {
    const found = await orders('sold_by=till');
    expect(found.map(({ number }) => number).sort()).toEqual([
      'HS-K1-000001',
      'HS-K1-000002',
      'HS-K1-000003',
    ]);
    const [one] = await orders('number=HS-K1-000002');
    expect(one).toMatchObject({
      id: sales[1]?.order_id,
      status: 'completed',
      payment_status: 'captured',
      total: 1048,
      shopper_id: null,
      till: {
        device_id: kiosk.id,
        device_name: 'Kiosk by the door',
        register: 1,
        device_seq: 2,
        business_date: '2026-06-14',
        offline: true,
      },
    });
    expect(await orders('sold_by=phone')).toEqual([]);
  });

  it('has a story like any order', async () => {
    const read = async (sale: OfflineSale | undefined) =>
      (
        await expectJson(
          OrderDetail,
          200,
          call('GET', `/v1/orders/${sale?.order_id}`, { token: tenant.admin }),
        )
      ).timeline.map(({ text }) => text);
    expect(await read(sales[0])).toEqual([
      'order HS-K1-000001 sold offline by Kiosk by the door (K1), its no. 1, business day 2026-06-14, 1 item, £10.48',
      'payment of £10.48 begun: cash by till',
      '£10.48 captured, cash by till',
      'sale committed, fiscal number HS-K1-000001',
      '1 tag sold',
    ]);
    expect((await read(sales[2]))[0]).toContain('sold by Kiosk by the door (K1), its no. 3');
  });
});

it('what a till sold on trust is paid once its money has come, in whatever order the two are heard', async () => {
  for (const turned of [false, true]) {
    const other = await newTenant();
    const place = await newStore(other);
    const second = await newKiosk(other, place, 'Kiosk 2');
    const reference = 'a-secret-of-the-paper';
    const due_at = '2026-06-21T10:00:00.000Z';
    const later = { method: 'pay_later', amount: 1048, reference, url: 'https://edge.test/pay', due_at };
    const sale = second.sell({ payments: [later] });
    await second.upload(sale);
    const object = env.STORE.getByName(place);
    const { order } = (await object.debtOf({ order_id: sale.order_id, reference })) ?? {};
    if (order === undefined) throw new Error('no debt');
    const [promise] = order.payments;
    if (promise === undefined) throw new Error('no promise');
    const at = '2026-06-15T10:00:00.000Z';
    const kept = { ...promise, status: 'cancelled' as const, updated_at: at };
    await object.settleDebt({ ...order, payment_status: 'captured', captured: 1048, payments: [kept] });
    await object.settleDebt({ ...order, payment_status: 'captured', captured: 1048, payments: [kept] });
    const events = await eventsOf(place);
    expect(events).toHaveLength(2);
    await deliver(turned ? events.toReversed() : events);
    const detail = await expectJson(
      OrderDetail,
      200,
      call('GET', `/v1/orders/${sale.order_id}`, { token: other.admin }),
    );
    expect(detail).toMatchObject({
      payment_status: 'captured',
      summary: { captured: 1048 },
      payments: [{ method: 'pay_later', status: 'cancelled' }],
    });
  }
});

describe('incidents', () => {
  it('say what happened in a sentence, with the orders that it is about', async () => {
    const [quarantined, twice] = await list();
    expect(twice).toMatchObject({
      kind: 'epc_double_sale',
      status: 'open',
      store_name: 'High Street',
      text: `“Linen shirt” (tag …${epc(71).slice(-6)}) was sold twice: in order HS-K1-000002, and before in order HS-K1-000001. Look for the second piece, or give one of the two its money back.`,
      orders: [
        { id: sales[1]?.order_id, number: 'HS-K1-000002' },
        { id: sales[0]?.order_id, number: 'HS-K1-000001' },
      ],
      acknowledged: null,
      resolved: null,
    });
    expect(quarantined?.text).toBe(
      'Sale HS-K1-000004 of £10.49 by Kiosk by the door cannot be taken as it is: the total is 1049, not 1048; the sum of the payments is 1048, not 1049; its receipt says 1048, not 1049. It is kept apart and counts nowhere, though the customer may have the goods.',
    );
  });

  it('are taken by a name, closed with a note, counted, and closed in the store as well', async () => {
    const [, twice] = await list();
    const path = `/v1/incidents/${twice?.id}`;
    const post = (verb: string, body: object, key?: string) =>
      call('POST', `${path}/${verb}`, { token: tenant.admin, body, ...(key === undefined ? {} : { key }) });
    expect(await counts()).toEqual({ open: 2, acknowledged: 0 });
    await expectProblem(422, post('acknowledge', { name: '  ' }));
    const taken = await expectJson(Incident, 200, post('acknowledge', { name: 'Anna' }, 'k1'));
    expect(taken).toMatchObject({ status: 'acknowledged', acknowledged: { name: 'Anna', note: '' } });
    expect((await post('acknowledge', { name: 'Anna' }, 'k1')).headers.get('idempotency-replayed')).toBe(
      'true',
    );
    const second = await post('acknowledge', { name: 'Ben' });
    expect([second.status, second.text]).toEqual([
      409,
      expect.stringContaining('Anna looks after it already.'),
    ]);
    expect(await counts()).toEqual({ open: 1, acknowledged: 1 });

    await expectProblem(422, post('resolve', { name: 'Ben' }));
    const openBefore = (await env.STORE.getByName(store).status())?.open_incidents ?? 0;
    const note = 'Found the second shirt on the rack';
    const closed = await expectJson(Incident, 200, post('resolve', { name: 'Ben', note }));
    expect(closed).toMatchObject({
      status: 'resolved',
      acknowledged: { name: 'Anna' },
      resolved: { name: 'Ben', note },
    });
    await expectProblem(409, post('resolve', { name: 'Cas', note }));
    await expectProblem(409, post('acknowledge', { name: 'Cas' }));
    expect(await counts()).toEqual({ open: 1, acknowledged: 0 });
    expect((await env.STORE.getByName(store).status())?.open_incidents).toBe(openBefore - 1);

    expect((await list('?status=resolved')).map(({ id }) => id)).toEqual([twice?.id]);
    expect(await list('?status=acknowledged')).toEqual([]);
    expect((await list('?status=open')).map(({ kind }) => kind)).toEqual(['offline_quarantined']);
    const audited = await env.DB.prepare(
      `SELECT action FROM audit_log WHERE retailer_id = ? AND target = ? ORDER BY at, id`,
    )
      .bind(tenant.retailer_id, twice?.id)
      .all();
    expect(audited.results).toEqual([{ action: 'incident.acknowledge' }, { action: 'incident.resolve' }]);
  });

  it('and what staff did about them survive building the projection anew', async () => {
    const before = await list();
    const found = await orders('sold_by=till');
    await expectJson(
      Rebuilt,
      201,
      call('POST', `/v1/stores/${store}/projection_rebuilds`, { token: tenant.admin }),
    );
    expect(await list()).toEqual(before);
    expect(await orders('sold_by=till')).toEqual(found);
  });

  it('are closed by managers, seen by all staff, and by nobody of another store', async () => {
    const [quarantined] = await list('?status=open');
    const path = `/v1/incidents/${quarantined?.id}`;
    const elsewhere = await newStore(tenant, { name: 'Elsewhere' });
    const stranger = await tenant.hire('manager', elsewhere);
    expect(await list('', stranger)).toEqual([]);
    expect(await counts(stranger)).toEqual({ open: 0, acknowledged: 0 });
    const body = { name: 'Dee', note: 'Looked at' };
    await expectProblem(404, call('POST', `${path}/resolve`, { token: stranger, body }));
    const cashier = await tenant.hire('cashier', store);
    await expectProblem(403, call('POST', `${path}/resolve`, { token: cashier, body }));
    await expectJson(Incident, 200, call('POST', `${path}/acknowledge`, { token: cashier, body }));
    await expectProblem(404, call('POST', '/v1/incidents/inc_none/resolve', { token: tenant.admin, body }));
  });
});
