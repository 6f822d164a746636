import { isLive, keptOf, type Leg } from './leg.ts';

/** All attempts to pay one order. Its status is never stored: it follows from the legs. */
export const SESSION_STATUSES = [
  'created',
  'processing',
  'action_required',
  'authorized',
  'partially_paid',
  'paid',
  'retryable',
  'failed',
  'unwinding',
  'cancelled',
  'expired',
] as const;
export type SessionStatus = (typeof SESSION_STATUSES)[number];

/** Why no new leg may start: the shopper gave up, or the time to pay is over. */
export type Close = 'none' | 'cancel' | 'expire';

export const PAYMENT_ATTEMPTS_MAX = 100;

export interface Session {
  /** Frozen total of the order, in minor units. */
  readonly due: number;
  readonly close: Close;
  readonly legs: readonly Leg[];
}

interface SessionSums {
  readonly captured: number;
  readonly authorized: number;
  readonly live: number;
}

export function sessionSums(legs: readonly Leg[]): SessionSums {
  return {
    captured: legs.reduce((sum, leg) => sum + keptOf(leg), 0),
    authorized: legs.reduce((sum, leg) => sum + leg.authorized, 0),
    live: legs.filter((leg) => isLive(leg.state)).length,
  };
}

/** What is neither captured nor reserved yet; 0 once the order is covered. */
export function amountDue(session: Session): number {
  const { captured, authorized } = sessionSums(session.legs);
  return Math.max(0, session.due - captured - authorized);
}

/**
 * True once the money of the whole order was taken. A zero order needs a bypass leg. Money that is on its
 * way back does not count, or a paid session could lose its cover.
 */
export function isCovered(session: Session): boolean {
  const kept = session.legs.filter((leg) => leg.state === 'captured');
  if (session.due === 0) return kept.length > 0;
  return sessionSums(kept).captured >= session.due;
}

export function sessionStatus(session: Session): SessionStatus {
  const { captured, authorized, live } = sessionSums(session.legs);
  const held = captured + authorized;
  if (session.close === 'none' && isCovered(session)) return 'paid';
  // A capture that beats the closing lands here, until it revives the session or was given back.
  if (session.close !== 'none' && (live > 0 || held > 0)) return 'unwinding';
  if (session.close === 'cancel') return 'cancelled';
  if (session.close === 'expire') return 'expired';
  if (session.legs.some((leg) => leg.state === 'action_required')) return 'action_required';
  if (live > 0) return 'processing';
  // More than the sum where late money came while the rest was being reserved.
  if (authorized > 0 && held >= session.due) return 'authorized';
  if (held > 0) return 'partially_paid';
  if (session.legs.length === 0) return 'created';
  return session.legs.length < PAYMENT_ATTEMPTS_MAX ? 'retryable' : 'failed';
}

/**
 * Every step that the status may take. From `failed`, `cancelled` and `expired` only a late success or the closing leads
 * on: of the whole sum it revives the session, of a part it has to be given back or topped up.
 */
export const SESSION_MOVES: Readonly<Record<SessionStatus, readonly SessionStatus[]>> = {
  created: ['paid', 'partially_paid', 'processing', 'action_required', 'cancelled', 'expired'],
  processing: ['action_required', 'authorized', 'partially_paid', 'paid', 'retryable', 'failed', 'unwinding'],
  action_required: ['processing', 'authorized', 'partially_paid', 'paid', 'retryable', 'failed', 'unwinding'],
  partially_paid: ['processing', 'action_required', 'authorized', 'paid', 'retryable', 'failed', 'unwinding'],
  authorized: ['processing', 'paid', 'partially_paid', 'retryable', 'failed', 'unwinding'],
  retryable: [
    'processing',
    'action_required',
    'authorized',
    'partially_paid',
    'paid',
    'failed',
    'cancelled',
    'expired',
  ],
  unwinding: ['cancelled', 'expired', 'paid'],
  failed: ['paid', 'partially_paid', 'authorized', 'cancelled', 'expired'],
  cancelled: ['paid', 'unwinding'],
  expired: ['paid', 'unwinding'],
  paid: [],
};

/** A closed session whose whole sum came after all is open again: captured money is never refused. */
export function reviveIfCovered(session: Session): Session {
  return session.close !== 'none' && isCovered(session) ? { ...session, close: 'none' } : session;
}

/** Money that must go back: all of a reservation, or that much of what was captured. */
export interface Return {
  readonly index: number;
  readonly amount: number;
}

/**
 * What must go back, by the legs' indexes: all that a closing session holds; of a paid one what came beyond its sum,
 * newest first and never so much that the sum is not covered.
 */
export function moneyToReturn(session: Session): Return[] {
  const legs = session.legs.map((leg, index) => ({ leg, index }));
  const held = legs.flatMap(({ leg, index }) => {
    const amount = leg.state === 'authorized' ? leg.authorized : leg.state === 'captured' ? keptOf(leg) : 0;
    return amount === 0 ? [] : [{ index, amount, reserved: leg.state === 'authorized' }];
  });
  if (session.close !== 'none') return held.map(({ index, amount }) => ({ index, amount }));
  if (sessionStatus(session) !== 'paid') return [];
  let over = sessionSums(session.legs.filter((leg) => leg.state === 'captured')).captured - session.due;
  return held.reverse().flatMap(({ index, amount, reserved }) => {
    if (reserved) return [{ index, amount }];
    const back = Math.min(amount, over);
    over -= back;
    return back === 0 ? [] : [{ index, amount: back }];
  });
}

/**
 * What to take of the reserved legs now, by their indexes, oldest first: as much as the sum needs, once they cover it
 * together with what was taken; nothing of one that is not needed any more. One that waits for a person to capture it
 * holds back the others, or a failed capture would leave them taken.
 */
export function legsToCapture(session: Session, byItself: (index: number) => boolean): Return[] {
  if (sessionStatus(session) !== 'authorized') return [];
  const reserved = session.legs.flatMap((leg, index) => (leg.state === 'authorized' ? [{ leg, index }] : []));
  if (!reserved.every(({ index }) => byItself(index))) return [];
  let needed = session.due - sessionSums(session.legs).captured;
  return reserved.map(({ leg, index }) => {
    const amount = Math.min(leg.authorized, needed);
    needed -= amount;
    return { index, amount };
  });
}

/** A success that is told later than this after its attempt began pays for nothing any more. */
export const LATE_MONEY_MAX_MS = 30 * 60_000;

/**
 * Whether money that comes for an attempt which had failed still pays its order: soon enough, the whole of what was
 * asked, nothing else has covered it meanwhile, and the store has not given the goods up.
 * @param before the session as it stood without this money
 */
export function lateMoneyCounts(
  before: Session,
  late: { amount: number; asked: number; ageMs: number; goods_given_up: boolean },
): boolean {
  return (
    !late.goods_given_up &&
    late.ageMs < LATE_MONEY_MAX_MS &&
    late.amount === late.asked &&
    late.amount <= amountDue(before)
  );
}
