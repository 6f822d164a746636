import { expect, it } from 'vitest';
import { feedAfter } from './feed_log.ts';
import { registerTags } from './register_tags.ts';
import { shelfForBasket, shelfHasOldRows, stageShelf, swapShelf, sweepShelf } from './shelf.ts';
import { promotionsForBasket, stagePromotions } from './shelf_promotions.ts';
import { single } from './sql.ts';
import { take } from './take.ts';
import {
  type Bench,
  EPC_1,
  EPC_1B,
  EPC_FOREIGN,
  GTIN_1,
  item,
  itemId,
  onBench,
  takeOf,
  takeTag,
} from './test/fixture.ts';

const scanned = ({ run }: Bench, raw: string) => {
  const taken = run((scope) => take(scope, takeOf(1, raw)));
  return taken.ok
    ? { id: taken.value.item.id, price: taken.value.item.unit_price, version: taken.value.shelf_version }
    : taken.error.code;
};
const staged = (bench: Bench, version: number, part: number, items: ReturnType<typeof item>[]) =>
  bench.run((scope) => stageShelf(scope, { version, part, items }));
const stagedPromotions = (bench: Bench, version: number, part: number, ids: string[]) =>
  bench.run((scope) =>
    stagePromotions(scope, {
      version,
      part,
      count: ids.length,
      promotions: JSON.stringify(ids.map((id) => ({ id }))),
    }),
  );
const swapped = (bench: Bench, version: number, parts: number, promotion_parts = 0) =>
  bench.run((scope) => swapShelf(scope, { version, parts, promotion_parts, catalog_version: 7 }));

it('sells a staged version only once all its parts are there, and then whole', () =>
  onBench((bench) => {
    staged(bench, 2, 0, [item(3, { codes: ['IN-HOUSE-3'], unit_price: 100 })]);
    expect(scanned(bench, 'IN-HOUSE-3')).toEqual({ id: itemId(3), price: 574, version: 1 });
    expect(swapped(bench, 2, 2)).toEqual({ ok: false, error: { code: 'missing_parts' } });
    staged(bench, 2, 1, [item(6, { codes: ['NEW'] })]);
    stagedPromotions(bench, 2, 0, ['p2']);
    expect(swapped(bench, 2, 2, 2)).toEqual({ ok: false, error: { code: 'missing_parts' } });
    stagedPromotions(bench, 2, 1, ['p3', 'p4']);
    expect(swapped(bench, 2, 2, 2)).toEqual({ ok: true, value: { version: 2, items: 2, promotions: 3 } });
    expect(scanned(bench, 'IN-HOUSE-3')).toEqual({ id: itemId(3), price: 100, version: 2 });
    expect(scanned(bench, 'NEW')).toMatchObject({ id: itemId(6) });
    expect(scanned(bench, 'COUNTED')).toBe('unknown_item');
    expect(shelfForBasket(bench.sql)).toEqual({ version: 2, catalog_version: 7 });
    const parts = ['[{"id":"p2"}]', '[{"id":"p3"},{"id":"p4"}]'];
    expect(promotionsForBasket(bench.sql, { version: 2, from: 0 })).toEqual({ parts, next: null });
    expect(promotionsForBasket(bench.sql, { version: 1, from: 0 })).toBeNull();
  }));

it('takes a part that is staged again in place of the first, wherever its items went', () =>
  onBench((bench) => {
    staged(bench, 2, 0, [item(6, { codes: ['A', 'OLD'] })]);
    staged(bench, 2, 1, [item(7, { codes: ['B'] })]);
    staged(bench, 2, 2, [item(8, { codes: ['C'] })]);
    staged(bench, 2, 0, [item(7, { codes: ['B'] })]);
    staged(bench, 2, 1, [item(6, { codes: ['A'] })]);
    expect(swapped(bench, 2, 2)).toEqual({ ok: true, value: { version: 2, items: 2, promotions: 0 } });
    expect(scanned(bench, 'A')).toMatchObject({ id: itemId(6) });
    expect(scanned(bench, 'B')).toMatchObject({ id: itemId(7) });
    expect(scanned(bench, 'OLD')).toBe('unknown_item');
    expect(scanned(bench, 'C')).toBe('unknown_item');
  }));

it('never goes back to a version, nor swaps one twice', () =>
  onBench((bench) => {
    expect(staged(bench, 1, 0, [])).toEqual({ ok: false, error: { code: 'stale_version' } });
    expect(swapped(bench, 1, 1)).toEqual({ ok: false, error: { code: 'stale_version' } });
    expect(stagedPromotions(bench, 1, 0, [])).toEqual({ ok: false, error: { code: 'stale_version' } });
    expect(swapped(bench, 3, 0)).toEqual({ ok: true, value: { version: 3, items: 0, promotions: 0 } });
    expect(swapped(bench, 2, 0)).toEqual({ ok: false, error: { code: 'stale_version' } });
  }));

it('tells the agents of the swap and wakes to sweep the old rows, but no staged ones', () =>
  onBench((bench) => {
    staged(bench, 2, 0, [item(3)]);
    staged(bench, 3, 0, [item(9)]);
    swapped(bench, 2, 1);
    expect(bench.after).toMatchObject({ feed: true, wakeAt: bench.now });
    expect(JSON.parse(feedAfter(bench.sql, 0, 100).at(-1)?.json ?? '')).toMatchObject({
      type: 'shelf',
      version: 2,
    });
    expect(shelfHasOldRows(bench.sql)).toBe(true);
    sweepShelf(bench.sql);
    expect(shelfHasOldRows(bench.sql)).toBe(false);
    const rows = single<{ n: number }>(bench.sql, 'SELECT count(*) AS n FROM item');
    expect(rows.n).toBe(2);
    for (const table of ['promotion_part', 'shelf'])
      expect(
        single<{ n: number }>(bench.sql, `SELECT count(*) AS n FROM ${table} WHERE version < 2`).n,
        table,
      ).toBe(0);
  }));

it('takes promotions that are staged again in place of the first, and drops what an abandoned upload left', () =>
  onBench((bench) => {
    stagedPromotions(bench, 2, 0, ['old']);
    stagedPromotions(bench, 2, 1, ['older']);
    stagedPromotions(bench, 2, 0, ['new']);
    expect(swapped(bench, 2, 0, 1)).toMatchObject({ ok: true, value: { promotions: 1 } });
    expect(promotionsForBasket(bench.sql, { version: 2, from: 0 })?.parts).toEqual(['[{"id":"new"}]']);
    const lying = { version: 3, part: 0, count: 2, promotions: '[{"id":"one"}]' };
    expect(() => bench.run((scope) => stagePromotions(scope, lying))).toThrow(
      'a part of 2 promotions holds 1',
    );
  }));

it('gives many promotions in several answers, each once and in order', () =>
  onBench((bench) => {
    const title = 'x'.repeat(900_000);
    const ids = Array.from({ length: 20 }, (_, n) => `p${n}`);
    for (const [part, id] of ids.entries())
      bench.run((scope) =>
        stagePromotions(scope, { version: 2, part, count: 1, promotions: JSON.stringify([{ id, title }]) }),
      );
    swapped(bench, 2, 0, ids.length);
    const seen: string[] = [];
    let answers = 0;
    for (let from: number | null = 0; from !== null; answers++) {
      const answer = promotionsForBasket(bench.sql, { version: 2, from });
      for (const part of answer?.parts ?? []) seen.push(JSON.parse(part)[0].id);
      from = answer?.next ?? null;
    }
    expect(seen).toEqual(ids);
    expect(answers).toBe(3);
  }));

it('finds by code, by GTIN in any length, and says what is ambiguous or damaged', () =>
  onBench((bench) => {
    expect(scanned(bench, '5901234123457')).toMatchObject({ id: itemId(1) });
    expect(scanned(bench, GTIN_1)).toMatchObject({ id: itemId(1) });
    expect(scanned(bench, 'IN-HOUSE-3')).toMatchObject({ id: itemId(3) });
    expect(scanned(bench, '5901234123456')).toBe('bad_code');
    expect(scanned(bench, '9520000000028')).toBe('unknown_item');
    staged(bench, 2, 0, [item(1, { codes: ['TWICE'] }), item(2, { codes: ['TWICE'] })]);
    swapped(bench, 2, 1);
    expect(scanned(bench, 'TWICE')).toBe('bad_code');
  }));

it('finds a tag by its binding first, then by the GTIN it decodes to', () =>
  onBench(({ run }) => {
    run((scope) =>
      registerTags(scope, { tags: [EPC_1, EPC_FOREIGN].map((epc) => ({ epc, item_id: itemId(3) })) }),
    );
    const itemOf = (epc: string) => {
      const taken = run((scope) => take(scope, takeTag(1, epc)));
      return taken.ok ? taken.value.item.id : taken.error.code;
    };
    expect(itemOf(EPC_1)).toBe(itemId(3));
    expect(itemOf(EPC_FOREIGN)).toBe(itemId(3));
    expect(itemOf(EPC_1B)).toBe(itemId(1));
  }));
