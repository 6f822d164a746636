import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GATE, ourEpc } from '../testing/fixtures.ts';
import { Alarm, type AlarmNews, alarmFor, joined, TAGS_IN_ALARM_MAX } from './alarm.ts';

const T0 = Date.parse('2026-07-01T10:00:00.000Z');
const news = (atMs: number, ...tags: number[]): AlarmNews => ({
  gate_id: GATE,
  read_id: `r${atMs}`,
  tags: tags.map((n) => ({ epc: ourEpc(n), status: 'unsold' })),
  atMs,
});
const alarm = (id: string, first: AlarmNews, more: Partial<Alarm> = {}): Alarm =>
  Alarm.parse({
    id,
    gate_id: GATE,
    read_id: first.read_id,
    state: 'open',
    tags: first.tags,
    opened_at: new Date(first.atMs).toISOString(),
    last_seen_at: new Date(first.atMs).toISOString(),
    times: 1,
    near_orders: [],
    acknowledged: null,
    resolved: null,
    ...more,
  });

describe('news of a gate', () => {
  const bag = alarm('a', news(T0, 1, 2));

  it('join the bag that was just seen, and the same tags their alarm for longer', () => {
    expect(alarmFor(news(T0 + 9_999, 3), [bag])).toBe(bag);
    expect(alarmFor(news(T0 + 10_000, 3), [bag])).toBeNull();
    expect(alarmFor(news(T0 + 300_000, 2), [bag])).toBe(bag);
    expect(alarmFor(news(T0 + 600_000, 2), [bag])).toBeNull();
    expect(alarmFor(news(T0 + 300_000, 2, 3), [bag])).toBeNull();
  });

  it('repeat an alarm that somebody looks after, and add no other tags to it', () => {
    const taken = { ...bag, state: 'acknowledged' as const };
    expect(alarmFor(news(T0 + 1, 1), [taken])).toBe(taken);
    expect(alarmFor(news(T0 + 1, 3), [taken])).toBeNull();
  });

  it('are named once each, however they come', () => {
    const some = fc.array(fc.integer({ min: 1, max: 80 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(some, fc.array(some, { maxLength: 8 }), (first, later) => {
        let now = alarm('a', news(T0, ...first));
        for (const [n, tags] of later.entries()) now = joined(now, news(T0 + n + 1, ...tags));
        const all = new Set([first, ...later].flat().map(ourEpc));
        const seen = now.tags.map(({ epc }) => epc);
        expect(new Set(seen.slice(first.length)).size).toBeLessThanOrEqual(all.size);
        if (later.length > 0) expect(seen).toHaveLength(Math.min(all.size, TAGS_IN_ALARM_MAX));
        expect(now.times).toBe(later.length + 1);
        expect(now.last_seen_at >= now.opened_at).toBe(true);
      }),
      { seed: 4, numRuns: 200 },
    );
  });
});
