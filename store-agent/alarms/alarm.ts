import { z } from 'zod';
import { EpcHex, Instant } from '../../shared/api/common.ts';

/** How an alarm can end. */
export const AlarmResolution = z.enum(['paid', 'returned', 'theft', 'false', 'walked_off']);
export type AlarmResolution = z.infer<typeof AlarmResolution>;

export const AlarmState = z.enum(['open', 'acknowledged', 'resolved']);
export type AlarmState = z.infer<typeof AlarmState>;

export const NAME_CHARS_MAX = 100;
export const NOTE_CHARS_MAX = 500;
export const TAGS_IN_ALARM_MAX = 50;

/** A tag that an alarm is about, as it stood then. */
export const AlarmTag = z.object({
  epc: EpcHex,
  status: z.enum(['unsold', 'unknown']),
  name: z.string().optional(),
});
export type AlarmTag = z.infer<typeof AlarmTag>;

/** Who did something about an alarm, and when: the name as the person gave it, and the account that was used. */
const Done = z.object({ name: z.string(), account: z.string(), at: Instant });
export type Done = z.infer<typeof Done>;

/** A sale that was completed shortly before an alarm: perhaps the trip that it belongs to. */
const NearOrder = z.object({ order_id: z.string(), number: z.string(), at: Instant });
export type NearOrder = z.infer<typeof NearOrder>;

export const Alarm = z.object({
  id: z.string(),
  gate_id: z.string(),
  /** The gate's message that raised it. */
  read_id: z.string(),
  state: AlarmState,
  tags: z.array(AlarmTag),
  opened_at: Instant,
  last_seen_at: Instant,
  /** How often the gate alarmed about it. */
  times: z.int().min(1),
  near_orders: z.array(NearOrder),
  acknowledged: Done.nullable(),
  resolved: Done.extend({ resolution: AlarmResolution, note: z.string().nullable() }).nullable(),
});
export type Alarm = z.infer<typeof Alarm>;

/** What a gate alarmed about. */
export interface AlarmNews {
  gate_id: string;
  read_id: string;
  tags: AlarmTag[];
  atMs: number;
}

/** Tags that come within this time belong to one person's bag. */
const JOIN_MS = 10_000;
/** A tag that lies beside the gate goes on alarming; within this time that is the same alarm. */
const REPEAT_MS = 10 * 60_000;

/**
 * The alarm of the same gate, not resolved, that news belong to: one that was just seen, or one about the very
 * same tags. Null: they are an alarm of their own. `unresolved` are the gate's, newest first.
 */
export function alarmFor(news: AlarmNews, unresolved: readonly Alarm[]): Alarm | null {
  const seenMs = (alarm: Alarm): number => Date.parse(alarm.last_seen_at);
  const epcs = (tags: readonly AlarmTag[]): Set<string> => new Set(tags.map(({ epc }) => epc));
  const joins = (alarm: Alarm): boolean => news.atMs - seenMs(alarm) < JOIN_MS;
  const repeats = (alarm: Alarm): boolean => {
    const known = epcs(alarm.tags);
    return news.atMs - seenMs(alarm) < REPEAT_MS && news.tags.every(({ epc }) => known.has(epc));
  };
  return unresolved.find(repeats) ?? unresolved.find((one) => one.state === 'open' && joins(one)) ?? null;
}

/** The alarm after further news of it. A tag is named once, as it was seen last. */
export function joined(alarm: Alarm, news: AlarmNews): Alarm {
  const tags = new Map([...alarm.tags, ...news.tags].map((tag) => [tag.epc, tag]));
  return {
    ...alarm,
    tags: [...tags.values()].slice(0, TAGS_IN_ALARM_MAX),
    last_seen_at: new Date(news.atMs).toISOString(),
    times: alarm.times + 1,
  };
}
