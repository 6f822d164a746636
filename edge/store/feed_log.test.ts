import { expect, it } from 'vitest';
import { sawAgent } from './agents.ts';
import {
  AGENT_LIVE_MS,
  appendFeed,
  FEED_KEPT_ENTRIES,
  feedAfter,
  feedExcess,
  headOf,
  logOf,
  PRUNED_ROWS_MAX,
  pruneFeed,
} from './feed_log.ts';
import { registerTags, TAGS_PER_ENTRY_MAX } from './register_tags.ts';
import { type Bench, epc, itemId, onBench } from './test/fixture.ts';

const KEPT = 10;
const append = (bench: Bench, count: number) =>
  bench.run((scope) => {
    for (let i = 0; i < count; i++) appendFeed(scope, { type: 'shelf', version: i });
  });

it('numbers entries without gaps and answers them after any cursor', () =>
  onBench((bench) => {
    const born = headOf(bench.sql);
    append(bench, 3);
    expect(feedAfter(bench.sql, born + 1, 100).map((entry) => entry.seq)).toEqual([born + 2, born + 3]);
    expect(feedAfter(bench.sql, born + 1, 1).map((entry) => entry.seq)).toEqual([born + 2]);
    expect(JSON.parse(feedAfter(bench.sql, born, 1)[0]?.json ?? '')).toEqual({
      seq: born + 1,
      at: '2026-03-01T12:00:00.000Z',
      type: 'shelf',
      version: 0,
    });
  }));

it('keeps the last entries whatever was acknowledged, and seq goes on', () =>
  onBench((bench) => {
    append(bench, 30);
    const head = headOf(bench.sql);
    expect(feedExcess(bench.sql, KEPT)).toBe(head - KEPT);
    expect(feedExcess(bench.sql, FEED_KEPT_ENTRIES)).toBe(0);
    pruneFeed(bench.sql, bench.now, KEPT);
    expect(logOf(bench.sql)).toEqual({ head, oldestKept: head - KEPT + 1 });
    pruneFeed(bench.sql, bench.now, 0);
    expect(logOf(bench.sql)).toEqual({ head, oldestKept: head });
    append(bench, 1);
    expect(headOf(bench.sql)).toBe(head + 1);
  }));

it('keeps what a live agent has not acknowledged, until it was not seen for seven days', () =>
  onBench((bench) => {
    append(bench, 30);
    const head = headOf(bench.sql);
    sawAgent(bench.sql, { agent: 'fast', cursor: head, at: bench.now });
    sawAgent(bench.sql, { agent: 'slow', cursor: 5, at: bench.now });
    pruneFeed(bench.sql, bench.now, KEPT);
    expect(logOf(bench.sql).oldestKept).toBe(6);
    pruneFeed(bench.sql, bench.now + AGENT_LIVE_MS - 1, KEPT);
    expect(logOf(bench.sql).oldestKept).toBe(6);
    pruneFeed(bench.sql, bench.now + AGENT_LIVE_MS, KEPT);
    expect(logOf(bench.sql).oldestKept).toBe(head - KEPT + 1);
  }));

it('prunes a bounded portion a turn', () =>
  onBench((bench) => {
    append(bench, PRUNED_ROWS_MAX + 100);
    pruneFeed(bench.sql, bench.now, KEPT);
    expect(logOf(bench.sql).oldestKept).toBe(PRUNED_ROWS_MAX + 1);
    pruneFeed(bench.sql, bench.now, KEPT);
    expect(logOf(bench.sql).oldestKept).toBe(headOf(bench.sql) - KEPT + 1);
  }));

it('announces registered tags once, in entries that fit a frame; a new binding keeps the state', () =>
  onBench((bench) => {
    const tags = Array.from({ length: TAGS_PER_ENTRY_MAX + 1 }, (_, i) => ({
      epc: epc(i),
      item_id: itemId(1),
    }));
    const born = headOf(bench.sql);
    const register = (item: number, count = tags.length) =>
      bench.run((scope) =>
        registerTags(scope, { tags: tags.slice(0, count).map((tag) => ({ ...tag, item_id: itemId(item) })) }),
      ).registered;
    expect(register(1)).toBe(tags.length);
    const sizes = feedAfter(bench.sql, born, 100).map((entry) => JSON.parse(entry.json).tags.length);
    expect(sizes).toEqual([TAGS_PER_ENTRY_MAX, 1]);
    expect(register(1)).toBe(0);
    expect(headOf(bench.sql)).toBe(born + 2);
    expect(register(2, 1)).toBe(1);
    expect(JSON.parse(feedAfter(bench.sql, born + 2, 1)[0]?.json ?? '')).toMatchObject({
      type: 'tags',
      tags: [{ epc: epc(0), status: 'unsold', item_id: itemId(2), rev: tags.length + 1 }],
    });
  }));
