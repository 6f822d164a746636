import { env, runInDurableObject } from 'cloudflare:test';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LedgerId, RetailerId } from '../../shared/ids/index.ts';
import type { LedgerKind } from '../../shared/ledger/book.ts';
import { ledgerName } from '../../shared/ledger/code.ts';
import { unwrap } from '../../shared/result.ts';

const uuid = () => crypto.randomUUID();
const retailer_id = RetailerId.parse(`ret_${uuid()}`);

async function open(kind: LedgerKind, opening: number, limit = 0) {
  const object = env.LEDGER.getByName(ledgerName(retailer_id, kind, uuid()));
  const ledger_id = LedgerId.parse(`lgr_${uuid()}`);
  const account = {
    ...{ ledger_id, retailer_id, kind, currency: 'GBP', last4: '1234', limit, opening, by: 'stf_test' },
    minor_per_point: { numerator: 1, denominator: 1 },
  };
  unwrap(await object.open(account));
  return { object, account };
}
type Opened = Awaited<ReturnType<typeof open>>['object'];

const posting = (entry_id: string, units: number) => ({ entry_id, units, note: 'a note', by: 'stf_test' });
const run = (object: Opened, query: string) =>
  runInDurableObject(object, (_, state) => state.storage.sql.exec(query).toArray());

describe('an account', () => {
  it('is opened once; the same call again finds it, another id does not', async () => {
    const { object, account } = await open('gift_card', 500);
    const view = await object.view();
    expect(await object.open({ ...account, opening: 900 })).toEqual({ ok: true, value: view });
    const other = LedgerId.parse(`lgr_${uuid()}`);
    expect(await object.open({ ...account, ledger_id: other })).toMatchObject({ ok: false });
    const theirs = env.LEDGER.getByName(ledgerName(RetailerId.parse(`ret_${uuid()}`), 'gift_card', uuid()));
    expect(await theirs.open(account)).toMatchObject({ error: { code: 'other_account' } });
    expect(view).toMatchObject({ balance: 500, available: 500, limit: null, unit: 'minor' });
  });

  it('that nobody opened answers nothing and writes nothing', async () => {
    const object = env.LEDGER.getByName(ledgerName(retailer_id, 'gift_card', uuid()));
    expect(await object.view()).toBeNull();
    expect(await object.payment('pay_x')).toBeNull();
    expect(await object.refunded('ref_x')).toBeNull();
    const absent = { ok: false, error: { code: 'not_found' } };
    expect(await object.topUp(posting('e', 1))).toEqual(absent);
    expect(await object.setTerms({ status: 'blocked' })).toEqual(absent);
    expect(await object.page({ limit: 10 })).toEqual(absent);
    expect(await object.release({ payment_id: 'pay_x' })).toEqual(absent);
    expect(await run(object, `SELECT name FROM sqlite_master WHERE name = 'account'`)).toEqual([]);
  });

  it('takes a posting once an id, and shows its journal in pages', async () => {
    const { object } = await open('loyalty', 100);
    for (const n of [1, 2, 3]) unwrap(await object.topUp(posting(`e${n}`, n * 10)));
    unwrap(await object.topUp(posting('e3', 30)));
    expect(await object.topUp(posting('e3', 31))).toMatchObject({ error: { code: 'key_reuse' } });
    expect(await object.adjust(posting('a1', -161))).toMatchObject({ error: { code: 'insufficient_funds' } });
    unwrap(await object.adjust(posting('a2', -60)));
    const first = unwrap(await object.page({ limit: 2 }));
    expect(first.journal).toMatchObject({
      data: [
        { id: 'a2', kind: 'adjustment', units: -60, balance: 100, note: 'a note' },
        { id: 'e3', units: 30, balance: 160 },
      ],
      has_more: true,
    });
    const rest = unwrap(await object.page({ after: 'e3', limit: 10 }));
    expect(rest.journal.data.map(({ id }) => id)).toEqual(['e2', 'e1', 'opening']);
    expect(await object.page({ after: 'nothing', limit: 10 })).toMatchObject({ ok: false });
  });

  it('of credit alone has a limit; blocked it lends no more', async () => {
    const { object } = await open('credit', 700, 500);
    expect(await object.view()).toMatchObject({ balance: 700, available: 0, limit: 500 });
    unwrap(await object.setTerms({ limit: 1_000 }));
    expect(await object.view()).toMatchObject({ available: 300, available_amount: 300 });
    unwrap(await object.setTerms({ status: 'blocked' }));
    expect(await object.view()).toMatchObject({ available: 0, status: 'blocked' });
    const card = await open('gift_card', 5);
    expect(await card.object.setTerms({ limit: 1 })).toMatchObject({ error: { code: 'wrong_kind' } });
    const repayment = { repayment_id: 'r', amount: 5, method: 'cash', reference: null, by: 'stf_test' };
    expect(await card.object.beginRepayment({ ...repayment, status: 'captured' })).toMatchObject({
      error: { code: 'wrong_kind' },
    });
  });

  it('counts a repayment that failed as none, and hears only one word about it', async () => {
    const { object } = await open('credit', 700, 1_000);
    const repayment = { repayment_id: 'r', amount: 500, method: 'upi', reference: 'UTR1', by: 'stf_test' };
    unwrap(await object.beginRepayment({ ...repayment, status: 'pending' }));
    unwrap(await object.settleRepayment({ repayment_id: 'r', status: 'failed', by: 'stf_test' }));
    expect(
      await object.settleRepayment({ repayment_id: 'r', status: 'captured', by: 'stf_test' }),
    ).toMatchObject({ error: { code: 'already_settled' } });
    expect(await object.beginRepayment({ ...repayment, amount: 501, status: 'pending' })).toMatchObject({
      error: { code: 'key_reuse' },
    });
    expect(
      await object.settleRepayment({ repayment_id: 's', status: 'captured', by: 'stf_test' }),
    ).toMatchObject({ error: { code: 'not_found' } });
    expect(await object.view()).toMatchObject({ balance: 700 });
  });
});

describe('the tables themselves', () => {
  it.each([
    [`UPDATE entry SET units = 1`, 'never changes'],
    [`DELETE FROM entry`, 'never changes'],
    [`UPDATE account SET balance = balance + 1`, 'what the journal says'],
    [
      `INSERT INTO entry (entry_id, kind, counter_account, units, balance, note, by, at)
       VALUES ('x', 'top_up', 'takings', 10, 9999, '', '', 0)`,
      'does not add up',
    ],
    [
      `INSERT INTO hold (payment_id, asked, amount, units, state, captured, captured_units, returned, returned_units, at)
       VALUES ('x', 501, 501, 501, 'held', 0, 0, 0, 0, 0)`,
      'more is held than is there',
    ],
  ])('refuse %s', async (query, message) => {
    const { object } = await open('gift_card', 500);
    await expect(run(object, query)).rejects.toThrow(message);
  });

  it('keep no account number beyond its last four characters', async () => {
    const code = 'GIFT00112233';
    const object = env.LEDGER.getByName(ledgerName(retailer_id, 'gift_card', code));
    const account = {
      ...{ ledger_id: LedgerId.parse(`lgr_${uuid()}`), retailer_id, kind: 'gift_card' as const },
      ...{ currency: 'GBP', last4: '2233', limit: 0, opening: 5, by: 'stf_test' },
      minor_per_point: { numerator: 1, denominator: 1 },
    };
    unwrap(await object.open(account));
    unwrap(
      (await object.hold({ payment_id: 'p', amount: 5, currency: 'GBP', partial: true, capture: true })) ?? {
        ok: false,
        error: { code: 'not_found' },
      },
    );
    for (const table of ['account', 'entry', 'hold', 'audit'])
      expect(JSON.stringify(await run(object, `SELECT * FROM ${table}`))).not.toContain('0011');
  });
});

const amount = fc.integer({ min: 1, max: 300 });
const payment = fc.constantFrom('p1', 'p2', 'p3');
const step = fc.oneof(
  fc.record({ do: fc.constant('hold' as const), payment, amount, capture: fc.boolean() }),
  fc.record({ do: fc.constant('capture' as const), payment, amount }),
  fc.record({ do: fc.constant('release' as const), payment }),
  fc.record({ do: fc.constant('refund' as const), payment, amount }),
  fc.record({ do: fc.constant('money' as const), amount }),
);

it('calls at the same time, each of them twice: the journal adds up and nothing is spent twice', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('gift_card' as const, 'credit' as const),
      fc.array(step, { maxLength: 14 }),
      async (kind, steps) => {
        const { object } = await open(kind, kind === 'credit' ? 0 : 500, kind === 'credit' ? 500 : 0);
        const call = async (one: (typeof steps)[number], n: number): Promise<unknown> => {
          const key = { payment_id: 'payment' in one ? one.payment : '' };
          if (one.do === 'hold')
            return object.hold({ ...key, ...one, currency: 'GBP', partial: kind === 'gift_card' });
          if (one.do === 'capture') return object.capture({ ...key, amount: one.amount });
          if (one.do === 'release') return object.release(key);
          if (one.do === 'refund') return object.refund({ ...key, refund_id: `r${n}`, amount: one.amount });
          if (kind === 'gift_card') return object.topUp(posting(`m${n}`, one.amount));
          const repayment = { repayment_id: `m${n}`, amount: one.amount, method: 'cash', reference: null };
          return object.beginRepayment({ ...repayment, status: 'captured', by: 'stf_test' });
        };
        await Promise.all(steps.flatMap((one, n) => [call(one, n), call(one, n)]));

        const view = await object.view();
        const [sum] = await run(object, 'SELECT coalesce(sum(units), 0) AS units, count(*) AS n FROM entry');
        expect(view?.balance).toBe(sum?.['units']);
        const free = kind === 'credit' ? 500 - (view?.balance ?? 0) : (view?.balance ?? 0);
        expect(free - (view?.held ?? 0)).toBeGreaterThanOrEqual(0);
        const [owed] = await run(object, 'SELECT coalesce(sum(owed), 0) AS owed FROM debt');
        if (kind === 'credit') expect(owed?.['owed']).toBe(Math.max(0, view?.balance ?? 0));
        // All of it once more: every answer is there already.
        for (const [n, one] of steps.entries())
          if (one.do === 'money' || one.do === 'refund') await call(one, n);
        const [again] = await run(
          object,
          "SELECT count(*) AS n FROM entry WHERE kind = 'repayment' OR kind = 'top_up'",
        );
        expect(again?.['n']).toBe(steps.filter((one) => one.do === 'money').length);
      },
    ),
    { seed: 20_261_128, numRuns: process.env['LONG'] === undefined ? 40 : 1_000 },
  );
});
