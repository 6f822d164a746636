import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { CHAIN_START } from '../../shared/offline/chain.ts';
import { sealedSale, sealedVoid } from '../../shared/offline/sale.fixture.ts';
import { AgentState } from '../state/agent_state.ts';
import { startTestAgent, until } from '../testing/agent.ts';
import { KIOSK, tempFolder } from '../testing/fixtures.ts';
import { type KioskStore, openKiosk } from '../testing/kiosk.ts';
import { SOCKS_GTIN } from '../testing/shelf.ts';

// A busy machine is no reason to fail: nothing here is about time.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const RUNS = { numRuns: process.env['LONG'] ? 500 : 40, seed: 952 };
const SOCKS = [{ code: SOCKS_GTIN }];

let store: KioskStore | undefined;
afterEach(async () => {
  await store?.stop();
  store = undefined;
});

const uploads = (path: string): boolean => path.includes('/offline_transactions');
async function report(of: KioskStore) {
  return (await of.call('GET', '/syncz')).json.till;
}

describe('the upload of what tills sold', () => {
  it('is repeated where the answer was lost, and leaves one sale', async () => {
    store = await openKiosk();
    const { edge, buy } = store;
    let lost = 0;
    edge.answerLost = (path) => uploads(path) && ++lost <= 2;
    await buy(SOCKS);
    await until(async () => expect((await report(store as KioskStore)).unsent.count).toBe(0));
    expect(lost).toBeGreaterThan(2);
    expect(edge.books.ofDevice(KIOSK)).toHaveLength(1);
    expect(edge.books.uploads.length).toBe(3);
  });

  it('goes on after a restart of the agent, in order', async () => {
    store = await openKiosk();
    const { edge, buy } = store;
    await store.cut();
    for (let n = 0; n < 3; n++) await buy(SOCKS);
    await store.agent.stop();
    await edge.start();
    store.agent = await startTestAgent(edge, store.folder);
    await until(() =>
      expect(edge.books.ofDevice(KIOSK).map(({ device_seq }) => device_seq)).toEqual([1, 2, 3]),
    );
    await until(() => expect(store?.agent.state.tables.tillDocuments.pendingCount()).toBe(0));
  });

  it('sends piece by piece what is refused whole, keeps a conflict for staff, and goes on behind it', async () => {
    store = await openKiosk();
    const { edge, buy, call } = store;
    await store.cut();
    for (let n = 0; n < 3; n++) await buy(SOCKS);
    const stranger = sealedSale(2, CHAIN_START, { device_id: KIOSK });
    edge.books.documents.set(`${KIOSK} 2`, stranger);
    let refusals = 0;
    edge.httpFault = (path) => (uploads(path) && refusals++ === 0 ? 413 : null);
    await edge.start();
    await until(async () => expect((await report(store as KioskStore)).unsent.count).toBe(0));
    expect(edge.books.documents.get(`${KIOSK} 2`)).toBe(stranger);
    expect(edge.books.ofDevice(KIOSK)).toHaveLength(3);
    const { refused } = await report(store);
    expect(refused).toMatchObject([{ device_id: KIOSK, device_seq: 2 }]);
    expect((await call('GET', '/healthz')).json).toMatchObject({ status: 'degraded', till: { refused } });
    await until(() => expect([...edge.reports.values()].map(({ kind }) => kind)).toContain('till.refused'));
  });

  it('sends again what the edge misses, and names what nobody has', async () => {
    store = await openKiosk();
    const { edge, buy } = store;
    await buy(SOCKS);
    await until(async () => expect((await report(store as KioskStore)).unsent.count).toBe(0));
    edge.books.documents.delete(`${KIOSK} 1`);
    await buy(SOCKS);
    await until(() => expect(edge.books.ofDevice(KIOSK)).toHaveLength(2));
    edge.books.documents.delete(`${KIOSK} 1`);
    store.agent.state.database.exec('DELETE FROM till_document WHERE device_seq = 1');
    store.agent.state.database.exec(
      'UPDATE till_chain SET start_seq = 1, start_digest = (SELECT previous FROM till_document WHERE device_seq = 2)',
    );
    await buy(SOCKS);
    await until(async () =>
      expect((await report(store as KioskStore)).gaps).toEqual([{ device_id: KIOSK, missing: [1] }]),
    );
  });

  it('takes no word for a sale but its own order', async () => {
    store = await openKiosk();
    const { edge, buy } = store;
    const upload = edge.books.upload.bind(edge.books);
    let wrong = 0;
    edge.books.upload = (body) => {
      const [status, answer] = upload(body);
      if (wrong++ > 1) return [status, answer];
      return [status, JSON.parse(JSON.stringify(answer).replace(/"order_id":"ord_./, '"order_id":"ord_f'))];
    };
    await buy(SOCKS);
    await until(() => expect(wrong).toBe(3));
    await until(async () => expect((await report(store as KioskStore)).unsent.count).toBe(0));
  });
});

describe('numbers of a kiosk', () => {
  it('are leased once where the answer was lost, and go on where the edge says after a new disk', async () => {
    store = await openKiosk();
    const { edge, buy } = store;
    await buy(SOCKS);
    await until(() => expect(edge.books.ofDevice(KIOSK)).toHaveLength(1));
    await store.agent.stop();
    const lost = new Set<string>();
    edge.answerLost = (path) =>
      path.includes('/number_leases') && lost.size < 2 && Boolean(lost.add(String(lost.size)));
    const fresh = tempFolder();
    try {
      store.agent = await startTestAgent(edge, fresh.path);
      await until(async () => {
        const { json } = await (store as KioskStore).call('GET', '/v1/till');
        expect(json).toMatchObject({ closed: null });
        expect(json.numbers_left).toBe(2_000);
      });
      // It asked twice, under one key.
      const own = [...edge.books.leases.values()].filter(({ device_id }) => device_id === KIOSK);
      expect(own).toHaveLength(2);
      const { order } = await buy(SOCKS);
      expect(order.number).toBe('EX-K1-002001');
      await until(() =>
        expect(edge.books.ofDevice(KIOSK).map(({ device_seq }) => device_seq)).toEqual([1, 2]),
      );
      expect(edge.books.ofDevice(KIOSK)[1]?.previous).toBe(edge.books.ofDevice(KIOSK)[0]?.digest);
      await store.agent.stop();
    } finally {
      fresh.remove();
      store.agent = await startTestAgent(edge, store.folder);
    }
    // The old disk again: the edge holds records of this kiosk that are not on it.
    store.agent.state.database.exec('UPDATE till_lease SET next = last + 1, closed = 1');
    await store.agent.stop();
    store.agent = await startTestAgent(edge, store.folder);
    await until(async () =>
      expect((await (store as KioskStore).call('GET', '/v1/till')).json.closed).toBe('journal_damaged'),
    );
  });
});

describe('the records on the disk', () => {
  it('name the one in which any byte was changed, whichever column it stands in', () => {
    const folder = tempFolder();
    const open = (): AgentState =>
      new AgentState(
        folder.path,
        () => 1_000,
        () => {},
      );
    const documents = chainOf(8);
    const device = documents[0]?.device_id ?? '';
    const first = open();
    first.write(({ tillDocuments }) => {
      for (const document of documents) tillDocuments.append(document, 1_000);
    });
    expect(first.tables.tillDocuments.fault(device)).toBeNull();
    first.close();
    const file = join(folder.path, 'agent.sqlite');
    const change = fc.record({
      row: fc.integer({ min: 1, max: documents.length }),
      column: fc.constantFrom('body', 'digest', 'previous', 'tx_id', 'order_id', 'amount', 'owed'),
      at: fc.nat(),
    });
    fc.assert(
      fc.property(change, ({ row, column, at }) => {
        const db = new DatabaseSync(file);
        const where = `FROM till_document WHERE device_seq = ${row}`;
        const before = db.prepare(`SELECT ${column} AS value ${where}`).get()?.['value'] ?? null;
        const set = db.prepare(`UPDATE till_document SET ${column} = ? WHERE device_seq = ${row}`);
        try {
          set.run(changed(before, at));
        } finally {
          db.close();
        }
        const state = open();
        try {
          expect(state.tables.tillDocuments.fault(device)?.device_seq).toBe(row);
          expect(state.tables.tillDocuments.faultOfPending(device)?.device_seq).toBe(row);
          const sent = state.tables.tillDocuments.pending(device, 50, 1e9, row);
          expect(sent.map(({ device_seq }) => device_seq)).toEqual(
            documents.slice(0, row - 1).map((one) => one.device_seq),
          );
        } finally {
          state.close();
          const again = new DatabaseSync(file);
          again.prepare(`UPDATE till_document SET ${column} = ? WHERE device_seq = ${row}`).run(before);
          again.close();
        }
      }),
      RUNS,
    );
    const db = new DatabaseSync(file);
    db.exec('DELETE FROM till_document WHERE device_seq = 8');
    db.close();
    const state = open();
    expect(state.tables.tillDocuments.fault(device)).toEqual({ device_seq: 8, fault: 'gap' });
    state.close();
    folder.remove();
  }, 120_000);

  it('are forgotten from the front once the edge has had them for long, and still form a chain', () => {
    const folder = tempFolder();
    const state = new AgentState(
      folder.path,
      () => 1_000,
      () => {},
    );
    const documents = chainOf(6);
    const device = documents[0]?.device_id ?? '';
    state.write(({ tillDocuments }) => {
      for (const document of documents) tillDocuments.append(document, 1_000);
      for (const document of documents.slice(0, 4)) tillDocuments.settle(document, 'taken', null, 2_000);
      tillDocuments.forgetTakenBefore(3_000);
    });
    expect(state.tables.tillDocuments.has(device, 4)).toBe(false);
    expect(state.tables.tillDocuments.has(device, 5)).toBe(true);
    expect(state.tables.tillDocuments.fault(device)).toBeNull();
    expect(state.tables.tillDocuments.end(device).seq).toBe(6);
    state.close();
    folder.remove();
  });
});

function chainOf(length: number) {
  const documents: (ReturnType<typeof sealedSale> | ReturnType<typeof sealedVoid>)[] = [];
  for (let seq = 1; seq <= length; seq++) {
    const previous = documents.at(-1)?.digest ?? CHAIN_START;
    documents.push(seq === 3 ? sealedVoid(seq, previous, 3, 9) : sealedSale(seq, previous));
  }
  return documents;
}

function changed(value: unknown, at: number): string | number {
  if (typeof value === 'number') return value + 1 + (at % 7);
  if (typeof value !== 'string') return 'ord_x';
  const place = at % value.length;
  // No letter of an id, so that no other row can bear the changed one.
  return value.slice(0, place) + (value[place] === 'x' ? 'y' : 'x') + value.slice(place + 1);
}
