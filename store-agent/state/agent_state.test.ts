import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ourEpc, receiptOf, storeConfig, tempFolder } from '../testing/fixtures.ts';
import { AgentState } from './agent_state.ts';
import { migrate, openDatabase, transaction } from './database.ts';
import { MIGRATIONS } from './migrations.ts';
import { mergeTag, TagBook, type TagChange } from './tag_book.ts';

// A busy machine is no reason to fail: nothing here is about time.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let folder: ReturnType<typeof tempFolder>;
const open: AgentState[] = [];
const logged: string[] = [];
const openState = (): AgentState => {
  const state = new AgentState(
    folder.path,
    () => 1_000_000,
    (level, message) => logged.push(`${level} ${message}`),
  );
  open.push(state);
  return state;
};
beforeEach(() => {
  folder = tempFolder();
  logged.length = 0;
});
afterEach(() => {
  for (const state of open.splice(0)) {
    try {
      state.close();
    } catch {
      // Closed by the test.
    }
  }
  folder.remove();
});

const sold = (epc: string, rev: number): TagChange => ({ epc, status: 'sold', rev, order_id: 'ord_x' });
const unsold = (epc: string, rev: number): TagChange => ({ epc, status: 'unsold', rev, name: 'Scarf' });

describe('tags', () => {
  it('move upward only, whatever the order and however often', () => {
    const change = fc.record({
      epc: fc.constantFrom(ourEpc(1), ourEpc(2), ourEpc(3)),
      status: fc.constantFrom('sold' as const, 'unsold' as const),
      rev: fc.integer({ min: 1, max: 30 }),
    });
    // One revision means one fact, as in the ledger.
    const changes = fc.uniqueArray(change, { selector: (c) => c.rev, maxLength: 20 });
    fc.assert(
      fc.property(changes, fc.array(fc.nat(), { maxLength: 40 }), (list, shuffle) => {
        const inOrder = new TagBook();
        inOrder.apply([...list].sort((a, b) => a.rev - b.rev));
        const shuffled = new TagBook();
        shuffled.apply(shuffle.flatMap((n) => list[n % Math.max(list.length, 1)] ?? []));
        shuffled.apply(list);
        shuffled.apply(list);
        expect([...shuffled.entries()].sort()).toEqual([...inOrder.entries()].sort());
      }),
      { seed: 11, numRuns: 200 },
    );
  });

  it('keep their name and item when a change does not repeat them', () => {
    const merged = mergeTag(
      { status: 'unsold', rev: 1, item_id: 'itm_1', name: 'Scarf', order_id: null },
      sold('x', 2),
    );
    expect(merged).toEqual({ status: 'sold', rev: 2, item_id: 'itm_1', name: 'Scarf', order_id: 'ord_x' });
    expect(mergeTag(merged ?? undefined, unsold('x', 2))).toBeNull();
  });

  it('are the same on disk as in memory, after a restart too', () => {
    const first = openState();
    const steps = [
      [unsold(ourEpc(1), 1), unsold(ourEpc(2), 2)],
      [sold(ourEpc(1), 5)],
      [unsold(ourEpc(1), 4)],
      [sold(ourEpc(2), 2)],
    ];
    for (const step of steps) {
      first.write((tables) => tables.tags.apply(step));
      first.book.apply(step);
    }
    const before = [...first.book.entries()];
    first.close();
    const second = openState();
    expect([...second.book.entries()].sort()).toEqual(before.sort());
    expect(second.book.get(ourEpc(1))).toMatchObject({ status: 'sold', rev: 5, name: 'Scarf' });
    expect(second.book.get(ourEpc(2))).toMatchObject({ status: 'unsold', rev: 2 });
  });

  it('are replaced whole by a snapshot, and not by half of one', () => {
    const state = openState();
    state.write((tables) => tables.tags.apply([sold(ourEpc(1), 90)]));
    state.write((tables) => tables.tags.stage(true, [unsold(ourEpc(2), 1)]));
    expect(state.tables.tags.load().size).toBe(1);
    state.write((tables) => tables.tags.stage(true, [unsold(ourEpc(3), 1)]));
    state.write((tables) => {
      tables.tags.stage(false, [unsold(ourEpc(4), 2)]);
      tables.tags.swap();
    });
    expect([...state.tables.tags.load().entries()].map(([epc]) => epc).sort()).toEqual(
      [ourEpc(3), ourEpc(4)].sort(),
    );
    state.write((tables) => tables.tags.apply([sold(ourEpc(4), 3)]));
    expect(state.tables.tags.load().get(ourEpc(4))?.status).toBe('sold');
  });
});

describe('the journal', () => {
  it('numbers without gaps across rollbacks, pruning and restarts', () => {
    const state = openState();
    const append = (): number => {
      const written = state.write((tables) => tables.journal.append(0, 'print', {}));
      return written.ok ? written.value : -1;
    };
    expect([append(), append()]).toEqual([1, 2]);
    expect(() =>
      state.write((tables) => {
        tables.journal.append(0, 'print', {});
        throw new Error('no');
      }),
    ).toThrow('no');
    expect(append()).toBe(3);
    for (const id of [1, 2, 3]) state.write((tables) => tables.journal.settle(id, 'accepted', 5));
    state.write((tables) => tables.journal.forgetSettledBefore(10));
    state.close();
    const again = openState();
    expect(again.tables.journal.backlog()).toEqual({ count: 0, oldest: null });
    const written = again.write((tables) => tables.journal.append(0, 'print', {}));
    expect(written).toEqual({ ok: true, value: 4 });
  });

  it('sends a report that would not fit a frame without its data', () => {
    const state = openState();
    state.write((tables) => tables.journal.append(0, 'device', { text: 'x'.repeat(50_000) }));
    expect(state.tables.journal.pending(0, 10)[0]?.data).toEqual({ truncated: true, characters: 50_011 });
  });

  it('takes what happened soon, in one transaction, and says so once', async () => {
    const state = openState();
    let told = 0;
    state.onReports(() => {
      told += 1;
    });
    for (let n = 0; n < 5; n++) state.record('gate.alarm', { n });
    expect(state.tables.journal.backlog().count).toBe(0);
    await new Promise((resolve) => setImmediate(resolve));
    expect(state.tables.journal.pending(2, 10).map((r) => r.data)).toEqual([{ n: 2 }, { n: 3 }, { n: 4 }]);
    expect(told).toBe(1);
  });
});

describe('a full disk', () => {
  const fill = (state: AgentState): void => {
    const pages = Number(state.database.prepare('PRAGMA page_count').get()?.['page_count']);
    state.database.exec(`PRAGMA max_page_count = ${pages}`);
  };
  const big = (state: AgentState) =>
    state.write((tables) =>
      tables.receipts.keep(
        {
          order_id: 'ord_big',
          number: 'N',
          document: {
            ...receiptOf('ord_big', 'N'),
            footer_lines: Array.from({ length: 50 }, () => 'x'.repeat(200)),
          },
        },
        0,
      ),
    );

  it('is a value, leaves nothing half written, and is over when every retry gets through', () => {
    const state = openState();
    fill(state);
    let waiting = true;
    state.onDiskRetry(() => !waiting);
    expect(big(state)).toEqual({ ok: false, error: { code: 'disk_full' } });
    expect(state.disk.state).toBe('full');
    expect(state.tables.receipts.has('ord_big')).toBe(false);
    state.database.exec('PRAGMA max_page_count = 100000');
    state.retryDisk();
    expect(state.disk.state).toBe('full');
    waiting = false;
    state.retryDisk();
    expect(state.disk.state).toBe('ok');
    expect(big(state).ok).toBe(true);
    expect(logged).toEqual(['error disk full', 'info disk writable again']);
  });

  it('keeps records in memory, the newest thousand, until there is room', () => {
    const state = openState();
    for (let n = 0; n < 1_010; n++) state.record('gate.alarm', { n, pad: 'x'.repeat(300) });
    expect(state.lostRecords).toBe(10);
    fill(state);
    expect(state.flushRecords()).toBe(false);
    expect(state.tables.journal.backlog().count).toBe(0);
    state.database.exec('PRAGMA max_page_count = 100000');
    state.retryDisk();
    expect(state.tables.journal.backlog().count).toBe(1_000);
    expect(state.tables.journal.pending(0, 1)[0]).toMatchObject({ id: 1, data: { n: 10 } });
  });
});

describe('the file', () => {
  it('belongs to one process at a time', () => {
    const state = openState();
    state.write((tables) => tables.meta.set('probe', 1));
    expect(() => openDatabase(`${folder.path}/agent.sqlite`, 50)).toThrow(/locked/);
  });

  it('refuses a schema of a newer agent and runs each migration once', () => {
    const db = openDatabase(`${folder.path}/other.sqlite`);
    migrate(db, [...MIGRATIONS, 'CREATE TABLE more (a TEXT)']);
    migrate(db, [...MIGRATIONS, 'CREATE TABLE more (a TEXT)']);
    expect(() => migrate(db, ['SELECT 1'])).toThrow(/newer/);
    expect(() => transaction(db, () => db.exec('INSERT INTO nowhere VALUES (1)'))).toThrow();
    expect(db.isTransaction).toBe(false);
    db.close();
  });

  it('asks for a snapshot when the stored configuration cannot be read any more', () => {
    const state = openState();
    state.write(({ meta }) => {
      meta.set('epoch', 'e');
      meta.set('config', JSON.stringify(storeConfig()));
    });
    state.close();
    const same = openState();
    expect(same.config?.name).toBe('Example Store');
    expect(same.epoch).toBe('e');
    same.write(({ meta }) => meta.set('config', '{"v":2}'));
    same.close();
    const later = openState();
    expect(later.config).toBeNull();
    expect(later.epoch).toBeNull();
  });
});
