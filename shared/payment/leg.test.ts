import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  isFailed,
  isLive,
  LEG_MOVES,
  LEG_RANK,
  LEG_STATES,
  type Leg,
  type LegSource,
  type LegState,
  moveLeg,
  newLeg,
} from './leg.ts';

const inState = (state: LegState, amount = 500): Leg => ({
  state,
  amount,
  authorized: state === 'authorized' || state === 'capture_pending' ? amount : 0,
  captured: state === 'captured' || state === 'void_pending' ? amount : 0,
});
const SOURCES: readonly LegSource[] = ['us', 'answer', 'query', 'webhook'];
const cases = LEG_STATES.flatMap((from) =>
  LEG_STATES.flatMap((to) => SOURCES.map((source) => [from, to, source] as const)),
);

describe('a leg', () => {
  it.each(cases)('%s → %s said by %s is decided by the table', (from, to, source) => {
    const verdict = moveLeg(inState(from), { state: to, source });
    if (from === to) expect(verdict.verdict).toBe('unchanged');
    else if (source === 'webhook' && LEG_RANK[to] < LEG_RANK[from]) expect(verdict.verdict).toBe('stale');
    else if (!LEG_MOVES[from].includes(to)) expect(verdict.verdict).toBe('illegal');
    else if ((isFailed(from) || from === 'unknown') && (source === 'us' || source === 'answer')) {
      expect(verdict.verdict).toBe('illegal');
    } else {
      expect(verdict).toMatchObject({ verdict: 'applied', leg: { state: to }, late_success: isFailed(from) });
    }
  });

  it('is live, failed or holds money, never two of them', () => {
    for (const state of LEG_STATES) {
      const kinds = [isLive(state), isFailed(state), ['authorized', 'captured', 'voided'].includes(state)];
      expect(kinds.filter(Boolean), state).toHaveLength(1);
    }
  });

  it('takes the amount that the provider took, also a smaller one', () => {
    expect(moveLeg(inState('submitted'), { state: 'captured', source: 'answer', amount: 300 })).toEqual({
      verdict: 'applied',
      leg: { state: 'captured', amount: 500, authorized: 0, captured: 300 },
      late_success: false,
    });
  });

  it('puts back what was held when a void is refused', () => {
    const voiding = moveLeg(
      { ...inState('captured'), captured: 300 },
      { state: 'void_pending', source: 'us' },
    );
    expect(voiding).toMatchObject({ leg: { state: 'void_pending', captured: 300 } });
    if (voiding.verdict !== 'applied') throw new Error('not applied');
    expect(moveLeg(voiding.leg, { state: 'captured', source: 'answer' })).toMatchObject({
      leg: { captured: 300 },
    });
    expect(moveLeg(voiding.leg, { state: 'voided', source: 'answer' })).toMatchObject({
      leg: { captured: 0 },
    });
  });

  it('ends where its highest-ranking webhook says, in whatever order they arrive', () => {
    const state = fc.constantFrom<LegState>('action_required', 'pending', 'declined', 'captured');
    fc.assert(
      fc.property(fc.array(state, { minLength: 1, maxLength: 8 }), (messages) => {
        let leg: Leg = { ...newLeg(500), state: 'submitted' };
        for (const said of messages) {
          const verdict = moveLeg(leg, { state: said, source: 'webhook' });
          if (verdict.verdict === 'applied') leg = verdict.leg;
        }
        const best = messages.reduce((a, b) => Math.max(a, LEG_RANK[b]), 0);
        expect(LEG_RANK[leg.state]).toBe(best);
        expect(leg.captured).toBe(messages.includes('captured') ? 500 : 0);
      }),
      { seed: 7, numRuns: 300 },
    );
  });

  it('does not change when the same report comes again', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...LEG_STATES),
        fc.constantFrom(...LEG_STATES),
        fc.constantFrom(...SOURCES),
        (from, to, source) => {
          const first = moveLeg(inState(from), { state: to, source });
          const leg = first.verdict === 'applied' ? first.leg : inState(from);
          const again = moveLeg(leg, { state: to, source });
          expect(again.verdict).toBe(first.verdict === 'applied' ? 'unchanged' : first.verdict);
        },
      ),
      { seed: 8, numRuns: 300 },
    );
  });
});
