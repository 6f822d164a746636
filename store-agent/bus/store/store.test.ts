import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { tempFolder } from '../../testing/fixtures.ts';
import * as limit from '../limits.ts';
import { type OpenedStore, openBrokerStore } from './open.ts';
import { type HeldPacket, matches } from './sessions.ts';

// A busy machine is no reason to fail: nothing here is about time.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let folder: ReturnType<typeof tempFolder>;
let logs: string[];
let dropped: number;
let nowMs: number;
const opened: OpenedStore[] = [];

beforeEach(() => {
  folder = tempFolder();
  logs = [];
  dropped = 0;
  nowMs = 1_000_000;
});
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
  folder.remove();
});

const file = (): string => join(folder.path, 'mqtt.sqlite');
async function open(path: string | null = file()): Promise<OpenedStore> {
  const one = await openBrokerStore({
    file: path,
    now: () => nowMs,
    log: (level, message) => logs.push(`${level} ${message}`),
    mayKeep: (_client, filter) => filter.startsWith('a/'),
    count: (_name, _labels, by = 1) => {
      dropped += by;
    },
  });
  opened.push(one);
  return one;
}
async function reopen(): Promise<OpenedStore> {
  for (const one of opened.splice(0)) await one.close();
  return open();
}

const packet = (topic: string, text: string, counter = 1): HeldPacket => ({
  cmd: 'publish',
  brokerId: 'broker',
  brokerCounter: counter,
  topic,
  payload: Buffer.from(text),
  qos: 1,
  retain: true,
  dup: false,
});
const read = async (stream: AsyncIterable<HeldPacket>): Promise<string[]> => {
  const texts: string[] = [];
  for await (const one of stream) texts.push(`${one.topic} ${String(one.payload)}`);
  return texts;
};

describe('what the broker keeps', () => {
  it('is there again: retained messages, sessions with their queues, wills; and what was taken away is not', async () => {
    const { store } = await open();
    await store.storeRetained(packet('a/1', 'one'));
    await store.storeRetained(packet('a/2', 'two'));
    await store.storeRetained(packet('a/1', 'changed'));
    await store.storeRetained(packet('a/2', ''));
    await store.addSubscriptions({ id: 'watcher' }, [
      { topic: 'a/+', qos: 1 },
      { topic: '#', qos: 1 },
    ]);
    expect(await store.subscriptionsByTopic('b/1')).toEqual([]);
    const to = await store.subscriptionsByTopic('a/9');
    expect(to).toMatchObject([{ clientId: 'watcher', topic: 'a/+' }]);
    for (const n of [1, 2, 3]) await store.outgoingEnqueueCombi(to, packet('a/9', `event ${n}`, n));
    await store.outgoingUpdate({ id: 'watcher' }, { ...packet('a/9', '', 2), messageId: 7 });
    expect(await store.outgoingClearMessageId({ id: 'watcher' }, packet('a/9', ''))).toBeUndefined();
    await store.outgoingClearMessageId({ id: 'watcher' }, { ...packet('a/9', ''), messageId: 7 });
    const { cmd: _cmd, ...asInConnect } = packet('a/k', 'lost');
    await store.putWill({ id: 'kiosk' }, asInConnect);
    await store.putWill({ id: 'gone' }, packet('a/g', 'lost'));
    await store.delWill({ id: 'gone' });

    const after = (await reopen()).store;
    expect(await read(after.createRetainedStream('a/#'))).toEqual(['a/1 changed']);
    expect(await after.subscriptionsByClient({ id: 'watcher' })).toEqual([{ topic: 'a/+', qos: 1 }]);
    expect(await read(after.outgoingStream({ id: 'watcher' }))).toEqual(['a/9 event 1', 'a/9 event 3']);
    expect(after.takeWills()).toMatchObject([{ clientId: 'kiosk', topic: 'a/k' }]);
    await after.outgoingEnqueue({ clientId: 'watcher' }, packet('a/9', 'event 4', 4));
    await after.removeSubscriptions({ id: 'watcher' }, ['a/+']);

    const last = (await reopen()).store;
    expect(await read(last.outgoingStream({ id: 'watcher' }))).toHaveLength(3);
    expect(await last.countOffline()).toEqual({ subsCount: 0, clientsCount: 0 });
    expect(last.takeWills()).toEqual([]);
    await last.cleanSubscriptions({ id: 'watcher' });
    expect((await reopen()).store.counts()).toMatchObject({ retained: 1, queued: 0 });
  });

  it('is bounded: the oldest goes, what is old goes, what is too much is not retained', async () => {
    const { store } = await open(null);
    await store.addSubscriptions({ id: 'watcher' }, [{ topic: 'a/#', qos: 1 }]);
    const to = [{ clientId: 'watcher' }];
    const over = 5;
    for (let n = 0; n < limit.QUEUED_PER_SESSION_MAX + over; n++)
      await store.outgoingEnqueueCombi(to, packet('a/1', `${n}`, n));
    expect(store.counts().queued).toBe(limit.QUEUED_PER_SESSION_MAX);
    expect(dropped).toBe(over);
    expect((await read(store.outgoingStream({ id: 'watcher' })))[0]).toBe(`a/1 ${over}`);
    const big = 'x'.repeat(limit.QUEUED_BYTES_PER_SESSION_MAX - 10);
    await store.outgoingEnqueueCombi(to, packet('a/1', big));
    expect(store.counts().queuedBytes).toBeLessThanOrEqual(limit.QUEUED_BYTES_PER_SESSION_MAX);
    nowMs += limit.QUEUED_KEPT_MS + 1;
    expect(await read(store.outgoingStream({ id: 'watcher' }))).toEqual([]);
    // One that its bounds have dropped goes out without a note, and nobody is thrown out for it.
    await store.outgoingUpdate({ id: 'watcher' }, { ...packet('a/1', ''), messageId: 3 });

    for (let n = 0; n < limit.RETAINED_MESSAGES_MAX; n++) await store.storeRetained(packet(`a/${n}`, 'x'));
    dropped = 0;
    await store.storeRetained(packet('a/more', 'x'));
    expect(store.counts().retained).toBe(limit.RETAINED_MESSAGES_MAX);
    expect(dropped).toBe(1);
    await store.storeRetained(packet('a/0', 'y'));
    expect(String(store.retained('a/0')?.payload)).toBe('y');
    for (let n = 0; n < limit.SESSIONS_KEPT_MAX + 5; n++)
      await store.addSubscriptions({ id: `watcher ${n}` }, [{ topic: 'a/#', qos: 1 }]);
    expect(store.counts().sessions).toBe(limit.SESSIONS_KEPT_MAX);
  });

  it('is written in few batches while the disk works, one row for what changed often', async () => {
    const { store, health } = await open();
    await Promise.all(
      Array.from({ length: 500 }, (_, n) => store.storeRetained(packet('a/1', `change ${n}`))),
    );
    expect(health().state).toBe('ok');
    const after = (await reopen()).store;
    expect(await read(after.createRetainedStream('a/1'))).toEqual(['a/1 change 499']);
  });

  it('goes on in memory with a disk that takes no more, and is written when it does again', async () => {
    const one = await open();
    await one.store.storeRetained(packet('a/1', 'before'));
    for (const other of opened.splice(0)) await other.close();
    const shrink = new DatabaseSync(file());
    shrink.exec("CREATE TRIGGER full BEFORE INSERT ON kept BEGIN SELECT raise(ABORT, 'disk full'); END");
    shrink.close();
    const two = await open();
    await two.store.storeRetained(packet('a/1', 'after'));
    expect(two.health()).toMatchObject({ state: 'failing' });
    expect(String(two.store.retained('a/1')?.payload)).toBe('after');
    expect(logs.filter((line) => line.includes('not kept'))).toHaveLength(1);
  });

  it('begins anew when its file is damaged, and stays in memory when the file cannot be had', async () => {
    writeFileSync(file(), 'x'.repeat(10_000));
    const one = await open();
    await one.store.storeRetained(packet('a/1', 'one'));
    expect(one.health().state).toBe('ok');
    expect(logs).toContain('warn the broker’s file could not be read and was put aside');
    const nowhere = await open(join(folder.path, 'no', 'such', 'folder.sqlite'));
    await nowhere.store.storeRetained(packet('a/1', 'one'));
    expect(nowhere.health().state).toBe('failing');
    expect(nowhere.store.counts().retained).toBe(1);
  });
});

describe('matches', () => {
  it.each([
    ['a/+/c', 'a/b/c', true],
    ['a/+/c', 'a/b/c/d', false],
    ['a/+', 'a', false],
    ['a/#', 'a/b/c', true],
    ['a/#', 'a', true],
    ['a', 'a', true],
    ['a', 'b', false],
    ['a/b', 'a', false],
  ])('%s over %s: %s', (filter, topic, expected) => {
    expect(matches(filter, topic)).toBe(expected);
  });
});
