import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { availableMinor, type Book, LedgerKind, minorOf, unitsOf } from './book.ts';
import type { Debt } from './debts.ts';
import {
  type Change,
  capture,
  type Entry,
  type Hold,
  hold,
  post,
  type Returned,
  refund,
  release,
} from './decide.ts';

declare const process: { env: Record<string, string | undefined> };

/** An account in memory: what the object's tables hold, written the same way. */
class Account {
  readonly holds = new Map<string, Hold>();
  readonly entries = new Map<string, Entry>();
  readonly returned = new Map<string, Returned>();
  readonly debts = new Map<string, Debt>();
  readonly terms: Pick<Book, 'kind' | 'status' | 'limit' | 'minor_per_point'>;

  constructor(
    kind: LedgerKind,
    more: { limit?: number; per?: { numerator: number; denominator: number } } = {},
  ) {
    const minor_per_point = more.per ?? { numerator: 1, denominator: 1 };
    this.terms = { kind, status: 'active', limit: more.limit ?? 0, minor_per_point };
  }

  get book(): Book {
    const held = [...this.holds.values()].filter(({ state }) => state === 'held');
    return {
      ...this.terms,
      balance: [...this.entries.values()].reduce((sum, { units }) => sum + units, 0),
      held: held.reduce((sum, { units }) => sum + units, 0),
    };
  }

  /** What may be held, without the floor at nothing. */
  get free(): number {
    const { kind, limit, balance, held } = this.book;
    return kind === 'credit' ? limit - balance - held : balance - held;
  }

  get open(): Debt[] {
    return [...this.debts.values()].filter(({ owed }) => owed > 0);
  }

  apply<T>(
    decision: { ok: true; value: { value: T; change: Change } } | { ok: false; error: { code: string } },
  ): T | string {
    if (!decision.ok) return decision.error.code;
    const { change, value } = decision.value;
    if (change.hold !== undefined) this.holds.set(change.hold.payment_id, change.hold);
    if (change.entry !== undefined) this.entries.set(change.entry.entry_id, change.entry);
    if (change.returned !== undefined) this.returned.set(change.returned.refund_id, change.returned);
    for (const debt of change.debts ?? []) this.debts.set(debt.entry_id, debt);
    return value;
  }

  post(kind: 'opening' | 'top_up' | 'repayment' | 'adjustment', entry_id: string, units: number) {
    const entry: Entry = { entry_id, kind, units, payment_id: null };
    return this.apply(post(this.book, this.entries.get(entry_id) ?? null, this.open, entry));
  }
  hold(payment_id: string, amount: number, partial = false) {
    return this.apply(hold(this.book, this.holds.get(payment_id) ?? null, { payment_id, amount, partial }));
  }
  capture(payment_id: string, amount: number) {
    return this.apply(capture(this.book, this.holds.get(payment_id) ?? null, this.open, amount));
  }
  release(payment_id: string) {
    return this.apply(release(this.book, this.holds.get(payment_id) ?? null, this.open, payment_id));
  }
  refund(refund_id: string, payment_id: string, amount: number) {
    const known = this.holds.get(payment_id) ?? null;
    const earlier = this.returned.get(refund_id) ?? null;
    return this.apply(refund(this.book, known, earlier, this.open, { refund_id, payment_id, amount }));
  }
  get snapshot(): string {
    return JSON.stringify([
      ...[this.holds, this.entries, this.returned, this.debts].map((m) => [...m.entries()]),
    ]);
  }
}

describe('a payment on an account', () => {
  it('is held, taken in part, and the rest is free again', () => {
    const card = new Account('gift_card');
    card.post('opening', 'o', 5_000);
    expect(card.hold('p1', 2_000)).toMatchObject({ state: 'held', amount: 2_000 });
    expect(availableMinor(card.book)).toBe(3_000);
    expect(card.book.balance).toBe(5_000);
    expect(card.capture('p1', 1_200)).toMatchObject({ state: 'captured', captured: 1_200 });
    expect(availableMinor(card.book)).toBe(3_800);
    expect(card.capture('p1', 2_000)).toMatchObject({ captured: 1_200 });
  });

  it('takes what there is only where that will do', () => {
    const card = new Account('gift_card');
    card.post('opening', 'o', 700);
    expect(card.hold('p1', 1_000)).toMatchObject({ state: 'declined', reason: 'insufficient_funds' });
    expect(card.hold('p2', 1_000, true)).toMatchObject({ state: 'held', amount: 700, asked: 1_000 });
    expect(card.hold('p3', 1_000, true)).toMatchObject({ state: 'declined' });
    // What was declined stays so, whatever came on the account since.
    card.post('top_up', 't', 9_000);
    expect(card.hold('p1', 1_000)).toMatchObject({ state: 'declined' });
  });

  it('that was called off before it came takes nothing', () => {
    const card = new Account('gift_card');
    card.post('opening', 'o', 700);
    expect(card.release('p1')).toMatchObject({ state: 'released', amount: 0 });
    expect(card.hold('p1', 500)).toMatchObject({ state: 'released', amount: 0 });
    expect(availableMinor(card.book)).toBe(700);
  });

  it('is refused under a key of another amount, and never refunded beyond what was taken', () => {
    const card = new Account('gift_card');
    card.post('opening', 'o', 1_000);
    card.hold('p1', 600);
    expect(card.hold('p1', 601)).toBe('key_reuse');
    expect(card.refund('r0', 'p1', 1)).toBe('not_captured');
    card.capture('p1', 600);
    expect(card.refund('r1', 'p1', 400)).toMatchObject({ amount: 400, payout: 0 });
    expect(card.refund('r1', 'p1', 399)).toBe('key_reuse');
    expect(card.refund('r2', 'p1', 201)).toBe('amount_too_large');
    expect(card.release('p1')).toMatchObject({ state: 'voided' });
    expect(card.book.balance).toBe(1_000);
  });

  it('with points takes whole points and gives all of them back', () => {
    // Three points are worth two minor units.
    const points = new Account('loyalty', { per: { numerator: 2, denominator: 3 } });
    points.post('opening', 'o', 100);
    expect(availableMinor(points.book)).toBe(66);
    expect(points.hold('p1', 7)).toMatchObject({ amount: 7, units: 11 });
    points.capture('p1', 7);
    expect(points.book.balance).toBe(89);
    for (const [n, amount] of [3, 3, 1].entries()) points.refund(`r${n}`, 'p1', amount);
    expect(points.book.balance).toBe(100);
  });

  it('on a blocked account is declined; what was held before may still be taken', () => {
    const card = new Account('gift_card');
    card.post('opening', 'o', 1_000);
    card.hold('p1', 600);
    card.terms.status = 'blocked';
    expect(card.hold('p2', 100)).toMatchObject({ state: 'declined', reason: 'blocked' });
    expect(card.capture('p1', 600)).toMatchObject({ state: 'captured' });
  });
});

describe('credit', () => {
  const buy = (account: Account, payment: string, amount: number) => {
    account.hold(payment, amount);
    return account.capture(payment, amount);
  };

  it('follows the sales, repayments and the refund of the books (udhaar)', () => {
    const credit = new Account('credit', { limit: 200_000 });
    buy(credit, 'p1', 120_000);
    expect(credit.book.balance).toBe(120_000);
    expect(credit.hold('p2', 90_000)).toMatchObject({ state: 'declined', reason: 'insufficient_funds' });
    credit.post('repayment', 'r1', -50_000);
    expect(credit.book.balance).toBe(70_000);
    buy(credit, 'p3', 90_000);
    expect(credit.book.balance).toBe(160_000);
    credit.post('repayment', 'r2', -100_000);
    expect(credit.debts.get('sale.p1')?.owed).toBe(0);
    expect(credit.debts.get('sale.p3')?.owed).toBe(60_000);
    expect(credit.refund('ref', 'p3', 70_000)).toMatchObject({ payout: 10_000 });
    expect(credit.book.balance).toBe(0);
  });

  it('spends an advance first', () => {
    const credit = new Account('credit', { limit: 1_000 });
    buy(credit, 'p1', 500);
    credit.post('repayment', 'r1', -800);
    expect(credit.book.balance).toBe(-300);
    expect(availableMinor(credit.book)).toBe(1_300);
    buy(credit, 'p2', 400);
    expect(credit.debts.get('sale.p2')?.owed).toBe(100);
  });

  it('of a voided sale what was paid for it pays for others', () => {
    const credit = new Account('credit', { limit: 1_000 });
    buy(credit, 'p1', 500);
    buy(credit, 'p2', 400);
    credit.post('repayment', 'r1', -300);
    credit.release('p1');
    expect(credit.debts.get('sale.p2')?.owed).toBe(100);
    expect(credit.book.balance).toBe(100);
  });

  it('knows no top-up, and the others no repayment', () => {
    expect(new Account('credit', { limit: 100 }).post('top_up', 't', 10)).toBe('wrong_kind');
    expect(new Account('gift_card').post('repayment', 't', 10)).toBe('wrong_kind');
  });
});

const amount = fc.integer({ min: 1, max: 400 });
const payment = fc.constantFrom('p1', 'p2', 'p3', 'p4');
const step = fc.oneof(
  fc.record({ do: fc.constant('hold' as const), payment, amount, partial: fc.boolean() }),
  fc.record({ do: fc.constant('capture' as const), payment, amount }),
  fc.record({ do: fc.constant('release' as const), payment }),
  fc.record({ do: fc.constant('refund' as const), payment, amount, id: fc.integer({ min: 1, max: 5 }) }),
  fc.record({ do: fc.constant('money' as const), amount, id: fc.integer({ min: 1, max: 5 }) }),
  fc.record({ do: fc.constant('adjust' as const), amount: fc.integer({ min: -300, max: 300 }), id: amount }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function take(account: Account, one: Step) {
  switch (one.do) {
    case 'hold':
      return account.hold(one.payment, one.amount, one.partial);
    case 'capture':
      return account.capture(one.payment, one.amount);
    case 'release':
      return account.release(one.payment);
    case 'refund':
      return account.refund(`r${one.id}`, one.payment, one.amount);
    case 'money':
      return account.terms.kind === 'credit'
        ? account.post('repayment', `m${one.id}`, -one.amount)
        : account.post('top_up', `m${one.id}`, one.amount);
    case 'adjust':
      return account.post('adjustment', `a${one.id}`, one.amount);
  }
}

it('whatever comes in whatever order: nothing is spent twice, and a repeated call changes nothing', () => {
  const ratio = fc.record({
    numerator: fc.integer({ min: 1, max: 7 }),
    denominator: fc.integer({ min: 1, max: 7 }),
  });
  fc.assert(
    fc.property(
      fc.constantFrom(...LedgerKind.options),
      ratio,
      fc.array(step, { maxLength: 40 }),
      (kind, per, steps) => {
        const account = new Account(kind, { limit: 1_000, per });
        if (kind !== 'credit') account.post('opening', 'o', 600);
        for (const one of steps) {
          const answer = take(account, one);
          const then = account.snapshot;
          // The same call once more, as a lost answer makes it.
          const again = take(account, one);
          expect(account.snapshot).toBe(then);
          if (typeof answer !== 'string') expect(again).toEqual(answer);

          expect(account.free).toBeGreaterThanOrEqual(0);
          for (const h of account.holds.values()) {
            expect(h.captured).toBeLessThanOrEqual(h.amount);
            expect(h.returned).toBeLessThanOrEqual(h.captured);
            expect(h.returned_units).toBeLessThanOrEqual(h.captured_units);
            expect(minorOf(account.book, h.units)).toBeGreaterThanOrEqual(h.amount);
            expect(unitsOf(account.book, h.amount)).toBe(h.units);
          }
          const owed = account.open.reduce((sum, debt) => sum + debt.owed, 0);
          if (kind === 'credit') expect(owed).toBe(Math.max(0, account.book.balance));
        }
      },
    ),
    { seed: 20_261_128, numRuns: process.env['LONG'] === undefined ? 2_000 : 100_000 },
  );
}, 600_000);
