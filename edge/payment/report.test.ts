import { describe, expect, it } from 'vitest';
import { isFailed, LEG_STATES, type LegState, moveLeg, newLeg } from '../../shared/payment/leg.ts';
import { doubtOf } from './doubt.ts';
import type { Outcome } from './gateway.ts';
import { NEVER_MADE_MS, type Question, reportOf } from './report.ts';

const leg = (state: LegState, captured = state === 'captured' || state === 'void_pending' ? 7 : 0) => ({
  state,
  captured,
});
const QUESTIONS: readonly Question[] = ['create', 'again', 'get', 'void', 'webhook'];
const SILENT: readonly Outcome[] = [
  { s: 'unknown', reason: 'timeout' },
  { s: 'not_found' },
  { s: 'error', code: 'x', message: 'y' },
];

describe('what an outcome proves', () => {
  it('silence, ignorance and a failed look never end an attempt early', () => {
    for (const outcome of SILENT) {
      for (const question of QUESTIONS) {
        const charged = question === 'create' || question === 'again';
        if (outcome.s === 'error' && charged) continue;
        for (const state of LEG_STATES) {
          // A signed refusal of what was under way is no silence.
          const underWay = state === 'capture_pending' || state === 'void_pending';
          if (outcome.s === 'error' && question === 'webhook' && underWay) continue;
          const report = reportOf(outcome, leg(state), question, NEVER_MADE_MS - 1);
          expect(report === null || (state === 'submitted' && report.state === 'unknown')).toBe(true);
        }
      }
    }
  });

  it('a signed word that a capture or a void cannot be done leaves what was there before', () => {
    const refused: Outcome = { s: 'error', code: 'capture_failed', message: 'no' };
    expect(reportOf(refused, leg('capture_pending'), 'webhook', 0)).toEqual({
      state: 'authorized',
      source: 'query',
    });
    expect(reportOf(refused, { ...leg('void_pending'), captured: 5 }, 'webhook', 0)?.state).toBe('captured');
    expect(reportOf(refused, { ...leg('void_pending'), captured: 0 }, 'webhook', 0)?.state).toBe(
      'authorized',
    );
    expect(reportOf(refused, leg('captured'), 'webhook', 0)).toBeNull();
  });

  it('an attempt that the provider still does not know after a quarter of an hour was never made', () => {
    expect(reportOf({ s: 'not_found' }, leg('unknown'), 'get', NEVER_MADE_MS)).toEqual({
      state: 'expired',
      source: 'query',
    });
    expect(reportOf({ s: 'unknown', reason: 'timeout' }, leg('unknown'), 'get', NEVER_MADE_MS)).toBeNull();
  });

  it('an attempt that nobody asked about for a quarter of an hour still comes to its end', () => {
    const report = reportOf({ s: 'not_found' }, leg('submitted'), 'get', NEVER_MADE_MS);
    expect(report).toEqual({ state: 'unknown', source: 'query' });
    expect(
      moveLeg({ ...newLeg(100), state: 'submitted' }, report ?? { state: 'error', source: 'us' }),
    ).toMatchObject({
      verdict: 'applied',
    });
  });

  it('a refused charge proves that it was not made', () => {
    expect(reportOf({ s: 'error', code: 'x', message: 'y' }, leg('submitted'), 'create', 0)).toMatchObject({
      state: 'error',
    });
  });

  it('calling off is a cancel before money was held, a void after', () => {
    const voided: Outcome = { s: 'voided', reference: 'r' };
    expect(reportOf(voided, leg('action_required'), 'void', 0)?.state).toBe('cancelled');
    expect(reportOf(voided, leg('void_pending'), 'void', 0)?.state).toBe('voided');
  });

  it('a capture counts in every state that can still hear of one', () => {
    const captured: Outcome = { s: 'captured', amount: 7, reference: 'r' };
    for (const state of LEG_STATES) {
      const report = reportOf(captured, leg(state, 0), 'get', 0);
      if (report === null) throw new Error('a capture that says nothing');
      const moved = moveLeg({ state, amount: 7, authorized: 0, captured: 0 }, report);
      if (isFailed(state))
        expect(moved).toMatchObject({ verdict: 'applied', late_success: true, leg: { captured: 7 } });
      else if (state !== 'captured' && state !== 'voided')
        expect(moved).toMatchObject({ verdict: 'applied' });
      else expect(moved.verdict).not.toBe('applied');
    }
  });

  it('a capture that was refused leaves the reservation, one that is under way is not over yet', () => {
    const refused: Outcome = { s: 'error', code: 'x', message: 'y' };
    const still: Outcome = { s: 'authorized', amount: 7, reference: 'r' };
    expect(reportOf(refused, leg('capture_pending'), 'capture', 0)?.state).toBe('authorized');
    expect(reportOf(still, leg('capture_pending'), 'get', 0)).toBeNull();
    expect(reportOf(still, leg('capture_pending'), 'capture', 0)?.state).toBe('authorized');
    expect(reportOf(still, leg('void_pending', 0), 'get', 0)).toBeNull();
    expect(reportOf({ s: 'expired', reference: 'r' }, leg('capture_pending'), 'get', 0)?.state).toBe('error');
  });

  it('money that is on its way back is not taken for new money, a reservation that was taken is', () => {
    const captured: Outcome = { s: 'captured', amount: 7, reference: 'r' };
    expect(reportOf(captured, leg('void_pending'), 'get', 0)).toBeNull();
    expect(reportOf(captured, leg('void_pending'), 'void', 0)?.state).toBe('captured');
    expect(reportOf(captured, leg('void_pending', 0), 'get', 0)?.state).toBe('captured');
  });

  it('ignorance never ends a reservation', () => {
    for (const state of ['authorized', 'capture_pending', 'captured', 'void_pending'] as const)
      expect(reportOf({ s: 'not_found' }, leg(state), 'get', NEVER_MADE_MS)).toBeNull();
  });
});

describe('what is doubted', () => {
  const asked = { asked: 500, currency: 'GBP', state: 'submitted' } as const;
  const says = (amount: number, currency?: string): Outcome => ({
    s: 'captured',
    amount,
    reference: 'r',
    ...(currency === undefined ? {} : { currency }),
  });
  it.each([
    [says(500, 'GBP'), 'create', null],
    [says(500), 'create', null],
    [says(300), 'get', null],
    [says(501), 'get', null],
    [says(500, 'EUR'), 'get', 'currency'],
    [says(0), 'get', 'amount'],
    [says(1.5), 'get', 'amount'],
    [says(499), 'webhook', 'amount'],
    [says(500), 'webhook', null],
    [{ s: 'authorized', amount: 501, reference: 'r' }, 'get', 'amount'],
    [{ s: 'pending', reference: 'r' }, 'webhook', null],
  ] as const)('%j asked by %s: %s', (said, question, doubt) => {
    expect(doubtOf(said, asked, question)).toBe(doubt);
  });
});
