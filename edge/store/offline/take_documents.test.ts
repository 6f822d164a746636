import { describe, expect, it } from 'vitest';
import { StoreEvent } from '../../../shared/events/index.ts';
import { FeedEntry } from '../../../shared/feed/frames.ts';
import { seal } from '../../../shared/offline/chain.ts';
import { OfflineDocument } from '../../../shared/offline/document.ts';
import type { NumberLease } from '../../../shared/offline/lease.ts';
import type { UploadResult } from '../../../shared/offline/wire.ts';
import { unwrap } from '../../../shared/result.ts';
import { housekeep } from '../alarm.ts';
import { commitSale } from '../commit_sale.ts';
import { feedAfter, headOf } from '../feed_log.ts';
import { tagOf } from '../ledger.ts';
import { openOrder } from '../open_order.ts';
import { eventsAfter, outboxHead } from '../outbox.ts';
import { take } from '../take.ts';
import {
  type Bench,
  commitOf,
  dump,
  EPC_1,
  EPC_1B,
  epc,
  onBench,
  opening,
  orderId,
  takeTag,
} from '../test/fixture.ts';
import { kiosk, kiosks, Till, uploadOf } from '../test/till.ts';
import { documentsOf } from './documents.ts';
import { leaseNumbers, openLeases } from './leases.ts';
import { returnItems } from './return_items.ts';
import { takeDocuments } from './take_documents.ts';
import { GAP_GRACE_MS } from './tell_gaps.ts';

const upload = (bench: Bench, ...documents: OfflineDocument[]): UploadResult[] =>
  bench.run((scope) => takeDocuments(scope, 'agt_1', documents.map(uploadOf)));
const statuses = (results: UploadResult[]) => results.map(({ status }) => status);
const lease = (bench: Bench, n = 1, count = 50): NumberLease =>
  unwrap(bench.run((scope) => leaseNumbers(scope, { agent: 'agt_1', device_id: kiosk(n), count })));
const incidents = (bench: Bench) =>
  bench.sql
    .exec<{ kind: string; detail: string }>('SELECT kind, detail FROM incident ORDER BY rowid')
    .map(({ kind, detail }): { kind: string; [field: string]: string } => ({ kind, ...JSON.parse(detail) }));
const events = (bench: Bench) =>
  eventsAfter(bench.sql, 0, 500).map((json) => StoreEvent.parse(JSON.parse(json)));
const lastEntry = (bench: Bench) => {
  const [row] = feedAfter(bench.sql, headOf(bench.sql) - 1, 1);
  return FeedEntry.parse(JSON.parse(row?.json ?? 'null'));
};

/** A store, a till with a lease, and what the test does with them. */
const withTill = (body: (bench: Bench, till: Till, numbers: NumberLease) => void) =>
  onBench((bench) => body(bench, new Till(1, bench), lease(bench)), kiosks);
/** The same place and number in the journal, another content, sealed as a till would. */
const changed = (document: OfflineDocument, change: Record<string, unknown>): OfflineDocument => {
  const { digest: _, ...rest } = document;
  return OfflineDocument.parse(seal({ ...rest, ...change } as typeof document));
};

describe('a sale by a till', () => {
  it('becomes a completed order, a feed entry with its receipt, and an event, and its tag is sold', () =>
    withTill((bench, till, numbers) => {
      const sale = till.sell(numbers, 1, [EPC_1]);
      expect(upload(bench, sale)).toEqual([
        {
          tx_id: sale.tx_id,
          device_id: sale.device_id,
          device_seq: 1,
          status: 'accepted',
          order_id: sale.order_id,
          missing: [],
        },
      ]);
      expect(tagOf(bench.sql, EPC_1)).toMatchObject({ status: 'sold', order_id: sale.order_id });
      expect(lastEntry(bench)).toMatchObject({
        type: 'sale',
        order_id: sale.order_id,
        number: 'HS-K1-000001',
        tags: [{ epc: EPC_1, status: 'sold', order_id: sale.order_id }],
        receipt: sale.receipt,
        sold_by: till.device_id,
      });
      expect(events(bench).at(-1)).toMatchObject({
        type: 'order.completed',
        data: {
          shopper_id: null,
          order: {
            id: sale.order_id,
            number: 'HS-K1-000001',
            status: 'completed',
            payment_status: 'captured',
            total: 574,
            captured: 574,
            payments: [{ gateway: 'till', method: 'cash', status: 'captured', amount: 574 }],
            completed_at: sale.completed_at,
            till: {
              device_id: till.device_id,
              device_name: 'Kiosk 1',
              register: 1,
              device_seq: 1,
              business_date: '2026-06-14',
              offline: true,
            },
          },
        },
      });
      expect(incidents(bench)).toEqual([]);
    }));

  it('is applied once, however often and in whatever company it comes', () =>
    withTill((bench, till, numbers) => {
      const sales = [1, 2, 3].map((value) => till.sell(numbers, value, [epc(value)]));
      expect(statuses(upload(bench, ...sales))).toEqual(['accepted', 'accepted', 'accepted']);
      const before = dump(bench.sql);
      expect(upload(bench, ...sales).map(({ status, order_id }) => [status, order_id])).toEqual(
        sales.map(({ order_id }) => ['duplicate', order_id]),
      );
      for (const sale of sales)
        expect(statuses(upload(bench, sale, sale))).toEqual(['duplicate', 'duplicate']);
      expect(dump(bench.sql)).toBe(before);
    }));

  it('is never priced again: what the paper says stands', () =>
    withTill((bench, till, numbers) => {
      upload(bench, till.sell(numbers, 1));
      expect(events(bench).at(-1)).toMatchObject({
        data: { order: { subtotal: 1148, discount: 100, total: 1048, tax: 175 } },
      });
    }));

  it('that was sold on trust is completed and waits for its money', () =>
    withTill((bench, till, numbers) => {
      const later = (amount: number) => ({
        method: 'pay_later',
        amount,
        reference: `later-${amount}`,
        url: 'https://pay.example/x',
        due_at: '2026-06-21T10:00:00.000Z',
      });
      const cash = { method: 'cash', amount: 48, tendered: 48, change: 0, rounding: 0 };
      const owed = till.sell(numbers, 1, [], { payments: [later(1048)] });
      const half = till.sell(numbers, 2, [], { payments: [cash, later(1000)] });
      expect(statuses(upload(bench, owed, half))).toEqual(['accepted', 'accepted']);
      expect(
        events(bench).flatMap((event) => (event.type === 'order.completed' ? [event.data.order] : [])),
      ).toMatchObject([
        { payment_status: 'waiting', captured: 0, payments: [{ method: 'pay_later', status: 'waiting' }] },
        {
          payment_status: 'partially_captured',
          captured: 48,
          payments: [{ status: 'captured' }, { status: 'waiting', amount: 1000 }],
        },
      ]);
    }));

  it('frees its tag from any basket, and an online sale of it becomes the double one', () =>
    withTill((bench, till, numbers) => {
      bench.run((scope) => take(scope, takeTag(1, EPC_1)));
      bench.run((scope) => openOrder(scope, opening(1, [EPC_1])));
      const sale = till.sell(numbers, 1, [EPC_1]);
      upload(bench, sale);
      expect(bench.sql.exec('SELECT epc FROM hold')).toEqual([]);
      bench.run((scope) => commitSale(scope, commitOf(1, bench.store_id, 'HS-100000', [EPC_1])));
      expect(incidents(bench)).toMatchObject([
        { kind: 'epc_double_sale', epc: EPC_1, order_id: orderId(1), sold_by: sale.order_id },
      ]);
    }));
});

describe('a document in a place that is taken', () => {
  it('is a conflict: kept for staff once, the original untouched', () =>
    withTill((bench, till, numbers) => {
      const sale = till.sell(numbers, 1, [EPC_1]);
      upload(bench, sale);
      const other = changed(sale, { started_at: '2026-06-14T08:00:00.000Z' });
      const [result] = upload(bench, other);
      expect(result).toMatchObject({ status: 'conflict', missing: [] });
      expect(result?.order_id).toBeUndefined();
      expect(incidents(bench)).toMatchObject([
        { kind: 'offline_conflict', device_id: kiosk(1), device_seq: '1', original: sale.order_id },
      ]);
      const kept = dump(bench.sql);
      expect(statuses(upload(bench, other, other, sale))).toEqual(['conflict', 'conflict', 'duplicate']);
      expect(dump(bench.sql)).toBe(kept);
      expect(
        bench.sql
          .exec<{ document: string }>('SELECT document FROM offline_refused')
          .map((row) => JSON.parse(row.document)),
      ).toEqual([other]);
    }));

  it('is a conflict as well by its transaction, its order or its number', () =>
    withTill((bench, till, numbers) => {
      const sale = till.sell(numbers, 1);
      upload(bench, sale);
      const { tx_id, order_id, basket_id, receipt } = sale;
      const again = { previous: sale.digest, device_seq: 2 };
      const second = till.sell(numbers, 2);
      for (const change of [
        { tx_id },
        {
          order_id,
          basket_id,
          receipt: { ...second.receipt, order: { ...second.receipt.order, id: order_id } },
        },
        {
          number: sale.number,
          receipt: { ...second.receipt, order: { ...second.receipt.order, number: receipt.order.number } },
        },
      ])
        expect(
          statuses(upload(bench, changed(second, { ...again, ...change }))),
          JSON.stringify(change),
        ).toEqual(['conflict']);
      expect(documentsOf(bench.sql)).toEqual({ sales: 1, voids: 0, quarantined: 0 });
      expect(incidents(bench).map(({ kind }) => kind)).toEqual(Array(3).fill('offline_conflict'));
      expect(statuses(upload(bench, second))).toEqual(['accepted']);
    }));

  it('is no order of an online trip either', () =>
    withTill((bench, till, numbers) => {
      const sale = till.sell(numbers, 1);
      bench.run((scope) =>
        openOrder(scope, { ...opening(1), order_id: sale.order_id, basket_id: sale.basket_id }),
      );
      expect(statuses(upload(bench, sale))).toEqual(['conflict']);
    }));
});

describe('a document that is not what it should be', () => {
  it('is invalid where one byte of it was changed, and the true one is taken after it', () =>
    withTill((bench, till, numbers) => {
      const sale = till.sell(numbers, 1, [EPC_1]);
      const forged = { ...sale, totals: { ...sale.totals, total: 573 } };
      const [result] = upload(bench, forged);
      expect(result).toMatchObject({ status: 'invalid', detail: 'its digest is not its own' });
      expect(incidents(bench)).toMatchObject([{ kind: 'offline_invalid', device_seq: '1' }]);
      upload(bench, forged);
      expect(incidents(bench)).toHaveLength(1);
      expect(tagOf(bench.sql, EPC_1)?.status ?? 'unknown').not.toBe('sold');
      expect(statuses(upload(bench, sale))).toEqual(['accepted']);
    }));

  it('is quarantined where it does not add up: it keeps place and number and sells nothing', () =>
    withTill((bench, till, numbers) => {
      const wrong = till.sell(numbers, 1, [EPC_1], {
        totals: { subtotal: 574, discount: 0, tax: 0, total: 575 },
      });
      const next = till.sell(numbers, 2);
      const [first, second] = upload(bench, wrong, next);
      expect(first).toMatchObject({
        status: 'quarantined',
        detail: expect.stringContaining('the total is 575, not 574'),
      });
      expect(second).toMatchObject({ status: 'accepted', missing: [] });
      expect(tagOf(bench.sql, EPC_1)?.status ?? 'unknown').not.toBe('sold');
      expect(incidents(bench)).toMatchObject([{ kind: 'offline_quarantined', number: 'HS-K1-000001' }]);
      const kept = dump(bench.sql);
      expect(statuses(upload(bench, wrong))).toEqual(['quarantined']);
      expect(dump(bench.sql)).toBe(kept);
      expect(bench.sql.exec('SELECT record FROM leased_number WHERE value = 1')).toEqual([
        { record: 'quarantined' },
      ]);
    }));

  it.each([
    ['another currency', { currency: 'EUR' }, 'its currency is EUR'],
    ['another basket', { basket_id: 'bsk_00000000-0000-7000-8000-000000000077' }, 'two trips'],
    ['a broken chain', { previous: 'f'.repeat(64) }, 'another document 1 than'],
  ])('is quarantined for %s', (_, change, why) =>
    withTill((bench, till, numbers) => {
      upload(bench, till.sell(numbers, 1));
      const [result] = upload(bench, changed(till.sell(numbers, 2), change));
      expect(result).toMatchObject({ status: 'quarantined', detail: expect.stringContaining(why) });
    }),
  );

  it('is quarantined where the next one, here already, follows something else', () =>
    withTill((bench, till, numbers) => {
      const [first, second] = [till.sell(numbers, 1), till.sell(numbers, 2)];
      expect(statuses(upload(bench, second))).toEqual(['accepted']);
      const other = changed(first, { started_at: '2026-06-14T08:00:00.000Z' });
      expect(statuses(upload(bench, other))).toEqual(['quarantined']);
    }));

  it('is invalid, and not kept, where it is of another store or of no till', () =>
    withTill((bench, till, numbers) => {
      const kept = dump(bench.sql);
      const foreign = changed(till.sell(numbers, 1), {
        store_id: 'str_00000000-0000-7000-8000-000000000001',
      });
      const printer = changed(till.sell(numbers, 2), { device_id: kiosk(3) });
      expect(statuses(upload(bench, foreign, printer))).toEqual(['invalid', 'invalid']);
      expect(dump(bench.sql)).toBe(kept);
    }));

  it('holds nobody up where it cannot be read, and is kept', () =>
    withTill((bench, till, numbers) => {
      const sale = till.sell(numbers, 1);
      const place = { tx_id: 'x', device_id: kiosk(1), device_seq: 2 };
      const strange = { place, raw: { ...place, v: 9 }, why: 'it cannot be read: /v' };
      const results = bench.run((scope) => takeDocuments(scope, 'agt_1', [strange, uploadOf(sale), strange]));
      expect(statuses(results)).toEqual(['invalid', 'accepted', 'invalid']);
      expect(incidents(bench)).toMatchObject([{ kind: 'offline_invalid', device_seq: '2' }]);
    }));
});

describe('goods and money that do not fit', () => {
  it('a tag that is sold already stays its first order’s, and the sale stands with an incident', () =>
    withTill((bench, till, numbers) => {
      bench.run((scope) => take(scope, takeTag(1, EPC_1)));
      bench.run((scope) => openOrder(scope, opening(1, [EPC_1])));
      bench.run((scope) => commitSale(scope, commitOf(1, bench.store_id, 'HS-100000', [EPC_1])));
      const first = tagOf(bench.sql, EPC_1);
      const sale = till.sell(numbers, 1, [EPC_1, EPC_1B]);
      expect(statuses(upload(bench, sale))).toEqual(['accepted']);
      expect(tagOf(bench.sql, EPC_1)).toEqual(first);
      expect(tagOf(bench.sql, EPC_1B)).toMatchObject({ status: 'sold', order_id: sale.order_id });
      expect(incidents(bench)).toMatchObject([
        { kind: 'epc_double_sale', epc: EPC_1, order_id: sale.order_id, sold_by: orderId(1) },
      ]);
      // Agents hear of both tags: the one of another order settles what they held as sold by themselves.
      expect(lastEntry(bench)).toMatchObject({ tags: [{ epc: EPC_1 }, { epc: EPC_1B }] });
    }));

  it('a tag that came back to the shelf after the sale was made stays there, with an incident', () =>
    withTill((bench, till, numbers) => {
      const earlier = till.sell(numbers, 1, [EPC_1]);
      upload(bench, earlier);
      bench.now = Date.parse('2026-06-14T12:00:00.000Z');
      expect(
        bench.run((scope) => returnItems(scope, { order_id: earlier.order_id, epcs: [EPC_1, EPC_1B] })),
      ).toEqual({ returned: [EPC_1] });
      const rev = tagOf(bench.sql, EPC_1)?.rev;

      const before = { completed_at: '2026-06-14T11:59:00.000Z', clock_offset_ms: 0 };
      const late = till.sell(numbers, 2, [EPC_1], before);
      expect(statuses(upload(bench, late))).toEqual(['accepted']);
      expect(tagOf(bench.sql, EPC_1)).toMatchObject({ status: 'unsold', rev });
      expect(incidents(bench)).toMatchObject([
        { kind: 'late_refund', epc: EPC_1, order_id: late.order_id, returned_from: earlier.order_id },
      ]);
      // Two minutes by the edge's clock later it was on the shelf again and was sold honestly.
      const after = till.sell(numbers, 3, [EPC_1], { ...before, clock_offset_ms: 120_000 });
      upload(bench, after);
      expect(tagOf(bench.sql, EPC_1)).toMatchObject({ status: 'sold', order_id: after.order_id });
      expect(incidents(bench)).toHaveLength(1);
    }));

  it('a payment that another sale named too is taken, and staff are told of both', () =>
    withTill((bench, till, numbers) => {
      const card = (terminal_id: string) => ({
        payments: [
          { method: 'card_terminal', amount: 1048, terminal_id, reference: 'R-1', store_and_forward: false },
        ],
      });
      const [first, other, twin] = [
        till.sell(numbers, 1, [], card('T1')),
        till.sell(numbers, 2, [], card('T2')),
        till.sell(numbers, 3, [], card('T1')),
      ];
      expect(statuses(upload(bench, first, other, twin))).toEqual([
        'accepted',
        'accepted',
        'suspected_duplicate',
      ]);
      expect(incidents(bench)).toMatchObject([
        { kind: 'suspected_duplicate', order_id: twin.order_id, twin: first.order_id, reference: 'R-1' },
      ]);
      expect(statuses(upload(bench, twin))).toEqual(['duplicate']);
      expect(documentsOf(bench.sql).sales).toBe(3);
    }));

  it('a number that was never leased or was given up stays on its paper, and staff are told', () =>
    withTill((bench, till, numbers) => {
      upload(bench, till.void(numbers, 2, 3));
      expect(statuses(upload(bench, till.sell(numbers, 700), till.sell(numbers, 2)))).toEqual([
        'accepted',
        'accepted',
      ]);
      expect(incidents(bench).map(({ kind, number }) => [kind, number])).toEqual([
        ['number_not_leased', 'HS-K1-000700'],
        ['number_was_void', 'HS-K1-000002'],
      ]);
    }));
});

describe('a gap in the journal', () => {
  it('is named until it is filled, in every answer about that till', () =>
    withTill((bench, till, numbers) => {
      const sales = [1, 2, 3, 4, 5].map((value) => till.sell(numbers, value));
      const at = (...places: number[]) => upload(bench, ...places.flatMap((n) => sales[n - 1] ?? []));
      expect(at(1).map(({ missing }) => missing)).toEqual([[]]);
      expect(at(5, 3).map(({ missing }) => missing)).toEqual([
        [2, 4],
        [2, 4],
      ]);
      expect(at(4).map(({ missing }) => missing)).toEqual([[2]]);
      expect(at(5).map(({ missing }) => missing)).toEqual([[2]]);
      expect(at(2).map(({ missing }) => missing)).toEqual([[]]);
    }));

  it('becomes a matter for staff when it stays for an hour, once', () =>
    withTill((bench, till, numbers) => {
      const [, second, third] = [till.sell(numbers, 1), till.sell(numbers, 2), till.sell(numbers, 3)];
      if (second === undefined || third === undefined) throw new Error('no sale');
      upload(bench, second);
      expect(bench.after.wakeAt).not.toBeNull();
      bench.now += GAP_GRACE_MS - 1;
      bench.run(housekeep);
      expect(incidents(bench)).toEqual([]);
      bench.now += 1;
      bench.run(housekeep);
      bench.run(housekeep);
      expect(incidents(bench)).toEqual([
        { kind: 'sales_missing', device_id: kiosk(1), missing: '1', count: '1' },
      ]);
    }));
});

it('closes a lease with voids, and then every number of it is a sale or a void', () =>
  withTill((bench, till, numbers) => {
    upload(bench, till.sell(numbers, 1), till.sell(numbers, 2), till.void(numbers, 3, 50));
    expect(openLeases(bench.sql)).toEqual([]);
    expect(
      bench.sql.exec('SELECT record, count(*) AS n FROM leased_number GROUP BY record ORDER BY record'),
    ).toEqual([
      { record: 'sale', n: 2 },
      { record: 'void', n: 48 },
    ]);
    expect(outboxHead(bench.sql)).toBe(2);
    expect(lease(bench)).toMatchObject({ from: 51, last_seq: 3, last_digest: till.previous });
  }));
