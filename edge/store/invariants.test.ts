import fc from 'fast-check';
import { expect, it } from 'vitest';
import { StoreEvent } from '../../shared/events/index.ts';
import { FeedEntry, type TagState } from '../../shared/feed/frames.ts';
import type { CommittedSale } from '../../shared/rpc/store.ts';
import { cancelOrder } from './cancel_order.ts';
import { commitSale } from './commit_sale.ts';
import { feedAfter, headOf } from './feed_log.ts';
import { sweepHolds } from './holds.ts';
import { type Tag, tagStatesAfter } from './ledger.ts';
import { openOrder } from './open_order.ts';
import { orderOf } from './orders.ts';
import { eventsAfter } from './outbox.ts';
import { registerTags } from './register_tags.ts';
import { release } from './release.ts';
import { take } from './take.ts';
import {
  type Bench,
  basket,
  commitOf,
  epc,
  itemId,
  onBench,
  opening,
  orderId,
  takeTag,
} from './test/fixture.ts';

const BASKETS = 5;
const TAGS = 6;

type Command =
  | { do: 'take' | 'release'; basket: number; tag: number }
  | { do: 'open' | 'cancel' | 'commit'; basket: number }
  | { do: 'register'; tag: number; item: number }
  | { do: 'wait'; ms: number }
  | { do: 'sweep' };

const someBasket = fc.integer({ min: 1, max: BASKETS });
const someTag = fc.integer({ min: 1, max: TAGS });
const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('take' as const), basket: someBasket, tag: someTag }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('release' as const), basket: someBasket, tag: someTag }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('open' as const), basket: someBasket }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('cancel' as const), basket: someBasket }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('commit' as const), basket: someBasket }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('register' as const), tag: someTag, item: someTag }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 40 * 60_000 }) }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'sweep' as const }) },
);

/** What the baskets themselves remember: their lines, and what the store answered to their order and sale. */
interface Trips {
  lines: Map<number, Set<number>>;
  numbers: Map<number, string>;
  sales: Map<number, { answer: CommittedSale; epcs: string[] }>;
}

/** Runs a command as a correct basket would: it opens what it took, and pays only for an order it has. */
function perform(bench: Bench, trips: Trips, step: Command): void {
  if (step.do === 'wait') bench.now += step.ms;
  else if (step.do === 'sweep') bench.run(({ sql, now }) => sweepHolds(sql, now));
  else if (step.do === 'register') {
    const tags = [{ epc: epc(step.tag), item_id: itemId(step.item) }];
    bench.run((scope) => registerTags(scope, { tags }));
  } else {
    const lines = trips.lines.get(step.basket) ?? new Set<number>();
    trips.lines.set(step.basket, lines);
    onTrip(bench, trips, step, lines);
  }
}

function onTrip(
  bench: Bench,
  trips: Trips,
  step: Exclude<Command, { do: 'wait' | 'sweep' | 'register' }>,
  lines: Set<number>,
): void {
  const n = step.basket;
  const epcs = [...lines].map(epc);
  const locked = trips.numbers.has(n);
  if (step.do === 'take' && !locked) {
    if (bench.run((scope) => take(scope, takeTag(n, epc(step.tag)))).ok) lines.add(step.tag);
  } else if (step.do === 'release') {
    // A release may come late: after the order was opened it must free nothing.
    bench.run(({ sql }) => release(sql, { basket_id: basket(n), epcs: [epc(step.tag)] }));
    if (!locked) lines.delete(step.tag);
  } else if (step.do === 'open') {
    const opened = bench.run((scope) => openOrder(scope, opening(n, epcs)));
    if (!opened.ok) return;
    expect(trips.numbers.get(n) ?? opened.value.number).toBe(opened.value.number);
    trips.numbers.set(n, opened.value.number);
  } else if (step.do === 'cancel') {
    bench.run((scope) => cancelOrder(scope, { basket_id: basket(n), reason: 'test' }));
  } else if (step.do === 'commit' && locked) {
    const commit = commitOf(n, bench.store_id, trips.numbers.get(n) ?? '', epcs);
    const answer = bench.run((scope) => commitSale(scope, commit));
    expect(trips.sales.get(n)?.answer ?? answer).toEqual(answer);
    trips.sales.set(n, { answer, epcs });
  }
}

const tagsOf = ({ sql }: Bench) =>
  sql.exec<Tag>('SELECT epc, item_id, status, rev, order_id FROM tag ORDER BY epc');

/** At most one live sale an EPC; every other sale of it is an incident, and every sale is one or the other. */
function checkSales(bench: Bench, trips: Trips): void {
  const live = new Map(tagsOf(bench).map((tag) => [tag.epc, tag]));
  const incidents = bench.sql
    .exec<{ detail: string }>(`SELECT detail FROM incident WHERE kind = 'epc_double_sale'`)
    .map(({ detail }): { epc: string; order_id: string } => JSON.parse(detail))
    .map((detail) => `${detail.epc} ${detail.order_id}`);
  const explained = [...trips.sales].flatMap(([n, sale]) =>
    sale.epcs.filter((one) => live.get(one)?.order_id !== orderId(n)).map((one) => `${one} ${orderId(n)}`),
  );
  expect(incidents.sort()).toEqual(explained.sort());
  const sold = [...live.values()].filter((tag) => tag.status === 'sold');
  for (const tag of sold) {
    const seller = [...trips.sales].find(([n]) => orderId(n) === tag.order_id);
    // The revision that sold it stays: an order never gets a second one.
    expect(seller?.[1].answer.tags).toContainEqual({ epc: tag.epc, rev: tag.rev });
    expect(bench.sql.exec('SELECT epc FROM hold WHERE epc = ?', tag.epc)).toEqual([]);
  }
}

/** Every value of both series is an order, a void or a sale; an open order holds what it names. */
function checkNumbers(bench: Bench, trips: Trips): void {
  const values = (query: string) => bench.sql.exec<{ value: number }>(query).map(({ value }) => value);
  const upTo = (from: number, count: number) => Array.from({ length: count }, (_, i) => from + i);
  expect(values('SELECT series_value AS value FROM orders ORDER BY value')).toEqual(
    upTo(100_000, trips.numbers.size),
  );
  expect(values('SELECT fiscal_value AS value FROM sale ORDER BY value')).toEqual(upTo(1, trips.sales.size));
  expect(values(`SELECT cur - lo + 1 AS value FROM series WHERE series = 'order'`)).toEqual(
    trips.numbers.size === 0 ? [] : [trips.numbers.size],
  );
  for (const [n] of trips.numbers) {
    const order = orderOf(bench.sql, basket(n));
    if (order?.status !== 'created') continue;
    for (const tag of trips.lines.get(n) ?? []) {
      const holder = bench.sql.exec('SELECT basket_id FROM hold WHERE epc = ?', epc(tag));
      const lost = tagsOf(bench).some((one) => one.epc === epc(tag) && one.status === 'sold');
      expect(holder).toEqual(lost ? [] : [{ basket_id: basket(n) }]);
    }
  }
}

/** An agent: it applies a tag only above the revision it knows. */
const apply = (known: Map<string, TagState>, tags: readonly TagState[]): void => {
  for (const tag of tags) if (tag.rev > (known.get(tag.epc)?.rev ?? 0)) known.set(tag.epc, tag);
};

/** From any cursor on, with any prefix told twice, and from a snapshot, an agent ends with the ledger. */
function checkFeed(bench: Bench, cursor: number, snapshot: { head: number; tags: TagState[] }): void {
  const entries = feedAfter(bench.sql, 0, 10_000).map(({ json }) => FeedEntry.parse(JSON.parse(json)));
  expect(entries.map((entry) => entry.seq)).toEqual(entries.map((_, i) => i + 1));
  const revs: number[] = [];
  const tagsIn = (entry: FeedEntry) => ('tags' in entry ? entry.tags : []);
  const ledger = tagsOf(bench).map(({ order_id, ...tag }) =>
    order_id === null ? tag : { ...tag, order_id },
  );
  const stateOf = (known: Map<string, TagState>) =>
    [...known.values()].map(({ name: _, ...tag }) => tag).sort((a, b) => (a.epc < b.epc ? -1 : 1));

  const replica = new Map<string, TagState>();
  for (const entry of entries.filter(({ seq }) => seq <= cursor)) apply(replica, tagsIn(entry));
  for (const entry of entries.filter(({ seq }) => seq > cursor / 2)) apply(replica, tagsIn(entry));
  expect(stateOf(replica)).toEqual(ledger);

  const fromSnapshot = new Map(snapshot.tags.map((tag) => [tag.epc, tag]));
  for (const entry of entries.filter(({ seq }) => seq > snapshot.head)) apply(fromSnapshot, tagsIn(entry));
  expect(stateOf(fromSnapshot)).toEqual(ledger);

  for (const entry of entries)
    for (const tag of tagsIn(entry)) if (!revs.includes(tag.rev)) revs.push(tag.rev);
  expect(revs).toEqual(revs.map((_, i) => i + 1));
  const events = eventsAfter(bench.sql, 0, 10_000).map((json) => StoreEvent.parse(JSON.parse(json)));
  expect(events.map((event) => event.seq)).toEqual(events.map((_, i) => i + 1));
}

it('keeps the ledger, the series and the feed whole under any commands', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(command, { minLength: 5, maxLength: 60 }),
      fc.nat(),
      fc.nat(),
      (commands, snapshotAt, cursor) =>
        onBench((bench) => {
          const trips: Trips = { lines: new Map(), numbers: new Map(), sales: new Map() };
          let snapshot = { head: 0, tags: [] as TagState[] };
          commands.forEach((step, i) => {
            if (i === snapshotAt % commands.length) {
              snapshot = { head: headOf(bench.sql), tags: tagStatesAfter(bench.sql, '', 1_000) };
            }
            perform(bench, trips, step);
            checkSales(bench, trips);
            checkNumbers(bench, trips);
          });
          checkFeed(bench, cursor % (headOf(bench.sql) + 1), snapshot);
        }),
    ),
    { seed: 20_260_301, numRuns: 80 },
  );
}, 60_000);
