import { isLive, type Leg } from './leg.ts';

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
    captured: legs.reduce((sum, leg) => sum + leg.captured, 0),
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
  if (authorized > 0 && held === session.due) return 'authorized';
  if (held > 0) return 'partially_paid';
  if (session.legs.length === 0) return 'created';
  return session.legs.length < PAYMENT_ATTEMPTS_MAX ? 'retryable' : 'failed';
}

/**
 * Every step that the status may take. From `failed`, `cancelled` and `expired` only a late success or the closing leads
 * on: of the whole sum it revives the session, of a part it has to be given back or topped up.
 */
export const SESSION_MOVES: Readonly<Record<SessionStatus, readonly SessionStatus[]>> = {
  created: ['paid', 'processing', 'action_required', 'cancelled', 'expired'],
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

/**
 * The legs whose money must go back, as indexes: all that hold money of a session that closes, and what a
 * late capture took beyond the sum of a paid one, newest first and never so much that the sum is not covered.
 */
export function legsToReturn(session: Session): number[] {
  const indexes = session.legs.map((_, index) => index);
  if (session.close !== 'none') {
    return indexes.filter((i) => ['authorized', 'captured'].includes(session.legs[i]?.state ?? ''));
  }
  if (sessionStatus(session) !== 'paid') return [];
  let over = sessionSums(session.legs.filter((leg) => leg.state !== 'void_pending')).captured - session.due;
  return indexes.reverse().filter((i) => {
    const leg = session.legs[i];
    if (leg?.state === 'authorized') return true;
    if (leg?.state !== 'captured' || leg.captured === 0 || leg.captured > over) return false;
    over -= leg.captured;
    return true;
  });
}
