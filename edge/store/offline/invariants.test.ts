import fc from 'fast-check';
import { expect, it } from 'vitest';
import { StoreEvent } from '../../../shared/events/index.ts';
import { FeedEntry, type TagState } from '../../../shared/feed/frames.ts';
import type { OfflineDocument, OfflineSale } from '../../../shared/offline/document.ts';
import type { NumberLease } from '../../../shared/offline/lease.ts';
import type { UploadResult } from '../../../shared/offline/wire.ts';
import { commitSale } from '../commit_sale.ts';
import { feedAfter } from '../feed_log.ts';
import { type Tag, tagOf } from '../ledger.ts';
import { openOrder } from '../open_order.ts';
import { orderOf } from '../orders.ts';
import { eventsAfter } from '../outbox.ts';
import { take } from '../take.ts';
import { type Bench, basket, commitOf, epc, onBench, opening, orderId, takeTag } from '../test/fixture.ts';
import { kiosk, kiosks, Till, uploadOf } from '../test/till.ts';
import { closeLease, leaseNumbers, openLeases } from './leases.ts';
import { returnItems } from './return_items.ts';
import { takeDocuments } from './take_documents.ts';

const TILLS = 2;
const TAGS = 5;
const BASKETS = 4;

type Command =
  | { do: 'sell'; till: number; tags: number[] }
  | { do: 'void'; till: number; count: number }
  | { do: 'lease'; till: number; count: number }
  | { do: 'upload'; order: number[]; from: number }
  | { do: 'buy'; basket: number; tag: number }
  | { do: 'return'; tag: number }
  | { do: 'lose_answer' };

const till = fc.integer({ min: 1, max: TILLS });
const tag = fc.integer({ min: 1, max: TAGS });
const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('sell' as const),
      till,
      tags: fc.uniqueArray(tag, { maxLength: 2 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('void' as const), till, count: fc.integer({ min: 1, max: 3 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('lease' as const), till, count: fc.integer({ min: 1, max: 6 }) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('upload' as const),
      order: fc.array(fc.nat(30), { minLength: 1, maxLength: 8 }),
      from: fc.nat(30),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('buy' as const),
      basket: fc.integer({ min: 1, max: BASKETS }),
      tag,
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('return' as const), tag }) },
  { weight: 1, arbitrary: fc.constant({ do: 'lose_answer' as const }) },
);

/** What the shop itself knows: its tills with their numbers, and everything that they wrote. */
interface Shop {
  tills: Map<number, { till: Till; leases: { lease: NumberLease; next: number }[] }>;
  journal: OfflineDocument[];
  /** What the edge first said of each; a sale that it took has its order there. */
  answers: Map<string, UploadResult['status']>;
  online: Set<number>;
}

function perform(bench: Bench, shop: Shop, step: Command): void {
  bench.now += 1_000;
  if (step.do === 'upload') {
    const some = step.order.flatMap((n) => shop.journal[(n + step.from) % (shop.journal.length || 1)] ?? []);
    upload(bench, shop, some);
  } else if (step.do === 'lose_answer') {
    // The edge took them and nobody heard of it: everything goes again.
    bench.run((scope) => takeDocuments(scope, 'agt_1', shop.journal.slice(0, 50).map(uploadOf)));
    for (const { tx_id } of shop.journal.slice(0, 50))
      if (!shop.answers.has(tx_id)) shop.answers.set(tx_id, 'accepted');
  } else if (step.do === 'buy') buy(bench, shop, step.basket, epc(step.tag));
  else if (step.do === 'return') {
    const order_id = tagOf(bench.sql, epc(step.tag))?.order_id;
    if (order_id) bench.run((scope) => returnItems(scope, { order_id, epcs: [epc(step.tag)] }));
  } else trade(bench, shop, step);
}

/** What a till does: it needs a number for everything that it writes. */
function trade(bench: Bench, shop: Shop, step: Extract<Command, { till: number }>): void {
  const own = shop.tills.get(step.till) ?? { till: new Till(step.till, bench), leases: [] };
  shop.tills.set(step.till, own);
  if (step.do === 'lease') {
    const got = bench.run((scope) =>
      leaseNumbers(scope, { agent: 'agt_1', device_id: kiosk(step.till), count: step.count }),
    );
    if (got.ok) own.leases.push({ lease: got.value, next: got.value.from });
    return;
  }
  const block = own.leases.find(({ lease: { to }, next }) => next <= to);
  if (block === undefined) return;
  const { lease, next } = block;
  if (step.do === 'void') {
    const to = Math.min(lease.to, next + step.count - 1);
    shop.journal.push(own.till.void(lease, next, to));
    block.next = to + 1;
  } else {
    const at = new Date(bench.now).toISOString();
    const change = { completed_at: at, started_at: at, clock_offset_ms: 0 };
    shop.journal.push(own.till.sell(lease, next, step.tags.map(epc), change));
    block.next++;
  }
}

function upload(bench: Bench, shop: Shop, documents: OfflineDocument[]): void {
  const results = bench.run((scope) => takeDocuments(scope, 'agt_1', documents.map(uploadOf)));
  results.forEach(({ tx_id, status, order_id }, i) => {
    const document = documents[i];
    // A second time is always a duplicate, under the same order.
    expect(status).toBe(shop.answers.has(tx_id) ? 'duplicate' : 'accepted');
    if (document?.kind === 'sale') expect(order_id).toBe(document.order_id);
    if (!shop.answers.has(tx_id)) shop.answers.set(tx_id, status);
  });
}

/** A shopper with a phone who wants this very tag, scans, orders and pays. */
function buy(bench: Bench, shop: Shop, n: number, one: string): void {
  if (shop.online.has(n)) return;
  if (!bench.run((scope) => take(scope, takeTag(n, one))).ok) return;
  if (!bench.run((scope) => openOrder(scope, opening(n, [one]))).ok) return;
  shop.online.add(n);
  const number = orderOf(bench.sql, basket(n))?.number ?? '';
  bench.run((scope) => commitSale(scope, commitOf(n, bench.store_id, number, [one])));
}

const sales = (shop: Shop): OfflineSale[] =>
  shop.journal.flatMap((document) => (document.kind === 'sale' ? [document] : []));
const eventsOf = (bench: Bench) =>
  eventsAfter(bench.sql, 0, 500).map((json) => StoreEvent.parse(JSON.parse(json)));

/** Every sale is there exactly once, with the money that its paper says. */
function checkSales(bench: Bench, shop: Shop): void {
  const expected = sales(shop).map(({ order_id, number, totals }) => [order_id, number.text, totals.total]);
  const rows = bench.sql.exec<{ order_id: string; number: string; total: number }>(
    `SELECT order_id, number, total FROM orders WHERE series_value IS NULL`,
  );
  expect(rows.map(({ order_id, number, total }) => [order_id, number, total]).sort()).toEqual(
    [...expected].sort(),
  );
  const told = eventsOf(bench).flatMap((event) =>
    event.type === 'order.completed' && event.data.order.till !== undefined ? [event.data.order] : [],
  );
  expect(told.map(({ id, number, total }) => [id, number, total]).sort()).toEqual([...expected].sort());
  for (const { total, captured, payments } of told)
    expect([captured, payments.reduce((sum, { amount }) => sum + amount, 0)]).toEqual([total, total]);
}

/** Once the leases are closed every number is one sale or one void. */
function checkNumbers(bench: Bench, shop: Shop): void {
  for (const { lease_id } of openLeases(bench.sql)) bench.run((scope) => closeLease(scope, { lease_id }));
  const leases = bench.sql.exec<{ device_id: string; epoch: number; first: number; last: number }>(
    'SELECT device_id, epoch, first, last FROM number_lease',
  );
  const all = leases.flatMap(({ device_id, epoch, first, last }) =>
    Array.from({ length: last - first + 1 }, (_, i) => `${device_id} ${epoch} ${first + i}`),
  );
  const records = bench.sql.exec<{ key: string; record: string; subject: string }>(
    `SELECT device_id || ' ' || epoch || ' ' || value AS key, record, subject FROM leased_number`,
  );
  expect(records.map(({ key }) => key).sort()).toEqual(all.sort());
  const sold = records.filter(({ record }) => record === 'sale').map(({ key, subject }) => [key, subject]);
  const expected = sales(shop).map(({ device_id, number, order_id }) => [
    `${device_id} ${number.epoch} ${number.value}`,
    order_id,
  ]);
  expect(sold.sort()).toEqual(expected.sort());
}

/** A tag is sold by one order at most; every other sale of it was returned or is an incident. */
function checkTags(bench: Bench, shop: Shop): void {
  const incidents = new Set(
    bench.sql
      .exec<{ detail: string }>(
        `SELECT detail FROM incident WHERE kind IN ('epc_double_sale', 'late_refund')`,
      )
      .map(({ detail }): { epc: string; order_id: string } => JSON.parse(detail))
      .map((detail) => `${detail.epc} ${detail.order_id}`),
  );
  const everSold = new Set(
    feedAfter(bench.sql, 0, 10_000)
      .map(({ json }) => FeedEntry.parse(JSON.parse(json)))
      .flatMap((entry) => ('tags' in entry ? entry.tags : []))
      .flatMap(({ epc: one, order_id }) => (order_id === undefined ? [] : [`${one} ${order_id}`])),
  );
  for (const { order_id, lines } of sales(shop))
    for (const { epc: one } of lines) {
      if (one === undefined) continue;
      // It sold the tag, or staff were told why not: never both, never neither.
      expect(everSold.has(`${one} ${order_id}`)).toBe(!incidents.has(`${one} ${order_id}`));
    }
  for (const n of shop.online) expect(orderOf(bench.sql, basket(n))?.status, orderId(n)).toBe('completed');
}

/** An agent that hears the feed from the start, or twice, ends with the ledger. */
function checkFeed(bench: Bench): void {
  const known = new Map<string, TagState>();
  const entries = feedAfter(bench.sql, 0, 10_000).map(({ json }) => FeedEntry.parse(JSON.parse(json)));
  for (const entry of [...entries, ...entries])
    for (const one of 'tags' in entry ? entry.tags : [])
      if (one.rev > (known.get(one.epc)?.rev ?? 0)) known.set(one.epc, one);
  const ledger = bench.sql.exec<Tag>('SELECT epc, item_id, status, rev, order_id FROM tag ORDER BY epc');
  expect([...known.values()].map(({ epc: one, status, rev }) => [one, status, rev]).sort()).toEqual(
    ledger.map(({ epc: one, status, rev }) => [one, status, rev]).sort(),
  );
}

it('takes every sale once, keeps numbers whole and money equal, in whatever order, company and number of times', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(command, { minLength: 8, maxLength: 60 }), (commands) =>
      onBench((bench) => {
        const shop: Shop = { tills: new Map(), journal: [], answers: new Map(), online: new Set() };
        for (const step of commands) perform(bench, shop, step);
        // The line is healed: everything goes, then everything again, backwards.
        upload(bench, shop, shop.journal);
        upload(bench, shop, [...shop.journal].reverse());
        expect(bench.sql.exec('SELECT device_id FROM offline_device WHERE contiguous < last_seq')).toEqual(
          [],
        );
        checkSales(bench, shop);
        checkNumbers(bench, shop);
        checkTags(bench, shop);
        checkFeed(bench);
      }, kiosks),
    ),
    { seed: 20_260_614, numRuns: process.env['LONG'] === undefined ? 60 : 3_000 },
  );
}, 1_200_000);
