import { expect, it } from 'vitest';
import { StoreEvent } from '../../shared/events/index.ts';
import type { ReviewOrder } from '../../shared/rpc/store.ts';
import { commitSale } from './commit_sale.ts';
import { resolveIncident } from './incidents.ts';
import { openOrder } from './open_order.ts';
import { eventsAfter } from './outbox.ts';
import { reviewOrder } from './review_order.ts';
import { type Bench, basket, commitOf, dump, onBench, opening } from './test/fixture.ts';

const ALWAYS = { policies: { order: { exit_check: { always: true } } } };

const sell = (bench: Bench, captured?: number) => {
  bench.run((scope) => openOrder(scope, opening(1)));
  const sale = commitOf(1, bench.store_id, 'HS-100000');
  if (captured !== undefined) sale.order.captured = captured;
  return bench.run((scope) => commitSale(scope, sale));
};
const review = (
  bench: Bench,
  result: 'verified' | 'failed',
  reviewer: string | null,
  more: Partial<ReviewOrder> = {},
) =>
  bench.run((scope) => {
    const reviewed = reviewOrder(scope, { basket_id: basket(1), result, reviewer, ...more });
    return reviewed.ok ? reviewed.value.verification : reviewed.error.code;
  });
const told = ({ sql }: Bench) =>
  eventsAfter(sql, 0, 500)
    .map((json) => StoreEvent.parse(JSON.parse(json)))
    .filter(({ type }) => type.startsWith('order.veri'));

it('writes down what staff found, tells the cloud once, and says nothing twice', () =>
  onBench((bench) => {
    expect(sell(bench).verification).toBe('pending');
    const counts = { checked: 3, unpaid: 1 };
    expect(review(bench, 'failed', 'stf_1', { reason: 'one bottle more', counts })).toBe('failed');
    const before = dump(bench.sql);
    expect(review(bench, 'failed', 'stf_2', { reason: 'again' })).toBe('failed');
    expect(dump(bench.sql)).toBe(before);
    expect(told(bench)).toMatchObject([
      {
        type: 'order.verification_failed',
        data: { number: 'HS-100000', reviewer: 'stf_1', reason: 'one bottle more', counts },
      },
    ]);
  }, ALWAYS));

it('lets only another one clear what somebody found wrong', () =>
  onBench((bench) => {
    sell(bench);
    review(bench, 'failed', 'stf_1', { reason: 'a bottle more' });
    expect(review(bench, 'verified', 'stf_1')).toBe('second_reviewer_needed');
    expect(review(bench, 'verified', null)).toBe('failed');
    expect(review(bench, 'verified', 'stf_2')).toBe('verified');
    expect(review(bench, 'failed', 'stf_2', { reason: 'seen on the camera' })).toBe('failed');
    expect(told(bench).map(({ type }) => type)).toEqual([
      'order.verification_failed',
      'order.verified',
      'order.verification_failed',
    ]);
  }, ALWAYS));

it('takes no look at what is not there or not paid, and one at an order that needed none', () =>
  onBench((bench) => {
    expect(review(bench, 'verified', 'stf_1')).toBe('not_found');
    bench.run((scope) => openOrder(scope, opening(1)));
    expect(review(bench, 'verified', 'stf_1')).toBe('not_paid');
    expect(sell(bench).verification).toBe('not_required');
    expect(review(bench, 'verified', null)).toBe('not_required');
    expect(told(bench)).toEqual([]);
    expect(review(bench, 'verified', 'stf_1')).toBe('verified');
    expect(told(bench)).toHaveLength(1);
  }));

it('completes a sale whose money does not fit, holds its document back, and waits for staff', () =>
  onBench((bench) => {
    const sale = sell(bench, 500);
    expect(sale).toMatchObject({ verification: 'pending', incidents: [expect.any(String)] });
    const events = eventsAfter(bench.sql, 0, 500).map((json) => StoreEvent.parse(JSON.parse(json)));
    expect(events.filter(({ type }) => type !== 'order.created')).toMatchObject([
      {
        type: 'incident.raised',
        data: { kind: 'amount_mismatch', detail: { captured: '500', total: '574', lines: '574' } },
      },
      { type: 'order.completed', data: { poslog: { quarantine: 'amount_mismatch' } } },
    ]);
    // Nobody came, but somebody must.
    expect(review(bench, 'verified', null)).toBe('incident_open');
    bench.run((scope) => resolveIncident(scope, sale.incidents[0] ?? ''));
    expect(review(bench, 'verified', null)).toBe('verified');
  }));

it('does not mind money that is on its way back already', () =>
  onBench((bench) => {
    expect(sell(bench, 1_000)).toMatchObject({ verification: 'not_required', incidents: [] });
  }));
