import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Gtin14 } from '../../shared/catalog/gtin.ts';
import { ShelfPage } from '../../shared/offline/wire.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import type { CallFailure } from '../link/edge_http.ts';
import { AgentState } from '../state/agent_state.ts';
import { until } from '../testing/agent.ts';
import { SCARF_GTIN, shelfPage, type TestShelf, testShelf } from '../testing/shelf.ts';
import { ShelfBook } from './shelf_book.ts';
import { ShelfSync } from './shelf_sync.ts';
import { Silence } from './silence.ts';

const quiet = (): void => {};
let folder: string;
let state: AgentState;
let now = 1_000;
let linked = true;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sesame-shelf-'));
  state = openState();
  now = 1_000;
  linked = true;
});
afterEach(() => {
  state.close();
  rmSync(folder, { recursive: true, force: true });
});

const openState = (): AgentState => new AgentState(folder, () => now, quiet);
const name = (version: number): void => {
  state.write((tables) => tables.meta.set('shelf_version', version));
};

/** An edge that gives its shelf out in pages of one item, and says which were asked for. */
class Pages {
  readonly asked: string[] = [];
  /** Pages that it still answers; then the line breaks. */
  left = Number.POSITIVE_INFINITY;
  shelf: TestShelf;

  constructor(shelf: TestShelf) {
    this.shelf = shelf;
  }

  async shelfPage(
    wanted: { version: number; after: string } | null,
  ): Promise<Result<ShelfPage, CallFailure>> {
    if (this.left === 0) return err({ code: 'unreachable' });
    this.left -= 1;
    const query: Record<string, string> =
      wanted === null ? {} : { version: String(wanted.version), after: wanted.after };
    this.asked.push(wanted === null ? 'first' : `${wanted.version} after ${wanted.after}`);
    const [status, page] = shelfPage(this.shelf, new URLSearchParams(query), 1);
    return status === 200 ? ok(ShelfPage.parse(page)) : err({ code: 'refused', status });
  }
}

const syncWith = (pages: Pages): ShelfSync =>
  new ShelfSync({ state, edge: pages, linked: () => linked, onSwap: quiet, log: quiet });
const held = (): number => state.tables.shelf.held()?.version ?? 0;
const priceOf = (book: ShelfBook): number | undefined =>
  book.now()?.lookup.byGtin14(Gtin14.parse(SCARF_GTIN))[0]?.unit_price;

describe('the copy of the shelf', () => {
  it('goes on where it stopped after a cut and a restart, and sells the old one until it is whole', async () => {
    const pages = new Pages(testShelf(3));
    name(3);
    const first = syncWith(pages);
    first.kick();
    await until(() => expect(held()).toBe(3));
    await first.close();
    const book = new ShelfBook(state, quiet);
    expect(priceOf(book)).toBe(1250);

    pages.shelf = testShelf(4, 1500);
    pages.left = 2;
    name(4);
    const second = syncWith(pages);
    second.kick();
    await until(() => expect(pages.left).toBe(0));
    linked = false;
    await second.close();
    expect(priceOf(book)).toBe(1250);
    state.close();

    state = openState();
    const again = new ShelfBook(state, quiet);
    expect(priceOf(again)).toBe(1250);
    expect(state.tables.shelf.fetching()).toMatchObject({ version: 4, after: '2' });
    linked = true;
    pages.left = Number.POSITIVE_INFINITY;
    const third = syncWith(pages);
    third.kick();
    await until(() => expect(held()).toBe(4));
    expect(pages.asked).toEqual(['first', '3 after 1', '3 after 2', 'first', '4 after 1', '4 after 2']);
    expect(priceOf(again)).toBe(1500);
    await until(() => expect(state.tables.shelf.itemsIn(3)).toBe(0));
    await third.close();
  });

  it('begins again where the version it was fetching sells no more', async () => {
    const pages = new Pages(testShelf(5));
    name(5);
    pages.left = 1;
    const cut = syncWith(pages);
    cut.kick();
    await until(() => expect(state.tables.shelf.fetching()).toMatchObject({ version: 5 }));
    await cut.close();
    pages.shelf = testShelf(6, 1700);
    pages.left = Number.POSITIVE_INFINITY;
    name(6);
    const sync = syncWith(pages);
    sync.kick();
    await until(() => expect(held()).toBe(6));
    expect(state.tables.shelf.itemsIn(6)).toBe(pages.shelf.items.length);
    expect(priceOf(new ShelfBook(state, quiet))).toBe(1700);
    await sync.close();
  });
});

describe('how long the edge was silent', () => {
  const link = { linked: () => linked, heardAtMs: (): number | null => heard };
  let heard: number | null = null;

  it('counts from when it was last heard, over a restart too', () => {
    heard = 5_000;
    const before = new Silence(state, link, () => now);
    expect(before.sinceMs()).toBeNull();
    before.close();
    linked = false;
    heard = null;
    now = 60_000;
    expect(new Silence(state, link, () => now).sinceMs()).toBe(5_000);
    now = 4_000;
    expect(new Silence(state, link, () => now).sinceMs()).toBe(4_000);
  });

  it('counts from the start where the edge was never heard', () => {
    linked = false;
    heard = null;
    now = 7_000;
    const silence = new Silence(state, link, () => now);
    now = 9_000;
    expect(silence.sinceMs()).toBe(7_000);
  });
});
