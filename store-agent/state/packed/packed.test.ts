import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { orderId, ourEpc, tempFolder } from '../../testing/fixtures.ts';
import { AgentState } from '../agent_state.ts';
import { TagBook, type TagChange, type TagRecord } from '../tag_book.ts';
import { META, ORDER, REV, REV_MAX, SLOT_WORDS } from './layout.ts';
import { TagReader } from './reader.ts';
import { TagWriter } from './writer.ts';

vi.setConfig({ testTimeout: 120_000 });
const LONG = process.env['LONG'] !== undefined;

const hex = (n: number, digits: number): string => n.toString(16).toUpperCase().padStart(digits, '0');
const EPCS = [
  ...Array.from({ length: 40 }, (_, n) => ourEpc(n)),
  hex(1, 16),
  hex(1, 24),
  hex(1, 32),
  hex(2, 52),
  'F'.repeat(24),
  '0'.repeat(24),
  'EPC001ABC123DEF456',
];
const tagOf = (rev: number): TagRecord => ({
  status: rev % 2 === 0 ? 'sold' : 'unsold',
  rev,
  item_id: rev % 3 === 0 ? null : `itm_${rev % 3}`,
  name: rev % 4 === 0 ? null : `Mütze ${rev % 7}`,
  order_id: rev % 5 === 0 ? null : rev % 5 === 1 ? `order ${rev}` : orderId(rev % 1_000),
});

describe('the packed table', () => {
  it('says what a map says, here and to a reader, through growth and removal', () => {
    const step = fc.record({
      epc: fc.constantFrom(...EPCS),
      rev: fc.oneof(fc.integer({ min: 1, max: 60 }), fc.constantFrom(2 ** 31, 2 ** 32 + 7, REV_MAX)),
      remove: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        let table = TagWriter.empty();
        const map = new Map<string, TagRecord>();
        for (const [at, { epc, rev, remove }] of steps.entries()) {
          if (at % 20 === 19) table = table.larger();
          if (remove && at % 4 === 0) {
            table.remove(epc);
            map.delete(epc);
          } else {
            table.set(epc, tagOf(rev));
            map.set(epc, tagOf(rev));
          }
        }
        const reader = new TagReader({
          generation: 1,
          store: table.buffers,
          local: TagWriter.empty().buffers,
        });
        for (const epc of EPCS) {
          expect(table.get(epc)).toEqual(map.get(epc));
          expect(reader.get(epc)).toEqual(map.get(epc));
        }
        expect(new Map(table.entries())).toEqual(map);
        expect(table.size).toBe(map.size);
      }),
      { seed: 21, numRuns: LONG ? 20_000 : 300 },
    );
  });

  it('is read whole, as it was, wherever the writer falls asleep in a change', () => {
    const revs = fc.integer({ min: 1, max: REV_MAX });
    fc.assert(
      fc.property(fc.uniqueArray(revs, { minLength: 2, maxLength: 12 }), fc.nat(3), (all, stored) => {
        const table = TagWriter.empty();
        const words = new Int32Array(table.buffers.slots);
        const reader = new TagReader({
          generation: 1,
          store: table.buffers,
          local: TagWriter.empty().buffers,
        });
        const [epc = '', other = ''] = EPCS;
        table.set(other, tagOf(1));
        all
          .sort((a, b) => a - b)
          .forEach((rev, at) => {
            const before = words.slice();
            table.set(epc, tagOf(rev));
            const after = words.slice();
            if (at === 0) return;
            const changed = after.findIndex((word, n) => word !== before[n]);
            const slot = changed - (changed % SLOT_WORDS);
            // As it lies there after so many of the stores of a change.
            words.set(before);
            for (const word of [ORDER, REV, META].slice(0, stored))
              words[slot + word] = after[slot + word] ?? 0;
            expect(reader.get(epc)).toEqual(tagOf(stored === 3 ? rev : (all[at - 1] ?? 0)));
            expect(reader.get(other)).toEqual(tagOf(1));
            words.set(after);
          });
      }),
      { seed: 22, numRuns: LONG ? 20_000 : 300 },
    );
  });

  it('takes at most 30 MB for a million tags', () => {
    const table = TagWriter.empty(100_000);
    for (let n = 0; n < 100_000; n++)
      table.set(`3034${hex(n, 20)}`, { ...tagOf(1), name: `Item ${n % 1_000}`, order_id: null });
    expect(table.bytes).toBeLessThan(3_000_000);
    expect(table.full).toBe(false);
  });

  it('refuses a revision that it cannot hold', () => {
    expect(() => TagWriter.empty().set(ourEpc(1), { ...tagOf(1), rev: REV_MAX + 1 })).toThrow(RangeError);
  });
});

describe('two threads', () => {
  it('never see half of a change, an older state, or a known tag gone, while the table grows', async () => {
    const first = 800;
    const epcs = Array.from({ length: 6_000 }, (_, n) => `3034257BF7${hex(n * 7, 14)}`);
    const change = (epc: string, rev: number): TagChange => ({
      epc,
      rev,
      status: rev % 2 === 0 ? 'sold' : 'unsold',
      name: `name ${rev % 5}`,
      order_id: `ord_00000000-0000-7000-8000-${hex(rev % 9, 12).toLowerCase()}`,
    });
    const book = new TagBook();
    let rev = 0;
    for (const epc of epcs.slice(0, first)) book.apply([change(epc, ++rev)]);
    const worker = new Worker(new URL('./reading_thread.ts', import.meta.url), {
      workerData: { memory: book.memory, epcs, firstKnown: first },
    });
    const generations = new Set<number>();
    const ended = new Promise<{ reads: number; wrong: string[] }>((resolve, reject) => {
      worker.on('error', reject);
      worker.on('message', (message: { taken?: number; reads?: number; wrong?: string[] }) => {
        if (message.taken !== undefined) {
          book.taken(message.taken);
          generations.add(message.taken);
        } else if (message.wrong !== undefined) resolve({ reads: message.reads ?? 0, wrong: message.wrong });
      });
    });
    book.share((memory) => worker.postMessage(memory));
    const turns = LONG ? 2_000 : 150;
    for (let turn = 0; turn < turns; turn++) {
      for (let n = 0; n < 400; n++) {
        // A few tags are written over and over, the others are added as we go.
        const grown = first + Math.floor(((epcs.length - first) * turn) / turns);
        const at = n % 2 === 0 ? n % 10 : (turn * 31 + n) % grown;
        book.apply([change(epcs[at] ?? '', ++rev)]);
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
    worker.postMessage('stop');
    const { reads, wrong } = await ended;
    await worker.terminate();
    expect(wrong).toEqual([]);
    expect(reads).toBeGreaterThan(20_000);
    expect(generations.size).toBeGreaterThan(3);
  });
});

describe('the saved copy', () => {
  const openState = (path: string): AgentState =>
    new AgentState(
      path,
      () => 1_000,
      () => {},
    );

  it('and the rows since give what all rows give, whatever was saved, lost or damaged', () => {
    const step = fc.oneof(
      {
        weight: 6,
        arbitrary: fc.record({
          do: fc.constant('change' as const),
          n: fc.nat(9),
          rev: fc.integer({ min: 1, max: 50 }),
        }),
      },
      fc.record({ do: fc.constant('save' as const) }),
      fc.record({ do: fc.constant('keep' as const) }),
      fc.record({ do: fc.constant('old' as const) }),
      fc.record({ do: fc.constant('damage' as const), at: fc.nat() }),
      fc.record({ do: fc.constant('snapshot' as const) }),
      fc.record({ do: fc.constant('kill' as const) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        const folder = tempFolder();
        const file = join(folder.path, 'tags.copy');
        let state = openState(folder.path);
        let kept: Buffer | null = null;
        for (const one of steps) {
          if (one.do === 'change') {
            const changes: TagChange[] = [
              { epc: EPCS[one.n] ?? '', rev: one.rev, status: 'sold', name: 'x' },
            ];
            state.write((tables) => tables.tags.apply(changes));
            state.book.apply(changes);
          } else if (one.do === 'save') state.saveTags(0);
          else if (one.do === 'keep') kept = existsSync(file) ? readFileSync(file) : null;
          else if (one.do === 'old') {
            if (kept !== null) writeFileSync(file, kept);
          } else if (one.do === 'damage') {
            if (!existsSync(file)) continue;
            const bytes = readFileSync(file);
            const at = one.at % bytes.length;
            bytes[at] = (bytes[at] ?? 0) ^ 1;
            writeFileSync(file, bytes);
          } else if (one.do === 'snapshot') {
            const tags: TagChange[] = [{ epc: EPCS[3] ?? '', rev: 1, status: 'unsold' }];
            state.write((tables) => {
              tables.tags.stage(true, tags);
              tables.tags.swap();
            });
            const snapshot = new TagBook();
            snapshot.apply(tags);
            state.book.replace(snapshot);
          } else {
            // As `kill -9` leaves it: nothing is saved on the way out.
            state.database.close();
            state = openState(folder.path);
          }
          expect([...state.tables.tags.load(file).entries()].sort()).toEqual(
            [...state.tables.tags.load().entries()].sort(),
          );
          expect([...state.book.entries()].sort()).toEqual([...state.tables.tags.load().entries()].sort());
        }
        state.close();
        const again = openState(folder.path);
        expect([...again.book.entries()].sort()).toEqual([...again.tables.tags.load().entries()].sort());
        again.close();
        folder.remove();
      }),
      { seed: 8, numRuns: LONG ? 2_000 : 60 },
    );
  });
});
