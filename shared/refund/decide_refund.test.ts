import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CreateRefund } from '../api/refund.ts';
import { RefundPolicy } from '../config/refund_policy.ts';
import { unwrap } from '../result.ts';
import { decideRefund, type RefundAsker, type RefundFacts, type RefundPlan } from './decide_refund.ts';
import { decideRetry } from './decide_retry.ts';
import { type HeldLine, heldOf } from './line_amounts.ts';
import type { RefundableLine } from './refundable_lines.ts';
import type { RefundableLeg } from './spread.ts';

const RUNS = { seed: 20261128, numRuns: 400 };
const UUID = '01890000-0000-7000-8000-000000000001';
const EPC = '3035682EC80C0E4000001A85';
const DAY_MS = 24 * 3_600_000;

const line = (
  n: number,
  paid: number,
  quantity: number,
  more: Partial<RefundableLine> = {},
): RefundableLine => ({
  line_id: `lin_${n}`,
  quantity,
  paid,
  deposit: 0,
  taxes: [],
  epc: null,
  refundable: true,
  parent_line_id: null,
  ...more,
});
const leg = (n: number, captured: number, gone = 0): RefundableLeg => ({
  payment_id: `pay_${UUID}_${n}`,
  kind: 'card',
  captured,
  available: captured - gone,
  can: 'partial',
});
const policy = (more: object = {}) => RefundPolicy.parse({ cashier_limit: 1_000_000, ...more });
const facts = (more: Partial<RefundFacts> = {}): RefundFacts => ({
  now_ms: DAY_MS,
  completed_at_ms: 0,
  lines: [line(1, 1000, 3), line(2, 1999, 1, { epc: EPC })],
  held: [],
  legs: [leg(1, 2999)],
  policy: policy(),
  reprice: () => null,
  ...more,
});
const ask = (more: object): CreateRefund => CreateRefund.parse({ reason: 'changed_mind', ...more });
const oneUnit = ask({ kind: 'lines', lines: [{ line_id: 'lin_1', quantity: 1 }] });
const cashier: RefundAsker = { role: 'cashier', approved: false };
const manager: RefundAsker = { role: 'manager', approved: false };
const holding = (plan: RefundPlan): HeldLine[] => plan.lines.map((one) => ({ ...one }));
const refusalOf = (f: RefundFacts, a: CreateRefund, who = cashier) => {
  const decided = decideRefund(f, a, who);
  return decided.ok ? 'ok' : decided.error.code;
};

describe('goods by line', () => {
  it('give back what was paid for them, and name their tags', () => {
    const plan = unwrap(
      decideRefund(
        facts(),
        ask({ kind: 'lines', lines: [{ line_id: 'lin_2', quantity: 1, return_to_stock: true }] }),
        cashier,
      ),
    );
    expect(plan).toMatchObject({
      status: 'created',
      amount: 1999,
      legs: [{ payment_id: `pay_${UUID}_1`, amount: 1999 }],
      lines: [{ line_id: 'lin_2', quantity: 1, epcs: [EPC], return_to_stock: true }],
    });
  });

  it('of one line three times are 3.33, 3.34 and 3.33, and a fourth unit is refused', () => {
    let held: HeldLine[] = [];
    const amounts: number[] = [];
    for (let n = 0; n < 3; n++) {
      const plan = unwrap(decideRefund(facts({ held }), oneUnit, cashier));
      held = [...held, ...holding(plan)];
      amounts.push(plan.amount);
    }
    expect(amounts).toEqual([333, 334, 333]);
    expect(decideRefund(facts({ held }), oneUnit, cashier)).toEqual({
      ok: false,
      error: { code: 'quantity_refunded', line_id: 'lin_1', left: 0 },
    });
  });

  it('may be given back for less than they cost, never for more than is left of the line', () => {
    const less = ask({ kind: 'lines', lines: [{ line_id: 'lin_1', quantity: 1, amount: 100 }] });
    expect(unwrap(decideRefund(facts(), less, cashier)).amount).toBe(100);
    const more = ask({ kind: 'lines', lines: [{ line_id: 'lin_1', quantity: 1, amount: 1001 }] });
    expect(refusalOf(facts(), more)).toBe('refund_exceeds_line');
  });

  it('take along what belongs to them, unless that is named itself', () => {
    const lines = [line(1, 747, 3), line(2, 75, 3, { parent_line_id: 'lin_1' })];
    const f = facts({ lines, legs: [leg(1, 822)] });
    const plan = unwrap(decideRefund(f, oneUnit, cashier));
    expect(plan.lines.map(({ line_id, quantity, amount }) => [line_id, quantity, amount])).toEqual([
      ['lin_1', 1, 249],
      ['lin_2', 1, 25],
    ]);
    const both = ask({
      kind: 'lines',
      lines: [
        { line_id: 'lin_1', quantity: 1 },
        { line_id: 'lin_2', quantity: 2 },
      ],
    });
    expect(unwrap(decideRefund(f, both, cashier)).amount).toBe(249 + 50);
  });

  it('are refused where the request makes no sense', () => {
    const lines = (...list: object[]) => ask({ kind: 'lines', lines: list });
    const bad = [
      lines({ line_id: 'lin_9', quantity: 1 }),
      lines({ line_id: 'lin_1' }),
      lines({ line_id: 'lin_1', quantity: 1 }, { line_id: 'lin_1', quantity: 1 }),
      lines({ line_id: 'lin_1', quantity: 1, epcs: [EPC] }),
      ask({ kind: 'lines' }),
      ask({ kind: 'lines', amount: 5, lines: [{ line_id: 'lin_1', quantity: 1 }] }),
      ask({ kind: 'amount' }),
      ask({ kind: 'amount', amount: 5, lines: [{ line_id: 'lin_1' }] }),
      ask({ kind: 'full', amount: 5 }),
    ];
    for (const one of bad) expect(refusalOf(facts(), one), JSON.stringify(one)).toBe('invalid');
    const never = facts({ lines: [line(1, 1000, 3, { refundable: false })] });
    expect(refusalOf(never, oneUnit)).toBe('not_refundable');
    expect(refusalOf(never, ask({ kind: 'full' }))).toBe('not_refundable');
  });

  it('are worth what the kept ones do not cost, where the store has it so', () => {
    const f = facts({
      lines: [line(1, 1000, 3)],
      policy: policy({ policy: 'reprice_remaining' }),
      reprice: (kept) => (kept.get('lin_1') ?? 0) * 500,
    });
    expect(unwrap(decideRefund(f, oneUnit, cashier))).toMatchObject({
      policy: 'reprice_remaining',
      amount: 0,
    });
    const unknown = { ...f, reprice: () => null };
    expect(unwrap(decideRefund(unknown, oneUnit, cashier))).toMatchObject({
      policy: 'paid_share',
      amount: 333,
    });
  });
});

describe('a sum', () => {
  it('of 50.00 of which 10.00 are back and 15.00 on their way is at most 25.00', () => {
    const held = [{ line_id: 'lin_1', quantity: 0, share: 0, amount: 2500, taxes: [] }];
    const f = facts({ lines: [line(1, 5000, 1)], legs: [leg(1, 5000, 2500)], held });
    expect(decideRefund(f, ask({ kind: 'amount', amount: 2501 }), cashier)).toEqual({
      ok: false,
      error: { code: 'refund_exceeds_captured', available: 2500 },
    });
    expect(refusalOf(f, ask({ kind: 'amount', amount: 2500 }))).toBe('ok');
  });

  it('makes what is left of the goods less', () => {
    const first = unwrap(decideRefund(facts(), ask({ kind: 'amount', amount: 500 }), cashier));
    const f = facts({ held: holding(first), legs: [leg(1, 2999, 500)] });
    expect(unwrap(decideRefund(f, ask({ kind: 'full' }), cashier)).amount).toBe(2499);
  });
});

describe('a gesture of the house', () => {
  const gesture = (kind: string, note?: string) =>
    ask({ kind, amount: 500, ...(note === undefined ? {} : { note }) });

  it.each(['goodwill', 'price_adjustment'])('%s is a manager’s, with a reason in words', (kind) => {
    expect(refusalOf(facts(), gesture(kind, 'late'))).toBe('forbidden');
    expect(refusalOf(facts(), gesture(kind), manager)).toBe('invalid');
    expect(refusalOf(facts(), gesture(kind, 'late'), manager)).toBe('ok');
  });

  it('moves no goods', () => {
    const plan = unwrap(decideRefund(facts(), gesture('goodwill', 'late'), manager));
    expect(
      plan.lines.every((one) => one.quantity === 0 && one.epcs.length === 0 && !one.return_to_stock),
    ).toBe(true);
    const goods = ask({
      ...{ kind: 'price_adjustment', note: 'wrong label' },
      lines: [{ line_id: 'lin_2', quantity: 1, amount: 100, return_to_stock: true }],
    });
    expect(refusalOf(facts(), goods, manager)).toBe('invalid');
  });

  it('may name the line whose price was wrong', () => {
    const wrong = (amount: number) =>
      ask({ kind: 'price_adjustment', note: 'wrong label', lines: [{ line_id: 'lin_2', amount }] });
    expect(unwrap(decideRefund(facts(), wrong(300), manager)).lines).toMatchObject([
      { line_id: 'lin_2', quantity: 0, amount: 300 },
    ]);
    expect(refusalOf(facts(), wrong(2000), manager)).toBe('refund_exceeds_line');
  });

  it('is not bound by the days of a return', () => {
    const late = facts({ now_ms: 61 * DAY_MS });
    expect(refusalOf(late, gesture('goodwill', 'late'), manager)).toBe('ok');
    expect(refusalOf(late, oneUnit)).toBe('refund_window_over');
    expect(refusalOf(facts({ now_ms: 60 * DAY_MS }), oneUnit)).toBe('ok');
  });
});

describe('the store’s policy', () => {
  it('lets only whole orders back', () => {
    const f = facts({ policy: policy({ partial: false }) });
    expect(refusalOf(f, oneUnit)).toBe('not_refundable');
    expect(refusalOf(f, ask({ kind: 'full' }))).toBe('ok');
  });

  it('sends what is above a person’s limit to a second one', () => {
    const f = (more: object) => facts({ policy: policy(more) });
    const status = (more: object, who: RefundAsker) =>
      unwrap(decideRefund(f(more), ask({ kind: 'full' }), who)).status;
    expect(status({ cashier_limit: 2999 }, cashier)).toBe('created');
    expect(status({ cashier_limit: 2998 }, cashier)).toBe('requested');
    expect(status({ cashier_limit: 2998 }, manager)).toBe('created');
    expect(status({ manager_limit: 2998 }, manager)).toBe('requested');
    expect(status({ manager_limit: 2998 }, { role: 'admin', approved: false })).toBe('created');
    expect(status({ four_eyes: true }, { role: 'admin', approved: false })).toBe('requested');
    expect(status({ four_eyes: true }, { role: 'cashier', approved: true })).toBe('created');
  });
});

it('an order that is not sold, or is back whole, gives nothing', () => {
  expect(refusalOf(facts({ completed_at_ms: null }), oneUnit)).toBe('not_paid');
  const whole = unwrap(decideRefund(facts(), ask({ kind: 'full' }), cashier));
  expect(refusalOf(facts({ held: holding(whole), legs: [leg(1, 2999, 2999)] }), ask({ kind: 'full' }))).toBe(
    'not_refundable',
  );
});

it('goods that cost nothing come back without any money', () => {
  const f = facts({ lines: [line(1, 0, 1)], legs: [leg(1, 0)] });
  expect(unwrap(decideRefund(f, ask({ kind: 'full' }), cashier))).toMatchObject({ amount: 0, legs: [] });
});

/** Everything that may happen to one order, in any order. */
type Move = { ask: CreateRefund } | { settle: number; ok: boolean } | { retry: number };
const moves = fc.array(
  fc.oneof(
    fc.record({
      ask: fc.oneof(
        fc.constant(ask({ kind: 'full' })),
        fc.integer({ min: 1, max: 3_000 }).map((amount) => ask({ kind: 'amount', amount })),
        fc
          .tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 3 }))
          .map(([n, quantity]) => ask({ kind: 'lines', lines: [{ line_id: `lin_${n}`, quantity }] })),
      ),
    }),
    fc.record({ settle: fc.nat(20), ok: fc.boolean() }),
    fc.record({ retry: fc.nat(5) }),
  ),
  { maxLength: 40 },
);

interface Doc {
  plan: RefundPlan;
  parts: { payment_id: string; amount: number; state: 'open' | 'ok' | 'failed' }[];
}
const isFailed = ({ parts }: Doc) => parts.length > 0 && parts.every(({ state }) => state === 'failed');

it('whatever is asked for, fails and is tried again: never more goes back than came, of money or of goods', () => {
  const captured = [1500, 1499];
  const f = facts();
  fc.assert(
    fc.property(moves, (list: readonly Move[]) => {
      const docs: Doc[] = [];
      const gone = (id: string) =>
        docs
          .flatMap(({ parts }) => parts)
          .filter((part) => part.payment_id === id && part.state !== 'failed')
          .reduce((sum, part) => sum + part.amount, 0);
      const legs = () => captured.map((amount, n) => leg(n + 1, amount, gone(`pay_${UUID}_${n + 1}`)));
      const held = (but?: Doc) =>
        docs.filter((doc) => doc !== but && !isFailed(doc)).flatMap(({ plan }) => holding(plan));
      for (const move of list) {
        if ('ask' in move) {
          const decided = decideRefund({ ...f, held: held(), legs: legs() }, move.ask, cashier);
          if (!decided.ok) continue;
          const parts = decided.value.legs.map((part) => ({ ...part, state: 'open' as const }));
          docs.push({ plan: decided.value, parts });
        } else if ('settle' in move) {
          const open = docs.flatMap(({ parts }) => parts).filter(({ state }) => state === 'open');
          const part = open[move.settle % Math.max(1, open.length)];
          if (part !== undefined) part.state = move.ok ? 'ok' : 'failed';
        } else {
          const doc = docs[move.retry % Math.max(1, docs.length)];
          if (doc === undefined || doc.parts.some(({ state }) => state === 'open')) continue;
          const back = doc.parts.reduce((sum, { state, amount }) => sum + (state === 'ok' ? amount : 0), 0);
          if (back === doc.plan.amount) continue;
          const again = isFailed(doc) ? doc.plan.lines : [];
          const retried = decideRetry(
            {
              ...{ lines: f.lines, policy: f.policy, legs: legs(), again, rest: doc.plan.amount - back },
              held: held(isFailed(doc) ? doc : undefined),
              refused: new Set(),
            },
            undefined,
          );
          if (retried.ok)
            doc.parts.push(...retried.value.map((part) => ({ ...part, state: 'open' as const })));
        }
        for (const one of legs()) expect(one.available).toBeGreaterThanOrEqual(0);
        for (const one of f.lines) {
          const { quantity, amount } = heldOf(held(), one.line_id);
          expect(quantity).toBeLessThanOrEqual(one.quantity);
          expect(amount).toBeLessThanOrEqual(one.paid);
        }
      }
    }),
    RUNS,
  );
});

it('what is left of a refund goes over another payment than the one that refused it', () => {
  const legs = [leg(1, 2000), leg(2, 2000)];
  const common = { lines: [], held: [], policy: policy(), again: [], rest: 1500 };
  const refused = new Set([`pay_${UUID}_2`]);
  expect(decideRetry({ ...common, legs, refused }, undefined)).toEqual({
    ok: true,
    value: [{ payment_id: `pay_${UUID}_1`, amount: 1500 }],
  });
  // Nothing else is left: the same payment is asked again.
  expect(decideRetry({ ...common, legs: [leg(2, 2000)], refused }, undefined)).toMatchObject({ ok: true });
});

it('a refund that failed has let go of its goods: somebody else may have had them', () => {
  const lines = [line(1, 1000, 3)];
  const held = [{ line_id: 'lin_1', quantity: 3, share: 1000, amount: 1000, taxes: [] }];
  const retried = decideRetry(
    {
      ...{ lines, held, legs: [leg(1, 1000)], policy: policy(), rest: 333, refused: new Set() },
      again: [{ line_id: 'lin_1', quantity: 1, amount: 333 }],
    },
    undefined,
  );
  expect(retried).toMatchObject({ error: { code: 'quantity_refunded' } });
});
