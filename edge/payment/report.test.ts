import { describe, expect, it } from 'vitest';
import { isFailed, LEG_STATES, moveLeg } from '../../shared/payment/leg.ts';
import type { Outcome } from './gateway.ts';
import { NEVER_MADE_MS, type Question, reportOf } from './report.ts';

const QUESTIONS: readonly Question[] = ['create', 'again', 'get', 'void'];
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
          const report = reportOf(outcome, state, question, NEVER_MADE_MS - 1);
          expect(report === null || (state === 'submitted' && report.state === 'unknown')).toBe(true);
        }
      }
    }
  });

  it('an attempt that the provider still does not know after a quarter of an hour was never made', () => {
    expect(reportOf({ s: 'not_found' }, 'unknown', 'get', NEVER_MADE_MS)).toEqual({
      state: 'expired',
      source: 'query',
    });
    expect(reportOf({ s: 'unknown', reason: 'timeout' }, 'unknown', 'get', NEVER_MADE_MS)).toBeNull();
  });

  it('a refused charge proves that it was not made', () => {
    expect(reportOf({ s: 'error', code: 'x', message: 'y' }, 'submitted', 'create', 0)).toMatchObject({
      state: 'error',
    });
  });

  it('calling off is a cancel before money was held, a void after', () => {
    const voided: Outcome = { s: 'voided', reference: 'r' };
    expect(reportOf(voided, 'action_required', 'void', 0)?.state).toBe('cancelled');
    expect(reportOf(voided, 'void_pending', 'void', 0)?.state).toBe('voided');
  });

  it('a capture counts in every state that can still hear of one', () => {
    const captured: Outcome = { s: 'captured', amount: 7, reference: 'r' };
    for (const state of LEG_STATES) {
      const report = reportOf(captured, state, 'get', 0);
      if (report === null) throw new Error('a capture that says nothing');
      const moved = moveLeg({ state, amount: 7, authorized: 0, captured: 0 }, report);
      if (isFailed(state))
        expect(moved).toMatchObject({ verdict: 'applied', late_success: true, leg: { captured: 7 } });
      else if (state !== 'captured' && state !== 'voided')
        expect(moved).toMatchObject({ verdict: 'applied' });
      else expect(moved.verdict).not.toBe('applied');
    }
  });
});
