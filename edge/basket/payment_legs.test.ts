import { runInDurableObject } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import { unwrap } from '../../shared/result.ts';
import type { Outcome, WebhookEvent } from '../payment/gateway.ts';
import { wake } from './alarm.ts';
import { cancelPayment, capturePayment, confirmPayment } from './change_payment.ts';
import { cancelOrder } from './checkout.ts';
import { legOf, legsOf, orderOf } from './rows.ts';
import {
  codeOf,
  eventOf,
  objectOf,
  openShop,
  ordered,
  readOrder,
  type Shop,
  shirt,
  storeOf,
  type Walk,
} from './test/fixture.ts';
import {
  onTrip,
  payOn,
  type Script,
  type ScriptedTrip,
  scripted,
  scriptedAccounts,
  unremembered,
} from './test/scripted.ts';
import { viewOrder } from './view.ts';
import { applyWebhook } from './webhook.ts';

const MINUTE = 60_000;
const heard = (one: ScriptedTrip, event: WebhookEvent) => applyWebhook(one, event, { replay: false });
const gatewayShop = (...accounts: Parameters<typeof scriptedAccounts>) =>
  openShop(
    {},
    scriptedAccounts(...(accounts.length === 0 ? ([{ gateway: 'scripted' }] as const) : accounts)),
  );
const COLA_DUE = 574;

async function trip<T>(
  script: Script,
  run: (trip: ScriptedTrip, w: Walk, provider: ReturnType<typeof scripted>) => Promise<T>,
  shop?: Shop,
): Promise<{ shop: Shop; w: Walk }> {
  const at = shop ?? (await gatewayShop());
  const w = await ordered(at);
  const provider = scripted(script);
  await onTrip(w, [provider], (one) => run(one, w, provider));
  return { shop: at, w };
}

/** Under the provider's reference `r1`, unless it says another. */
const said = <const T extends { s: Outcome['s'] }>(outcome: T) => ({ reference: 'r1', ...outcome });
const statusOf = ({ sql }: ScriptedTrip) => viewOrder(sql)?.payment_status;
const incidents = async (shop: Shop): Promise<{ kind: string; detail: Record<string, string> }[]> =>
  (await storeOf(shop).eventsAfter(0, 200)).events
    .map((event) => JSON.parse(event))
    .flatMap(({ type, data }) => (type === 'incident.raised' ? [data] : []));
const kinds = async (shop: Shop) => (await incidents(shop)).map(({ kind }) => kind);
/** The alarm, at once and with everything due. */
async function ring(one: ScriptedTrip): Promise<void> {
  one.sql.exec('UPDATE leg SET next_at = 1 WHERE next_at IS NOT NULL');
  one.sql.exec('UPDATE duty SET next_at = 1');
  await wake(one);
}

describe('what a provider says of a payment', () => {
  it('is shown of the card, kept of its references and of how long it holds', async () => {
    const expires_at = new Date(Date.now() + 3 * 86_400_000).toISOString();
    const card = { brand: 'visa', last4: '0001', auth_code: '831000' };
    const says = {
      create: [said({ s: 'authorized', amount: 200, refs: { charge: 'c1' }, card, expires_at })],
    };
    await trip({ says }, async (one) => {
      const payment = unwrap(await payOn(one, { amount: 200, token: 'tok_1' }));
      expect(payment).toMatchObject({ status: 'authorized', authorized: 200, card });
      const [leg] = legsOf(one.sql);
      expect(leg).toMatchObject({ reference: 'r1', refs: '{"charge":"c1"}' });
      expect(leg?.instrument).toMatch(/^v1\./);
      expect(leg?.holds_until).toBe(Date.parse(expires_at));
      unwrap(await cancelPayment(one, payment.id, { staff: false }, unremembered(one)));
      expect(legsOf(one.sql)).toMatchObject([{ state: 'voided', instrument: null }]);
    });
  });

  it('of another currency counts for nothing, and a person has to look', async () => {
    const lie = () => said({ s: 'captured', amount: COLA_DUE, currency: 'EUR' });
    const { shop } = await trip({ says: { create: [lie()], get: [lie(), lie()] } }, async (one) => {
      const payment = unwrap(await payOn(one, {}));
      expect(payment.status).toBe('pending');
      await ring(one);
      await ring(one);
      expect(statusOf(one)).toBe('pending');
      expect(legsOf(one.sql)).toMatchObject([{ state: 'pending', captured: 0, reference: 'r1' }]);
      // The way out is staff's: called off at the provider, or said right by it.
      const given = await cancelPayment(one, payment.id, { staff: true }, unremembered(one));
      expect(unwrap(given).status).toBe('cancelled');
    });
    const [incident, ...others] = await incidents(shop);
    expect(others).toEqual([]);
    expect(incident).toMatchObject({
      kind: 'payment_amount_mismatch',
      detail: { said: '574', said_currency: 'EUR', currency: 'GBP', amount: '574' },
    });
  });

  it('of less is a partial approval, and the rest is paid by another attempt', async () => {
    await trip({ says: { create: [said({ s: 'captured', amount: 300 })] } }, async (one) => {
      expect(unwrap(await payOn(one, {}))).toMatchObject({ status: 'captured', amount: 300 });
      expect(statusOf(one)).toBe('partially_captured');
      expect(codeOf(await payOn(one, { amount: 275 }))).toBe('amount_mismatch');
      expect(unwrap(await payOn(one, {})).amount).toBe(274);
      expect(viewOrder(one.sql)).toMatchObject({ payment_status: 'captured', captured: COLA_DUE });
    });
  });

  it('of more completes the order, and the excess goes back as a refund', async () => {
    const { shop } = await trip({ says: { create: [said({ s: 'captured', amount: 674 })] } }, async (one) => {
      unwrap(await payOn(one, {}));
      expect(viewOrder(one.sql)).toMatchObject({
        ...{ status: 'completed', captured: COLA_DUE },
        payments: [{ amount: 674, refunding: 100 }],
      });
      const receipt = JSON.parse(orderOf(one.sql)?.receipt ?? '{}');
      expect(receipt.payments).toEqual([{ method: 'card', label: 'Card', amount: COLA_DUE }]);
      expect(one.sql.exec('SELECT amount, refund_id, reason FROM leg_refund')).toEqual([
        { amount: 100, refund_id: null, reason: 'over_captured' },
      ]);
      await ring(one);
    });
    expect(await kinds(shop)).toEqual(['over_captured']);
  });

  it('is an unknown that lasts a quarter of an hour: staff look, once', async () => {
    const silence = (): Outcome => ({ s: 'unknown', reason: 'timeout' });
    const says = { create: [silence()], get: [silence(), silence(), silence()] };
    const { shop } = await trip({ says }, async (one) => {
      expect(unwrap(await payOn(one, {})).status).toBe('pending');
      await ring(one);
      one.wait(16 * MINUTE);
      await ring(one);
      await ring(one);
      expect(codeOf(await payOn(one, {}))).toBe('payment_in_progress');
    });
    expect(await kinds(shop)).toEqual(['payment_unknown']);
  });
});

describe('money that comes late', () => {
  const declined = said({ s: 'declined', code: 'x', message: 'no', reference: 'r1' });
  const captured = (amount = COLA_DUE) => said({ s: 'captured', amount });
  const event = () => eventOf({ gateway: 'scripted', reference: 'r1' });

  it('pays the order when it comes soon', async () => {
    const { shop } = await trip({ says: { create: [declined], get: [captured()] } }, async (one) => {
      expect(unwrap(await payOn(one, {})).status).toBe('rejected');
      expect(await heard(one, event())).toEqual({ ok: true, value: { applied: true } });
      expect(viewOrder(one.sql)).toMatchObject({ status: 'completed', payment_status: 'captured' });
    });
    expect(await kinds(shop)).toEqual([]);
  });

  it.each([
    ['half an hour later', 31 * MINUTE, COLA_DUE],
    ['of another amount', 0, 573],
  ])('goes back when it comes %s', async (_, wait, amount) => {
    const { shop } = await trip({ says: { create: [declined], get: [captured(amount)] } }, async (one) => {
      unwrap(await payOn(one, {}));
      one.wait(wait);
      unwrap(await heard(one, event()));
      expect(legsOf(one.sql)).toMatchObject([{ state: 'void_pending', stray: 1 }]);
      await ring(one);
      expect(legsOf(one.sql)).toMatchObject([{ state: 'voided', captured: 0 }]);
      expect(viewOrder(one.sql)).toMatchObject({ status: 'created', captured: 0 });
    });
    expect(await kinds(shop)).toEqual(['late_capture']);
  });

  it('goes back as a refund where the gateway voids nothing that it took', async () => {
    const script = { can: { void_captured: false }, says: { create: [declined], get: [captured(573)] } };
    await trip(script, async (one) => {
      unwrap(await payOn(one, {}));
      unwrap(await heard(one, event()));
      expect(legsOf(one.sql)).toMatchObject([{ state: 'captured', refunding: 573, returned: 573 }]);
      expect(one.sql.exec('SELECT amount, reason FROM leg_refund')).toEqual([
        { amount: 573, reason: 'came_late' },
      ]);
      // It pays for nothing: the whole sum is due.
      expect(unwrap(await payOn(one, {})).amount).toBe(COLA_DUE);
    });
  });

  it('goes back by hand where the gateway cannot give anything back', async () => {
    const can = { void_captured: false, refund: 'none' } as const;
    const { shop } = await trip({ can, says: { create: [declined], get: [captured(573)] } }, async (one) => {
      unwrap(await payOn(one, {}));
      unwrap(await heard(one, event()));
      expect(legsOf(one.sql)).toMatchObject([{ by_hand: 573, returned: 573 }]);
      expect(unwrap(await payOn(one, {})).amount).toBe(COLA_DUE);
      await ring(one);
    });
    expect((await kinds(shop)).sort()).toEqual(['late_capture', 'money_to_return']);
  });

  it('is refunded where its void is refused', async () => {
    const refusal: Outcome = { s: 'error', code: 'settled', message: 'too late' };
    const says = { create: [declined], get: [captured(573), captured(573)], void: [refusal] };
    await trip({ says }, async (one) => {
      unwrap(await payOn(one, {}));
      unwrap(await heard(one, event()));
      await ring(one);
      expect(legsOf(one.sql)).toMatchObject([
        { state: 'captured', void_refused: 1, refunded: 573, returned: 573 },
      ]);
    });
  });
});

describe('a provider that cannot be asked', () => {
  const claim = (outcome: Outcome): WebhookEvent =>
    eventOf({ gateway: 'scripted', reference: 'r1', claims: { outcome } });
  const pending = said({ s: 'pending' });
  const script = { can: { ask: 'repeat' }, says: { create: [pending] } } as const;

  it('is believed by its signed word, in any order, and each message once', async () => {
    await trip({ can: { ask: 'repeat' }, says: { create: [pending] } }, async (one, _, provider) => {
      unwrap(await payOn(one, {}));
      const captured = claim(said({ s: 'captured', amount: COLA_DUE }));
      unwrap(await heard(one, captured));
      expect(await heard(one, captured)).toEqual({ ok: true, value: { applied: false } });
      unwrap(await heard(one, claim(said({ s: 'declined', code: 'x', message: 'y' }))));
      unwrap(await heard(one, claim(pending)));
      expect(viewOrder(one.sql)).toMatchObject({ status: 'completed', captured: COLA_DUE });
      expect(provider.calls.map(({ operation }) => operation)).toEqual(['create']);
    });
  });

  it.each([
    ['another amount', said({ s: 'captured', amount: 573 })],
    ['another currency', said({ s: 'captured', amount: COLA_DUE, currency: 'EUR' })],
  ])('is not believed about %s', async (_, outcome) => {
    const { shop } = await trip({ ...script, says: { create: [pending] } }, async (one) => {
      unwrap(await payOn(one, {}));
      unwrap(await heard(one, claim(outcome)));
      expect(legsOf(one.sql)).toMatchObject([{ state: 'pending', captured: 0 }]);
      await ring(one);
    });
    expect(await kinds(shop)).toEqual(['payment_amount_mismatch']);
  });

  it('is asked again all the same where its messages are not signed', async () => {
    const can = { ask: 'repeat', webhooks: 'unsigned' } as const;
    await trip({ can, says: { create: [pending] } }, async (one, _, provider) => {
      unwrap(await payOn(one, {}));
      unwrap(await heard(one, claim(said({ s: 'captured', amount: COLA_DUE }))));
      expect(statusOf(one)).toBe('pending');
      expect(provider.calls.map(({ operation }) => operation)).toEqual(['create', 'get']);
    });
  });
});

describe('what only is kept', () => {
  it('a message about something else changes no money; a dispute is told to staff', async () => {
    await trip({}, async (one, _, provider) => {
      unwrap(await payOn(one, { amount: 100 }));
      const reference = legsOf(one.sql)[0]?.reference ?? '';
      const other = eventOf({ gateway: 'scripted', kind: 'other', reference });
      expect(await heard(one, other)).toEqual({ ok: true, value: { applied: false } });
      const dispute = eventOf({ gateway: 'scripted', kind: 'dispute', reference });
      expect(await heard(one, dispute)).toEqual({ ok: true, value: { applied: true } });
      expect(one.sql.exec(`SELECT subject FROM duty WHERE kind = 'tell'`)).toEqual([
        { subject: expect.stringContaining('payment_disputed') },
      ]);
      expect(codeOf(await heard(one, eventOf({ gateway: 'scripted' })))).toBe('not_found');
      expect(provider.calls).toHaveLength(1);
    });
  });
});

describe('a reservation', () => {
  const manual = () => gatewayShop({ gateway: 'scripted', capture: 'manual' });
  const staff = (amount?: number) => ({ amount, staff: true });

  it('waits for the store, which takes a part of it; the rest is due again', async () => {
    await trip(
      {},
      async (one, _, provider) => {
        const payment = unwrap(await payOn(one, {}));
        expect([payment.status, statusOf(one)]).toEqual(['authorized', 'authorized']);
        expect(codeOf(await payOn(one, {}))).toBe('payment_in_progress');
        const by = (wanted: { amount: number | undefined; staff: boolean }) =>
          capturePayment(one, payment.id, wanted, unremembered(one));
        expect(codeOf(await by({ amount: 1, staff: false }))).toBe('forbidden');
        expect(codeOf(await by(staff(575)))).toBe('amount_mismatch');
        expect(unwrap(await by(staff(500)))).toMatchObject({ status: 'captured', amount: 500 });
        expect(unwrap(await by(staff(500)))).toMatchObject({ status: 'captured', amount: 500 });
        expect(provider.calls.filter(({ operation }) => operation === 'capture')).toMatchObject([
          { amount: 500, key: `${payment.id}.capture` },
        ]);
        expect(statusOf(one)).toBe('partially_captured');
        expect(viewOrder(one.sql)?.captured).toBe(500);
      },
      await manual(),
    );
  });

  it('whose capture is confirmed later is pending until then, and asked for only once', async () => {
    const says = {
      capture: [said({ s: 'capture_pending' })],
      get: [said({ s: 'authorized', amount: COLA_DUE }), said({ s: 'captured', amount: COLA_DUE })],
    };
    await trip(
      { says },
      async (one, _, provider) => {
        const payment = unwrap(await payOn(one, {}));
        const taken = await capturePayment(one, payment.id, staff(), unremembered(one));
        expect(unwrap(taken).status).toBe('pending');
        await ring(one);
        expect(statusOf(one)).toBe('pending');
        await ring(one);
        expect(statusOf(one)).toBe('captured');
        expect(provider.calls.filter(({ operation }) => operation === 'capture')).toHaveLength(1);
      },
      await manual(),
    );
  });

  it('whose capture was lost is captured again under the same key', async () => {
    const lost: Outcome = { s: 'unknown', reason: 'timeout' };
    const says = { capture: [lost] };
    await trip(
      { says },
      async (one, _, provider) => {
        const payment = unwrap(await payOn(one, {}));
        unwrap(await capturePayment(one, payment.id, staff(), unremembered(one)));
        await ring(one);
        expect(statusOf(one)).toBe('captured');
        const keys = provider.calls.flatMap(({ operation, key }) => (operation === 'capture' ? [key] : []));
        expect(new Set(keys)).toEqual(new Set([`${payment.id}.capture`]));
        expect(keys.length).toBeGreaterThan(1);
      },
      await manual(),
    );
  });

  it('whose capture is refused stays, with another key for another try', async () => {
    const limit: Outcome = { s: 'error', code: 'limit', message: 'Too much' };
    const says = { capture: [limit] };
    await trip(
      { says },
      async (one, _, provider) => {
        const payment = unwrap(await payOn(one, {}));
        const refused = await capturePayment(one, payment.id, staff(), unremembered(one));
        expect(refused).toMatchObject({ error: { code: 'payment_not_confirmable', detail: 'Too much' } });
        expect(statusOf(one)).toBe('authorized');
        unwrap(await capturePayment(one, payment.id, staff(), unremembered(one)));
        expect(provider.calls.flatMap(({ key }) => key ?? [])).toEqual([
          `${payment.id}.capture`,
          `${payment.id}.capture.1`,
        ]);
        expect(statusOf(one)).toBe('captured');
      },
      await manual(),
    );
  });

  it('is released when its order is cancelled, and when it is given up', async () => {
    for (const by of ['order', 'payment'] as const) {
      await trip(
        {},
        async (one) => {
          const payment = unwrap(await payOn(one, {}));
          if (by === 'payment') {
            const given = await cancelPayment(one, payment.id, { staff: false }, unremembered(one));
            expect(unwrap(given).status).toBe('cancelled');
            expect(statusOf(one)).toBe('rejected');
          } else {
            expect(unwrap(await cancelOrder(one, unremembered(one))).status).toBe('cancelled');
          }
          expect(legsOf(one.sql)).toMatchObject([{ state: 'voided', authorized: 0 }]);
        },
        await manual(),
      );
    }
  });

  it('stops the clock of the checkout, is told before it ends and released when it does', async () => {
    const shop = await manual();
    await trip(
      {},
      async (one) => {
        unwrap(await payOn(one, {}));
        one.wait(5 * 86_400_000);
        await ring(one);
        expect(legsOf(one.sql)).toMatchObject([{ state: 'authorized' }]);
        one.wait(86_400_000 - 30 * MINUTE);
        await ring(one);
        await ring(one);
        expect(statusOf(one)).toBe('authorized');
        one.wait(40 * MINUTE);
        await ring(one);
        expect(legsOf(one.sql)).toMatchObject([{ state: 'voided' }]);
        await ring(one);
      },
      shop,
    );
    expect(await kinds(shop)).toEqual(['reservation_expiring']);
  });
});

describe('confirming', () => {
  it('hands the parameters of the return address to the provider, and believes only what it says', async () => {
    const asks = said({ s: 'action_required', action: { type: 'redirect', url: 'https://bank.test/' } });
    const says = {
      create: [asks],
      continue: [said({ s: 'pending' })],
      get: [said({ s: 'captured', amount: COLA_DUE })],
    };
    await trip({ says }, async (one, _, provider) => {
      const payment = unwrap(await payOn(one, {}));
      const back = { parameters: { status: 'success', paid: 'yes' } };
      expect(unwrap(await confirmPayment(one, payment.id, back, unremembered(one))).status).toBe('pending');
      expect(provider.calls.map(({ operation }) => operation)).toEqual(['create', 'continue']);
      expect(unwrap(await confirmPayment(one, payment.id, back, unremembered(one))).status).toBe('captured');
      expect(legOf(one.sql, payment.id)?.state).toBe('captured');
    });
  });
});

it('the tables of an attempt hold no instrument in clear', async () => {
  const shop = await gatewayShop();
  const w = await ordered(shop, { epcs: [shirt(1)] });
  await onTrip(w, [scripted({ says: { create: [said({ s: 'pending' })] } })], async (one) => {
    unwrap(await payOn(one, { token: 'tok_very_secret' }));
  });
  await runInDurableObject(objectOf(w), (_, state) => {
    for (const table of ['leg', 'audit', 'duty', 'idempotency']) {
      const rows = JSON.stringify(state.storage.sql.exec(`SELECT * FROM ${table}`).toArray());
      expect(rows).not.toContain('tok_very_secret');
    }
    expect(state.storage.sql.exec('SELECT instrument FROM leg').one()['instrument']).toMatch(/^v1\./);
  });
  expect((await readOrder(w)).order.payment_status).toBe('pending');
});
