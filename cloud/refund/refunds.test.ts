import { env } from 'cloudflare:test';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Refund, RefundPreview } from '../../shared/api/refund.ts';
import { Gtin14 } from '../../shared/catalog/gtin.ts';
import { RefundPolicy } from '../../shared/config/refund_policy.ts';
import { listOf } from '../../shared/http/list.ts';
import type { OrderId, StoreId } from '../../shared/ids/index.ts';
import { OrderDetail } from '../order/order.ts';
import { StoryEntry } from '../order/story_text.ts';
import { deliver } from '../test/deliver.ts';
import {
  call,
  expectJson,
  expectProblem,
  item,
  newStore,
  newTenant,
  settings,
  type Tenant,
} from '../test/fixture.ts';
import { buy } from '../test/shopper.ts';
import { eventsOf } from '../test/trip.ts';

const METHODS = ['card', 'card_refund_pending', 'card_refund_fails'];
const List = z.object({ data: z.array(Refund), has_more: z.boolean() });
const Publication = z.looseObject({ version: z.number() });

/** A published store that sells one thing at 2.50, whose cashiers may refund up to 5.00. */
async function openStore(tenant: Tenant): Promise<{ store: StoreId; code: string }> {
  const policies = { ...settings().policies, refund: RefundPolicy.parse({ cashier_limit: 500 }) };
  const key = `${crypto.randomUUID()}.0123456789abcdef`;
  const gateways = [{ gateway: 'test', account_key: key, environment: 'test' as const, methods: METHODS }];
  const store = await newStore(tenant, { policies, gateways });
  const gtin = Gtin14.parse('09520000000004');
  const biscuits = item({ gtins: [gtin] });
  const items = { items: [biscuits] };
  await expectJson(z.looseObject({}), 200, call('PUT', '/v1/items', { token: tenant.admin, body: items }));
  const publish = call('POST', `/v1/stores/${store}/publications`, { token: tenant.admin, body: {} });
  await expectJson(Publication, 201, publish);
  return { store, code: gtin };
}

const reason = 'changed_mind';
const oneUnit = { kind: 'lines', reason, lines: [{ line_id: 'lin_1', quantity: 1 }] };

describe('refunds', () => {
  let tenant: Tenant;
  let place: Awaited<ReturnType<typeof openStore>>;
  let cashier: string;
  let manager: string;

  beforeAll(async () => {
    tenant = await newTenant();
    place = await openStore(tenant);
    cashier = await tenant.hire('cashier', place.store);
    manager = await tenant.hire('manager', place.store);
  });

  const sell = (units: number, method?: string): Promise<OrderId> =>
    buy({ retailer_id: tenant.retailer_id, store_id: place.store }, Array(units).fill(place.code), method);
  const ask = (order: string, body: object, token = cashier, key?: string) =>
    call('POST', `/v1/orders/${order}/refunds`, {
      ...{ token, body },
      ...(key === undefined ? {} : { headers: { 'idempotency-key': key } }),
    });
  const project = async () => deliver(await eventsOf(place.store));

  it('go back at once, and the order tells its story', async () => {
    const order = await sell(2);
    const refund = await expectJson(Refund, 201, ask(order, oneUnit));
    expect(refund).toMatchObject({
      status: 'succeeded',
      amount: 250,
      order_id: order,
      store_id: place.store,
    });
    const now = await expectJson(List, 200, call('GET', `/v1/orders/${order}/refunds`, { token: cashier }));
    expect(now.data).toEqual([refund]);
    expect(
      await expectJson(Refund, 200, call('GET', `/v1/refunds/${refund.id}`, { token: cashier })),
    ).toEqual(refund);
    await project();
    const detail = () => expectJson(OrderDetail, 200, call('GET', `/v1/orders/${order}`, { token: cashier }));
    const half = await detail();
    expect(half).toMatchObject({
      payment_status: 'captured',
      summary: { refund_status: 'partial' },
      payments: [{ status: 'captured', refunded: 250 }],
      refunds: [{ id: refund.id, number: refund.number }],
    });
    expect(half.timeline.map(({ text }) => text)).toContain(`£2.50 refunded, refund ${refund.number}`);
    await expectJson(Refund, 201, ask(order, { kind: 'full', reason: 'faulty' }));
    await project();
    expect(await detail()).toMatchObject({
      payment_status: 'refunded',
      summary: { refund_status: 'full' },
      payments: [{ status: 'refunded', refunded: 500 }],
    });
    const found = await call('GET', '/v1/orders?payment_status=refunded', { token: cashier });
    expect(found.text).toContain(order);
    expect((await expectProblem(409, ask(order, oneUnit))).code).toBe('not_refundable');
  });

  it('under one key go back once', async () => {
    const order = await sell(2);
    const first = await ask(order, oneUnit, cashier, 'one');
    const again = await ask(order, oneUnit, cashier, 'one');
    expect([first.status, again.status, again.text]).toEqual([201, 201, first.text]);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    const other = { ...oneUnit, reason: 'damaged' };
    expect((await expectProblem(422, ask(order, other, cashier, 'one'))).code).toBe('idempotency_key_reuse');
    const audited = await env.DB.prepare(
      `SELECT count(*) AS n FROM audit_log WHERE action = 'refund.request' AND detail LIKE ?`,
    )
      .bind(`%${order}%`)
      .first('n');
    expect(audited).toBe(1);
  });

  it('whose call died before its answer was kept are not made twice', async () => {
    const order = await sell(2);
    const first = await expectJson(Refund, 201, ask(order, oneUnit, cashier, 'dies'));
    await env.DB.prepare(`DELETE FROM idempotency WHERE key = 'dies'`).run();
    expect(await expectJson(Refund, 201, ask(order, oneUnit, cashier, 'dies'))).toEqual(first);
  });

  it('are shown before they are made: what they give back, over which payment, and who must agree', async () => {
    const order = await sell(3);
    const preview = (body: object, token = cashier) =>
      call('POST', `/v1/orders/${order}/refund_previews`, { token, body });
    const one = await expectJson(RefundPreview, 200, preview(oneUnit));
    expect(one).toMatchObject({ amount: 250, needs_approval: false, lines: [{ quantity: 1, amount: 250 }] });
    expect(one.legs).toMatchObject([{ gateway: 'test', method: 'card', amount: 250 }]);
    expect(one.payments).toMatchObject([{ available: 750, can: 'partial' }]);
    const all = { kind: 'full', reason };
    expect((await expectJson(RefundPreview, 200, preview(all))).needs_approval).toBe(true);
    expect((await expectJson(RefundPreview, 200, preview(all, manager))).needs_approval).toBe(false);
    expect((await expectProblem(422, preview({ kind: 'amount', reason, amount: 751 }))).code).toBe(
      'refund_exceeds_captured',
    );
    const none = await expectJson(List, 200, call('GET', `/v1/orders/${order}/refunds`, { token: cashier }));
    expect(none.data).toEqual([]);
    const made = await expectJson(Refund, 201, ask(order, oneUnit));
    expect([made.amount, made.tax]).toEqual([one.amount, one.tax]);
    expect((await expectJson(RefundPreview, 200, preview(oneUnit))).payments).toMatchObject([
      { available: 500 },
    ]);
  });

  it('and their order tell every step in words, and have receipts, for those who reach the order', async () => {
    const order = await sell(2);
    const { id } = await expectJson(Refund, 201, ask(order, oneUnit));
    await project();
    const paths = ['story', 'receipt', `refunds/${id}/receipt`].map((path) => `/v1/orders/${order}/${path}`);
    const [story = '', sale = '', paper = ''] = paths;
    const { data } = await expectJson(listOf(StoryEntry), 200, call('GET', story, { token: cashier }));
    const texts = data.map(({ text }) => text);
    for (const text of [
      'card captured £5.00 by the test bank',
      '£2.50 to go back over card by the test bank',
      '£2.50 given back by the test bank',
    ])
      expect(texts).toContain(text);
    expect(texts.at(-1)).toMatch(/^refund R\d{6} booked$/);
    expect(texts).toContainEqual(expect.stringMatching(/^refund of £2\.50 asked for by .+: money reserved/));
    expect((await call('GET', sale, { token: cashier })).text).toContain('5.00');
    expect((await call('GET', paper, { token: cashier })).text).toMatch(/R\d{6}/);
    const detail = await expectJson(OrderDetail, 200, call('GET', `/v1/orders/${order}`, { token: cashier }));
    expect(detail.people).toHaveLength(1);
    const neighbour = await tenant.hire('manager', (await openStore(tenant)).store);
    for (const path of paths) await expectProblem(404, call('GET', path, { token: neighbour }));
  });

  it('that are refused leave their key free', async () => {
    const order = await sell(1);
    const tooMuch = { kind: 'amount', reason, amount: 251 };
    expect((await expectProblem(422, ask(order, tooMuch, cashier, 'much'))).code).toBe(
      'refund_exceeds_captured',
    );
    await expectJson(Refund, 201, ask(order, { ...tooMuch, amount: 250 }, cashier, 'much'));
  });

  it('of which the customer’s bank decides later are answered as open', async () => {
    const order = await sell(1, 'card_refund_pending');
    const refund = await expectJson(Refund, 202, ask(order, oneUnit));
    expect(refund).toMatchObject({ status: 'processing', refunded: 0 });
    await project();
    const open = await expectJson(
      List,
      200,
      call('GET', '/v1/refunds?status=processing', { token: cashier }),
    );
    expect(open.data.map(({ id }) => id)).toContain(refund.id);
    expect(
      (await expectProblem(409, call('POST', `/v1/refunds/${refund.id}/retry`, { token: cashier, body: {} })))
        .code,
    ).toBe('conflict');
  });

  it('above a cashier’s limit wait for somebody else', async () => {
    const order = await sell(3);
    const asked = await expectJson(Refund, 202, ask(order, { kind: 'full', reason }));
    expect(asked).toMatchObject({ status: 'requested', amount: 750 });
    const verdict = (token: string, what: string) =>
      call('POST', `/v1/refunds/${asked.id}/${what}`, { token, body: { note: 'seen the goods' } });
    expect((await expectProblem(403, verdict(cashier, 'approve'))).code).toBe('forbidden');
    const approved = await expectJson(Refund, 200, verdict(manager, 'approve'));
    expect(approved).toMatchObject({ status: 'succeeded', approvals: [{ note: 'seen the goods' }] });
    expect((await expectProblem(409, verdict(manager, 'reject'))).code).toBe('conflict');
    // A manager has no limit in this store.
    await expectJson(Refund, 201, ask(await sell(3), { kind: 'full', reason }, manager));
  });

  it('as goodwill are a manager’s, with a note', async () => {
    const order = await sell(1);
    const goodwill = { kind: 'goodwill', reason: 'customer_service', amount: 100 };
    expect((await expectProblem(403, ask(order, { ...goodwill, note: 'sorry' }))).code).toBe('forbidden');
    const { errors } = await expectProblem(422, ask(order, goodwill, manager));
    expect(errors).toMatchObject([{ path: '/note' }]);
    await expectJson(Refund, 201, ask(order, { ...goodwill, note: 'sorry' }, manager));
  });

  it('of an order of somebody else do not exist', async () => {
    const order = await sell(1);
    const stranger = await newTenant();
    const neighbour = await tenant.hire('manager', (await openStore(tenant)).store);
    const refund = await expectJson(Refund, 201, ask(order, oneUnit));
    for (const token of [stranger.admin, neighbour]) {
      await expectProblem(404, ask(order, oneUnit, token));
      await expectProblem(404, call('GET', `/v1/orders/${order}/refunds`, { token }));
      await expectProblem(404, call('GET', `/v1/refunds/${refund.id}`, { token }));
      for (const what of ['approve', 'reject', 'retry'])
        await expectProblem(404, call('POST', `/v1/refunds/${refund.id}/${what}`, { token, body: {} }));
    }
    const nobody = `ord_${crypto.randomUUID()}`;
    await expectProblem(404, ask(nobody, oneUnit));
    await expectProblem(404, call('GET', `/v1/refunds/ref_${crypto.randomUUID()}`, { token: cashier }));
  });

  it('that a bank refuses are tried again by hand', async () => {
    const order = await sell(1, 'card_refund_fails');
    const asked = await expectJson(Refund, 202, ask(order, oneUnit));
    // The bank's word, as its signed message brings it.
    await env.BASKET.getByName(order.replace('ord_', 'bsk_')).applyWebhook({
      ...{ gateway: 'test', event_id: crypto.randomUUID(), kind: 'refund', type: 'refund.failed' },
      ...{ payment_id: null, refund_id: asked.legs[0]?.id ?? '', reference: null },
      claims: { refund: { s: 'failed', code: 'card_closed', message: 'The card is closed.' } },
    });
    await project();
    const detail = await expectJson(OrderDetail, 200, call('GET', `/v1/orders/${order}`, { token: cashier }));
    expect(detail.timeline.map(({ text }) => text)).toContain('refund of £2.50 failed: The card is closed.');
    const incidents = await call('GET', '/v1/incidents?kind=refund_failed', { token: manager });
    expect(incidents.text).toContain('did not go back: card closed');
    const again = call('POST', `/v1/refunds/${asked.id}/retry`, { token: cashier, body: {} });
    // The test bank itself still thinks about the first one, and has no money for a second.
    expect((await expectJson(Refund, 200, again)).legs.map(({ failure }) => failure?.code)).toEqual([
      'card_closed',
      'amount_too_large',
    ]);
  });
});
