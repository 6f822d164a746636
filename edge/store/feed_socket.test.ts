import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { expect, it, vi } from 'vitest';
import {
  CLOSE,
  FeedEntry,
  PING,
  REPORT_BYTES_MAX,
  SNAPSHOT_TAGS_PER_PART,
  type TagState,
  UNACKNOWLEDGED_ENTRIES_MAX,
} from '../../shared/feed/frames.ts';
import { SNAPSHOT_PARTS_PER_TURN } from './feed_socket.ts';
import { AGENT_HEADER } from './store_shell.ts';
import { connect, type FeedClient, hello, report } from './test/feed_client.ts';
import {
  agent,
  commitOf,
  config,
  EPC_1,
  epc,
  freshStoreId,
  itemId,
  opening,
  openStore,
  stubOf,
  takeTag,
} from './test/fixture.ts';

vi.setConfig({ testTimeout: 30_000 });

type Opened = Awaited<ReturnType<typeof openStore>>;

const statusOf = async ({ stub }: Opened) => {
  const status = await stub.status();
  if (status === null) throw new Error('no such store');
  return status;
};

/** A client that has said hello and wants the log after `cursor`. */
async function resumed(store: Opened, cursor: number, journal = 'journal-1'): Promise<FeedClient> {
  const client = await connect(store.stub, agent);
  client.send(hello(agent, { epoch: (await statusOf(store)).epoch, cursor, journal }));
  expect(await client.next('welcome')).toMatchObject({ resume: 'log' });
  return client;
}

/** Entries one by one, in order and without a gap, until the feed is at `head`. */
async function readTo(client: FeedClient, cursor: number, head: number, ack = true): Promise<FeedEntry[]> {
  const entries: FeedEntry[] = [];
  let at = cursor;
  while (at < head) {
    const frame = await client.next('feed');
    expect(frame.after).toBe(at);
    for (const entry of frame.entries) {
      expect(entry.seq).toBe(at + 1);
      at = entry.seq;
      entries.push(FeedEntry.parse(entry));
    }
    if (ack) client.send({ type: 'ack', cursor: at });
  }
  return entries;
}

const announce = async ({ stub }: Opened, count: number, from = 0) => {
  for (let i = 0; i < count; i++) {
    await stub.registerTags({ tags: [{ epc: epc(from + i), item_id: itemId(1) }] });
  }
};

const sell = async ({ stub, store_id }: Opened, n: number, epcs: string[]) => {
  for (const one of epcs) await stub.take(takeTag(n, one));
  const opened = await stub.openOrder(opening(n, epcs));
  return stub.commitSale(commitOf(n, store_id, opened.ok ? opened.value.number : '?', epcs));
};

/** Everything that was sent before the answer to this report has arrived by then. */
async function barrier(client: FeedClient, id: number): Promise<void> {
  client.send(report(id));
  expect(await client.next('accepted')).toEqual({ type: 'accepted', id });
}

it('gives a new agent the whole state, then the log from its head', async () => {
  const store = await openStore();
  await sell(store, 1, [EPC_1]);
  await announce(store, 1);
  const { epoch, head } = await statusOf(store);
  const client = await connect(store.stub, agent);
  client.send(hello(agent));
  expect(await client.next('welcome')).toMatchObject({ v: 1, epoch, head, resume: 'snapshot' });
  const snapshot = await client.next('snapshot');
  expect(snapshot).toMatchObject({ part: 0, last: true, head, shelf_version: 1 });
  expect(snapshot.config).toEqual(config(store.store_id));
  expect(snapshot.tags.map((tag) => [tag.epc, tag.status, tag.order_id !== undefined])).toEqual([
    [epc(0), 'unsold', false],
    [EPC_1, 'sold', true],
  ]);
  client.send({ type: 'ack', cursor: head });
  await announce(store, 1, 1);
  expect(await client.next('feed')).toMatchObject({
    after: head,
    entries: [{ seq: head + 1, type: 'tags' }],
  });
  client.close();
});

it('continues the log after the cursor of a known epoch, and pushes a sale when it is committed', async () => {
  const store = await openStore();
  await announce(store, 3);
  const { head } = await statusOf(store);
  const client = await resumed(store, head - 2);
  await readTo(client, head - 2, head);
  const sale = await sell(store, 1, [EPC_1]);
  const entries = await readTo(client, head, head + 2);
  expect(entries.map((entry) => entry.type)).toEqual(['tags', 'sale']);
  expect(entries[1]).toMatchObject({
    number: 'HS-100000',
    tags: [{ epc: EPC_1, status: 'sold', rev: sale.tags[0]?.rev }],
    receipt: { order: { fiscal_number: sale.fiscal_number } },
  });
  client.close();
});

it('sends at most the window of unacknowledged entries; an ack releases as many as it covers', async () => {
  const store = await openStore();
  const tags = Array.from({ length: 300 }, (_, i) => ({ epc: epc(i), item_id: itemId(1) }));
  const born = (await statusOf(store)).head;
  for (const tag of tags) await store.stub.registerTags({ tags: [tag] });
  const client = await resumed(store, born);
  const window = born + UNACKNOWLEDGED_ENTRIES_MAX;
  await readTo(client, born, window, false);
  await barrier(client, 1);
  await announce(store, 1, 1_000);
  await barrier(client, 2);
  client.send({ type: 'ack', cursor: born + 10 });
  const frame = await client.next('feed');
  expect(frame.after).toBe(window);
  expect(frame.entries).toHaveLength(10);
  client.send({ type: 'ack', cursor: born + 5 });
  await barrier(client, 3);
  expect((await statusOf(store)).agents).toMatchObject([{ cursor: born + 10 }]);
  client.send({ type: 'ack', cursor: window + 10 });
  await readTo(client, window + 10, born + 301);
  await barrier(client, 4);
  client.close();
});

it('replays to a new connection what the old one did not acknowledge', async () => {
  const store = await openStore();
  const born = (await statusOf(store)).head;
  await announce(store, 5);
  const first = await resumed(store, born);
  await readTo(first, born, born + 5, false);
  first.send({ type: 'ack', cursor: born + 2 });
  await barrier(first, 1);
  first.close();
  await first.closed;
  await announce(store, 1, 100);
  const second = await resumed(store, born + 2);
  expect(await readTo(second, born + 2, born + 6)).toHaveLength(4);
  await barrier(second, 2);
  expect((await statusOf(store)).agents).toMatchObject([{ agent, connected: true, cursor: born + 6 }]);
  second.close();
});

it('never takes an old cursor for progress: another epoch, or a cursor above the head, gets a snapshot', async () => {
  const store = await openStore();
  await announce(store, 5);
  const { epoch, head } = await statusOf(store);
  for (const old of [
    { epoch: 'another', cursor: 2 },
    { epoch, cursor: head + 1 },
  ]) {
    const client = await connect(store.stub, agent);
    client.send(hello(agent, old));
    expect(await client.next('welcome')).toMatchObject({ resume: 'snapshot' });
    expect(await client.next('snapshot')).toMatchObject({ head, last: true });
    client.close();
    await client.closed;
  }
});

it('lets go of an agent that a new configuration does not name, and tells it nothing of that', async () => {
  const device = (id: string) => ({
    id,
    kind: 'agent',
    name: id,
    username: id,
    secret_sha256: '0'.repeat(64),
  });
  const kept = `agt_${'9'.repeat(8)}-0000-7000-8000-000000000000`;
  const store = await openStore({ devices: [device(agent), device(kept)] });
  const { head } = await statusOf(store);
  const goes = await resumed(store, head);
  const stays = await connect(store.stub, kept);
  stays.send(hello(kept, { epoch: (await statusOf(store)).epoch, cursor: head }));
  await stays.next('welcome');

  await store.stub.putConfig(config(store.store_id, { version: 2, devices: [device(kept)] }));
  expect(await goes.closed).toBe(CLOSE.forbidden);
  expect(goes.waiting()).toEqual([]);
  expect((await stays.next('feed')).entries).toMatchObject([{ type: 'config', seq: head + 1 }]);
  stays.close();
});

it('is born anew with another epoch after its storage was lost', async () => {
  const store = await openStore();
  const before = await statusOf(store);
  await runInDurableObject(store.stub, (_object, { storage }) => storage.deleteAll());
  await evictDurableObject(store.stub);
  const stub = stubOf(store.store_id);
  expect(await stub.config()).toBeNull();
  await stub.putConfig(config(store.store_id));
  const after = await statusOf({ ...store, stub });
  expect(after.epoch).not.toBe(before.epoch);
  const client = await connect(stub, agent);
  client.send(hello(agent, { epoch: before.epoch, cursor: 1 }));
  expect(await client.next('welcome')).toMatchObject({ resume: 'snapshot', epoch: after.epoch });
  client.close();
});

it('takes a report once, and accepts it each time', async () => {
  const store = await openStore();
  const { head } = await statusOf(store);
  const client = await resumed(store, head);
  for (const id of [1, 1, 2, 1]) {
    client.send(report(id, { epc: EPC_1 }));
    expect(await client.next('accepted')).toEqual({ type: 'accepted', id });
  }
  client.close();
  await client.closed;
  const again = await resumed(store, head);
  await barrier(again, 2);
  again.close();
  const { events } = await store.stub.eventsAfter(0, 100);
  expect(events.map((json) => JSON.parse(json))).toMatchObject([
    { type: 'agent.reported', data: { agent, report_id: 1, kind: 'gate.alarm', data: { epc: EPC_1 } } },
    { type: 'agent.reported', data: { agent, report_id: 2 } },
  ]);
});

it('takes the reports of an agent with a new disk, which counts from 1 again', async () => {
  const store = await openStore();
  const { head } = await statusOf(store);
  for (const journal of ['old-disk', 'new-disk']) {
    const client = await resumed(store, head, journal);
    client.send(report(1, { from: journal }));
    await client.next('accepted');
    client.close();
    await client.closed;
  }
  const { events } = await store.stub.eventsAfter(0, 100);
  expect(events.map((json) => JSON.parse(json).data.data.from)).toEqual(['old-disk', 'new-disk']);
});

it.each([
  ['malformed JSON', '{', CLOSE.bad_frame],
  ['an unknown type', { type: 'sell' }, CLOSE.bad_frame],
  ['a frame without its fields', { type: 'ack' }, CLOSE.bad_frame],
  ['an ack above what was sent', { type: 'ack', cursor: 1_000_000 }, CLOSE.bad_frame],
  ['a second hello', hello(agent), CLOSE.bad_frame],
  ['too large a frame', report(1, { text: 'x'.repeat(REPORT_BYTES_MAX) }), CLOSE.bad_frame],
  ['a frame too large in bytes only', report(1, { text: '€'.repeat(REPORT_BYTES_MAX / 2) }), CLOSE.bad_frame],
])('closes on %s', async (_what, frame, code) => {
  const store = await openStore();
  const client = await resumed(store, (await statusOf(store)).head);
  client.send(frame);
  expect(await client.closed).toBe(code);
  expect((await store.stub.eventsAfter(0, 100)).events).toEqual([]);
  expect((await statusOf(store)).agents).toMatchObject([{ agent, connected: false }]);
});

it.each([
  ['anything before hello', { type: 'ack', cursor: 0 }, CLOSE.bad_frame],
  ['another agent`s name', hello('agt_other'), CLOSE.forbidden],
  ['a version that is not spoken', hello(agent, { v: 99 }), CLOSE.version],
])('closes on %s', async (_what, frame, code) => {
  const store = await openStore();
  const client = await connect(store.stub, agent);
  client.send(frame);
  expect(await client.closed).toBe(code);
});

it('lets the second socket of an agent replace the first, and other agents be', async () => {
  const store = await openStore();
  const { head } = await statusOf(store);
  const other = await connect(store.stub, 'agt_other');
  other.send(hello('agt_other'));
  await other.next('welcome');
  await other.next('snapshot');
  const first = await resumed(store, head);
  const second = await resumed(store, head);
  expect(await first.closed).toBe(CLOSE.replaced);
  await announce(store, 1);
  expect(await second.next('feed')).toMatchObject({ after: head });
  expect(await other.next('feed')).toMatchObject({ after: head });
  expect(first.waiting()).toEqual([]);
  const { agents } = await statusOf(store);
  expect(agents.map((one) => [one.agent, one.connected])).toEqual([
    [agent, true],
    ['agt_other', true],
  ]);
  second.close();
  other.close();
});

it('answers a ping', async () => {
  const store = await openStore();
  const client = await resumed(store, (await statusOf(store)).head);
  client.send(PING);
  expect(await client.next('pong')).toEqual({ type: 'pong' });
  client.close();
});

/** A store with more tags than one turn of a snapshot carries. */
async function largeStore() {
  const store = await openStore();
  const count = SNAPSHOT_TAGS_PER_PART * (SNAPSHOT_PARTS_PER_TURN + 1) + 10;
  for (let from = 0; from < count; from += 1_000) {
    const portion = Array.from({ length: Math.min(1_000, count - from) }, (_, i) => epc(from + i));
    await store.stub.registerTags({ tags: portion.map((one) => ({ epc: one, item_id: itemId(1) })) });
  }
  return { store, count, head: (await statusOf(store)).head };
}

async function snapshotOf(client: FeedClient, head: number): Promise<Map<string, TagState>> {
  const known = new Map<string, TagState>();
  for (let part = 0; ; part++) {
    const snapshot = await client.next('snapshot');
    expect(snapshot).toMatchObject({ part, head });
    expect(snapshot.config === undefined).toBe(part > 0);
    for (const tag of snapshot.tags) known.set(tag.epc, tag);
    if (!snapshot.last) continue;
    expect(part).toBe(SNAPSHOT_PARTS_PER_TURN + 1);
    return known;
  }
}

it('sends a large ledger in parts over several turns, without being asked again', async () => {
  const { store, count, head } = await largeStore();
  const client = await connect(store.stub, agent);
  client.send(hello(agent));
  expect(await client.next('welcome')).toMatchObject({ resume: 'snapshot', head });
  expect((await snapshotOf(client, head)).size).toBe(count);
  client.send({ type: 'ack', cursor: head });
  await barrier(client, 1);
  client.close();
});

it('lets commands in between the parts, and the log mends what they changed', async () => {
  const { store, count, head } = await largeStore();
  const client = await connect(store.stub, agent);
  client.send(hello(agent));
  expect(await client.next('welcome')).toMatchObject({ resume: 'snapshot', head });
  await sell(store, 1, [epc(3), epc(count - 1)]);
  const known = await snapshotOf(client, head);
  expect(known.size).toBe(count);
  for (const entry of await readTo(client, head, (await statusOf(store)).head)) {
    if (entry.type !== 'sale') continue;
    for (const tag of entry.tags) if (tag.rev > (known.get(tag.epc)?.rev ?? 0)) known.set(tag.epc, tag);
  }
  const sold = [...known.values()].filter((tag) => tag.status === 'sold').map((tag) => tag.epc);
  expect(sold.sort()).toEqual([epc(3), epc(count - 1)]);
  client.close();
});

it('keeps socket, cursor and window while the object sleeps', async () => {
  const store = await openStore();
  const { head } = await statusOf(store);
  const client = await resumed(store, head);
  await announce(store, 1);
  await readTo(client, head, head + 1);
  await barrier(client, 1);
  await evictDurableObject(store.stub);
  const stub = stubOf(store.store_id);
  await announce({ ...store, stub }, 1, 1);
  expect(await client.next('feed')).toMatchObject({ after: head + 1, entries: [{ seq: head + 2 }] });
  expect((await statusOf({ ...store, stub })).agents).toMatchObject([{ connected: true, cursor: head + 1 }]);
  client.close();
});

it('says what an object left unsaid that died between its commit and its push', async () => {
  const store = await openStore();
  const { head } = await statusOf(store);
  const client = await resumed(store, head);
  await barrier(client, 1);
  await runInDurableObject(store.stub, (_object, { storage }) => {
    const entry = { seq: head + 1, at: '2026-03-01T12:00:00.000Z', type: 'shelf', version: 9 };
    storage.sql.exec('INSERT INTO feed (seq, at, json) VALUES (?, 0, ?)', entry.seq, JSON.stringify(entry));
  });
  await evictDurableObject(store.stub);
  await stubOf(store.store_id).config();
  expect(await client.next('feed')).toMatchObject({ after: head, entries: [{ seq: head + 1 }] });
  client.close();
});

it('answers a call that is no upgrade, or comes without an agent, or to a store that does not exist', async () => {
  const { stub } = await openStore();
  const upgrade = { upgrade: 'websocket' };
  expect((await stub.fetch('https://store/feed')).status).toBe(426);
  expect((await stub.fetch('https://store/feed', { headers: upgrade })).status).toBe(426);
  const headers = { ...upgrade, [AGENT_HEADER]: agent };
  expect((await stubOf(freshStoreId()).fetch('https://store/feed', { headers })).status).toBe(404);
});
