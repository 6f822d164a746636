import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type LegState, newLeg } from '../../shared/payment/leg.ts';
import { type Due, nextAlarm } from './alarm.ts';
import { checkoutEndsAt } from './consequences.ts';
import { IDEMPOTENCY_KEPT_MS } from './idempotency.ts';

const NOTHING: Due = {
  status: 'converted',
  expires_at: 0,
  checkout_ends_at: null,
  next_question_at: null,
  next_refund_at: null,
  next_duty_at: null,
  verify_at: null,
  oldest_key_at: null,
};

it('lets a finished trip sleep', () => {
  expect(nextAlarm(NOTHING)).toBeNull();
  expect(nextAlarm({ ...NOTHING, status: 'locked', expires_at: 5 })).toBeNull();
});

it('rings for the first thing that is due, and never after it', () => {
  const at = fc.option(fc.integer({ min: 1, max: 1_000_000 }));
  fc.assert(
    fc.property(
      fc.record({
        status: fc.constantFrom<Due['status']>('open', 'locked', 'converted', 'expired'),
        expires_at: fc.integer({ min: 1, max: 1_000_000 }),
        checkout_ends_at: at,
        next_question_at: at,
        next_refund_at: at,
        next_duty_at: at,
        verify_at: at,
        oldest_key_at: at,
      }),
      (due) => {
        const times = [
          due.checkout_ends_at,
          due.next_question_at,
          due.next_refund_at,
          due.next_duty_at,
          due.verify_at,
        ].filter((one) => one !== null);
        if (due.status === 'open') times.push(due.expires_at);
        const next = nextAlarm(due);
        if (times.length > 0) expect(next).toBe(Math.min(...times));
        else if (due.oldest_key_at === null) expect(next).toBeNull();
        else expect(next).toBeGreaterThan(due.oldest_key_at + IDEMPOTENCY_KEPT_MS);
      },
    ),
    { seed: 4, numRuns: 200 },
  );
});

it('the time to pay runs from the freeze or the last outcome, and stands still while one is open', () => {
  const order = {
    order_id: 'o',
    number: 'HS1',
    opened_at: '',
    status: 'created',
    close: 'none',
    due: 1,
    frozen_at: 1_000,
    checkout_ttl_ms: 100,
    captured_at: null,
    sale: null,
    receipt: null,
  } as unknown as Parameters<typeof checkoutEndsAt>[0];
  const leg = (state: LegState, updated_at: number) => ({ ...newLeg(5), state, updated_at });
  expect(checkoutEndsAt(order, [])).toBe(1_100);
  expect(checkoutEndsAt(order, [leg('declined', 1_500), leg('action_required', 1_700)])).toBe(1_800);
  for (const state of ['submitted', 'pending', 'unknown', 'void_pending', 'capture_pending'] as const) {
    expect(checkoutEndsAt(order, [leg('declined', 1_500), leg(state, 1_600)])).toBeNull();
  }
  expect(checkoutEndsAt({ ...order, number: null }, [])).toBeNull();
  expect(checkoutEndsAt({ ...order, captured_at: 5 }, [])).toBeNull();
  expect(checkoutEndsAt({ ...order, close: 'cancel' }, [])).toBeNull();
  expect(checkoutEndsAt({ ...order, status: 'cancelled' }, [])).toBeNull();
});
