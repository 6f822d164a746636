import { describe, expect, it } from 'vitest';
import { attemptRequest, unanswered } from '../fake/attempt.ts';
import { outcomeOf, refundOf } from './outcome.ts';
import { CheckoutPayment } from './protocol.ts';

const said = (status: string, capture: 'auto' | 'manual', more: object = {}) =>
  outcomeOf(
    CheckoutPayment.parse({ id: 'pay_1', status, amount: 500, currency: 'GBP', ...more }),
    unanswered(attemptRequest({ capture, amount: 500 }), 'pay_1'),
  );

describe('what a status of Checkout.com means', () => {
  it.each([
    ['Authorized', 'auto', 'capture_pending'],
    ['Authorized', 'manual', 'authorized'],
    ['Captured', 'auto', 'captured'],
    ['Partially Captured', 'manual', 'captured'],
    ['Partially Refunded', 'auto', 'captured'],
    ['Refunded', 'auto', 'captured'],
    ['Declined', 'auto', 'declined'],
    ['Pending', 'auto', 'pending'],
    ['Retry Scheduled', 'auto', 'pending'],
    ['Voided', 'manual', 'voided'],
    ['Canceled', 'auto', 'cancelled'],
    ['Expired', 'manual', 'expired'],
    ['Card Verified', 'auto', 'unknown'],
  ] as const)('%s (%s) is %s', (status, capture, state) => {
    expect(said(status, capture).s).toBe(state);
  });

  it('believes the balance and not the amount that was asked for', () => {
    expect(said('Partially Captured', 'manual', { balances: { total_captured: 300 } })).toMatchObject({
      ...{ s: 'captured', amount: 300, currency: 'GBP' },
    });
  });

  it('sends the payer where the link leads, and says until when a reservation holds', () => {
    const _links = { redirect: { href: 'https://bank.example/3ds' } };
    expect(said('Pending', 'auto', { _links })).toMatchObject({
      ...{ s: 'action_required', action: { type: 'redirect', url: 'https://bank.example/3ds' } },
    });
    expect(said('Authorized', 'manual', { expires_on: '2026-02-03T04:05:06Z' })).toMatchObject({
      expires_at: '2026-02-03T04:05:06.000Z',
    });
  });

  it('hears of a refund only once its action is decided', () => {
    const action = { id: 'act_1', type: 'Refund' };
    expect(refundOf(action)).toEqual({ s: 'pending', reference: 'act_1' });
    expect(refundOf({ ...action, approved: true })).toEqual({ s: 'succeeded', reference: 'act_1' });
    expect(refundOf({ ...action, approved: false, response_code: '20005' })).toMatchObject({
      ...{ s: 'failed', code: '20005' },
    });
  });
});
