import { describe, expect, it } from 'vitest';
import { RefundPreview } from '../../../../shared/api/refund.ts';
import { unwrap } from '../../../../shared/result.ts';
import { Detail } from '../data.ts';
import { freshDraft, goodsOf, readAsk, readSplit } from './draft.ts';
import { refundSentence } from './sentence.ts';

const PAYMENT = 'pay_018f2b6e-0000-7000-8000-000000000003_1';
const OTHER = 'pay_018f2b6e-0000-7000-8000-000000000003_2';
const at = '2026-07-01T14:03:00.000Z';
const paid = (id: string, card: object) => ({
  ...{ id, order_id: 'ord_018f2b6e-0000-7000-8000-000000000003', gateway: 'stripe', method: 'card', card },
  ...{ status: 'captured', amount: 1000, currency: 'GBP', created_at: at, updated_at: at },
});
const line = (id: string, quantity: number, epc: string | null = null) => ({
  ...{ id, name: id, quantity, total: 1000, discount: 0, epc },
});
const order = Detail.parse({
  ...{
    id: 'ord_1',
    number: '1',
    status: 'completed',
    payment_status: 'captured',
    total: 2000,
    currency: 'GBP',
  },
  ...{ completed_at: at, summary: null, refunds: [], people: [], timeline: [] },
  lines: [line('lin_1', 3), line('lin_2', 1)],
  payments: [paid(PAYMENT, { brand: 'visa', last4: '4242' }), paid(OTHER, {})],
});
const show = (minor: number) => `£${(minor / 100).toFixed(2)}`;
const plan = RefundPreview.parse({
  ...{ amount: 999, tax: 0, currency: 'GBP', needs_approval: false, policy: 'paid_share' },
  lines: [
    {
      ...{ line_id: 'lin_1', sku: 'a', name: 'a', quantity: 1, amount: 999, tax: 0, taxes: [] },
      ...{ epcs: ['3034257BF400B7800004CB2F'], return_to_stock: true },
    },
  ],
  legs: [{ payment_id: PAYMENT, gateway: 'stripe', method: 'card', amount: 999 }],
  payments: [PAYMENT, OTHER].map((payment_id) => ({
    ...{ payment_id, gateway: 'stripe', method: 'card', available: 1000, can: 'partial' },
  })),
});

describe('what staff choose to give back', () => {
  it('is nothing yet where nothing is chosen', () => {
    for (const mode of ['lines', 'amount', 'goodwill', 'price_adjustment'] as const)
      expect(unwrap(readAsk(freshDraft(mode), order, []))).toBeNull();
  });

  it('names lines where only some of the goods are back', () => {
    const draft = { ...freshDraft('full'), shelved: new Set(['lin_1']) };
    expect(unwrap(readAsk(draft, order, []))).toMatchObject({
      kind: 'lines',
      lines: [
        { line_id: 'lin_1', quantity: 3, return_to_stock: true },
        { line_id: 'lin_2', quantity: 1, return_to_stock: false },
      ],
    });
    const all = { ...draft, shelved: new Set(['lin_1', 'lin_2']) };
    expect(unwrap(readAsk(all, order, []))).toMatchObject({ kind: 'full', return_to_stock: true });
    expect(unwrap(readAsk(freshDraft('full'), order, []))).toEqual({ kind: 'full', reason: 'changed_mind' });
  });

  it('never is more of a line than is left', () => {
    expect(goodsOf({ ...freshDraft('lines'), units: { lin_1: 9 } }, order, [])).toEqual([
      { id: 'lin_1', units: 3 },
    ]);
  });

  it('of a sum is more than nothing and well written; a gesture waits for its note', () => {
    const of = (amount: string) => readAsk({ ...freshDraft('amount'), amount }, order, []);
    expect(unwrap(of('1.50'))).toMatchObject({ kind: 'amount', amount: 150 });
    expect(of('0')).toMatchObject({ ok: false });
    expect(of('1,5o')).toMatchObject({ ok: false });
    const gesture = { ...freshDraft('goodwill'), amount: '2' };
    expect(unwrap(readAsk(gesture, order, []))).toBeNull();
    expect(unwrap(readAsk({ ...gesture, note: ' sorry ' }, order, []))).toMatchObject({
      note: 'sorry',
      amount: 200,
    });
  });

  it('is split over payments so that it sums, and within what is left of each', () => {
    expect(unwrap(readSplit(null, plan, show))).toBeNull();
    expect(unwrap(readSplit({ [PAYMENT]: '4.99', [OTHER]: '5.00' }, plan, show))).toEqual([
      { payment_id: PAYMENT, amount: 499 },
      { payment_id: OTHER, amount: 500 },
    ]);
    expect(readSplit({ [PAYMENT]: '4.99' }, plan, show)).toMatchObject({
      error: 'The parts sum to £4.99, but £9.99 goes back.',
    });
    expect(readSplit({ [PAYMENT]: '10.01' }, plan, show)).toMatchObject({ ok: false });
  });

  it('is told in a sentence before it is sent', () => {
    expect(refundSentence(order, plan, null, show)).toBe(
      '£9.99 goes back to the Visa card …4242; the tag …04CB2F alarms at the gate again.',
    );
    const legs = [
      { payment_id: PAYMENT, amount: 499 },
      { payment_id: OTHER, amount: 500 },
    ];
    expect(refundSentence(order, { ...plan, lines: [], needs_approval: true }, legs, show)).toBe(
      '£4.99 goes back to the Visa card …4242 and £5.00 goes back to the card. A second person must approve it first.',
    );
  });
});
