import { err, ok, type Result } from '../../shared/result.ts';
import type { AgentState, Tables } from '../state/agent_state.ts';
import { type Alarm, type AlarmNews, type AlarmResolution, alarmFor, type Done, joined } from './alarm.ts';

const UNRESOLVED_LOOKED_AT_MAX = 50;
/** News that the disk has not taken; beyond this the oldest are only in the journal. */
const WAITING_MAX = 1_000;
const NEAR_ORDERS_MS = 10 * 60_000;
const NEAR_ORDERS_MAX = 3;

export interface AlarmsContext {
  state: AgentState;
  now(): number;
  /** `alm_` and a new UUID version 7. */
  newId(): string;
  onAlarm(alarm: Alarm): void;
}

/** A person, by the name that they gave, and the account of the token. */
export type Person = Omit<Done, 'at'>;
export type AlarmRefusal =
  | { code: 'not_found' }
  | { code: 'conflict'; detail: string }
  | { code: 'disk_full' };

/** Keeps the alarms of this store. A gate never waits for it: news are written soon, together with their neighbours. */
export class Alarms {
  readonly #context: AlarmsContext;
  #waiting: AlarmNews[] = [];
  #flush: NodeJS.Immediate | null = null;

  constructor(context: AlarmsContext) {
    this.#context = context;
    context.state.onDiskRetry(() => this.#write());
  }

  raise(news: AlarmNews): void {
    if (news.tags.length === 0) return;
    this.#waiting.push(news);
    if (this.#waiting.length > WAITING_MAX) this.#waiting.shift();
    this.#flush ??= setImmediate(() => this.#write());
  }

  /** Says by name that somebody looks after it. Saying it again changes nothing. */
  acknowledge(id: string, by: Person): Result<Alarm, AlarmRefusal> {
    return this.#change(id, (alarm, at) => {
      if (alarm.state !== 'open') return ok(alarm);
      return ok({ ...alarm, state: 'acknowledged', acknowledged: { ...by, at } });
    });
  }

  /** Says by name how it ended. Another end than the one that was said is a conflict. */
  resolve(
    id: string,
    by: Person,
    end: { resolution: AlarmResolution; note: string | null },
  ): Result<Alarm, AlarmRefusal> {
    return this.#change(id, (alarm, at) => {
      if (alarm.resolved === null)
        return ok({ ...alarm, state: 'resolved', resolved: { ...by, at, ...end } });
      if (alarm.resolved.resolution === end.resolution) return ok(alarm);
      const { name, resolution } = alarm.resolved;
      return err({ code: 'conflict', detail: `${name} resolved it already as ${resolution}` });
    });
  }

  close(): void {
    if (this.#flush !== null) clearImmediate(this.#flush);
    this.#write();
  }

  /** True once nothing waits. */
  #write(): boolean {
    this.#flush = null;
    if (this.#waiting.length === 0) return true;
    const news = this.#waiting;
    const { state, onAlarm } = this.#context;
    const written = state.write((tables) => {
      const changed = new Map<string, Alarm>();
      for (const one of news) {
        const known = alarmFor(one, tables.alarms.unresolvedOf(one.gate_id, UNRESOLVED_LOOKED_AT_MAX));
        const alarm = known === null ? this.#fresh(one, tables) : joined(known, one);
        tables.alarms.put(alarm);
        changed.set(alarm.id, alarm);
      }
      return [...changed.values()];
    });
    if (!written.ok) return false;
    this.#waiting = [];
    for (const alarm of written.value) onAlarm(alarm);
    return true;
  }

  #fresh({ gate_id, read_id, tags, atMs }: AlarmNews, tables: Tables): Alarm {
    const at = new Date(atMs).toISOString();
    return {
      id: this.#context.newId(),
      gate_id,
      read_id,
      state: 'open',
      tags,
      opened_at: at,
      last_seen_at: at,
      times: 1,
      near_orders: tables.receipts
        .newestSince(atMs - NEAR_ORDERS_MS, NEAR_ORDERS_MAX)
        .map(({ order_id, number, atMs: soldMs }) => ({
          order_id,
          number,
          at: new Date(soldMs).toISOString(),
        })),
      acknowledged: null,
      resolved: null,
    };
  }

  #change(
    id: string,
    decide: (alarm: Alarm, at: string) => Result<Alarm, AlarmRefusal>,
  ): Result<Alarm, AlarmRefusal> {
    const { state, now, onAlarm } = this.#context;
    this.#write();
    const atMs = now();
    const written = state.write((tables): Result<Alarm, AlarmRefusal> => {
      const alarm = tables.alarms.get(id);
      if (alarm === null) return err({ code: 'not_found' });
      const decided = decide(alarm, new Date(atMs).toISOString());
      if (!decided.ok || decided.value === alarm) return decided;
      tables.alarms.put(decided.value);
      const kind = decided.value.state === 'resolved' ? 'gate.cleared' : 'gate.acknowledged';
      tables.journal.append(atMs, kind, reportOf(decided.value));
      return decided;
    });
    if (!written.ok) return err({ code: 'disk_full' });
    if (written.value.ok) {
      state.reportsChanged();
      onAlarm(written.value.value);
    }
    return written.value;
  }
}

function reportOf({ id, gate_id, state, tags, opened_at, acknowledged, resolved }: Alarm) {
  return { alarm_id: id, gate_id, state, tags, opened_at, acknowledged, resolved };
}
