import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { TagState, type TagStatus } from '../../shared/feed/frames.ts';
import { FeedApplier } from '../link/applier.ts';
import { planOf } from '../link/apply.ts';
import { orderId, ourEpc, receiptOf, tempFolder } from '../testing/fixtures.ts';
import { AgentState } from './agent_state.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });
const RUNS = process.env['LONG'] ? 2_000 : 60;
const AT = '2026-07-01T10:00:00.000Z';

let folder: ReturnType<typeof tempFolder>;
beforeEach(() => {
  folder = tempFolder();
});
afterEach(() => folder.remove());

/** An agent's state with the applier of its feed, that can be killed and opened again. */
class Shop {
  state: AgentState;
  #applier: FeedApplier;
  #path: string;
  #seq = 0;

  constructor(path: string) {
    this.#path = path;
    this.state = this.#open();
    this.#applier = this.#apply();
  }

  #open(): AgentState {
    return new AgentState(
      this.#path,
      () => 1_000,
      () => {},
    );
  }

  #apply(): FeedApplier {
    const nothing = (): void => {};
    return new FeedApplier(this.state, {
      now: () => 1_000,
      onSales: nothing,
      onDurable: nothing,
      onConfig: nothing,
      onReceipts: nothing,
      onShelf: nothing,
    });
  }

  restart(): void {
    this.state.close();
    this.state = this.#open();
    this.#applier = this.#apply();
  }

  sellLocally(order: string, epcs: string[]): void {
    this.state.write((tables) => tables.tags.sellLocally(order, epcs, 1_000));
    this.state.book.sellLocally(order, epcs);
  }

  settle(order: string): void {
    this.state.write((tables) => tables.tags.settleLocal(order));
    this.state.book.settleLocal(order);
  }

  hear(entry: Record<string, unknown>): void {
    this.#seq += 1;
    this.#applier.apply(planOf('e1', this.#seq, [{ seq: this.#seq, at: AT, type: 'tags', ...entry }]));
  }

  sale(order: string, tags: { epc: string; rev: number }[]): void {
    const named = tags.map((tag) => ({ ...tag, status: 'sold', order_id: order }));
    this.hear({ type: 'sale', order_id: order, number: 'N', tags: named, receipt: receiptOf(order, 'N') });
  }

  snapshot(tags: { epc: string; rev: number; status: TagStatus; order_id?: string }[]): void {
    this.#applier.stage({
      epoch: 'e2',
      head: 1,
      part: 0,
      last: true,
      tags: tags.map((tag) => TagState.parse(tag)),
      config: null,
      shelfVersion: null,
    });
  }
}

describe('a sale of our own', () => {
  it('stands through the revisions of others, is settled by its own entry, and a refund alarms again', () => {
    const shop = new Shop(folder.path);
    const epc = ourEpc(1);
    shop.hear({ tags: [{ epc, status: 'unsold', rev: 3, name: 'Scarf' }] });
    shop.sellLocally(orderId(1), [epc, ourEpc(2)]);
    expect(shop.state.book.get(epc)).toMatchObject({ status: 'sold', order_id: orderId(1), name: 'Scarf' });
    shop.hear({ tags: [{ epc, status: 'unsold', rev: 5 }] });
    shop.restart();
    expect(shop.state.book.get(epc)).toMatchObject({ status: 'sold', rev: 5, order_id: orderId(1) });
    expect(shop.state.book.get(ourEpc(2))).toMatchObject({ status: 'sold', rev: 0 });
    expect(shop.state.book.size).toBe(2);
    shop.sale(orderId(1), [{ epc, rev: 8 }]);
    // The edge committed the order without this tag (somebody else's by then): it speaks for it again.
    expect(shop.state.book.get(ourEpc(2))).toBeUndefined();
    expect(shop.state.book.get(epc)).toMatchObject({ status: 'sold', rev: 8 });
    shop.hear({ tags: [{ epc, status: 'unsold', rev: 9 }] });
    expect(shop.state.book.get(epc)).toMatchObject({ status: 'unsold', rev: 9 });
    shop.restart();
    expect(shop.state.book.get(epc)).toMatchObject({ status: 'unsold', rev: 9 });
    expect(shop.state.book.pendingLocally).toBe(0);
    shop.state.close();
  });

  it('outlives a snapshot that does not hold it, and is settled by one that does', () => {
    const shop = new Shop(folder.path);
    shop.sellLocally(orderId(1), [ourEpc(1)]);
    shop.sellLocally(orderId(2), [ourEpc(2)]);
    shop.snapshot([
      { epc: ourEpc(1), status: 'unsold', rev: 4 },
      { epc: ourEpc(2), status: 'unsold', rev: 9, order_id: orderId(2) },
    ]);
    for (const look of [() => {}, () => shop.restart()]) {
      look();
      expect(shop.state.book.get(ourEpc(1))).toMatchObject({ status: 'sold', rev: 4 });
      expect(shop.state.book.get(ourEpc(2))).toMatchObject({ status: 'unsold', rev: 9 });
    }
    shop.state.close();
  });

  it('counts as the rules say, in any order of feed, sales, settling and restarts', () => {
    const tag = fc.integer({ min: 0, max: 3 });
    const order = fc.integer({ min: 0, max: 2 });
    const rev = fc.integer({ min: 1, max: 40 });
    const step = fc.oneof(
      fc.record({ do: fc.constant('hear' as const), tag, rev, sold: fc.boolean(), order: fc.option(order) }),
      fc.record({ do: fc.constant('sale' as const), tag, rev, order }),
      fc.record({ do: fc.constant('sell' as const), tags: fc.uniqueArray(tag, { minLength: 1 }), order }),
      fc.record({ do: fc.constant('settle' as const), order }),
      fc.record({ do: fc.constant('restart' as const) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        const own = tempFolder();
        const shop = new Shop(own.path);
        // The rules once more, told by facts alone.
        const edge = new Map<number, { rev: number; status: TagStatus; order: string | null }>();
        let pending: { tag: number; order: string }[] = [];
        const hear = (n: number, at: number, status: TagStatus, order: string | null): void => {
          pending = pending.filter((one) => one.tag !== n || one.order !== order);
          if (at > (edge.get(n)?.rev ?? 0)) edge.set(n, { rev: at, status, order });
        };
        for (const one of steps) {
          if (one.do === 'hear') {
            const name = one.order === null ? null : orderId(one.order);
            const status = one.sold ? 'sold' : 'unsold';
            hear(one.tag, one.rev, status, name);
            const order_id = name === null ? {} : { order_id: name };
            shop.hear({ tags: [{ epc: ourEpc(one.tag), status, rev: one.rev, ...order_id }] });
          } else if (one.do === 'sale') {
            hear(one.tag, one.rev, 'sold', orderId(one.order));
            pending = pending.filter((p) => p.order !== orderId(one.order));
            shop.sale(orderId(one.order), [{ epc: ourEpc(one.tag), rev: one.rev }]);
          } else if (one.do === 'sell') {
            for (const n of one.tags)
              if (!pending.some((p) => p.tag === n && p.order === orderId(one.order)))
                pending.push({ tag: n, order: orderId(one.order) });
            shop.sellLocally(orderId(one.order), one.tags.map(ourEpc));
          } else if (one.do === 'settle') {
            pending = pending.filter((p) => p.order !== orderId(one.order));
            shop.settle(orderId(one.order));
          } else shop.restart();
          for (let n = 0; n <= 3; n++) {
            const shown = shop.state.book.get(ourEpc(n));
            const own = pending.filter((p) => p.tag === n).at(-1);
            const said = edge.get(n);
            expect(shown?.status).toBe(own ? 'sold' : said?.status);
            expect(shown?.rev).toBe(said?.rev ?? (own ? 0 : undefined));
            expect(shown?.order_id).toBe(own ? own.order : said?.order);
          }
          expect([...shop.state.book.entries()]).toHaveLength(shop.state.book.size);
        }
        shop.state.close();
        own.remove();
      }),
      { seed: 4, numRuns: RUNS },
    );
  });
});
