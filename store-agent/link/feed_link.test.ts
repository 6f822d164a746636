import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CLOSE } from '../../shared/feed/frames.ts';
import { AgentState } from '../state/agent_state.ts';
import { TestEdge } from '../testing/edge.ts';
import { AGENT, orderId, ourEpc, STORE, storeConfig, tempFolder } from '../testing/fixtures.ts';
import { EdgeHttp } from './edge_http.ts';
import { FeedLink } from './feed_link.ts';

// A busy machine is no reason to fail: nothing here is about time.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const PATIENCE_MS = 20_000;
const until = (assertion: () => void): Promise<void> =>
  vi.waitFor(assertion, { timeout: PATIENCE_MS, interval: 5 });

/** mulberry32: a small generator whose whole sequence follows from its seed. */
function seeded(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Running {
  state: AgentState;
  link: FeedLink;
  sales: string[];
  logs: string[];
  stop(): void;
}

let edge: TestEdge;
let folder: ReturnType<typeof tempFolder>;
const running = new Set<Running>();

beforeEach(async () => {
  edge = await new TestEdge().start();
  folder = tempFolder();
  writeFileSync(join(folder.path, 'token'), await edge.token('agent'));
});
afterEach(async () => {
  for (const one of running) one.stop();
  await edge.stop();
  folder.remove();
});

function run(): Running {
  const logs: string[] = [];
  const sales: string[] = [];
  const state = new AgentState(join(folder.path, 'data'), Date.now, (level, message) =>
    logs.push(`${level} ${message}`),
  );
  const link = new FeedLink({
    agentId: AGENT,
    state,
    edge: new EdgeHttp({ edgeUrl: edge.url, storeId: STORE, tokenFile: join(folder.path, 'token') }),
    now: Date.now,
    monotonicMs: () => performance.now(),
    random: () => 0.01,
    log: (level, message, fields) => logs.push(`${level} ${message} ${JSON.stringify(fields ?? {})}`),
    onSales: (_tables, list) => sales.push(...list.map((sale) => sale.order_id)),
    onReceipts: () => {},
    onConfig: () => {},
    onShelf: () => {},
  });
  const one: Running = {
    state,
    link,
    sales,
    logs,
    stop: () => {
      if (!running.delete(one)) return;
      link.close();
      state.close();
    },
  };
  running.add(one);
  link.start();
  return one;
}

/** Tags as the ledger has them, and as an agent has them in memory and on disk. */
const ledger = (): string[] =>
  [...edge.ledger.values()].map((t) => `${t.epc} ${t.status} ${t.rev} ${t.order_id ?? null}`).sort();
const tagsOf = (
  entries: Iterable<[string, { status: string; rev: number; order_id: string | null }]>,
): string[] => [...entries].map(([epc, t]) => `${epc} ${t.status} ${t.rev} ${t.order_id}`).sort();

function expectInStep(one: Running): void {
  expect(one.state.cursor).toBe(edge.head);
  expect(one.state.epoch).toBe(edge.epoch);
  expect(tagsOf(one.state.tables.tags.load().entries())).toEqual(ledger());
  expect(tagsOf(one.state.book.entries())).toEqual(ledger());
}

describe('the link', () => {
  it('begins with a snapshot, follows the log, keeps the keys, and goes on where it was', async () => {
    edge.stock(Array.from({ length: 20 }, (_, n) => ourEpc(n)));
    const first = run();
    await until(() => expect(first.link.status().state).toBe('up'));
    expect(first.state.config?.name).toBe('Example Store');
    edge.sell(orderId(1), [ourEpc(3)], 'EX-77');
    await until(() => expect(first.state.tables.receipts.document(orderId(1))?.order.number).toBe('EX-77'));
    await until(() => expect(first.state.jwks).toEqual(edge.jwks()));
    expectInStep(first);
    expect(first.sales).toEqual([orderId(1)]);
    first.stop();

    edge.sell(orderId(2), [ourEpc(4)]);
    const second = run();
    await until(() => expectInStep(second));
    expect(edge.hellos).toEqual([
      { epoch: null, cursor: 0 },
      { epoch: 'epoch-1', cursor: 2 },
    ]);
    expect(second.sales).toEqual([orderId(2)]);
    expect(second.state.jwks).toEqual(edge.jwks());
  });

  it('takes a snapshot when the log no longer reaches back, and that causes nothing', async () => {
    edge.stock([ourEpc(1), ourEpc(2)]);
    const first = run();
    await until(() => expectInStep(first));
    first.stop();
    edge.sell(orderId(1), [ourEpc(1)]);
    edge.truncate();
    const second = run();
    await until(() => expectInStep(second));
    expect(second.sales).toEqual([]);
  });

  it('starts over under another epoch, even with lower revisions', async () => {
    edge.stock([ourEpc(1)]);
    edge.sell(orderId(1), [ourEpc(1)]);
    const one = run();
    await until(() => expectInStep(one));
    edge.ledger.clear();
    edge.rebirth('epoch-2');
    edge.stock([ourEpc(2)]);
    await until(() => expectInStep(one));
    expect(one.state.book.get(ourEpc(1))).toBeUndefined();
  });

  it('keeps an exit pass that a snapshot was too early to know', async () => {
    edge.stock([ourEpc(1)]);
    const first = run();
    await until(() => expect(first.link.status().state).toBe('up'));
    first.link.close();
    first.state.write((tables) => {
      tables.passes.use(
        { jti: 'j-12345678', order_id: orderId(1), epcs: [[ourEpc(1), 2]] },
        edge.epoch,
        Date.now(),
      );
      tables.meta.set('cursor', 0);
    });
    first.stop();
    edge.append({ type: 'shelf', version: 1 });
    edge.truncate();
    const second = run();
    await until(() => expect(second.state.cursor).toBe(edge.head));
    const sold = { status: 'sold', rev: 2, order_id: orderId(1) };
    expect(second.state.book.get(ourEpc(1))).toMatchObject(sold);
    expect(second.state.tables.tags.load().get(ourEpc(1))).toMatchObject(sold);
    // What is above the pass still counts: the goods came back.
    edge.sellUnheard(orderId(1), [ourEpc(1)]);
    edge.stock([ourEpc(1)]);
    await until(() => expect(second.state.book.get(ourEpc(1))).toMatchObject({ status: 'unsold', rev: 3 }));
  });

  it('skips what it does not know and keeps it', async () => {
    edge.append({ type: 'hologram', beam: 'blue' });
    edge.append({ type: 'shelf', version: 5 });
    edge.config = storeConfig();
    const one = run();
    await until(() => expect(one.link.status().state).toBe('up'));
    edge.append({ type: 'hologram', beam: 'red' });
    edge.stock([ourEpc(9)]);
    edge.sendRaw('{"type":"weather","rain":true}');
    await until(() => expectInStep(one));
    expect(one.state.tables.unknownEntries.count()).toBe(1);
  });

  it('hangs up on what is no frame and comes back', async () => {
    const one = run();
    await until(() => expect(one.link.status().state).toBe('up'));
    for (const text of ['not json', '{"type":"feed","after":"x"}']) {
      const hellos = edge.hellos.length;
      edge.sendRaw(text);
      await until(() => expect(edge.hellos.length).toBeGreaterThan(hellos));
    }
    edge.stock([ourEpc(1)]);
    await until(() => expectInStep(one));
  });

  it('lets go of an edge that has fallen silent', async () => {
    const one = run();
    await until(() => expect(one.link.status().state).toBe('up'));
    edge.answerPings = false;
    await until(() => expect(one.logs.join('\n')).toContain('"reason":"silence"'));
    edge.answerPings = true;
    edge.stock([ourEpc(1)]);
    await until(() => expectInStep(one));
  });

  it('sends every report once it is up, in order, and again until each was accepted', async () => {
    const one = run();
    for (let n = 1; n <= 100; n++) one.state.record('gate.alarm', { n });
    edge.acceptReports = false;
    await until(() => expect(one.link.status().state).toBe('up'));
    one.state.record('gate.open', { n: 101 });
    edge.acceptReports = true;
    edge.dropAll();
    await until(() => expect(one.state.tables.journal.backlog().count).toBe(0));
    expect([...edge.reports.keys()]).toEqual(Array.from({ length: 101 }, (_, n) => n + 1));
    expect([...edge.reports.values()].map((report) => report.data['n'])).toEqual([...edge.reports.keys()]);
  });

  it('tells how far the clocks are apart', async () => {
    edge.clockAheadMs = 60_000;
    const one = run();
    await until(() => expect(one.link.status().state).toBe('up'));
    expect(Math.abs(one.link.clockOffsetMs - 60_000)).toBeLessThan(PATIENCE_MS);
    await until(() => expect([...edge.reports.values()].map((report) => report.kind)).toEqual(['clock']));
  });

  it('waits when told that the edge is overloaded', async () => {
    const one = run();
    await until(() => expect(one.link.status().state).toBe('up'));
    edge.closeAll(CLOSE.overloaded);
    await until(() => expect(one.logs.join('\n')).toContain('"delay_ms":300'));
  });

  it('keeps gates informed from memory while the disk is full, and acknowledges only what it holds', async () => {
    edge.stock([ourEpc(1), ourEpc(2)]);
    const one = run();
    await until(() => expectInStep(one));
    const cursor = one.state.cursor;
    const pages = Number(one.state.database.prepare('PRAGMA page_count').get()?.['page_count']);
    one.state.database.exec(`PRAGMA max_page_count = ${pages}`);
    for (let n = 1; n <= 40; n++) edge.sell(orderId(n), [ourEpc(n)]);
    await until(() => expect(one.state.book.get(ourEpc(40))?.status).toBe('sold'));
    expect(one.state.disk.state).toBe('full');
    expect(one.state.cursor).toBeLessThan(edge.head);
    expect(one.state.cursor).toBeGreaterThanOrEqual(cursor);
    expect(one.link.waitingForDisk).toBeGreaterThan(0);
    expect(edge.acked).toBeLessThanOrEqual(one.state.cursor);
    one.state.database.exec('PRAGMA max_page_count = 1000000');
    one.state.retryDisk();
    await until(() => expectInStep(one));
    await until(() => expect(edge.acked).toBe(edge.head));
    expect(one.state.disk.state).toBe('ok');
  });
});

describe('torture', () => {
  /** What a bad line, a bad server and a bad day do to the frames of one run. */
  function chaos(random: () => number): (frame: string) => string[] {
    return (frame) => {
      const dice = random();
      if (dice < 0.06) return [];
      if (dice < 0.12) return [frame, frame];
      if (dice < 0.16) return [frame.replace(/"after":(\d+)/, (_, n) => `"after":${Number(n) + 1}`)];
      if (dice < 0.18) return [frame.slice(0, Math.floor(frame.length / 2))];
      return [frame];
    };
  }

  it.each([1, 2, 3, 4, 5, 6])('ends with the tags of the ledger (seed %i)', async (seed) => {
    const random = seeded(seed);
    const pick = (n: number): number => Math.floor(random() * n);
    const epc = (): string => ourEpc(pick(40));
    edge.mangle = chaos(random);
    let one = run();
    for (let step = 0; step < 220; step++) {
      const dice = random();
      if (dice < 0.35) edge.stock([epc(), epc()]);
      else if (dice < 0.75) edge.sell(orderId(step), [epc()]);
      else if (dice < 0.8) edge.append({ type: `later-${pick(3)}`, x: step });
      else if (dice < 0.84) edge.configure(storeConfig({ version: step + 2, name: `Store ${step}` }));
      else if (dice < 0.88) edge.dropAll();
      else if (dice < 0.9) edge.truncate();
      else if (dice < 0.91) edge.rebirth(`epoch-${step}`);
      else if (dice < 0.94) {
        one.stop();
        one = run();
      } else if (dice < 0.97) one.state.record('gate.open', { step });
      if (random() < 0.5) await new Promise((resolve) => setTimeout(resolve, pick(6)));
    }
    // The day was a bad one: the link was made anew, and not only from nothing.
    expect(edge.hellos.length).toBeGreaterThan(2);
    expect(edge.hellos.some((hello) => hello.cursor > 0)).toBe(true);
    edge.mangle = (frame) => [frame];
    // A frame lost at the very end shows when the next one does not fit; so one more comes.
    edge.stock([ourEpc(0)]);
    await until(() => expectInStep(one));
    await until(() => expect(one.state.config?.name).toBe(edge.config.name));
    await until(() => expect(one.state.tables.journal.backlog().count).toBe(0));
    const ids = [...edge.reports.keys()].sort((a, b) => a - b);
    expect(ids).toEqual(ids.map((_, n) => n + 1));
  });
});
