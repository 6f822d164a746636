import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Birth } from './device_messages.ts';
import { type DeviceSession, resumedSession, takeBirth, takeEvent } from './device_session.ts';

const birth = (session: string): Birth =>
  Birth.parse({ v: 1, session, seq: 0, at: '2026-07-01T10:00:00.000Z' });
const born = (known: DeviceSession | null, session: string): DeviceSession => {
  const verdict = takeBirth(known, birth(session), 0);
  if (verdict.kind === 'ended') throw new Error('that session had ended');
  return verdict.session;
};

describe('a session', () => {
  it('begins with a birth; the same birth again changes nothing; an ended one cannot come back', () => {
    const a = born(null, 'a');
    const heard = takeEvent(a, { session: 'a', seq: 1 });
    if (heard.kind !== 'next') throw new Error(heard.kind);
    expect(takeBirth(heard.session, birth('a'), 9)).toEqual({ kind: 'again', session: heard.session });
    const b = born(heard.session, 'b');
    expect(b).toMatchObject({ seq: 0, missing: 0, ended: ['a'] });
    expect(takeBirth(b, birth('a'), 9)).toEqual({ kind: 'ended' });
    expect(takeEvent(b, { session: 'a', seq: 2 })).toEqual({ kind: 'out_of_session' });
    expect(takeEvent(null, { session: 'a', seq: 1 })).toEqual({ kind: 'out_of_session' });
  });

  it('that was on before our own start takes its count from the first event that comes', () => {
    const first = takeEvent(resumedSession(birth('a'), 0), { session: 'a', seq: 57 });
    if (first.kind !== 'next') throw new Error(first.kind);
    expect(takeEvent(first.session, { session: 'a', seq: 60 })).toMatchObject({ kind: 'gap', missing: 2 });
  });

  it('counts exactly the events that were lost, wherever they were lost and however often others come again', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('sent', 'lost', 'twice'), { maxLength: 60 }), (fates) => {
        let session = born(null, 'a');
        let taken = 0;
        const deliver = (seq: number): void => {
          const verdict = takeEvent(session, { session: 'a', seq });
          if (verdict.kind === 'out_of_session') throw new Error('out of session');
          session = verdict.session;
          if (verdict.kind !== 'duplicate') taken += 1;
        };
        fates.forEach((fate, index) => {
          if (fate !== 'lost') deliver(index + 1);
          if (fate === 'twice') deliver(index + 1);
        });
        const heard = fates.filter((fate) => fate !== 'lost').length;
        const last = fates.findLastIndex((fate) => fate !== 'lost') + 1;
        expect(taken).toBe(heard);
        expect(session.missing).toBe(last - heard);
        expect(session.duplicates).toBe(fates.filter((fate) => fate === 'twice').length);
      }),
      { seed: 4, numRuns: process.env['LONG'] ? 5_000 : 200 },
    );
  });
});
