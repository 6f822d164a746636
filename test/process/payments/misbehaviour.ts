import { expect, it } from 'vitest';
import { z } from 'zod';
import type { Behaviour } from '../../../edge/payment/fake/control.ts';
import { until } from '../../support/sesame.ts';
import { type Rig, token } from './rig.ts';

const Listed = z.object({ data: z.array(z.looseObject({ id: z.string() })), has_more: z.boolean() });

/** The storm of numbers pays two hundred at once; here it is a slice of it. */
const SHOPPERS = process.env['LONG'] ? 200 : 40;

/** A gateway may break off, answer twice or late, and lie: one charge, one order, and a person learns of what is odd. */
export function misbehaviour(rig: Rig): void {
  const { generic } = rig.fakes;
  const byCard = async (price: number, ...behaviours: Behaviour[]) => {
    await rig.sell('GBP', price);
    const { shopper, order } = await rig.order('GBP', price);
    generic.ctl.next(...behaviours);
    const card = { gateway: 'generic_card', method: 'card', token: token(rig, `a card of ${order.id}`) };
    const payment = await rig.pay(shopper, order, card);
    return { shopper, order, payment };
  };
  const byTest = async (price: number, method: string) => {
    const { shopper, order } = await rig.order('GBP', price);
    const payment = await rig.pay(shopper, order, { gateway: 'test', method });
    return { shopper, order, payment };
  };
  const told = (order: { id: string }, kind: string) =>
    until(`the incident ${kind}`, async () => (await rig.incidentsOf(order)).includes(kind));

  it.each(['commit_then_drop', 'fail_after_commit'] as const)(
    '%s: the money was taken and nobody said so; it is found out, once',
    async (behaviour) => {
      const { shopper, order, payment } = await byCard(1_111, behaviour);
      expect(payment.status).toBe('pending');
      const paid = await shopper.orderWhen(order.id, (one) => one.payment_status === 'captured');
      expect(paid).toMatchObject({ status: 'completed', captured: 1_111, payments: [{ id: payment.id }] });
      expect(generic.ctl.charges(payment.id)).toHaveLength(1);
      for (const message of await generic.deliveries())
        if (message.body.includes(payment.id))
          for (let time = 0; time < 3; time += 1)
            expect(await rig.deliver('generic_card', 'GBP', message)).toBe(200);
      await rig.inboxIsEmpty('GBP');
      expect((await shopper.order(order.id)).captured).toBe(1_111);
      expect(await rig.incidentsOf(order)).toEqual([]);
    },
  );

  it('another currency is no sale: it is not counted, and staff learn of it', async () => {
    const { shopper, order, payment } = await byCard(1_222, 'wrong_currency');
    expect(payment.status).toBe('pending');
    await told(order, 'payment_amount_mismatch');
    for (const message of await generic.deliveries())
      if (message.body.includes(payment.id)) await rig.deliver('generic_card', 'GBP', message);
    await rig.inboxIsEmpty('GBP');
    const open = await shopper.order(order.id);
    expect(open).toMatchObject({ status: 'created', captured: 0, receipt: null });
    // Nobody pays again while that stands open.
    const again = { gateway: 'test', method: 'card' };
    expect((await rig.tryToPay(shopper, order, again)).status).toBe(409);
  });

  it('a penny too much counts, is told, and goes back by itself', async () => {
    const { shopper, order, payment } = await byCard(1_333, 'wrong_amount');
    expect(payment.status).toBe('captured');
    await told(order, 'over_captured');
    await until('the penny to go back', async () => {
      const { payments } = await shopper.order(order.id);
      return payments[0]?.refunded === 1;
    });
    expect((await shopper.order(order.id)).status).toBe('completed');
    expect(generic.ctl.charges(payment.id).map(({ amount }) => amount)).toEqual([1_334]);
    expect(
      generic.ctl.movements.filter(({ kind, amount }) => kind === 'refund' && amount === 1),
    ).toHaveLength(1);
  });

  it('one that never answers and one that says all twice are one sale each, one that lies is none, one that is late gets nothing', async () => {
    await rig.sell('GBP', 1_444);
    // Refused, and so another card pays at once; then the money comes all the same.
    const refusedThenPaid = async () => {
      const tried = await byTest(1_444, 'card_late');
      expect(tried.payment.status).toBe('rejected');
      const other = await rig.pay(tried.shopper, tried.order, { gateway: 'test', method: 'card' });
      expect(other.status).toBe('captured');
      return tried;
    };
    const [silent, twice, liar, late] = await Promise.all([
      byTest(1_444, 'card_timeout'),
      byTest(1_444, 'card_twice'),
      byTest(1_444, 'card_lies'),
      refusedThenPaid(),
    ]);
    for (const { shopper, order } of [silent, twice]) {
      const paid = await shopper.orderWhen(order.id, (one) => one.payment_status === 'captured');
      expect(paid).toMatchObject({
        status: 'completed',
        captured: 1_444,
        payments: [{ status: 'captured' }],
      });
    }
    await told(liar.order, 'payment_amount_mismatch');
    expect(await liar.shopper.order(liar.order.id)).toMatchObject({ status: 'created', captured: 0 });
    expect(await rig.incidentsOf(silent.order)).toEqual([]);
    expect(await rig.incidentsOf(twice.order)).toEqual([]);
    await told(late.order, 'late_capture');
    const kept = await late.shopper.orderWhen(
      late.order.id,
      ({ payments: [first] }) => first?.status === 'cancelled',
    );
    expect(kept).toMatchObject({ status: 'completed', payment_status: 'captured', captured: 1_444 });
  });

  it(`${SHOPPERS} shoppers pay in one store at once: each has a number of her own, and none is left out`, async () => {
    await rig.sell('SEK', 1_000);
    const begun: Awaited<ReturnType<Rig['order']>>[] = [];
    while (begun.length < SHOPPERS)
      begun.push(...(await Promise.all(Array.from({ length: SHOPPERS / 8 }, () => rig.order('SEK', 1_000)))));
    const orders = await Promise.all(
      begun.map(async ({ shopper, order }) => {
        // A telephone whose line breaks asks again under the same key.
        const key = crypto.randomUUID();
        const paid = await until('the payment', () => shopper.pay(order.id, 'card', key));
        expect(paid.status).toBe('captured');
        return until('the sale', async () => {
          const now = await shopper.order(order.id);
          return now.status === 'completed' && now;
        });
      }),
    );
    expect(orders.map(({ captured }) => captured)).toEqual(Array(SHOPPERS).fill(1_000));
    const inOrder = (texts: string[]) =>
      texts.map((text) => Number(/\d+$/.exec(text)?.[0])).sort((a, b) => a - b);
    for (const series of [
      orders.map(({ number }) => number),
      orders.map(({ receipt }) => receipt?.fiscal_number ?? ''),
    ]) {
      const [first = Number.NaN, ...rest] = inOrder(series);
      expect([first, ...rest]).toEqual(Array.from({ length: SHOPPERS }, (_, n) => first + n));
    }
    const listed = await until('the office to know all of them', async () => {
      const { store_id } = rig.store('SEK');
      const ids = new Set<string>();
      let after = '';
      for (;;) {
        const page = await rig.office('GET', `/v1/orders?limit=100&store_id=${store_id}${after}`);
        const { data, has_more } = Listed.parse(page.json);
        for (const { id } of data) ids.add(id);
        if (!has_more) break;
        after = `&starting_after=${data.at(-1)?.id}`;
      }
      return orders.every(({ id }) => ids.has(id)) && ids;
    });
    expect(listed.size).toBeGreaterThanOrEqual(SHOPPERS);
  });
}
