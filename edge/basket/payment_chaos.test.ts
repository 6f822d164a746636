import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isLive, keptOf } from '../../shared/payment/leg.ts';
import type { Attempt, Gateway, Outcome } from '../payment/gateway.ts';
import { wake } from './alarm.ts';
import { cancelPayment, capturePayment } from './change_payment.ts';
import { cancelOrder } from './checkout.ts';
import { legsOf, orderOf } from './rows.ts';
import { eventOf, openShop, ordered } from './test/fixture.ts';
import {
  onTrip,
  payOn,
  type ScriptedTrip,
  scripted,
  scriptedAccounts,
  unremembered,
} from './test/scripted.ts';
import { viewOrder } from './view.ts';
import { applyWebhook } from './webhook.ts';

type Charge = { state: 'open' | 'late' | 'reserved' | 'taken' | 'gone' | 'refused'; amount: number };

/** A provider that keeps honest books and answers as badly as the tape says. */
function honest(pick: (n: number) => number) {
  const books = new Map<string, Charge>();
  const look = ({ request }: Pick<Attempt, 'request'>): Outcome => {
    const charge = books.get(request.payment_id);
    const reference = `ref_${request.payment_id}`;
    switch (charge?.state) {
      case undefined:
        return { s: 'not_found' };
      case 'open':
        return { s: 'pending', reference };
      case 'reserved':
        return { s: 'authorized', amount: charge.amount, reference };
      case 'taken':
        return { s: 'captured', amount: charge.amount, reference };
      case 'gone':
        return { s: 'voided', reference };
      default:
        return { s: 'declined', code: 'no', message: 'No', reference };
    }
  };
  const maybeLost = (outcome: Outcome): Outcome =>
    pick(4) === 0 ? { s: 'unknown', reason: 'timeout' } : outcome;
  const base = scripted();
  const gateway: Gateway = {
    ...base,
    createAttempt: async (request) => {
      const states = ['taken', 'reserved', 'refused', 'late', 'open'] as const;
      const half = pick(5) === 0 ? Math.ceil(request.amount / 2) : request.amount;
      if (!books.has(request.payment_id))
        books.set(request.payment_id, { state: states[pick(5)] ?? 'taken', amount: half });
      return maybeLost(look({ request }));
    },
    getAttempt: async (attempt) => maybeLost(look(attempt)),
    continueAttempt: async (attempt) => maybeLost(look(attempt)),
    capture: async (attempt, { amount }) => {
      const charge = books.get(attempt.request.payment_id);
      if (charge?.state === 'reserved') Object.assign(charge, { state: 'taken', amount });
      return maybeLost(look(attempt));
    },
    void: async (attempt) => {
      const charge = books.get(attempt.request.payment_id);
      if (charge !== undefined && ['open', 'reserved', 'taken'].includes(charge.state)) charge.state = 'gone';
      return maybeLost(look(attempt));
    },
  };
  /** The provider decides something that was open, or takes what it had refused. Answers whose. */
  const decide = (): string | null => {
    const open = [...books].filter(([, { state }]) => state === 'open' || state === 'late');
    const [id, charge] = open[pick(open.length)] ?? [];
    if (id === undefined || charge === undefined) return null;
    charge.state = charge.state === 'late' || pick(2) === 0 ? 'taken' : 'refused';
    return id;
  };
  return { books, gateway, decide };
}

async function ring(one: ScriptedTrip): Promise<void> {
  one.sql.exec('UPDATE leg SET next_at = 1 WHERE next_at IS NOT NULL');
  await wake(one);
}

it('whatever payers, providers and clocks do, the books of both sides agree in the end', async () => {
  const shop = await openShop({}, scriptedAccounts({ gateway: 'scripted' }));
  const ends = new Set<string>();
  const tapes = fc.array(fc.nat({ max: 1_000_000 }), { minLength: 40, maxLength: 120 });
  await fc.assert(
    fc.asyncProperty(tapes, async (drawn) => {
      const tape = [...drawn];
      let at = 0;
      const pick = (n: number) => (n === 0 ? 0 : (tape[at++ % tape.length] ?? 0) % n);
      const w = await ordered(shop);
      const { books, gateway, decide } = honest(pick);
      const end = await onTrip(w, [gateway], async (one) => {
        const heard = (payment_id: string | null) =>
          payment_id === null
            ? null
            : applyWebhook(one, eventOf({ gateway: 'scripted', payment_id }), { replay: false });
        const anyPayment = () => {
          const legs = legsOf(one.sql);
          return legs[pick(legs.length)]?.payment_id ?? 'pay_none';
        };
        const steps = [
          () => payOn(one, {}),
          () => payOn(one, { amount: 1 + pick(574) }),
          () => payOn(one, { amount: 1 + pick(574) }),
          () => heard(decide()),
          () => heard(anyPayment()),
          () => cancelPayment(one, anyPayment(), { staff: pick(2) === 0 }, unremembered(one)),
          () => capturePayment(one, anyPayment(), { amount: undefined, staff: true }, unremembered(one)),
          () => (pick(6) === 0 ? cancelOrder(one, unremembered(one)) : null),
          () => ring(one),
          () => one.wait(1_000 * pick(600)),
        ];
        for (let i = 0; i < 25; i++) await steps[pick(steps.length)]?.();
        // Everybody says the last word, and is heard.
        while ([...books.values()].some(({ state }) => state === 'open' || state === 'late'))
          await heard(decide());
        tape.fill(1);
        for (let i = 0; i < 5; i++) {
          await ring(one);
          one.wait(16 * 60_000);
        }
        for (let i = 0; i < 3; i++) await ring(one);

        const legs = legsOf(one.sql);
        expect(legs.filter(({ state }) => isLive(state))).toEqual([]);
        const taken = [...books.values()].reduce(
          (sum, { state, amount }) => sum + (state === 'taken' ? amount : 0),
          0,
        );
        const kept = legs.reduce((sum, leg) => sum + keptOf(leg), 0);
        const back = legs.reduce((sum, { returned }) => sum + returned, 0);
        expect(taken).toBe(kept + back);
        const order = orderOf(one.sql);
        if (order?.status === 'completed') expect(kept).toBe(order.due);
        else expect(kept).toBe(0);
        expect(viewOrder(one.sql)?.captured).toBe(kept);
        expect(one.sql.exec(`SELECT 1 FROM duty WHERE kind IN ('commit', 'cancel')`)).toEqual([]);
        return order?.status ?? '';
      });
      ends.add(end);
    }),
    { seed: 777, numRuns: 40, endOnFailure: true },
  );
  expect([...ends].sort()).toEqual(['cancelled', 'completed']);
}, 60_000);
