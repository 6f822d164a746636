import { expect, it } from 'vitest';
import { type Rig, token } from './rig.ts';

/** 49.99 pounds whose answer never comes: charged once, completed once, told many times. */
export function lostAnswer(rig: Rig): void {
  it('Stripe takes the money and the line breaks: it is asked, and nobody is charged twice', async () => {
    const { stripe } = rig.fakes;
    await rig.sell('GBP', 4_999);
    const { shopper, order } = await rig.order('GBP', 4_999);
    stripe.ctl.next('commit_then_drop');
    const payment = await rig.pay(shopper, order, {
      ...{ gateway: 'stripe', method: 'card' },
      token: token(rig, 'a lost answer'),
    });
    expect(payment).toMatchObject({ status: 'pending', amount: 4_999 });
    expect(stripe.ctl.charges(payment.id)).toHaveLength(1);
    const paid = await shopper.orderWhen(order.id, (one) => one.payment_status === 'captured');
    expect(paid).toMatchObject({ status: 'completed', captured: 4_999, payments: [{ status: 'captured' }] });

    const told = async (how: { signed_at_ms?: number }) =>
      (await stripe.deliveries(how)).filter(
        ({ body }) => body.includes('payment_intent.succeeded') && body.includes(payment.id),
      );
    const [fresh] = await told({});
    const [stale] = await told({ signed_at_ms: Date.now() - 600_000 });
    if (fresh === undefined || stale === undefined) throw new Error('Stripe has nothing to tell');
    const statuses = [];
    for (const message of [fresh, fresh, fresh, stale])
      statuses.push(await rig.deliver('stripe', 'GBP', message));
    expect(statuses).toEqual([200, 200, 200, 401]);
    await rig.inboxIsEmpty('GBP');
    const after = await shopper.order(order.id);
    expect(after).toEqual({ ...paid, exit_pass: after.exit_pass });
    expect(stripe.ctl.charges(payment.id)).toEqual([
      { reference: payment.id, kind: 'charge', amount: 4_999, currency: 'GBP' },
    ]);
    expect(stripe.ctl.refusals).toEqual([]);
    expect(await rig.incidentsOf(order)).toEqual([]);
  });
}
