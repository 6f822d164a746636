import { env } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { LedgerKind } from '../../shared/ledger/book.ts';
import { ledgerName, readAccountCode } from '../../shared/ledger/code.ts';
import { unwrap } from '../../shared/result.ts';
import { call, expectJson, expectProblem, newTenant, type Tenant } from '../test/fixture.ts';
import { LedgerDetail, LedgerPosted, LedgerRepaid, LedgerRow, NewLedger } from './ledger.ts';

const phone = () => `+91${Math.floor(Math.random() * 1e10)}`.padEnd(13, '0');
const open = (tenant: Tenant, body: object, key?: string) =>
  call('POST', '/v1/ledgers', { token: tenant.admin, body, ...(key === undefined ? {} : { key }) });
const post = (token: string, path: string, body: object, key?: string) =>
  call('POST', `/v1/ledgers/${path}`, { token, body, ...(key === undefined ? {} : { key }) });
const read = (tenant: Tenant, id: string, query = '') =>
  expectJson(LedgerDetail, 200, call('GET', `/v1/ledgers/${id}${query}`, { token: tenant.admin }));

/** The account as the gateway of the edge sees it. */
const objectOf = (tenant: Tenant, kind: LedgerKind, code: string) =>
  env.LEDGER.getByName(ledgerName(tenant.retailer_id, kind, unwrap(readAccountCode(code))));

const audited = async (tenant: Tenant): Promise<unknown[]> => {
  const rows = env.DB.prepare('SELECT action FROM audit_log WHERE retailer_id = ? ORDER BY rowid');
  const { results } = await rows.bind(tenant.retailer_id).all<{ action: string }>();
  return results.map(({ action }) => action);
};

describe('gift cards', () => {
  it('are issued with a code that is told once and kept nowhere', async () => {
    const tenant = await newTenant();
    const body = { kind: 'gift_card', currency: 'GBP', opening: 2_500, label: 'Ann' };
    const first = await expectJson(NewLedger, 201, open(tenant, body, 'k1'));
    const code = first.code ?? '';
    expect(code).toMatch(/^GC[0-9A-HJKMNP-TV-Z]{16}$/);
    expect(first).toMatchObject({ balance: 2_500, available_amount: 2_500, label: 'Ann', unit: 'minor' });
    // The same call again: the same card, and no second one.
    const again = open(tenant, body, 'k1');
    expect((await again).headers.get('idempotency-replayed')).toBe('true');
    expect(await expectJson(NewLedger, 201, again)).toEqual(first);
    expect((await expectProblem(422, open(tenant, { ...body, opening: 1 }, 'k1'))).code).toBe(
      'idempotency_key_reuse',
    );

    const found = call('GET', `/v1/ledgers?kind=gift_card&code=${code.toLowerCase()}`, {
      token: tenant.admin,
    });
    const page = await expectJson(z.object({ data: z.array(LedgerRow) }), 200, found);
    expect(page.data).toEqual([
      expect.objectContaining({ id: first.id, last4: code.slice(-4), label: 'Ann' }),
    ]);
    for (const table of ['ledger', 'audit_log', 'idempotency']) {
      const { results } = await env.DB.prepare(`SELECT * FROM ${table}`).all();
      expect(JSON.stringify(results), table).not.toContain(code);
    }
    expect((await expectProblem(409, open(tenant, { ...body, code }))).code).toBe('conflict');
    const stranger = await newTenant();
    await expectJson(NewLedger, 201, open(stranger, { ...body, code }));
    expect(await audited(tenant)).toEqual(['ledger.open']);
  });

  it('are topped up once a key, also where the first call died before it could remember its answer', async () => {
    const tenant = await newTenant();
    const card = await expectJson(NewLedger, 201, open(tenant, { kind: 'gift_card', currency: 'GBP' }));
    const cashier = await tenant.hire('cashier');
    const topUp = () => post(cashier, `${card.id}/top_ups`, { units: 500, method: 'cash' }, 'till-1');
    const first = await expectJson(LedgerPosted, 201, topUp());
    expect(await expectJson(LedgerPosted, 201, topUp())).toEqual(first);
    await env.DB.prepare('DELETE FROM idempotency WHERE retailer_id = ?').bind(tenant.retailer_id).run();
    expect(await expectJson(LedgerPosted, 201, topUp())).toEqual(first);
    expect((await read(tenant, card.id)).balance).toBe(500);
    const repayment = { amount: 1, method: 'cash', status: 'captured' };
    expect((await expectProblem(409, post(cashier, `${card.id}/repayments`, repayment))).code).toBe(
      'conflict',
    );
  });

  it('are opened again whole where the first call died between the account and its row', async () => {
    const tenant = await newTenant();
    const body = { kind: 'budget_code', code: 'TEAM-LUNCH-7', currency: 'GBP', opening: 900 };
    const first = await expectJson(NewLedger, 201, open(tenant, body));
    await env.DB.prepare('DELETE FROM ledger WHERE retailer_id = ?').bind(tenant.retailer_id).run();
    const second = await expectJson(NewLedger, 201, open(tenant, body));
    expect({ ...second, created_at: first.created_at }).toEqual(first);
  });
});

describe('an account', () => {
  it.each([
    [{ kind: 'credit', code: '919876543210', currency: 'INR' }, '/limit'],
    [{ kind: 'gift_card', currency: 'GBP', limit: 5 }, '/limit'],
    [{ kind: 'loyalty', currency: 'GBP' }, '/code'],
    [{ kind: 'loyalty', code: '1234', currency: 'GBP' }, '/code'],
    [{ kind: 'gift_card', code: 'GC0000000000000001', currency: 'GBP' }, '/code'],
    [
      {
        kind: 'gift_card',
        currency: 'GBP',
        minor_per_point: { numerator: 1, denominator: 2 },
      },
      '/minor_per_point',
    ],
  ])('is not opened with %j', async (body, path) => {
    const problem = await expectProblem(422, open(await newTenant(), body));
    expect(problem.errors?.[0]?.path).toBe(path);
  });

  it('is adjusted with a reason by an administrator, and never below what is there', async () => {
    const tenant = await newTenant();
    const points = await expectJson(
      NewLedger,
      201,
      open(tenant, {
        ...{ kind: 'loyalty', code: 'MEMBER-0001', currency: 'GBP', opening: 300 },
        minor_per_point: { numerator: 1, denominator: 2 },
      }),
    );
    expect(points).toMatchObject({ unit: 'points', available: 300, available_amount: 150 });
    const adjust = (units: number) =>
      post(tenant.admin, `${points.id}/adjustments`, { units, reason: 'counted twice' });
    await expectJson(LedgerPosted, 201, adjust(-100));
    expect((await expectProblem(409, adjust(-201))).code).toBe('insufficient_funds');
    expect((await expectProblem(422, adjust(0))).errors?.[0]?.path).toBe('/units');
    const { balance, journal } = await read(tenant, points.id, '?limit=1');
    expect(balance).toBe(200);
    expect(journal).toMatchObject({ data: [{ kind: 'adjustment', note: 'counted twice' }], has_more: true });
    const [newest] = journal.data;
    const rest = await read(tenant, points.id, `?starting_after=${newest?.id}`);
    expect(rest.journal.data.map(({ kind }) => kind)).toEqual(['opening']);
    expect(await audited(tenant)).toEqual(['ledger.open', 'ledger.adjust']);
  });

  it('is not found by a mistyped code, nor by a code without its kind', async () => {
    const tenant = await newTenant();
    const find = (query: string) => call('GET', `/v1/ledgers?${query}`, { token: tenant.admin });
    const none = { data: [], has_more: false };
    expect(await expectJson(z.unknown(), 200, find('kind=gift_card&code=GC0000000000000001'))).toEqual(none);
    expect(await expectJson(z.unknown(), 200, find('kind=gift_card&code=nobody-has-it'))).toEqual(none);
    expect((await expectProblem(422, find('code=nobody-has-it'))).errors?.[0]?.path).toBe('/kind');
    expect((await expectProblem(422, find('starting_after=nothing'))).errors?.[0]?.code).toBe('bad_cursor');
  });
});

describe('udhaar over the counter', () => {
  it('sells within the limit, counts UPI when it has come, clears the oldest sale first and pays out the rest', async () => {
    const tenant = await newTenant();
    const code = phone();
    const account = await expectJson(
      NewLedger,
      201,
      open(tenant, { kind: 'credit', code, currency: 'INR', limit: 200_000, label: 'Asha' }),
    );
    const cashier = await tenant.hire('cashier');
    const object = objectOf(tenant, 'credit', code);
    const sell = (payment_id: string, amount: number) =>
      object.hold({ payment_id, amount, currency: 'INR', partial: false, capture: true });
    const repay = (amount: number, method: string, status: string) =>
      expectJson(
        LedgerRepaid,
        201,
        post(cashier, `${account.id}/repayments`, { amount, method, status }, crypto.randomUUID()),
      );

    expect(await sell('pay_1', 120_000)).toMatchObject({ value: { state: 'captured' } });
    expect((await read(tenant, account.id)).balance).toBe(120_000);
    expect(await sell('pay_2', 90_000)).toMatchObject({
      value: { state: 'declined', reason: 'insufficient_funds' },
    });
    const upi = await repay(50_000, 'upi', 'pending');
    expect(upi.ledger.balance).toBe(120_000);
    const settle = (word: string) =>
      post(cashier, `${account.id}/repayments/${upi.repayment.id}/${word}`, {}, `${word}-1`);
    expect((await expectJson(LedgerRepaid, 200, settle('capture'))).ledger.balance).toBe(70_000);
    expect((await expectJson(LedgerRepaid, 200, settle('capture'))).ledger.balance).toBe(70_000);
    expect((await expectProblem(409, settle('fail'))).code).toBe('conflict');
    expect(await sell('pay_3', 90_000)).toMatchObject({ value: { state: 'captured' } });
    expect((await read(tenant, account.id)).balance).toBe(160_000);
    await repay(100_000, 'cash', 'captured');

    const { sales, repayments } = await read(tenant, account.id);
    expect(sales).toMatchObject([
      { payment_id: 'pay_3', amount: 90_000, owed: 60_000, udhaar_paid: false, udhaar_paid_on: null },
      { payment_id: 'pay_1', amount: 120_000, owed: 0, udhaar_paid: true },
    ]);
    expect(repayments.map(({ status, amount }) => [status, amount])).toEqual([
      ['captured', 100_000],
      ['captured', 50_000],
    ]);
    const refund = await object.refund({ refund_id: 'ref_1', payment_id: 'pay_3', amount: 70_000 });
    expect(unwrap(refund)).toMatchObject({ amount: 70_000, payout: 10_000 });
    expect((await read(tenant, account.id)).balance).toBe(0);
  });

  it('follows a new limit and a block', async () => {
    const tenant = await newTenant();
    const code = phone();
    const body = { kind: 'credit', code, currency: 'INR', limit: 1_000 };
    const { id } = await expectJson(NewLedger, 201, open(tenant, body));
    const manager = await tenant.hire('manager');
    const change = (terms: object) => call('PATCH', `/v1/ledgers/${id}`, { token: manager, body: terms });
    expect(await expectJson(z.unknown(), 200, change({ limit: 400 }))).toMatchObject({ available: 400 });
    expect(await expectJson(z.unknown(), 200, change({ status: 'blocked' }))).toMatchObject({ available: 0 });
    const held = objectOf(tenant, 'credit', code).hold({
      ...{ payment_id: 'pay_1', amount: 1, currency: 'INR', partial: false, capture: true },
    });
    expect(await held).toMatchObject({ value: { state: 'declined', reason: 'blocked' } });
    expect(await audited(tenant)).toEqual(['ledger.open', 'ledger.terms', 'ledger.terms']);
    expect((await expectProblem(409, post(manager, `${id}/top_ups`, { units: 1, method: 'x' }))).code).toBe(
      'conflict',
    );
  });
});
