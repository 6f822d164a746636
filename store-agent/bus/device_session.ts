import type { Birth } from './device_messages.ts';
import { ENDED_SESSIONS_REMEMBERED_MAX } from './limits.ts';

/**
 * One life of a device, from a birth to the next. It outlives a connection: what a device said into a dead
 * line shows as a gap when it goes on.
 */
export interface DeviceSession {
  birth: Birth;
  bornAtMs: number;
  /** The last event that came; null after our own restart, when nobody can say. */
  seq: number | null;
  gaps: number;
  missing: number;
  duplicates: number;
  /** Names of earlier sessions, newest last. */
  ended: readonly string[];
}

export type BirthVerdict = { kind: 'born' | 'again'; session: DeviceSession } | { kind: 'ended' };

/** The session after a birth. The same birth again (a repetition) changes nothing; an ended one stays ended. */
export function takeBirth(known: DeviceSession | null, birth: Birth, nowMs: number): BirthVerdict {
  if (known !== null && known.birth.session === birth.session) return { kind: 'again', session: known };
  if (known?.ended.includes(birth.session) === true) return { kind: 'ended' };
  const ended = known === null ? [] : [...known.ended, known.birth.session];
  return {
    kind: 'born',
    session: {
      birth,
      bornAtMs: nowMs,
      seq: 0,
      gaps: 0,
      missing: 0,
      duplicates: 0,
      ended: ended.slice(-ENDED_SESSIONS_REMEMBERED_MAX),
    },
  };
}

export type EventVerdict =
  | { kind: 'next'; session: DeviceSession }
  /** So many events before this one never came. */
  | { kind: 'gap'; missing: number; session: DeviceSession }
  | { kind: 'duplicate'; session: DeviceSession }
  | { kind: 'out_of_session' };

/** What an event is to the session that its device is in. */
export function takeEvent(
  known: DeviceSession | null,
  event: { session: string; seq: number },
): EventVerdict {
  if (known === null || known.birth.session !== event.session) return { kind: 'out_of_session' };
  if (known.seq !== null && event.seq <= known.seq)
    return { kind: 'duplicate', session: { ...known, duplicates: known.duplicates + 1 } };
  const missing = known.seq === null ? 0 : event.seq - known.seq - 1;
  const session = { ...known, seq: event.seq };
  if (missing === 0) return { kind: 'next', session };
  return {
    kind: 'gap',
    missing,
    session: { ...session, gaps: known.gaps + 1, missing: known.missing + missing },
  };
}

/** A session that a retained birth from before our own restart speaks of. */
export const resumedSession = (birth: Birth, nowMs: number): DeviceSession => ({
  birth,
  bornAtMs: nowMs,
  seq: null,
  gaps: 0,
  missing: 0,
  duplicates: 0,
  ended: [],
});
