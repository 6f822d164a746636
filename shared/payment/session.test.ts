import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isFailed, isLive, LEG_MOVES, type Leg, type LegState, moveLeg, newLeg } from './leg.ts';
import {
  amountDue,
  type Close,
  isCovered,
  legsToReturn,
  PAYMENT_ATTEMPTS_MAX,
  reviveIfCovered,
  SESSION_MOVES,
  SESSION_STATUSES,
  type Session,
  sessionStatus,
  sessionSums,
} from './session.ts';
import { orderPaymentStatus, paymentStatusOf } from './wire_status.ts';

const leg = (state: LegState, amount: number): Leg => ({
  state,
  amount,
  authorized: state === 'authorized' || state === 'capture_pending' ? amount : 0,
  captured: state === 'captured' || state === 'void_pending' ? amount : 0,
});
const session = (legs: Leg[], close: Close = 'none', due = 100): Session => ({ due, close, legs });
const declines = Array.from({ length: PAYMENT_ATTEMPTS_MAX }, () => leg('declined', 100));

describe('the status of a session', () => {
  it.each([
    ['created', session([])],
    ['created', session([], 'none', 0)],
    ['paid', session([leg('captured', 0)], 'none', 0)],
    ['paid', session([leg('declined', 100), leg('captured', 100)])],
    ['paid', session([leg('captured', 60), leg('captured', 40)])],
    ['paid', session([leg('captured', 100), leg('void_pending', 100)])],
    ['processing', session([leg('submitted', 100)])],
    ['processing', session([leg('unknown', 100)])],
    ['processing', session([leg('captured', 40), leg('pending', 60)])],
    ['action_required', session([leg('captured', 40), leg('action_required', 60)])],
    ['authorized', session([leg('captured', 40), leg('authorized', 60)])],
    ['partially_paid', session([leg('captured', 40), leg('declined', 60)])],
    ['retryable', session([leg('declined', 100)])],
    ['retryable', session([leg('voided', 100)])],
    ['failed', session(declines)],
    ['unwinding', session([leg('action_required', 100)], 'expire')],
    ['unwinding', session([leg('captured', 100)], 'cancel')],
    ['cancelled', session([leg('declined', 100)], 'cancel')],
    ['cancelled', session([], 'cancel')],
    ['expired', session([leg('voided', 40)], 'expire')],
  ] as const)('%s', (status, facts) => {
    expect(sessionStatus(facts)).toBe(status);
  });

  it('has a wire word for each, and says captured only after the commit', () => {
    for (const status of SESSION_STATUSES) {
      const word = orderPaymentStatus(status, false);
      expect(word).not.toBe('captured');
      if (status !== 'paid') expect(orderPaymentStatus(status, true)).toBe(word);
    }
    expect(orderPaymentStatus('paid', true)).toBe('captured');
  });

  it('never shows an open attempt as failed or done', () => {
    for (const state of ['pending', 'unknown', 'capture_pending', 'void_pending'] as const) {
      expect(paymentStatusOf(state)).toBe('pending');
    }
  });
});

describe('money to give back', () => {
  it('is everything held by a session that closes', () => {
    expect(
      legsToReturn(session([leg('captured', 40), leg('declined', 60), leg('authorized', 60)], 'expire')),
    ).toEqual([0, 2]);
  });
  it('is what a late capture took beyond the sum, newest first', () => {
    expect(legsToReturn(session([leg('captured', 100), leg('captured', 100)]))).toEqual([1]);
    expect(legsToReturn(session([leg('captured', 30), leg('captured', 100), leg('captured', 70)]))).toEqual([
      2, 0,
    ]);
  });
  it('is nothing where returning a leg would uncover the sum, or where it is on its way already', () => {
    expect(legsToReturn(session([leg('captured', 60), leg('captured', 60)]))).toEqual([]);
    expect(legsToReturn(session([leg('captured', 100), leg('void_pending', 100)]))).toEqual([]);
    expect(legsToReturn(session([leg('captured', 60)]))).toEqual([]);
    expect(legsToReturn(session([leg('captured', 0)], 'none', 0))).toEqual([]);
  });
});

/** One random step of shopper, provider or clock, as the object allows them. `pick` chooses among n. */
function step(at: Session, pick: (n: number) => number): Session {
  const status = sessionStatus(at);
  const options: (() => Session)[] = [];
  if (['created', 'retryable', 'partially_paid'].includes(status)) {
    options.push(() => {
      const amount = at.due === 0 ? 0 : 1 + pick(amountDue(at));
      const to: LegState = at.due === 0 ? 'captured' : 'submitted';
      const moved = moveLeg(newLeg(amount), { state: to, source: 'us' });
      return moved.verdict === 'applied' ? { ...at, legs: [...at.legs, moved.leg] } : at;
    });
  }
  if (!['paid', 'cancelled', 'expired', 'unwinding'].includes(status)) {
    options.push(() => ({ ...at, close: pick(2) === 0 ? 'cancel' : 'expire' }));
  }
  const returning = new Set(legsToReturn(at));
  at.legs.forEach((one, index) => {
    for (const to of LEG_MOVES[one.state]) {
      const source = isLive(one.state) || isFailed(one.state) ? 'query' : 'us';
      if (to === 'void_pending' || to === 'voided') {
        // Money that the sum needs is given back only by a session that is not paid.
        if (one.state === 'captured' && status === 'paid' && !returning.has(index)) continue;
      }
      if (isFailed(one.state) && pick(3) > 0) continue;
      options.push(() => {
        const moved = moveLeg(one, { state: to, source });
        if (moved.verdict !== 'applied') throw new Error(`the table refuses ${one.state} → ${to}`);
        return { ...at, legs: at.legs.map((other, i) => (i === index ? moved.leg : other)) };
      });
    }
  });
  return options[pick(options.length)]?.() ?? at;
}

describe('random walks over the leg table', () => {
  it('make only moves of the session table, and money never appears from nowhere', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(
        fc.constantFrom(0, 1, 100),
        fc.array(fc.nat({ max: 1_000_000 }), { minLength: 20, maxLength: 120 }),
        (due, tape) => {
          let next = 0;
          const pick = (n: number) => (n === 0 ? 0 : (tape[next++ % tape.length] ?? 0) % n);
          let now: Session = { due, close: 'none', legs: [] };
          while (next < tape.length) {
            const before = sessionStatus(now);
            next++;
            const stepped = step(now, pick);
            const revived = reviveIfCovered(stepped);
            for (const to of [stepped, revived].map(sessionStatus)) {
              // A closed and covered session passes through `unwinding` within one step.
              if (to === 'unwinding' && revived !== stepped) continue;
              if (to === before) continue;
              expect(SESSION_MOVES[before], `${before} → ${to}`).toContain(to);
              seen.add(`${before} → ${to}`);
            }
            now = revived;
            const { captured, authorized } = sessionSums(now.legs);
            expect(captured + authorized).toBeLessThanOrEqual(
              now.legs.reduce((sum, one) => sum + one.amount, 0),
            );
            if (sessionStatus(now) === 'paid') expect(isCovered(now)).toBe(true);
            const kept = now.legs.filter((_, i) => !legsToReturn(now).includes(i));
            if (sessionStatus(now) === 'paid') expect(isCovered({ ...now, legs: kept })).toBe(true);
          }
        },
      ),
      { seed: 11, numRuns: 1_500 },
    );
    // The walks are worth nothing unless they see most of the table.
    expect(seen.size).toBeGreaterThan(30);
  });
});
