import { env } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import { LedgerId } from '../../shared/ids/index.ts';
import { ledgerName } from '../../shared/ledger/code.ts';
import { serviceIdOf } from '../../shared/payment/service_id.ts';
import { unwrap } from '../../shared/result.ts';
import type { Outcome } from '../payment/gateway.ts';
import { wake } from './alarm.ts';
import { cancelPayment } from './change_payment.ts';
import { cancelOrder } from './checkout.ts';
import { paymentMethods } from './payment_methods.ts';
import { legsOf, pricedOf } from './rows.ts';
import {
  bodyOf,
  COLA,
  codeOf,
  FREE,
  ORIGIN,
  objectOf,
  openShop,
  ordered,
  publish,
  readOrder,
  retailer,
  shelf,
  sqlOf,
  storeOf,
  type Walk,
} from './test/fixture.ts';
import {
  onTrip,
  payOn,
  type ScriptedTrip,
  scripted,
  scriptedAccounts,
  unremembered,
} from './test/scripted.ts';
import { viewOrder } from './view.ts';

const DUE = 574;
/** The digit that makes the Luhn sum of a number a multiple of ten. */
const withCheckDigit = (digits: string): string =>
  '0123456789'
    .split('')
    .map((last) => digits + last)
    .find((all) => {
      const doubled = [...all].reverse().map((d, i) => Number(d) * (i % 2 === 1 ? 2 : 1));
      return doubled.reduce((sum, n) => sum + (n > 9 ? n - 9 : n), 0) % 10 === 0;
    }) ?? '';
const declined: Outcome = { s: 'declined', code: 'no_funds', message: 'No', reference: 'd1' };
const pending: Outcome = { s: 'pending', reference: 'p1' };
const statusOf = ({ sql }: ScriptedTrip) => viewOrder(sql)?.payment_status;
const kinds = async (w: Walk): Promise<string[]> =>
  (await storeOf(w.shop).eventsAfter(0, 200)).events
    .map((event) => JSON.parse(event))
    .flatMap(({ type, data }) => (type === 'incident.raised' ? [data.kind] : []));
async function ring(one: ScriptedTrip): Promise<void> {
  one.sql.exec('UPDATE leg SET next_at = 1 WHERE next_at IS NOT NULL');
  one.sql.exec('UPDATE duty SET next_at = 1');
  await wake(one);
}

describe('several tenders', () => {
  const shopOf = () =>
    openShop({}, scriptedAccounts({ gateway: 'scripted' }, { gateway: 'ledger', methods: ['loyalty'] }));
  const points = { gateway: 'ledger', method: 'loyalty', account: 'CARD-1' };

  it('points are held while a card declines, a card is voided, and taken last', async () => {
    const w = await ordered(await shopOf());
    const [card, ledger] = [scripted({}), scripted({ id: 'ledger' })];
    await onTrip(w, [card, ledger], async (one) => {
      expect(unwrap(await payOn(one, { ...points, amount: 50 }))).toMatchObject({
        status: 'authorized',
        amount: 50,
      });
      const first = unwrap(
        await payOn(one, { method: 'card_terminal', terminal_id: 'T1', amount: 200 }, 'cashier'),
      );
      card.said.create = [declined];
      expect(unwrap(await payOn(one, {})).status).toBe('rejected');
      expect(statusOf(one)).toBe('partially_captured');
      expect(ledger.calls.map(({ operation }) => operation)).toEqual(['create']);
      const given = await cancelPayment(one, first.id, { staff: true }, unremembered(one));
      expect(unwrap(given).status).toBe('cancelled');
      expect(viewOrder(one.sql)?.captured).toBe(0);
      expect(unwrap(await payOn(one, {})).amount).toBe(DUE - 50);
      expect(viewOrder(one.sql)).toMatchObject({ status: 'completed', captured: DUE });
      expect(ledger.calls.map(({ operation, amount }) => [operation, amount])).toEqual([
        ['create', undefined],
        ['capture', 50],
      ]);
    });
    const receipt = bodyOf(await objectOf(w).receipt(w.call()));
    expect(receipt.payments.map(({ method, amount }) => [method, amount])).toEqual([
      ['loyalty', 50],
      ['card', DUE - 50],
    ]);
  });

  it('a card whose gateway cannot void is refunded, once, and its sum is due again', async () => {
    const w = await ordered(await shopOf());
    await onTrip(w, [scripted({ can: { void_captured: false } })], async (one) => {
      const terminal = { method: 'card_terminal', terminal_id: 'T1', amount: 200 };
      const first = unwrap(await payOn(one, terminal, 'cashier'));
      const givenUp = () => cancelPayment(one, first.id, { staff: true }, unremembered(one));
      expect(unwrap(await givenUp())).toMatchObject({ id: first.id, refunding: 200 });
      expect(unwrap(await givenUp())).toMatchObject({ id: first.id, refunding: 200 });
      expect(viewOrder(one.sql)?.captured).toBe(0);
      await ring(one);
      expect(legsOf(one.sql)).toMatchObject([{ refunded: 200, refunding: 0, returned: 200 }]);
      expect(unwrap(await payOn(one, {})).amount).toBe(DUE);
      expect(viewOrder(one.sql)).toMatchObject({ status: 'completed', captured: DUE });
      expect(codeOf(await givenUp())).toBe('payment_not_cancellable');
    });
  });

  it('points alone are held and taken in one go', async () => {
    const w = await ordered(await shopOf());
    const ledger = scripted({ id: 'ledger' });
    await onTrip(w, [ledger], async (one) => {
      expect(unwrap(await payOn(one, points))).toMatchObject({ status: 'captured', amount: DUE });
      expect(ledger.calls.map(({ operation }) => operation)).toEqual(['create', 'capture']);
    });
  });

  it('points that cannot be taken after all are released, and what they paid is due again', async () => {
    const w = await ordered(await shopOf());
    const gone: Outcome = { s: 'error', code: 'expired', message: 'The card has ended' };
    const ledger = scripted({ id: 'ledger', says: { capture: [gone] } });
    await onTrip(w, [scripted(), ledger], async (one) => {
      unwrap(await payOn(one, { ...points, amount: 74 }));
      unwrap(await payOn(one, {}));
      await ring(one);
      expect(legsOf(one.sql)).toMatchObject([
        { state: 'voided', captured: 0 },
        { state: 'captured', captured: 500 },
      ]);
      expect(statusOf(one)).toBe('partially_captured');
      expect(unwrap(await payOn(one, {})).amount).toBe(74);
      expect(statusOf(one)).toBe('captured');
    });
  });

  it('are released together when the order is given up', async () => {
    const w = await ordered(await shopOf());
    const ledger = scripted({ id: 'ledger' });
    await onTrip(w, [ledger], async (one) => {
      unwrap(await payOn(one, { ...points, amount: 50 }));
      unwrap(await payOn(one, { ...points, amount: 60 }));
      expect(unwrap(await cancelOrder(one, unremembered(one)))).toMatchObject({ status: 'cancelled' });
      expect(ledger.calls.filter(({ operation }) => operation === 'void')).toHaveLength(2);
    });
  });

  it('a ledger needs the code of an account', async () => {
    const w = await ordered(await shopOf());
    await onTrip(w, [scripted({ id: 'ledger' })], async (one) => {
      expect(codeOf(await payOn(one, { gateway: 'ledger', method: 'loyalty' }))).toBe('invalid');
    });
  });
});

describe('the store’s own ledgers, on the real parts', () => {
  it('points are held while a card declines, and taken once the card has paid the rest', async () => {
    const uuid = crypto.randomUUID();
    const shop = await openShop(
      {},
      {
        gateways: [
          {
            gateway: 'test',
            account_key: `${uuid}.0123456789abcdef`,
            environment: 'test',
            methods: ['card', 'card_declined'],
          },
          {
            gateway: 'ledger',
            account_key: `${uuid}.0123456789abcdef`,
            environment: 'live',
            methods: ['loyalty'],
          },
        ],
      },
    );
    const code = `CODE-${uuid}`.toUpperCase().replaceAll('-', '');
    const ledger = env.LEDGER.getByName(ledgerName(retailer, 'loyalty', code));
    unwrap(
      await ledger.open({
        ledger_id: LedgerId.parse(`lgr_${crypto.randomUUID()}`),
        retailer_id: retailer,
        kind: 'loyalty',
        currency: 'GBP',
        last4: code.slice(-4),
        limit: 0,
        minor_per_point: { numerator: 1, denominator: 1 },
        opening: 500,
        by: 'stf_test',
      }),
    );
    const w = await ordered(shop);
    const pay = (gateway: string, method: string, more: { amount?: number; account?: string } = {}) =>
      objectOf(w).pay(w.call(), { gateway, method, ...more });
    const points = { amount: 100, account: code };
    expect(bodyOf(await pay('ledger', 'loyalty', points)).status).toBe('authorized');
    expect(bodyOf(await pay('test', 'card_declined')).status).toBe('rejected');
    expect(await ledger.view()).toMatchObject({ balance: 500, held: 100 });
    expect(bodyOf(await pay('test', 'card'))).toMatchObject({ status: 'captured', amount: DUE - 100 });
    expect((await readOrder(w)).order).toMatchObject({ status: 'completed', captured: DUE });
    expect(await ledger.view()).toMatchObject({ balance: 400, held: 0 });
    // Too few points are a refusal, and an order that is given up takes none.
    const next = await ordered(shop);
    const again = (amount: number) =>
      objectOf(next).pay(next.call(), { gateway: 'ledger', method: 'loyalty', account: code, amount });
    expect(bodyOf(await again(450)).status).toBe('rejected');
    expect(bodyOf(await again(300)).status).toBe('authorized');
    expect(bodyOf(await objectOf(next).cancelOrder(next.call())).order.status).toBe('cancelled');
    expect(await ledger.view()).toMatchObject({ balance: 400, held: 0, available: 400 });
  });
});

describe('cash', () => {
  /** One cola costs 123.50 kronor. */
  const sweden = async () => {
    const shop = await openShop({}, { currency: 'SEK' });
    await publish(shop, 2, shelf({ cola: 12_350 }));
    return ordered(shop);
  };
  const cash = { gateway: 'cash', method: 'cash' };

  it('is rounded to the smallest coin, and the change is counted', async () => {
    const w = await sweden();
    await onTrip(w, [], async (one) => {
      const paid = unwrap(await payOn(one, { ...cash, amount_tendered: 20_000 }, 'cashier'));
      expect(paid).toMatchObject({
        status: 'captured',
        amount: 12_350,
        tendered: 20_000,
        change: 7_600,
        rounding: 50,
      });
      expect(statusOf(one)).toBe('captured');
    });
    const { footer_lines } = bodyOf(await objectOf(w).receipt(w.call()));
    expect(footer_lines[0]).toMatch(/^Cash given .*200\.00, rounding .*0\.50, change .*76\.00$/);
  });

  it('of less than the sum pays a part, and only the last of it is rounded', async () => {
    const w = await sweden();
    await onTrip(w, [], async (one) => {
      const part = unwrap(await payOn(one, { ...cash, amount_tendered: 10_000 }, 'kiosk'));
      expect(part).toMatchObject({ amount: 10_000, tendered: 10_000 });
      expect([part.rounding, part.change, statusOf(one)]).toEqual([
        undefined,
        undefined,
        'partially_captured',
      ]);
      const rest = unwrap(await payOn(one, { ...cash, amount_tendered: 2_400 }, 'cashier'));
      expect(rest).toMatchObject({ amount: 2_350, rounding: 50 });
      expect(statusOf(one)).toBe('captured');
    });
  });

  it('is never taken from a phone, and handed back only by the store', async () => {
    const w = await ordered(await openShop());
    await onTrip(w, [], async (one) => {
      expect(codeOf(await payOn(one, cash))).toBe('channel_not_allowed');
      const part = unwrap(await payOn(one, { ...cash, amount: 300 }, 'cashier'));
      const by = (staff: boolean) => cancelPayment(one, part.id, { staff }, unremembered(one));
      expect(codeOf(await by(false))).toBe('payment_not_cancellable');
      expect(unwrap(await by(true)).status).toBe('cancelled');
      expect(viewOrder(one.sql)?.captured).toBe(0);
    });
  });

  it('in a drawer of an order that is never paid is a case for staff, and the order ends', async () => {
    const w = await ordered(await openShop());
    await onTrip(w, [], async (one) => {
      unwrap(await payOn(one, { ...cash, amount: 300 }, 'cashier'));
      one.wait(16 * 60_000);
      await ring(one);
      await ring(one);
      expect(viewOrder(one.sql)).toMatchObject({ status: 'cancelled', captured: 0 });
    });
    expect(await kinds(w)).toEqual(['money_to_return']);
  });
});

describe('a terminal', () => {
  const terminal = { method: 'card_terminal', terminal_id: 'P400-1' };
  const shopOf = () => openShop({}, scriptedAccounts({ gateway: 'scripted' }));

  it('takes one payment at a time in the whole store, and is free again with its outcome', async () => {
    const shop = await shopOf();
    const [one, two] = [await ordered(shop), await ordered(shop)];
    const provider = scripted({ says: { create: [pending], get: [pending] } });
    await onTrip(one, [provider], async (trip) => {
      const begun = unwrap(await payOn(trip, terminal, 'cashier'));
      expect(provider.calls[0]?.attempt.request).toMatchObject({
        channel: 'cashier',
        instrument: { kind: 'terminal', terminal_id: 'P400-1', service_id: serviceIdOf(begun.id) },
      });
      await ring(trip);
    });
    await onTrip(two, [scripted()], async (trip) => {
      expect(codeOf(await payOn(trip, terminal, 'kiosk'))).toBe('terminal_busy');
      expect(legsOf(trip.sql)).toEqual([]);
      expect(
        unwrap(await payOn(trip, { ...terminal, terminal_id: 'P400-2', amount: 100 }, 'kiosk')).status,
      ).toBe('captured');
    });
    provider.said.get = [{ s: 'captured', amount: DUE, reference: 'p1' }];
    await onTrip(one, [provider], ring);
    await onTrip(two, [scripted()], async (trip) => {
      expect(unwrap(await payOn(trip, terminal, 'kiosk'))).toMatchObject({
        status: 'captured',
        amount: DUE - 100,
      });
    });
  });

  it('is asked every two seconds for a minute, and after a quarter of an hour staff are told', async () => {
    const w = await ordered(await shopOf());
    const says = { create: [pending], get: [pending, pending, pending] };
    await onTrip(w, [scripted({ says })], async (one) => {
      unwrap(await payOn(one, terminal, 'cashier'));
      const wait = () => (legsOf(one.sql)[0]?.next_at ?? 0) - one.now();
      expect(wait()).toBeLessThanOrEqual(2_000);
      one.wait(61_000);
      await ring(one);
      expect(wait()).toBeGreaterThan(20_000);
      one.wait(15 * 60_000);
      await ring(one);
      await ring(one);
    });
    expect(await kinds(w)).toEqual(['payment_unknown']);
  });

  it('is named, and never of a phone', async () => {
    const w = await ordered(await shopOf());
    await onTrip(w, [scripted()], async (one) => {
      expect(codeOf(await payOn(one, { method: 'card_terminal' }, 'cashier'))).toBe('invalid');
      expect(codeOf(await payOn(one, terminal))).toBe('channel_not_allowed');
      expect(legsOf(one.sql)).toEqual([]);
    });
  });
});

describe('saved cards', () => {
  it('are kept for the shopper once, charged by their name, and are nobody else’s', async () => {
    const shop = await openShop({}, scriptedAccounts({ gateway: 'scripted' }));
    const w = await ordered(shop);
    const saved = { token: 'src_kept', customer: 'cus_1' };
    const kept: Outcome = { s: 'captured', amount: 100, reference: 'r1', card: { last4: '0001' }, saved };
    const provider = scripted({ says: { create: [kept] } });
    const id = await onTrip(w, [provider], async (one) => {
      const { id } = unwrap(await payOn(one, { amount: 100, token: 'tok', save_card: true }));
      expect(provider.calls[0]?.attempt.request).toMatchObject({
        save_card: true,
        instrument: { token: 'tok' },
      });
      expect(JSON.stringify(legsOf(one.sql))).not.toContain('src_kept');
      await ring(one);
      expect(legsOf(one.sql)).toMatchObject([{ saved: null }]);
      return id;
    });
    if (w.caller.kind !== 'shopper') throw new Error('not a shopper');
    const shopper = env.SHOPPER.getByName(w.caller.shopper_id);
    const query = { gateway: 'scripted', account_key: 'scripted.0123456789abcdef' };
    const { saved_card_id } = await shopper.keepCard({
      payment_id: id,
      ...query,
      ...saved,
      card: { last4: '0001' },
    });
    await onTrip(w, [provider], async (one) => {
      expect(codeOf(await payOn(one, { saved_card_id: 'crd_nobody' }))).toBe('invalid');
      unwrap(await payOn(one, { saved_card_id }));
      expect(provider.calls.at(-1)?.attempt.request.instrument).toEqual({ kind: 'saved', ...saved });
    });
    const stranger = await ordered(shop);
    await onTrip(stranger, [provider], async (one) => {
      expect(codeOf(await payOn(one, { saved_card_id }))).toBe('invalid');
    });
  });
});

describe('what is refused before anything is kept', () => {
  /** Of no bank: sevens with the check digit that ISO/IEC 7812-1 asks for. */
  const number = withCheckDigit(`3${'7'.repeat(14)}`);
  it.each(['token', 'account', 'vpa', 'saved_card_id'] as const)('a card number as %s', async (field) => {
    const w = await ordered(await openShop({}, scriptedAccounts({ gateway: 'scripted' })));
    const provider = scripted();
    await onTrip(w, [provider], async (one) => {
      expect(codeOf(await payOn(one, { [field]: number.replace(/(\d{4})/g, '$1 ').trim() }))).toBe(
        'card_number_refused',
      );
      expect(legsOf(one.sql)).toEqual([]);
      expect(JSON.stringify(one.sql.exec('SELECT * FROM audit'))).not.toContain(number.slice(0, 8));
    });
    expect(provider.calls).toEqual([]);
  });

  it('an order of nothing, where the store says so', async () => {
    const w = await ordered(await openShop({ payment: { allow_zero_total: false } }), { codes: [FREE] });
    expect(codeOf(await objectOf(w).pay(w.call(), { gateway: 'test', method: 'card' }))).toBe(
      'zero_total_refused',
    );
    expect(await sqlOf(w, 'SELECT * FROM leg')).toEqual([]);
  });
});

describe('who may pay', () => {
  it('the shopper, and cashiers and kiosks of her store; the others only look', async () => {
    const w = await ordered(await openShop());
    const store = (channel?: 'kiosk' | 'cashier', store_id = w.shop.store_id) => ({
      origin: ORIGIN,
      caller: { kind: 'store', retailer_id: retailer, store_id } as const,
      ...(channel === undefined ? {} : { channel }),
    });
    const request = { gateway: 'test', method: 'card', amount: 100 };
    expect(codeOf(await objectOf(w).pay(store(), request))).toBe('forbidden');
    const other = await openShop();
    expect(codeOf(await objectOf(w).pay(store('cashier', other.store_id), request))).toBe('not_found');
    const paid = bodyOf(await objectOf(w).pay(store('kiosk'), request));
    expect(bodyOf(await objectOf(w).readPayment(store(), paid.id)).status).toBe('captured');
    expect(bodyOf(await objectOf(w).pay(w.call(), { gateway: 'test', method: 'card' })).amount).toBe(
      DUE - 100,
    );
    expect((await readOrder(w)).order.payments).toHaveLength(2);
  });

  it('sees the methods of where she stands', async () => {
    const shop = await openShop(
      {},
      scriptedAccounts(
        { gateway: 'scripted' },
        { gateway: 'till', methods: ['card'], channels: ['cashier'] },
      ),
    );
    const w = await ordered(shop, { codes: [COLA] });
    await onTrip(w, [scripted(), scripted({ id: 'till' })], async (one) => {
      const offered = async (channel: 'web' | 'cashier') =>
        unwrap(await paymentMethods(one, ORIGIN, channel)).methods.map(
          ({ gateway, method }) => `${gateway} ${method}`,
        );
      expect(await offered('web')).toEqual(['scripted card']);
      expect(await offered('cashier')).toEqual([
        'scripted card',
        'scripted card_terminal',
        'till card',
        'cash cash',
      ]);
      expect(codeOf(await payOn(one, { gateway: 'till' }))).toBe('channel_not_allowed');
      unwrap(await payOn(one, { amount: 100 }));
      expect(unwrap(await paymentMethods(one, ORIGIN, 'web'))).toMatchObject({
        due: pricedOf(one.sql).total - 100,
        methods: [{ amount_min: 1, amount_max: DUE - 100, channel: 'web', display_name: null }],
      });
    });
  });
});
