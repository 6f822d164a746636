import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unwrap } from '../result.ts';
import { checkSplit, type RefundableLeg, type SpreadRule, spreadOverLegs } from './spread.ts';

const RUNS = { seed: 20261128, numRuns: 500 };
const RULES: readonly SpreadRule[] = ['lifo', 'pro_rata', 'oldest_first'];

const leg = (n: number, available: number, more: Partial<RefundableLeg> = {}): RefundableLeg => ({
  payment_id: `pay_${n}`,
  kind: 'card',
  captured: available,
  available,
  can: 'partial',
  ...more,
});
const split = (legs: RefundableLeg[], amount: number, rule: SpreadRule) =>
  Object.fromEntries(
    unwrap(spreadOverLegs(legs, amount, rule)).map((share) => [share.payment_id, share.amount]),
  );

describe('35.00 over 20.00 and 30.00', () => {
  const legs = [leg(1, 2000), leg(2, 3000)];
  it.each([
    ['lifo', { pay_2: 3000, pay_1: 500 }],
    ['pro_rata', { pay_1: 1400, pay_2: 2100 }],
    ['oldest_first', { pay_1: 2000, pay_2: 1500 }],
  ] as const)('by %s', (rule, wanted) => {
    expect(split(legs, 3500, rule)).toEqual(wanted);
  });
});

it('cards give back before cash, cash before the store’s own tenders', () => {
  const legs = [leg(1, 1000), leg(2, 1000, { kind: 'ledger' }), leg(3, 1000, { kind: 'cash' })];
  expect(split(legs, 2500, 'lifo')).toEqual({ pay_1: 1000, pay_3: 1000, pay_2: 500 });
});

describe('a provider that gives payments back whole or not at all', () => {
  const whole = (n: number, available: number, captured = available) =>
    leg(n, available, { can: 'full', captured });

  it('is taken whole where it fits, and skipped where not', () => {
    expect(split([leg(1, 2000), whole(2, 3000)], 3500, 'lifo')).toEqual({ pay_2: 3000, pay_1: 500 });
    expect(split([leg(1, 2000), whole(2, 3000)], 1500, 'lifo')).toEqual({ pay_1: 1500 });
    expect(split([leg(1, 2000), whole(2, 3000)], 1500, 'pro_rata')).toEqual({ pay_1: 1500 });
    expect(split([leg(1, 2000), whole(2, 3000)], 5000, 'pro_rata')).toEqual({ pay_1: 2000, pay_2: 3000 });
  });

  it('gives nothing any more once a part is on its way', () => {
    expect(spreadOverLegs([whole(1, 2000, 3000)], 2000, 'lifo')).toMatchObject({
      error: { code: 'method_not_refundable' },
    });
  });
});

it('refuses what was never captured, and what cannot go back', () => {
  expect(spreadOverLegs([leg(1, 2500)], 2501, 'lifo')).toEqual({
    ok: false,
    error: { code: 'refund_exceeds_captured', available: 2500 },
  });
  expect(spreadOverLegs([leg(1, 2500, { can: 'none' })], 100, 'lifo')).toMatchObject({
    error: { code: 'method_not_refundable' },
  });
  expect(spreadOverLegs([], 0, 'lifo')).toEqual({ ok: true, value: [] });
});

describe('a split that staff chose', () => {
  const legs = [leg(1, 2000), leg(2, 3000, { can: 'full' }), leg(3, 1000, { can: 'none' })];
  const refusal = (parts: { payment_id: string; amount: number; in_cash?: boolean }[], amount: number) => {
    const checked = checkSplit(legs, amount, parts, { cash_on_card: false });
    return checked.ok ? 'ok' : checked.error.code;
  };

  it('is taken as it is', () => {
    expect(refusal([{ payment_id: 'pay_1', amount: 700 }], 700)).toBe('ok');
    expect(refusal([{ payment_id: 'pay_2', amount: 3000 }], 3000)).toBe('ok');
  });

  it('must be the whole sum, over payments that can', () => {
    expect(refusal([{ payment_id: 'pay_1', amount: 700 }], 800)).toBe('split_mismatch');
    expect(refusal([{ payment_id: 'pay_9', amount: 700 }], 700)).toBe('split_mismatch');
    const twice = { payment_id: 'pay_1', amount: 350 };
    expect(refusal([twice, twice], 700)).toBe('split_mismatch');
    expect(refusal([{ payment_id: 'pay_1', amount: 2001 }], 2001)).toBe('refund_exceeds_captured');
    expect(refusal([{ payment_id: 'pay_1', amount: 9000 }], 9000)).toBe('refund_exceeds_captured');
    expect(refusal([{ payment_id: 'pay_2', amount: 2999 }], 2999)).toBe('method_not_refundable');
    expect(refusal([{ payment_id: 'pay_3', amount: 1000 }], 1000)).toBe('method_not_refundable');
  });

  it('gives cash for a card only where the store does', () => {
    const parts = [{ payment_id: 'pay_3', amount: 500, in_cash: true }];
    expect(refusal(parts, 500)).toBe('method_not_refundable');
    expect(checkSplit(legs, 500, parts, { cash_on_card: true }).ok).toBe(true);
  });
});

it('by any rule the parts sum to the refund and no payment gives more than it holds', () => {
  const legs = fc.array(
    fc.record({
      captured: fc.integer({ min: 1, max: 10_000 }),
      gone: fc.integer({ min: 0, max: 10_000 }),
      kind: fc.constantFrom<RefundableLeg['kind']>('card', 'cash', 'ledger'),
      can: fc.constantFrom<RefundableLeg['can']>('none', 'full', 'partial', 'partial', 'partial'),
    }),
    { maxLength: 8 },
  );
  fc.assert(
    fc.property(legs, fc.nat(40_000), fc.constantFrom(...RULES), (drawn, amount, rule) => {
      const list = drawn.map(({ captured, gone, kind, can }, n) =>
        leg(n, Math.max(0, captured - gone), { captured, kind, can }),
      );
      const result = spreadOverLegs(list, amount, rule);
      const available = list.reduce((sum, one) => sum + one.available, 0);
      if (amount > available) expect(result).toMatchObject({ error: { code: 'refund_exceeds_captured' } });
      if (!result.ok) return;
      expect(result.value.reduce((sum, share) => sum + share.amount, 0)).toBe(amount);
      for (const share of result.value) {
        const of = list.find(({ payment_id }) => payment_id === share.payment_id);
        expect(share.amount).toBeGreaterThan(0);
        expect(share.amount).toBeLessThanOrEqual(of?.available ?? 0);
        expect(of?.can).not.toBe('none');
        if (of?.can === 'full') expect(share.amount).toBe(of.captured);
      }
    }),
    RUNS,
  );
});
