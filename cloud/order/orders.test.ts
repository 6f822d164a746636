import { env } from 'cloudflare:test';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { StoreId } from '../../shared/ids/index.ts';
import { deliver } from '../test/deliver.ts';
import { call, epc, expectJson, freshStoreId, newStore, newTenant, type Tenant } from '../test/fixture.ts';
import { story } from '../test/story.ts';
import { OrderDetail, OrderRow } from './order.ts';

describe('orders, incidents and gate events', () => {
  let told: Tenant;
  let place: StoreId;
  const list = async (path: string) =>
    (
      await expectJson(
        z.object({ data: z.array(z.looseObject({})), has_more: z.boolean() }),
        200,
        call('GET', path, { token: told.admin }),
      )
    ).data;

  beforeAll(async () => {
    told = await newTenant();
    place = await newStore(told);
    const events = story(told.retailer_id, place, 'e1');
    await deliver(events.map((event) => JSON.stringify(event)));
  });

  it('are found by every filter', async () => {
    const numbers = async (query: string) =>
      (await list(`/v1/orders?${query}`)).map((row) => row['number']).sort();
    expect(await numbers('')).toEqual(['H1', 'H2', 'H3', 'H4']);
    expect(await numbers('status=cancelled')).toEqual(['H2']);
    expect(await numbers('status=completed')).toEqual(['H1', 'H3']);
    expect(await numbers('payment_status=waiting')).toEqual(['H4']);
    expect(await numbers('number=H2')).toEqual(['H2']);
    expect(await numbers(`store_id=${place}`)).toEqual(['H1', 'H2', 'H3', 'H4']);
    expect(await numbers(`store_id=${freshStoreId()}`)).toEqual([]);
    expect(await numbers(`epc=${epc(2).toLowerCase()}`)).toEqual(['H1']);
    // H3 says of itself when it was created: 10:00:00.
    expect(await numbers('from=2026-07-01T10:00:02Z')).toEqual(['H2', 'H4']);
    expect(await numbers('from=2026-07-01T10:00:02.000Z&to=2026-07-01T10:00:02.001Z')).toEqual(['H2']);
    expect(await numbers('to=2026-07-01T10:00:00.001Z')).toEqual(['H1', 'H3']);
  });

  it('show late money as what it is: a completed order that had been cancelled', async () => {
    const [row] = await list('/v1/orders?number=H3');
    expect(row).toMatchObject({
      status: 'completed',
      payment_status: 'captured',
      cancelled_at: '2026-07-01T10:00:06.000Z',
    });
    expect(await list('/v1/incidents?kind=late_capture')).toMatchObject([
      { id: 'inc_1', store_id: place, detail: { order_id: row?.['id'] } },
    ]);
    expect(await list('/v1/incidents?kind=other')).toEqual([]);
  });

  it('tell an order’s whole story, gates and all', async () => {
    await env.DB.prepare(
      `INSERT INTO device (retailer_id, id, store_id, kind, name, username, secret_sha256, created_at) VALUES (?, 'gat_1', ?, 'gate', 'Gate 2', 'gat_1', '', ?)`,
    )
      .bind(told.retailer_id, place, new Date().toISOString())
      .run();
    const [row] = await list('/v1/orders?number=H1');
    const detail = await expectJson(
      OrderDetail,
      200,
      call('GET', `/v1/orders/${row?.['id']}`, { token: told.admin }),
    );
    expect(detail.timeline.map(({ text }) => text)).toEqual([
      'order H1 created, 2 items, £25.00',
      'payment of £25.00 begun: card by test',
      '£25.00 captured, card by test',
      'sale committed',
      '2 tags sold',
      'Gate 2 opened',
      'exit pass accepted',
    ]);
    expect(detail.timeline.map(({ at }) => at)).toEqual([...detail.timeline.map(({ at }) => at)].sort());
  });

  it('show an order when what it costs is known', async () => {
    const other = await newTenant();
    const shop = await newStore(other);
    const [, created, cancelled] = story(other.retailer_id, shop, 'e1').map((event) => JSON.stringify(event));
    const orders = async () =>
      (
        await expectJson(
          z.object({ data: z.array(OrderRow) }),
          200,
          call('GET', '/v1/orders', { token: other.admin }),
        )
      ).data;
    await deliver([cancelled]);
    expect(await orders()).toEqual([]);
    await deliver([created]);
    expect(await orders()).toMatchObject([
      { number: 'H2', status: 'cancelled', payment_status: 'cancelled', total: 1250 },
    ]);
  });

  it('list what the gates answered', async () => {
    const events = await list('/v1/gate_events');
    expect(events.map(({ kind }) => kind).sort()).toEqual(['exit_pass.accepted', 'gate.open']);
    expect(await list('/v1/gate_events?kind=gate.open')).toMatchObject([
      { store_id: place, agent: 'agt_1', data: { gate_id: 'gat_1' } },
    ]);
    expect(await list(`/v1/gate_events?store_id=${freshStoreId()}`)).toEqual([]);
  });
});
