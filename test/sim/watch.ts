import { legsOf, orderOf, sessionOf } from '../../edge/basket/rows.ts';
import { LEG_MOVES, type LegState } from '../../shared/payment/leg.ts';
import {
  SESSION_MOVES,
  type SessionStatus,
  sessionStatus,
  sessionSums,
} from '../../shared/payment/session.ts';
import type { SimStore } from './store.ts';
import type { SimTrip } from './trip.ts';

/** What explains that more is held than is due: staff were told, or will be. */
const EXCESS = /(over_captured|late_capture|payment_amount_mismatch)/;

const LEGAL: ReadonlyMap<string, readonly LegState[]> = new Map(Object.entries(LEG_MOVES));

/** Closing and sending back all that is held are one transaction, so the state between the two is never seen. */
const isLegal = (before: SessionStatus, after: SessionStatus): boolean =>
  SESSION_MOVES[before].includes(after) ||
  (SESSION_MOVES[before].includes('unwinding') && SESSION_MOVES.unwinding.includes(after));

/**
 * Looks at a trip in every transaction that its verbs write, the moment before it stands: each step of an attempt and of
 * the session is in its table, and no more money is held than is due unless staff hear of it.
 */
export class Watch {
  /** Every step that the session took. */
  readonly sessions = new Set<string>();
  readonly #trip: SimTrip;
  readonly #store: SimStore;
  #status: SessionStatus | null = null;
  #illegal: string | null = null;
  #note: (text: () => string) => void = () => undefined;

  constructor(trip: SimTrip, store: SimStore) {
    this.#trip = trip;
    this.#store = store;
    trip.tables.db.function('leg_moved', (n, from, to) => {
      this.#moved(Number(n), String(from), String(to));
      return null;
    });
    trip.tables.exec(
      `CREATE TEMP TRIGGER leg_watch AFTER UPDATE OF state ON leg WHEN OLD.state <> NEW.state
       BEGIN SELECT leg_moved(NEW.n, OLD.state, NEW.state); END`,
    );
    trip.watch = () => this.#look();
  }

  enter(note: (text: () => string) => void): void {
    this.#note = note;
    this.#status = null;
    this.#illegal = null;
    this.sessions.clear();
  }

  #moved(n: number, from: string, to: string): void {
    const legal = LEGAL.get(from)?.some((state) => state === to) === true;
    this.#note(() => `leg ${n} ${from} → ${to}`);
    if (!legal) this.#illegal = `payment ${n} went from ${from} to ${to}`;
  }

  #look(): void {
    if (this.#illegal !== null) throw new Error(this.#illegal);
    const sql = this.#trip.tables;
    const order = orderOf(sql);
    if (order === null) {
      this.#status = null;
      return;
    }
    const legs = legsOf(sql);
    const session = sessionOf(order, legs);
    const before = this.#status;
    const after = sessionStatus(session);
    this.#status = after;
    if (before !== null && before !== after) {
      this.sessions.add(`${before} → ${after}`);
      this.#note(() => `session ${before} → ${after}`);
      if (!isLegal(before, after)) throw new Error(`the session went from ${before} to ${after}`);
    }
    const { captured, authorized } = sessionSums(legs);
    if (captured + authorized > order.due && !this.#explained())
      throw new Error(`${captured} taken and ${authorized} reserved of ${order.due}, and nobody is told`);
  }

  #explained(): boolean {
    const told = this.#trip.tables.exec<{ subject: string }>(`SELECT subject FROM duty WHERE kind = 'tell'`);
    const mine = `pay_${this.#trip.id.slice(4)}%`;
    const kept = this.#store.tables.exec<{ key: string }>(
      'SELECT key FROM payment_incident WHERE key LIKE ?',
      mine,
    );
    return told.some(({ subject }) => EXCESS.test(subject)) || kept.some(({ key }) => EXCESS.test(key));
  }
}
