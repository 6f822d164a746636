import { env, runInDurableObject } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import { LedgerId, RetailerId } from '../../../shared/ids/index.ts';
import type { LedgerKind } from '../../../shared/ledger/book.ts';
import { ledgerName } from '../../../shared/ledger/code.ts';
import type { PaymentChannel } from '../../../shared/payment/account.ts';
import { unwrap } from '../../../shared/result.ts';
import type { Attempt, AttemptRequest, Gateway, Outcome, RefundRequest } from '../gateway.ts';
import { gatewayOf } from '../registry.ts';
import { ledgerGateway } from './adapter.ts';

const uuid = () => crypto.randomUUID();
const retailer = RetailerId.parse(`ret_${uuid()}`);
const account = {
  gateway: 'ledger',
  account_key: `${uuid()}.0123456789abcdef`,
  environment: 'live' as const,
  methods: ['gift_card', 'loyalty', 'credit', 'budget_code'],
};

function gateway(retailer_id = retailer, more: { channels?: PaymentChannel[] } = {}): Gateway {
  const found = gatewayOf(env, { ...account, ...more }, 'https://edge.test', undefined, { retailer_id });
  if (found === null) throw new Error('no gateway');
  return found;
}

interface Opened {
  code: string;
  object: ReturnType<typeof env.LEDGER.getByName>;
}

async function open(
  kind: LedgerKind,
  opening: number,
  more: { limit?: number; minor_per_point?: { numerator: number; denominator: number } } = {},
): Promise<Opened> {
  const code = `CODE-${uuid()}`.toUpperCase().replaceAll('-', '');
  const object = env.LEDGER.getByName(ledgerName(retailer, kind, code));
  const opened = await object.open({
    ledger_id: LedgerId.parse(`lgr_${uuid()}`),
    retailer_id: retailer,
    kind,
    currency: 'GBP',
    last4: code.slice(-4),
    limit: 0,
    minor_per_point: { numerator: 1, denominator: 1 },
    opening,
    by: 'stf_test',
    ...more,
  });
  unwrap(opened);
  return { code, object };
}

const request = (method: string, code: string, amount: number, more: Partial<AttemptRequest> = {}) => ({
  payment_id: `pay_${uuid()}_1`,
  order_id: 'ord_7',
  order_number: '7',
  amount,
  currency: 'GBP',
  method,
  capture: 'manual' as const,
  instrument: { kind: 'ledger' as const, account: code },
  save_card: false,
  channel: 'cashier' as const,
  shopper_id: 'shp_7',
  description: 'Order 7',
  return_url: 'https://shop.test/',
  webhook_url: 'https://edge.test/',
  began_at: '2026-07-01T10:00:00.000Z',
  ...more,
});

/** As a trip keeps it: later calls know the reference, not what the payer gave. */
const attemptOf = (r: AttemptRequest, outcome: Outcome): Attempt => ({
  request: { ...r, instrument: { kind: 'none' } },
  reference: 'reference' in outcome ? (outcome.reference ?? null) : null,
  refs: {},
  authorized: outcome.s === 'authorized' ? outcome.amount : 0,
  captured: outcome.s === 'captured' ? outcome.amount : 0,
});
const unanswered = (r: AttemptRequest): Attempt => ({
  request: r,
  reference: null,
  refs: {},
  authorized: 0,
  captured: 0,
});
const refundOf = (amount: number, refund_id = `rfl_${uuid()}`): RefundRequest => ({
  refund_id,
  amount,
  currency: 'GBP',
  reason: 'returned',
  reference: null,
  webhook_url: 'https://edge.test/',
});

describe('the gateway `ledger`', () => {
  it('holds first and captures last; a declined card in between leaves nothing burned', async () => {
    const { code, object } = await open('loyalty', 1_000);
    const r = request('loyalty', code, 500);
    const held = await gateway().createAttempt(r);
    expect(held).toMatchObject({ s: 'authorized', amount: 500 });
    expect(await object.view()).toMatchObject({ balance: 1_000, held: 500, available: 500 });
    expect(await gateway().createAttempt(r)).toEqual(held);
    expect(await gateway().getAttempt(unanswered(r))).toEqual(held);
    expect(await gateway().continueAttempt(attemptOf(r, held), {})).toEqual(held);
    expect(await gateway().capture(attemptOf(r, held), { amount: 400, key: 'k' })).toMatchObject({
      s: 'captured',
      amount: 400,
    });
    expect(await object.view()).toMatchObject({ balance: 600, held: 0, available: 600 });
  });

  it('takes at once where the account captures by itself', async () => {
    const { code, object } = await open('budget_code', 1_000);
    const r = request('budget_code', code, 1_000, { capture: 'auto' });
    expect(await gateway().createAttempt(r)).toMatchObject({ s: 'captured', amount: 1_000 });
    expect(await object.view()).toMatchObject({ balance: 0, held: 0 });
  });

  it('approves what a gift card holds, and of other accounts all or nothing', async () => {
    const card = await open('gift_card', 300);
    expect(await gateway().createAttempt(request('gift_card', card.code, 500))).toMatchObject({
      s: 'authorized',
      amount: 300,
    });
    expect(await gateway().createAttempt(request('gift_card', card.code, 500))).toMatchObject({
      s: 'declined',
      code: 'insufficient_funds',
    });
    const points = await open('loyalty', 300);
    const r = request('loyalty', points.code, 301);
    const declined = await gateway().createAttempt(r);
    expect(declined).toMatchObject({ s: 'declined', code: 'insufficient_funds' });
    expect(await gateway().getAttempt(unanswered(r))).toEqual(declined);
  });

  it('releases a hold, gives a captured payment back whole, and never takes one that was called off', async () => {
    const { code, object } = await open('gift_card', 900);
    const one = request('gift_card', code, 400);
    const held = await gateway().createAttempt(one);
    expect(await gateway().void(attemptOf(one, held), 'v')).toMatchObject({ s: 'voided' });
    const two = request('gift_card', code, 400, { capture: 'auto' });
    const taken = await gateway().createAttempt(two);
    expect(await gateway().void(attemptOf(two, taken), 'v')).toMatchObject({ s: 'voided' });
    expect(await gateway().void(attemptOf(two, taken), 'v')).toMatchObject({ s: 'voided' });
    const late = request('gift_card', code, 400);
    expect(await gateway().void(unanswered(late), 'v')).toMatchObject({ s: 'voided' });
    expect(await gateway().createAttempt(late)).toMatchObject({ s: 'voided' });
    expect(await object.view()).toMatchObject({ balance: 900, held: 0 });
  });

  it('refunds once a refund, and no more than was taken', async () => {
    const { code, object } = await open('gift_card', 900);
    const r = request('gift_card', code, 500, { capture: 'auto' });
    const attempt = attemptOf(r, await gateway().createAttempt(r));
    const refund = refundOf(200);
    expect(await gateway().getRefund(attempt, refund)).toEqual({ s: 'not_found' });
    const done = await gateway().refund(attempt, refund);
    expect(done).toEqual({ s: 'succeeded', reference: refund.refund_id });
    expect(await gateway().refund(attempt, refund)).toEqual(done);
    expect(await gateway().getRefund(attempt, refund)).toEqual(done);
    expect(await gateway().refund(attempt, refundOf(301))).toMatchObject({
      s: 'failed',
      code: 'amount_too_large',
    });
    expect(await object.view()).toMatchObject({ balance: 600 });
  });

  it('knows no account that nobody opened, none of another retailer, and writes nothing for it', async () => {
    const { code } = await open('gift_card', 900);
    const r = request('gift_card', code, 500);
    const stranger = RetailerId.parse(`ret_${uuid()}`);
    expect(await gateway(stranger).createAttempt(r)).toMatchObject({
      s: 'declined',
      code: 'unknown_account',
    });
    const object = env.LEDGER.getByName(ledgerName(stranger, 'gift_card', code));
    expect(await gateway(stranger).void(unanswered(r), 'v')).toEqual({ s: 'not_found' });
    const tables = await runInDurableObject(object, (_, state) =>
      state.storage.sql
        .exec(`SELECT name FROM sqlite_master WHERE name NOT LIKE '\\_%' ESCAPE '\\'`)
        .toArray(),
    );
    expect(tables).toEqual([]);
    // A reference of somebody else's account opens nothing either.
    const held = await gateway().createAttempt(r);
    expect(await gateway(stranger).capture(attemptOf(r, held), { amount: 500, key: 'k' })).toEqual({
      s: 'not_found',
    });
    expect(gatewayOf(env, account, 'https://edge.test')).toBeNull();
  });

  it('gives credit to a phone only where the shop says so, and no account in another currency', async () => {
    const { code } = await open('credit', 0, { limit: 1_000 });
    const r = request('credit', code, 500, { channel: 'web' });
    expect(await gateway().createAttempt(r)).toMatchObject({ s: 'declined', code: 'channel_not_allowed' });
    expect(await gateway(retailer, { channels: ['web'] }).createAttempt(r)).toMatchObject({
      s: 'authorized',
    });
    expect(await gateway().createAttempt(request('credit', code, 100, { currency: 'EUR' }))).toMatchObject({
      s: 'declined',
      code: 'wrong_currency',
    });
    expect(await gateway().createAttempt(request('credit', code, 0))).toMatchObject({ s: 'error' });
  });

  it('says unknown where the account does not answer', async () => {
    const broken = () => {
      throw new Error('the object moved');
    };
    const lost = ledgerGateway({ account, retailer_id: retailer, ledger: broken });
    const { code } = await open('gift_card', 900);
    const r = request('gift_card', code, 500);
    expect(await lost.createAttempt(r)).toEqual({ s: 'unknown', reason: 'unavailable' });
    expect(await lost.refund(unanswered(r), refundOf(1))).toEqual({ s: 'unknown', reason: 'unavailable' });
    expect(await lost.verifyWebhook({ headers: new Headers(), body: '', path: '/', now_ms: 0 })).toEqual({
      ok: false,
      error: { code: 'invalid' },
    });
  });
});

describe('a split payment', () => {
  it('leaves points only held while cards come, go and are declined, and takes them last', async () => {
    const { code, object } = await open('loyalty', 800);
    const terminal = {
      ...{ gateway: 'test', account_key: `test.${uuid()}`, environment: 'test' as const, methods: ['card'] },
    };
    const cards = gatewayOf(env, terminal, 'https://edge.test');
    if (cards === null) throw new Error('no gateway');
    const none = { instrument: { kind: 'none' as const }, capture: 'auto' as const };
    const points = request('loyalty', code, 500);
    const held = await gateway().createAttempt(points);
    const stillHeld = async () => expect(await object.view()).toMatchObject({ balance: 800, held: 500 });
    await stillHeld();
    const first = request('card', '', 2_000, none);
    const taken = await cards.createAttempt(first);
    expect(taken).toMatchObject({ s: 'captured', amount: 2_000 });
    expect(await cards.createAttempt(request('card_declined', '', 2_500, none))).toMatchObject({
      s: 'declined',
    });
    await stillHeld();
    expect(await cards.void(attemptOf(first, taken), 'v')).toMatchObject({ s: 'voided' });
    expect(await cards.createAttempt(request('card', '', 4_500, none))).toMatchObject({ s: 'captured' });
    await stillHeld();
    expect(await gateway().capture(attemptOf(points, held), { amount: 500, key: 'k' })).toMatchObject({
      s: 'captured',
      amount: 500,
    });
    expect(await object.view()).toMatchObject({ balance: 300, held: 0 });
  });
});

describe('udhaar', () => {
  it('follows the sales, the UPI repayment, the oldest sale first, and the refund with its payout', async () => {
    const { code, object } = await open('credit', 0, { limit: 200_000 });
    const sell = async (amount: number) => {
      const r = request('credit', code, amount, { capture: 'auto' });
      return { r, outcome: await gateway().createAttempt(r) };
    };
    const repay = (repayment_id: string, amount: number, status: 'pending' | 'captured') =>
      object.beginRepayment({ repayment_id, amount, method: 'upi', reference: null, status, by: 'stf_test' });
    const balance = async () => (await object.view())?.balance;

    const first = await sell(120_000);
    expect(first.outcome).toMatchObject({ s: 'captured' });
    expect((await sell(90_000)).outcome).toMatchObject({ s: 'declined', code: 'insufficient_funds' });
    unwrap(await repay('r1', 50_000, 'pending'));
    expect(await balance()).toBe(120_000);
    const word = { repayment_id: 'r1', status: 'captured' as const, by: 'stf_test' };
    unwrap(await object.settleRepayment(word));
    unwrap(await object.settleRepayment(word));
    expect(await balance()).toBe(70_000);
    const second = await sell(90_000);
    expect(await balance()).toBe(160_000);
    unwrap(await repay('r2', 100_000, 'captured'));

    const { sales } = unwrap(await object.page({ limit: 10 }));
    expect(sales.map(({ payment_id, owed, udhaar_paid }) => ({ payment_id, owed, udhaar_paid }))).toEqual([
      { payment_id: second.r.payment_id, owed: 60_000, udhaar_paid: false },
      { payment_id: first.r.payment_id, owed: 0, udhaar_paid: true },
    ]);
    const attempt = attemptOf(second.r, second.outcome);
    expect(await gateway().refund(attempt, refundOf(70_000))).toMatchObject({
      s: 'succeeded',
      refs: { payout: '10000' },
    });
    expect(await balance()).toBe(0);
  });
});
