import { expect, it } from 'vitest';
import { StoreEvent } from '../../shared/events/index.ts';
import { markOf } from './marks.ts';
import {
  appendEvent,
  drainOutbox,
  EVENTS_ANSWER_CHARACTERS_MAX,
  eventsAfter,
  nextBatch,
  OUTBOX_BACKOFF_MAX_MS,
  OUTBOX_GRACE_MS,
  OUTBOX_KEPT_MS,
  outboxBacklog,
  outboxBackoffMs,
  outboxHead,
  pruneOutbox,
  QUEUE_BATCH_BYTES_MAX,
} from './outbox.ts';
import { type Bench, onBench } from './test/fixture.ts';

const append = (bench: Bench, count: number, padding = '') =>
  bench.run((scope) => {
    for (let i = 0; i < count; i++) {
      appendEvent(scope, {
        type: 'incident.raised',
        data: { incident_id: `inc_${i}`, kind: 'test', detail: { padding } },
      });
    }
  });
const seqs = (messages: string[]) => messages.map((json) => StoreEvent.parse(JSON.parse(json)).seq);
const upTo = (last: number, first = 1) => Array.from({ length: last - first + 1 }, (_, i) => first + i);

it('numbers events without gaps and asks to be awake soon', () =>
  onBench((bench) => {
    append(bench, 2);
    expect(bench.after).toEqual({ feed: false, outbox: true, wakeAt: bench.now + OUTBOX_GRACE_MS });
    append(bench, 1);
    expect(seqs(eventsAfter(bench.sql, 0, 100))).toEqual([1, 2, 3]);
    expect(seqs(eventsAfter(bench.sql, 1, 1))).toEqual([2]);
    expect(outboxHead(bench.sql)).toBe(3);
  }));

it('drains oldest first in batches of 100 messages, each once', () =>
  onBench(async (bench) => {
    append(bench, 230);
    const sent: number[][] = [];
    const send = async (messages: string[]) => void sent.push(seqs(messages));
    expect(await drainOutbox(bench.sql, send)).toBe(true);
    expect(sent).toEqual([upTo(100), upTo(200, 101), upTo(230, 201)]);
    expect(outboxBacklog(bench.sql)).toBe(0);
    expect(await drainOutbox(bench.sql, send)).toBe(true);
    expect(sent).toHaveLength(3);
  }));

it('keeps a batch below its bytes, measured in UTF-8', () =>
  onBench(async (bench) => {
    append(bench, 5, '€'.repeat(25_000));
    const sizes: number[] = [];
    const send = async (messages: string[]) =>
      void sizes.push(messages.reduce((sum, json) => sum + new TextEncoder().encode(json).byteLength, 0));
    await drainOutbox(bench.sql, send);
    expect(sizes).toHaveLength(3);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(QUEUE_BATCH_BYTES_MAX);
  }));

it('leaves to the RPC what is too large for the queue, and goes on behind it', () =>
  onBench(async (bench) => {
    append(bench, 1);
    append(bench, 1, 'x'.repeat(130_000));
    append(bench, 1);
    expect(nextBatch(bench.sql)?.upTo).toBe(3);
    const sent: number[] = [];
    await drainOutbox(bench.sql, async (messages) => void sent.push(...seqs(messages)));
    expect(sent).toEqual([1, 3]);
    expect(seqs(eventsAfter(bench.sql, 1, 1))).toEqual([2]);
    append(bench, 1, 'x'.repeat(130_000));
    expect(await drainOutbox(bench.sql, () => Promise.reject(new Error('nothing is to be sent')))).toBe(true);
    expect(outboxBacklog(bench.sql)).toBe(0);
  }));

it('loses nothing when the queue refuses, and begins again with the refused batch', () =>
  onBench(async (bench) => {
    append(bench, 150);
    const sent: number[][] = [];
    const refusing = async (messages: string[]) => {
      if (sent.length === 1) throw new Error('the queue is down');
      sent.push(seqs(messages));
    };
    expect(await drainOutbox(bench.sql, refusing)).toBe(false);
    expect(markOf(bench.sql, 'outbox_sent')).toBe(100);
    expect(outboxBacklog(bench.sql)).toBe(50);
    expect(await drainOutbox(bench.sql, async (messages) => void sent.push(seqs(messages)))).toBe(true);
    expect(sent).toEqual([upTo(100), upTo(150, 101)]);
  }));

it('backs off longer with each refusal, within bounds', () => {
  expect([1, 2, 3, 4].map(outboxBackoffMs)).toEqual([1_000, 2_000, 4_000, 8_000]);
  expect(outboxBackoffMs(1_000)).toBe(OUTBOX_BACKOFF_MAX_MS);
});

it('bounds what one answer to the cloud carries, but always answers one', () =>
  onBench((bench) => {
    append(bench, 3, 'x'.repeat(EVENTS_ANSWER_CHARACTERS_MAX / 4 - 100));
    append(bench, 2, 'x'.repeat(EVENTS_ANSWER_CHARACTERS_MAX / 5));
    expect(seqs(eventsAfter(bench.sql, 0, 100))).toEqual([1, 2, 3, 4]);
    expect(seqs(eventsAfter(bench.sql, 4, 100))).toEqual([5]);
  }));

it('forgets events after 35 days, never unsent ones nor the newest, so seq goes on', () =>
  onBench(async (bench) => {
    append(bench, 3);
    bench.now += OUTBOX_KEPT_MS;
    pruneOutbox(bench.sql, bench.now);
    expect(seqs(eventsAfter(bench.sql, 0, 100))).toEqual([1, 2, 3]);
    await drainOutbox(bench.sql, async () => {});
    pruneOutbox(bench.sql, bench.now - 1);
    expect(seqs(eventsAfter(bench.sql, 0, 100))).toEqual([1, 2, 3]);
    pruneOutbox(bench.sql, bench.now);
    expect(seqs(eventsAfter(bench.sql, 0, 100))).toEqual([3]);
    append(bench, 1);
    expect(outboxHead(bench.sql)).toBe(4);
  }));
