import { expect, it } from 'vitest';
import { StoreEvent } from '../../shared/events/index.ts';
import { FeedEntry } from '../../shared/feed/frames.ts';
import { cancelOrder } from './cancel_order.ts';
import { commitSale } from './commit_sale.ts';
import { feedAfter } from './feed_log.ts';
import { openIncidents } from './incidents.ts';
import { tagOf } from './ledger.ts';
import { openOrder } from './open_order.ts';
import { eventsAfter } from './outbox.ts';
import { take } from './take.ts';
import {
  type Bench,
  basket,
  commitOf,
  dump,
  EPC_1,
  EPC_2,
  EPC_FOREIGN,
  onBench,
  opening,
  orderId,
  takeTag,
} from './test/fixture.ts';

const bought = (bench: Bench, n: number, epcs: string[]) => {
  for (const epc of epcs) bench.run((scope) => take(scope, takeTag(n, epc)));
  const opened = bench.run((scope) => openOrder(scope, opening(n, epcs)));
  return commit(bench, n, opened.ok ? opened.value.number : '?', epcs);
};
const commit = (bench: Bench, n: number, number: string, epcs: string[]) =>
  bench.run((scope) => commitSale(scope, commitOf(n, bench.store_id, number, epcs)));
const events = ({ sql }: Bench) => eventsAfter(sql, 0, 500).map((json) => StoreEvent.parse(JSON.parse(json)));
const lastEntry = ({ sql }: Bench) => FeedEntry.parse(JSON.parse(feedAfter(sql, 0, 500).at(-1)?.json ?? ''));

it('sells the tags, numbers the sale, tells the agents and the cloud, frees the holds: at once', () =>
  onBench((bench) => {
    const sale = bought(bench, 1, [EPC_1, EPC_2]);
    expect(sale).toEqual({
      fiscal_number: '000001',
      completed_at: '2026-03-01T10:00:00.000Z',
      tags: [
        { epc: EPC_1, rev: 3 },
        { epc: EPC_2, rev: 4 },
      ],
      incidents: [],
      poslog: { number: 1, epoch: 0, workstation: '200' },
      business_date: '2026-03-01',
      verification: 'not_required',
    });
    expect(bench.after).toMatchObject({ feed: true, outbox: true });
    expect(tagOf(bench.sql, EPC_1)).toMatchObject({ status: 'sold', rev: 3, order_id: orderId(1) });
    expect(bench.sql.exec('SELECT * FROM hold')).toEqual([]);
    expect(bench.sql.exec('SELECT * FROM holder')).toEqual([]);
    const entry = lastEntry(bench);
    expect(entry).toMatchObject({
      type: 'sale',
      order_id: orderId(1),
      number: 'HS-100000',
      tags: [
        { epc: EPC_1, status: 'sold', rev: 3, order_id: orderId(1), name: 'Item 1' },
        { epc: EPC_2, status: 'sold', rev: 4, order_id: orderId(1), name: 'Item 2' },
      ],
      receipt: { order: { number: 'HS-100000', fiscal_number: '000001' }, total: 1148 },
    });
    const receipt = (format: string) => `/v1/orders/${orderId(1)}/receipt?format=${format}`;
    expect(events(bench).at(-1)).toMatchObject({
      type: 'order.completed',
      data: {
        order: {
          status: 'completed',
          payment_status: 'captured',
          completed_at: sale.completed_at,
          receipt: {
            number: 'HS-100000',
            fiscal_number: '000001',
            html: receipt('html'),
            text: receipt('text'),
            svg: receipt('svg'),
            escpos: receipt('escpos'),
          },
          verification_status: 'not_required',
          poslog: { number: 1, epoch: 0, workstation: '200' },
          business_date: '2026-03-01',
        },
        poslog: {
          number: 1,
          epoch: 0,
          workstation: '200',
          operator: '5555',
          store_code: bench.store_id,
          business_date: '2026-03-01',
          began_at: '2026-03-01T10:00:00+00:00',
          ended_at: '2026-03-01T10:00:00+00:00',
          training: true,
          prices_include_tax: true,
        },
      },
    });
  }));

it('commits a basket once: again answers the stored sale and writes nothing', () =>
  onBench((bench) => {
    const sale = bought(bench, 1, [EPC_1]);
    const before = dump(bench.sql);
    bench.now += 3_600_000;
    expect(commit(bench, 1, 'HS-100000', [EPC_1])).toEqual(sale);
    expect(dump(bench.sql)).toBe(before);
    expect(bench.after).toMatchObject({ feed: false, outbox: false });
  }));

it('sells tags that the ledger has never seen, and plain goods without any', () =>
  onBench((bench) => {
    const opened = bench.run((scope) => openOrder(scope, opening(1)));
    expect(opened.ok).toBe(true);
    expect(commit(bench, 1, 'HS-100000', [EPC_FOREIGN]).tags).toEqual([{ epc: EPC_FOREIGN, rev: 1 }]);
    expect(bought(bench, 2, [])).toMatchObject({ fiscal_number: '000002', tags: [] });
    expect(lastEntry(bench)).toMatchObject({ type: 'sale', number: 'HS-100001', tags: [] });
  }));

it('never refuses captured money: a tag sold twice stays the first order`s and becomes an incident', () =>
  onBench((bench) => {
    const first = bought(bench, 1, [EPC_1]);
    bench.run((scope) => openOrder(scope, opening(2)));
    const second = commit(bench, 2, 'HS-100001', [EPC_1, EPC_2]);
    expect(second.incidents).toHaveLength(1);
    expect(second.fiscal_number).toBe('000002');
    // The revision that lets it out is the first sale's: the agent knows that one as sold.
    expect(second.tags).toEqual([first.tags[0], { epc: EPC_2, rev: 3 }]);
    expect(tagOf(bench.sql, EPC_1)?.order_id).toBe(orderId(1));
    expect(openIncidents(bench.sql)).toBe(1);
    expect(events(bench).filter((event) => event.type === 'incident.raised')).toMatchObject([
      {
        data: {
          incident_id: second.incidents[0],
          kind: 'epc_double_sale',
          detail: { epc: EPC_1, order_id: orderId(2), sold_by: orderId(1) },
        },
      },
    ]);
    expect(commit(bench, 2, 'HS-100001', [EPC_1, EPC_2])).toEqual(second);
    expect(openIncidents(bench.sql)).toBe(1);
  }));

it('commits money that came after the cancellation, with an incident; the tag may have gone meanwhile', () =>
  onBench((bench) => {
    bench.run((scope) => take(scope, takeTag(1, EPC_1)));
    bench.run((scope) => openOrder(scope, opening(1, [EPC_1])));
    bench.run((scope) => cancelOrder(scope, { basket_id: basket(1), reason: 'time' }));
    bench.run((scope) => take(scope, takeTag(2, EPC_1)));
    const late = commit(bench, 1, 'HS-100000', [EPC_1]);
    expect(late.incidents).toEqual([]);
    expect(tagOf(bench.sql, EPC_1)).toMatchObject({ status: 'sold', order_id: orderId(1) });
    expect(events(bench).filter((event) => event.type === 'incident.raised')).toMatchObject([
      { data: { kind: 'late_capture', detail: { order_id: orderId(1), number: 'HS-100000' } } },
    ]);
    expect(bench.sql.exec('SELECT * FROM hold')).toEqual([]);
    // The other basket lost its hold to the sale, so its order is refused before payment.
    expect(bench.run((scope) => openOrder(scope, opening(2, [EPC_1])))).toEqual({
      ok: false,
      error: { code: 'epc_sold', epc: EPC_1 },
    });
  }));

it('keeps a sale whose order this storage never saw, under the number that it bears', () =>
  onBench((bench) => {
    expect(commit(bench, 7, 'HS-100777', [EPC_1])).toMatchObject({ fiscal_number: '000001' });
    expect(bench.sql.exec('SELECT number, status, series_value FROM orders')).toEqual([
      { number: 'HS-100777', status: 'completed', series_value: null },
    ]);
    expect(events(bench).map((event) => event.type)).toEqual(['incident.raised', 'order.completed']);
  }));

it('writes all of a sale or nothing', () =>
  onBench((bench) => {
    bench.run((scope) => openOrder(scope, opening(1)));
    const before = dump(bench.sql);
    const failing = () =>
      bench.run((scope) => {
        commitSale(scope, commitOf(1, bench.store_id, 'HS-100000', [EPC_1]));
        throw new Error('power cut');
      });
    expect(failing).toThrow('power cut');
    expect(dump(bench.sql)).toBe(before);
    expect(commit(bench, 1, 'HS-100000', [EPC_1])).toMatchObject({ fiscal_number: '000001', incidents: [] });
  }));
