import { env, runDurableObjectAlarm, runInDurableObject, SELF } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import type { Refund } from '../../shared/api/refund.ts';
import { StoreEvent } from '../../shared/events/index.ts';
import { checkPoslog } from '../../shared/poslog/check.ts';
import { refundToLog, returnTransaction } from '../../shared/poslog/of_refund.ts';
import { poslogXml } from '../../shared/poslog/xml.ts';
import { type Result, unwrap } from '../../shared/result.ts';
import type { RefundRefusal } from '../../shared/rpc/refunds.ts';
import type { RefundOutcome } from '../payment/gateway.ts';
import {
  bodyOf,
  COLA,
  codeOf,
  cutStore,
  eventOf,
  FREE,
  hastenProvider,
  moneyTaken,
  ORIGIN,
  objectOf,
  ordered,
  otherRetailer,
  payWith,
  providerOf,
  publish,
  readOrder,
  shelf,
  shirt,
  sqlOf,
  storeOf,
} from './test/fixture.ts';
import {
  askBank,
  askRefund,
  decideOn,
  newRefundId,
  openRefundShop,
  refundById,
  refundsOf,
  retryRefund,
  sold,
  staffOf,
  storeSql,
  toldOf,
} from './test/refunds.ts';

const oneCola = { kind: 'lines', lines: [{ line_id: 'lin_1', quantity: 1 }] };
const wholeOrder = { kind: 'full' };
const counted = (results: readonly Result<Refund, RefundRefusal>[]) =>
  Object.fromEntries(
    [...Map.groupBy(results, codeOf)].map(([code, of]): [string, number] => [code, of.length]),
  );

describe('goods that come back', () => {
  it('give back what was paid for them; the refund has a number of its own and a receipt', async () => {
    const shop = await openRefundShop();
    const w = await sold(shop, { codes: [COLA, COLA, COLA] });
    // 3 × 5.74 less 1.00 for two.
    expect((await readOrder(w)).order.total).toBe(1622);
    const refund = unwrap(await askRefund(w, oneCola));
    expect(refund).toMatchObject({
      status: 'succeeded',
      amount: 541,
      refunded: 541,
      number: 'R000001',
      tax: 90,
    });
    expect(await moneyTaken(shop)).toBe(1622 - 541);
    expect((await readOrder(w)).order).toMatchObject({
      payment_status: 'captured',
      refund_status: 'partial',
      payments: [{ status: 'captured', amount: 1622, refunded: 541 }],
      refunds: [{ id: refund.id, status: 'succeeded', amount: 541, number: 'R000001' }],
    });
    const receipt = bodyOf(await objectOf(w).refundReceipt(w.call(), refund.id));
    expect(receipt).toMatchObject({ kind: 'refund', total: 541, order: { number: 'R000001' } });
    expect(receipt.order.original_number).toBe((await readOrder(w)).order.number);

    const rest = [unwrap(await askRefund(w, oneCola)), unwrap(await askRefund(w, oneCola))];
    expect(rest.map(({ amount, number }) => [amount, number])).toEqual([
      [540, 'R000002'],
      [541, 'R000003'],
    ]);
    expect(await moneyTaken(shop)).toBe(0);
    expect((await readOrder(w)).order).toMatchObject({
      payment_status: 'refunded',
      refund_status: 'full',
      payments: [{ status: 'refunded', amount: 1622, refunded: 1622 }],
    });
    expect(codeOf(await askRefund(w, wholeOrder))).toBe('not_refundable');
    expect(await toldOf(shop)).toEqual(Array(3).fill(['refund.succeeded', 'succeeded']));
  });

  it('of which the last unit is asked for forty times at once go back once', async () => {
    const shop = await openRefundShop();
    const w = await sold(shop, { codes: [COLA] });
    const results = await Promise.all(Array.from({ length: 40 }, () => askRefund(w, oneCola)));
    const { ok, quantity_refunded = 0, not_refundable = 0, rate_limited = 0 } = counted(results);
    expect(ok).toBe(1);
    expect(quantity_refunded + not_refundable + rate_limited).toBe(39);
    expect(await moneyTaken(shop)).toBe(0);
    expect(await refundsOf(w)).toHaveLength(1);
  });

  it('are a return of their own in the POSLog, which balances and names the sale', async () => {
    const shop = await openRefundShop();
    const w = await sold(shop, { codes: [COLA, COLA] }, [['card', 500], ['card']]);
    const { order } = await readOrder(w);
    unwrap(await askRefund(w, oneCola));
    const gesture = { kind: 'goodwill', amount: 50, note: 'it was warm' };
    unwrap(await askRefund(w, gesture, { staff: staffOf(shop, 'manager') }));
    const events = await storeSql(
      shop,
      `SELECT json FROM outbox WHERE json LIKE '%"refund.succeeded"%' ORDER BY seq`,
    );
    const returns = events.map(({ json }) => {
      const event = StoreEvent.parse(JSON.parse(String(json)));
      if (event.type !== 'refund.succeeded' || !event.data.poslog || !event.data.original)
        throw new Error('a refund without its number');
      const { refund, poslog, original } = event.data;
      return returnTransaction(refundToLog(refund), poslog, original);
    });
    const sale = { number: order.poslog?.number, business_date: order.business_date };
    expect(returns).toMatchObject([
      { number: 2, grand: -524, original: sale, items: [{ quantity: 1, regular_unit_price: 524 }] },
      { number: 3, grand: -50, original: sale, items: [{ quantity: 0, regular_unit_price: 50 }] },
    ]);
    for (const one of returns) expect(checkPoslog(poslogXml(one))).toMatchObject({ ok: true });
    // Told again they cost no number.
    expect(await storeSql(shop, `SELECT purpose, value FROM allocated ORDER BY value`)).toMatchObject([
      { purpose: 'sale', value: 1 },
      { value: 2 },
      { value: 3 },
    ]);
  });

  it('are for sale again if they are back, in the count of the store too', async () => {
    const shop = await openRefundShop();
    const stocked = shelf().map((item) => (item.sku === COLA ? { ...item, stock: 5 } : item));
    await publish(shop, 2, stocked);
    const w = await sold(shop, { codes: [COLA, COLA, COLA] });
    const count = () => storeSql(shop, 'SELECT sold FROM stock_count');
    expect(await count()).toEqual([{ sold: 3 }]);
    unwrap(await askRefund(w, oneCola));
    expect(await count()).toEqual([{ sold: 3 }]);
    const back = { kind: 'lines', lines: [{ line_id: 'lin_1', quantity: 2, return_to_stock: true }] };
    unwrap(await askRefund(w, back));
    expect(await count()).toEqual([{ sold: 1 }]);
  });

  it('cost nothing go back without any money', async () => {
    const shop = await openRefundShop();
    const w = await sold(shop, { codes: [FREE] });
    expect(unwrap(await askRefund(w, wholeOrder))).toMatchObject({
      status: 'succeeded',
      amount: 0,
      legs: [],
    });
    expect((await readOrder(w)).order.refund_status).toBe('full');
  });

  it('go back once a refund id, whatever becomes of the first answer', async () => {
    const shop = await openRefundShop();
    const w = await sold(shop, { codes: [COLA, COLA] });
    const refund_id = newRefundId();
    const first = unwrap(await askRefund(w, oneCola, { refund_id }));
    expect(unwrap(await askRefund(w, oneCola, { refund_id }))).toEqual(first);
    expect(codeOf(await askRefund(w, oneCola, { refund_id, body_hash: 'y' }))).toBe('idempotency_key_reuse');
    expect(await refundsOf(w)).toHaveLength(1);
  });
});

describe('several payments', () => {
  it('give back the last one first, or as staff split it', async () => {
    const shop = await openRefundShop();
    const w = await sold(shop, { epcs: [shirt(1), shirt(2)] }, [['card', 2000], ['card']]);
    const { payments } = (await readOrder(w)).order;
    const [first, last] = payments.map(({ id }) => id);
    const refund = unwrap(await askRefund(w, { kind: 'amount', amount: 2500 }));
    expect(refund.legs.map(({ payment_id, amount }) => [payment_id, amount])).toEqual([
      [last, 1998],
      [first, 502],
    ]);
    const legs = [{ payment_id: first, amount: 300 }];
    expect(unwrap(await askRefund(w, { kind: 'amount', amount: 300, legs })).legs).toMatchObject([
      { payment_id: first, amount: 300, status: 'succeeded' },
    ]);
    expect(codeOf(await askRefund(w, { kind: 'amount', amount: 301, legs }))).toBe('invalid');
    const tooMuch = [{ payment_id: last, amount: 300 }];
    expect(codeOf(await askRefund(w, { kind: 'amount', amount: 300, legs: tooMuch }))).toBe(
      'refund_exceeds_captured',
    );
    expect(await moneyTaken(shop)).toBe(3998 - 2800);
  });

  it('of which one refuses: its part is free again, and goes back over another', async () => {
    const shop = await openRefundShop();
    const w = await sold(shop, { epcs: [shirt(1), shirt(2)] }, [['card', 2000], ['card_refund_fails']]);
    const asked = unwrap(await askRefund(w, { kind: 'amount', amount: 1998 + 500 }));
    expect(asked).toMatchObject({ status: 'processing', refunded: 500 });
    await hastenProvider(shop);
    await askBank(w);
    const part = await refundById(w, asked.id);
    expect(part).toMatchObject({ status: 'partially_succeeded', refunded: 500, number: null });
    expect(codeOf(await askRefund(w, { kind: 'amount', amount: 3000 }))).toBe('refund_exceeds_captured');
    // 14.98 of it fit the other payment only in part.
    expect(codeOf(await retryRefund(w, asked.id))).toBe('ok');
    expect((await refundById(w, asked.id))?.legs).toMatchObject([
      {},
      {},
      { status: 'pending', amount: 1998 },
    ]);
    expect(await toldOf(shop)).toContainEqual(['refund.failed', 'partially_succeeded']);
    const trouble = await storeSql(shop, `SELECT kind FROM incident WHERE kind = 'refund_failed'`);
    expect(trouble).toHaveLength(1);
  });
});

describe('a bank that decides later', () => {
  it('keeps the money reserved: of 50.00 with 10.00 back and 15.00 on their way 25.00 are left', async () => {
    const shop = await openRefundShop({ cashier_limit: 100_000 });
    const w = await sold(shop, { epcs: [shirt(1), shirt(2), shirt(3)] }, [
      ['card', 1000],
      ['card_refund_pending'],
    ]);
    const [first] = (await readOrder(w)).order.payments.map(({ id }) => id);
    const back = [{ payment_id: first, amount: 1000 }];
    expect(unwrap(await askRefund(w, { kind: 'amount', amount: 1000, legs: back })).status).toBe('succeeded');
    const waiting = unwrap(await askRefund(w, { kind: 'amount', amount: 1500 }));
    expect(waiting).toMatchObject({ status: 'processing', refunded: 0 });
    const left = 3 * 1999 - 2500;
    const all = await Promise.all([2000, 2000].map((amount) => askRefund(w, { kind: 'amount', amount })));
    expect(counted(all)).toEqual({ ok: 1, refund_exceeds_captured: 1 });
    expect(codeOf(await askRefund(w, { kind: 'amount', amount: left - 2000 + 1 }))).toBe(
      'refund_exceeds_captured',
    );
    expect((await readOrder(w)).order.payments[1]).toMatchObject({ refunding: 3500 });
    await hastenProvider(shop);
    await askBank(w);
    expect((await refundsOf(w)).map(({ status }) => status)).toEqual(Array(3).fill('succeeded'));
    expect(await moneyTaken(shop)).toBe(left - 2000);
  });

  it('and says no gives everything free again, and staff are told', async () => {
    const shop = await openRefundShop();
    const w = await sold(shop, { codes: [COLA] }, [['card_refund_fails']]);
    const refund = unwrap(await askRefund(w, oneCola));
    expect(refund.status).toBe('processing');
    expect(codeOf(await askRefund(w, oneCola))).toBe('not_refundable');
    await hastenProvider(shop);
    await askBank(w);
    expect(await refundById(w, refund.id)).toMatchObject({
      status: 'failed',
      legs: [{ status: 'failed', failure: { code: 'card_closed' } }],
    });
    expect((await readOrder(w)).order).toMatchObject({ refund_status: 'none', payment_status: 'captured' });
    const [incident] = await storeSql(shop, `SELECT detail FROM incident WHERE kind = 'refund_failed'`);
    expect(JSON.parse(String(incident?.['detail']))).toMatchObject({ amount: '574', reason: 'card_closed' });
    expect(unwrap(await askRefund(w, oneCola)).status).toBe('processing');
    expect(await moneyTaken(shop)).toBe(574);
  });

  it('tells of it by a signed message, in any number: once', async () => {
    const shop = await openRefundShop();
    const w = await sold(shop, { codes: [COLA] }, [['card_refund_pending']]);
    const refund = unwrap(await askRefund(w, oneCola));
    const [{ id: refund_id = '', reference = '' } = {}] = refund.legs;
    await askBank(w);
    // Either name leads to the trip, for messages that have no other.
    for (const name of [refund_id, reference])
      expect(await storeOf(shop).findReference({ gateway: 'test', reference: name })).toBe(w.id);
    const message = (amount: number, event_id: string) =>
      objectOf(w).applyWebhook(
        eventOf({
          ...{ kind: 'refund', event_id, refund_id },
          claims: { refund: { s: 'succeeded', reference: 're_1' }, amount, currency: 'GBP' },
        }),
      );
    // It speaks of other money: not believed.
    expect(unwrap(await message(573, 'a'))).toEqual({ applied: true });
    expect((await refundById(w, refund.id))?.status).toBe('processing');
    expect(unwrap(await message(574, 'b'))).toEqual({ applied: true });
    expect(unwrap(await message(574, 'b'))).toEqual({ applied: false });
    expect(unwrap(await message(574, 'c'))).toEqual({ applied: true });
    expect(await refundById(w, refund.id)).toMatchObject({ status: 'succeeded', number: 'R000001' });
    expect(await sqlOf(w, 'SELECT refunded, refunding FROM leg')).toEqual([{ refunded: 574, refunding: 0 }]);
    expect(codeOf(await objectOf(w).applyWebhook(eventOf({ kind: 'refund', refund_id: 'rfl_nobody' })))).toBe(
      'not_found',
    );
  });

  it('tells of it at the address of the account, and the message finds its trip', async () => {
    const shop = await openRefundShop();
    const w = await sold(shop, { codes: [COLA] }, [['card_refund_pending']]);
    const refund = unwrap(await askRefund(w, oneCola));
    const address = `${ORIGIN}/v1/webhooks/test/${shop.account_key}`;
    await hastenProvider(shop, async (headers, body) => {
      const taken = await SELF.fetch(address, { method: 'POST', headers, body });
      return taken.status === 200;
    });
    const inbox = env.INBOX.getByName(shop.account_key);
    const waiting = () =>
      runInDurableObject(inbox, (_, { storage }) =>
        storage.sql.exec(`SELECT 1 FROM webhook WHERE status IN ('received', 'unmatched')`).toArray(),
      );
    while ((await waiting()).length > 0) await runDurableObjectAlarm(inbox);
    expect(await refundById(w, refund.id)).toMatchObject({ status: 'succeeded', number: 'R000001' });
  });

  it('says no and then yes: the money counts after all, and staff look at it', async () => {
    const shop = await openRefundShop();
    const w = await sold(shop, { codes: [COLA] }, [['card_refund_pending']]);
    const refund = unwrap(await askRefund(w, oneCola));
    const say = (outcome: RefundOutcome) =>
      objectOf(w).applyWebhook(
        eventOf({ kind: 'refund', refund_id: refund.legs[0]?.id ?? '', claims: { refund: outcome } }),
      );
    const no = { s: 'failed', code: 'card_closed', message: 'The card is closed.' } as const;
    await say(no);
    expect((await refundById(w, refund.id))?.status).toBe('failed');
    await say({ s: 'succeeded', reference: 're_1' });
    expect(await refundById(w, refund.id)).toMatchObject({ status: 'succeeded', refunded: 574 });
    // And what went back and came back again is a case too, but no money of ours.
    await say(no);
    expect((await refundById(w, refund.id))?.status).toBe('succeeded');
    await askBank(w);
    const kinds = await storeSql(shop, 'SELECT kind FROM incident ORDER BY kind');
    expect(kinds).toEqual([{ kind: 'refund_failed' }, { kind: 'refund_unresolved' }]);
    expect(await sqlOf(w, 'SELECT refunded, refunding FROM leg')).toEqual([{ refunded: 574, refunding: 0 }]);
  });

  it('and never answers becomes a case for staff, and is asked on', async () => {
    const shop = await openRefundShop();
    const w = await sold(shop, { codes: [COLA] }, [['card_refund_pending']]);
    await askRefund(w, oneCola);
    // Its seventeenth question is due, and the bank still thinks.
    await runInDurableObject(objectOf(w), (_, state) => {
      state.storage.sql.exec('UPDATE leg_refund SET asked = 15');
    });
    await runInDurableObject(
      providerOf(shop),
      (_, state) => void state.storage.sql.exec('UPDATE refund SET settles_at = settles_at + 86400000'),
    );
    await askBank(w);
    const incidents = await storeSql(shop, 'SELECT kind FROM incident');
    expect(incidents).toEqual([{ kind: 'refund_unresolved' }]);
    const [row] = await sqlOf(w, 'SELECT state, next_at FROM leg_refund');
    expect(row?.['state']).toBe('pending');
    expect(row?.['next_at']).not.toBeNull();
  });
});

describe('tags', () => {
  const tagOf = async (w: { shop: Parameters<typeof storeOf>[0] }, epc: string) =>
    (await storeOf(w.shop).tag(epc))?.status;
  const shirtBack = (line: number, return_to_stock: boolean) => ({
    kind: 'lines',
    lines: [{ line_id: `lin_${line}`, quantity: 1, return_to_stock }],
  });

  it('alarm again once the money went back, only those that came back, and never before', async () => {
    const shop = await openRefundShop();
    const [a, b] = [shirt(11), shirt(12)];
    const w = await sold(shop, { epcs: [a, b] }, [['card_refund_pending']]);
    const feed = async () => (await storeSql(shop, 'SELECT json FROM feed ORDER BY seq')).length;
    const before = await feed();
    const refund = unwrap(await askRefund(w, shirtBack(1, true)));
    expect(refund.lines[0]?.epcs).toEqual([a]);
    expect([await tagOf(w, a), await tagOf(w, b), await feed()]).toEqual(['sold', 'sold', before]);
    await hastenProvider(shop);
    await askBank(w);
    expect([await tagOf(w, a), await tagOf(w, b)]).toEqual(['unsold', 'sold']);
    const [entry] = await storeSql(shop, 'SELECT json FROM feed ORDER BY seq DESC LIMIT 1');
    expect(JSON.parse(String(entry?.['json']))).toMatchObject({
      type: 'tags',
      tags: [{ epc: a, status: 'unsold' }],
    });
    // Told again after a lost answer it changes nothing: the tag may have been sold anew by then.
    const again = await sold(shop, { epcs: [a] });
    expect(await tagOf(again, a)).toBe('sold');
    await runInDurableObject(objectOf(w), (_, state) => {
      state.storage.sql.exec(
        `INSERT INTO duty (kind, subject, next_at) SELECT 'refund', refund_id, 1 FROM refund`,
      );
    });
    await askBank(w);
    expect(await tagOf(again, a)).toBe('sold');
    expect(await storeSql(shop, 'SELECT count(*) AS n FROM refund')).toEqual([{ n: 1 }]);
  });

  it('stay sold where the goods are not back, and with goodwill', async () => {
    const shop = await openRefundShop();
    const [a, b] = [shirt(21), shirt(22)];
    const w = await sold(shop, { epcs: [a, b] });
    expect(unwrap(await askRefund(w, shirtBack(1, false))).status).toBe('succeeded');
    const goodwill = { kind: 'goodwill', amount: 500, note: 'waited long', reason: 'customer_service' };
    expect(codeOf(await askRefund(w, goodwill))).toBe('forbidden');
    const staff = staffOf(shop, 'manager');
    expect(unwrap(await askRefund(w, goodwill, { staff }))).toMatchObject({
      status: 'succeeded',
      amount: 500,
    });
    expect([await tagOf(w, a), await tagOf(w, b)]).toEqual(['sold', 'sold']);
    // What is left of the order is what was not given for goodwill.
    expect(unwrap(await askRefund(w, wholeOrder)).amount).toBe(1499);
  });
});

describe('a second person', () => {
  it('approves what is above a limit; nothing is reserved before', async () => {
    const shop = await openRefundShop({ cashier_limit: 500 });
    const w = await sold(shop, { codes: [COLA] });
    const cashier = staffOf(shop);
    const asked = unwrap(await askRefund(w, oneCola, { staff: cashier }));
    expect(asked).toMatchObject({ status: 'requested', legs: [] });
    expect(await sqlOf(w, 'SELECT refunding FROM leg')).toEqual([{ refunding: 0 }]);
    expect(codeOf(await decideOn(w, asked.id, 'approve', staffOf(shop)))).toBe('approval_required');
    const self = { ...cashier, role: 'manager' as const };
    expect(codeOf(await decideOn(w, asked.id, 'approve', self))).toBe('approval_required');
    const manager = staffOf(shop, 'manager');
    const approved = unwrap(await decideOn(w, asked.id, 'approve', manager));
    expect(approved).toMatchObject({
      status: 'succeeded',
      approvals: [{ by: manager.id, role: 'manager', verdict: 'approved' }],
    });
    expect(unwrap(await decideOn(w, asked.id, 'approve', manager))).toEqual(approved);
    expect(codeOf(await decideOn(w, asked.id, 'reject', manager))).toBe('conflict');
    expect(await toldOf(shop)).toEqual([
      ['refund.created', 'requested'],
      ['refund.succeeded', 'succeeded'],
    ]);
  });

  it('says no, or comes too late', async () => {
    const shop = await openRefundShop({ four_eyes: true });
    const w = await sold(shop, { codes: [COLA] });
    const manager = staffOf(shop, 'manager');
    const [first, second, third] = [
      unwrap(await askRefund(w, oneCola)),
      unwrap(await askRefund(w, oneCola)),
      unwrap(await askRefund(w, oneCola)),
    ];
    expect(unwrap(await decideOn(w, first.id, 'reject', manager)).status).toBe('rejected');
    expect(unwrap(await decideOn(w, second.id, 'approve', manager)).status).toBe('succeeded');
    expect(unwrap(await decideOn(w, third.id, 'approve', manager))).toMatchObject({
      status: 'failed',
      failure: { code: 'not_refundable' },
    });
    expect(await moneyTaken(shop)).toBe(0);
  });
});

describe('who may', () => {
  it('is staff of the store of the sale; nobody else sees that there is an order', async () => {
    const shop = await openRefundShop();
    const w = await sold(shop, { codes: [COLA] });
    const stranger = staffOf(shop, 'admin', { retailer_id: otherRetailer, store_id: null });
    const elsewhere = staffOf(await openRefundShop(), 'admin');
    for (const staff of [stranger, elsewhere])
      expect(codeOf(await askRefund(w, oneCola, { staff }))).toBe('not_found');
    const headOffice = staffOf(shop, 'admin', { store_id: null });
    expect(codeOf(await askRefund(w, oneCola, { staff: headOffice }))).toBe('ok');
  });

  it('is staff of any store of the retailer where the store of the sale has it so', async () => {
    const shop = await openRefundShop({ cross_store: true });
    const w = await sold(shop, { codes: [COLA] });
    const elsewhere = staffOf(await openRefundShop());
    expect(unwrap(await askRefund(w, oneCola, { staff: elsewhere }))).toMatchObject({
      store_id: shop.store_id,
      processed_at_store: elsewhere.store_id,
    });
  });

  it('nobody may give back what is not paid', async () => {
    const shop = await openRefundShop();
    const w = await ordered(shop);
    expect(codeOf(await askRefund(w, oneCola))).toBe('not_paid');
    bodyOf(await payWith(w, 'card'));
    expect(codeOf(await askRefund(w, oneCola))).toBe('ok');
  });
});

describe('a crash', () => {
  /** The object dies once its row says so, and the bank may have heard of it or not. */
  const diesAt = (w: Parameters<typeof sqlOf>[0], state: string) =>
    runInDurableObject(objectOf(w), (_, { storage }) => {
      storage.sql.exec('UPDATE leg SET refunding = refunding + refunded, refunded = 0');
      storage.sql.exec('UPDATE leg_refund SET state = ?, next_at = 1, reference = NULL', state);
      storage.sql.exec(
        `UPDATE refund SET status = ?, completed_at = NULL`,
        state === 'created' ? 'created' : 'processing',
      );
    });

  it.each(['created', 'submitted', 'unknown'])(
    'after the row said %s and the bank gave the money back: it goes back once',
    async (state) => {
      const shop = await openRefundShop();
      const w = await sold(shop, { codes: [COLA] });
      const refund = unwrap(await askRefund(w, oneCola));
      await diesAt(w, state);
      await askBank(w);
      expect((await refundById(w, refund.id))?.status).toBe('succeeded');
      expect(await moneyTaken(shop)).toBe(0);
      expect(await sqlOf(w, 'SELECT refunded, refunding FROM leg')).toEqual([
        { refunded: 574, refunding: 0 },
      ]);
    },
  );

  it.each(['created', 'submitted'])(
    'after the row said %s and the bank never heard of it: it is sent now, under the same name',
    async (state) => {
      const shop = await openRefundShop();
      const w = await sold(shop, { codes: [COLA] });
      const refund = unwrap(await askRefund(w, oneCola));
      await runInDurableObject(providerOf(shop), (_, { storage }) => {
        storage.sql.exec('DELETE FROM refund');
        storage.sql.exec(`DELETE FROM movement WHERE kind = 'refund'`);
      });
      expect(await moneyTaken(shop)).toBe(574);
      // From here on the trip's own alarm may ring as well.
      await diesAt(w, state);
      await askBank(w);
      expect((await refundById(w, refund.id))?.status).toBe('succeeded');
      expect(await moneyTaken(shop)).toBe(0);
    },
  );

  it.each(['before', 'after'] as const)(
    'of the line to the store %s it took the refund: it gets one number and one event',
    async (when) => {
      const shop = await openRefundShop();
      const w = await sold(shop, { epcs: [shirt(31)] });
      const mend = await cutStore(shop, 'recordRefund', when);
      const asked = unwrap(
        await askRefund(w, {
          kind: 'lines',
          lines: [{ line_id: 'lin_1', quantity: 1, return_to_stock: true }],
        }),
      );
      expect(asked).toMatchObject({ status: 'succeeded', number: null });
      expect(codeOf(await objectOf(w).refundReceipt(w.call(), asked.id))).toBe('not_refunded');
      mend();
      await askBank(w);
      expect((await refundById(w, asked.id))?.number).toBe('R000001');
      expect(bodyOf(await objectOf(w).refundReceipt(w.call(), asked.id)).order.number).toBe('R000001');
      expect(await toldOf(shop)).toEqual([['refund.succeeded', 'succeeded']]);
      expect((await storeOf(shop).tag(shirt(31)))?.status).toBe('unsold');
    },
  );
});

it('money that nobody owed goes back by the same way, without a document', async () => {
  const shop = await openRefundShop();
  const w = await sold(shop, { codes: [COLA] });
  await runInDurableObject(objectOf(w), (_, { storage }) => {
    storage.sql.exec('UPDATE leg SET refunding = 74');
    storage.sql.exec(
      `INSERT INTO leg_refund (leg_refund_id, leg, amount, reason, state, next_at, created_at, updated_at)
       VALUES ('rfl_over', 1, 74, 'over_captured', 'created', 1, 1, 1)`,
    );
  });
  await askBank(w);
  expect(await moneyTaken(shop)).toBe(500);
  expect(await sqlOf(w, 'SELECT refunded, refunding FROM leg')).toEqual([{ refunded: 74, refunding: 0 }]);
  expect(await toldOf(shop)).toEqual([]);
});

it('a store that gives credit notes numbers them apart', async () => {
  const shop = await openRefundShop({ credit_note: true });
  const w = await sold(shop, { codes: [COLA] });
  expect(unwrap(await askRefund(w, oneCola))).toMatchObject({
    number: 'R000001',
    credit_note_number: '000001',
  });
});

it('a bundle is priced anew over what is kept, where the store has it so', async () => {
  const shop = await openRefundShop({ policy: 'reprice_remaining' });
  const w = await sold(shop, { codes: [COLA, COLA] });
  // 2 × 5.74 less 1.00; the one that is kept costs 5.74.
  expect(unwrap(await askRefund(w, oneCola))).toMatchObject({ policy: 'reprice_remaining', amount: 474 });
  expect(unwrap(await askRefund(w, oneCola))).toMatchObject({ amount: 574 });
  expect(await moneyTaken(shop)).toBe(0);
});
