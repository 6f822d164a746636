import { expect, it } from 'vitest';
import { commitSale } from './commit_sale.ts';
import { feedAfter } from './feed_log.ts';
import { tagOf } from './ledger.ts';
import { listTags } from './list_tags.ts';
import { openOrder } from './open_order.ts';
import { registerTags } from './register_tags.ts';
import { release } from './release.ts';
import { stageShelf, swapShelf } from './shelf.ts';
import { take } from './take.ts';
import {
  type Bench,
  basket,
  commitOf,
  dump,
  EPC_1,
  EPC_1B,
  EPC_2,
  EPC_FOREIGN,
  epc,
  item,
  itemId,
  onBench,
  opening,
  takeOf,
  takeTag,
} from './test/fixture.ts';

const tagTaken = (bench: Bench, n: number, raw: string) => {
  const taken = bench.run((scope) => take(scope, takeTag(n, raw)));
  return taken.ok ? 'taken' : taken.error.code;
};
const ttl = (bench: Bench) => bench.config.policies.reservation_ttl_ms;

it('answers a plain code with its item and writes nothing', () =>
  onBench((bench) => {
    const before = dump(bench.sql);
    const taken = bench.run((scope) => take(scope, takeOf(1, '9520000000004')));
    expect(taken).toMatchObject({
      ok: true,
      value: { item: { id: itemId(3) }, gtin: '09520000000004', shelf_version: 1, config_version: 1 },
    });
    expect(taken.ok && 'reserved_until' in taken.value).toBe(false);
    expect(dump(bench.sql)).toBe(before);
    expect(bench.after).toEqual({ feed: false, outbox: false, wakeAt: null });
  }));

it('reads codes by the rules of the store: spellings without zeros, and endings', async () => {
  const scans = ['36000291452', '6000291452', '0291452', 'sku:SKU-3', 'alias:36000291452'];
  const found = (bench: Bench) =>
    scans.map((raw) => {
      const taken = bench.run((scope) => take(scope, takeOf(1, raw)));
      return taken.ok ? taken.value.item.id : taken.error.code;
    });
  const unknown = scans.map(() => 'unknown_item');
  await onBench((bench) => expect(found(bench)).toEqual(unknown));
  const scan = { zero_policy: 'strip', legacy_suffix_match: true };
  await onBench((bench) => expect(found(bench)).toEqual([itemId(2), itemId(2), ...unknown.slice(2)]), {
    policies: { scan },
  });
});

it('sells under a configuration that an older build stored, which says nothing of scans', () =>
  onBench((bench) => {
    const { scan: _, ...policies } = bench.config.policies;
    const old = JSON.stringify({ ...bench.config, policies });
    bench.run((scope) => {
      const config = JSON.parse(old);
      expect(take({ ...scope, config }, takeOf(1, '9520000000004'))).toMatchObject({ ok: true });
      expect(stageShelf({ ...scope, config }, { version: 2, part: 0, items: [item(1)] })).toMatchObject({
        ok: true,
      });
    });
  }));

it('refuses what has no stock; not counted is never out of stock', () =>
  onBench((bench) => {
    const scan = (raw: string) => bench.run((scope) => take(scope, takeOf(1, raw)));
    expect(scan('9520000000011')).toEqual({ ok: false, error: { code: 'out_of_stock' } });
    expect(scan('COUNTED').ok).toBe(true);
    expect(scan('IN-HOUSE-3').ok).toBe(true);
  }));

it('reserves a tag until the time is up, and the same scan again changes no owner', () =>
  onBench((bench) => {
    const until = new Date(bench.now + ttl(bench)).toISOString();
    const taken = bench.run((scope) => take(scope, takeTag(1, EPC_1)));
    expect(taken).toMatchObject({
      ok: true,
      value: { item: { id: itemId(1) }, epc: EPC_1, reserved_until: until },
    });
    expect(tagTaken(bench, 1, EPC_1)).toBe('taken');
    expect(tagTaken(bench, 2, EPC_1)).toBe('epc_in_other_basket');
    expect(bench.sql.exec('SELECT * FROM hold')).toEqual([{ epc: EPC_1, basket_id: basket(1) }]);
    bench.now += ttl(bench) - 1;
    expect(tagTaken(bench, 2, EPC_1)).toBe('epc_in_other_basket');
    bench.now += 1;
    expect(tagTaken(bench, 2, EPC_1)).toBe('taken');
    expect(tagTaken(bench, 1, EPC_1)).toBe('epc_in_other_basket');
  }));

it('reads a tag in any spelling and answers the canonical one', () =>
  onBench((bench) => {
    expect(bench.run((scope) => take(scope, takeOf(1, EPC_1.toLowerCase())))).toMatchObject({
      ok: true,
      value: { epc: EPC_1 },
    });
    expect(tagTaken(bench, 2, EPC_1)).toBe('epc_in_other_basket');
  }));

it('renews all tags of a basket with each further tag', () =>
  onBench((bench) => {
    tagTaken(bench, 1, EPC_1);
    bench.now += ttl(bench) - 1;
    tagTaken(bench, 1, EPC_2);
    bench.now += ttl(bench) - 1;
    expect(tagTaken(bench, 2, EPC_1)).toBe('epc_in_other_basket');
  }));

it('renews them with a plain scan too, once less than half of the time is left', () =>
  onBench((bench) => {
    tagTaken(bench, 1, EPC_1);
    bench.now += ttl(bench) / 2;
    const before = dump(bench.sql);
    bench.run((scope) => take(scope, takeOf(1, 'IN-HOUSE-3')));
    expect(dump(bench.sql)).toBe(before);
    bench.now += 1;
    bench.run((scope) => take(scope, takeOf(1, 'IN-HOUSE-3')));
    bench.now += ttl(bench) - 1;
    expect(tagTaken(bench, 2, EPC_1)).toBe('epc_in_other_basket');
  }));

it('registers a tag of a sold item on the fly, so that the gate knows it; only once', () =>
  onBench((bench) => {
    tagTaken(bench, 1, EPC_1);
    expect(tagOf(bench.sql, EPC_1)).toMatchObject({ item_id: itemId(1), status: 'unsold', rev: 1 });
    const entries = feedAfter(bench.sql, 0, 100);
    expect(JSON.parse(entries.at(-1)?.json ?? '')).toMatchObject({
      type: 'tags',
      tags: [{ epc: EPC_1, status: 'unsold', rev: 1, item_id: itemId(1), name: 'Item 1' }],
    });
    tagTaken(bench, 1, EPC_1);
    expect(feedAfter(bench.sql, 0, 100)).toHaveLength(entries.length);
  }));

it('knows no tag that neither a binding nor the shelf explains, and writes nothing for it', () =>
  onBench((bench) => {
    const before = dump(bench.sql);
    expect(tagTaken(bench, 1, EPC_FOREIGN)).toBe('unknown_item');
    expect(tagTaken(bench, 1, '30364433400D1EC000000190')).toBe('unknown_item');
    expect(tagTaken(bench, 1, 'F0')).toBe('bad_code');
    expect(dump(bench.sql)).toBe(before);
  }));

it('does not sell a tag by its bits when it is bound to an item that left the shelf', () =>
  onBench((bench) => {
    bench.run((scope) => registerTags(scope, { tags: [{ epc: EPC_1, item_id: itemId(99) }] }));
    expect(tagTaken(bench, 1, EPC_1)).toBe('unknown_item');
  }));

it('refuses a sold tag, whoever asks, even before the stock', () =>
  onBench((bench) => {
    tagTaken(bench, 1, EPC_1);
    bench.run((scope) => openOrder(scope, opening(1, [EPC_1])));
    bench.run((scope) => commitSale(scope, commitOf(1, bench.store_id, 'HS-100000', [EPC_1])));
    expect(tagTaken(bench, 1, EPC_1)).toBe('epc_sold');
    expect(tagTaken(bench, 2, EPC_1)).toBe('epc_sold');
    bench.run((scope) =>
      stageShelf(scope, { version: 2, part: 0, items: [item(1, { gtins: shelfGtin(bench), stock: 0 })] }),
    );
    bench.run((scope) => swapShelf(scope, { version: 2, parts: 1, promotion_parts: 0, catalog_version: 1 }));
    expect(tagTaken(bench, 2, EPC_1)).toBe('epc_sold');
    expect(tagTaken(bench, 2, EPC_1B)).toBe('out_of_stock');
  }));

function shelfGtin({ run }: Bench) {
  const taken = run((scope) => take(scope, takeOf(9, '5901234123457')));
  return taken.ok ? taken.value.item.gtins : [];
}

it('frees a released tag for others; strangers, repeats and pinned tags are left alone', () =>
  onBench((bench) => {
    const freed = (n: number) =>
      bench.run(({ sql }) => release(sql, { basket_id: basket(n), epcs: [EPC_1] }));
    tagTaken(bench, 1, EPC_1);
    freed(2);
    expect(tagTaken(bench, 2, EPC_1)).toBe('epc_in_other_basket');
    freed(1);
    freed(1);
    expect(tagTaken(bench, 2, EPC_1)).toBe('taken');
    bench.run((scope) => openOrder(scope, opening(2, [EPC_1])));
    freed(2);
    bench.now += 10 * ttl(bench);
    expect(tagTaken(bench, 3, EPC_1)).toBe('epc_in_other_basket');
  }));

it('lists the ledger for staff: free, held, sold, page by page', () =>
  onBench((bench) => {
    const tags = [1, 2, 3, 4].map((serial) => ({ epc: epc(serial), item_id: itemId(1) }));
    bench.run((scope) => registerTags(scope, { tags }));
    tagTaken(bench, 1, epc(2));
    tagTaken(bench, 2, epc(3));
    bench.run((scope) => openOrder(scope, opening(2, [epc(3)])));
    bench.run((scope) => commitSale(scope, commitOf(2, bench.store_id, 'HS-100000', [epc(3)])));
    const list = (query: Partial<Parameters<typeof listTags>[2]>) =>
      listTags(bench.sql, bench.now, { limit: 100, ...query }).map((tag) => [tag.epc, tag.status]);
    expect(list({})).toEqual([
      [epc(1), 'free'],
      [epc(2), 'held'],
      [epc(3), 'sold'],
      [epc(4), 'free'],
    ]);
    expect(list({ status: 'free', limit: 1 })).toEqual([[epc(1), 'free']]);
    expect(list({ status: 'free', after: epc(1) })).toEqual([[epc(4), 'free']]);
    expect(listTags(bench.sql, bench.now, { status: 'sold', limit: 1 })).toEqual([
      { epc: epc(3), item_id: itemId(1), name: 'Item 1', status: 'sold', order_id: opening(2).order_id },
    ]);
    bench.now += ttl(bench);
    expect(list({ status: 'held' })).toEqual([]);
  }));
