import { expect, it } from 'vitest';
import type { Shopper } from '../../support/client.ts';
import { until } from '../../support/sesame.ts';
import type { Rig } from './rig.ts';

/** Safaricom's numbers begin so; the rest is of nobody. */
const phoneOf = (rig: Rig, name: string): string =>
  rig.keep(
    `telephone of ${name}`,
    `2547${String(10_000_000 + ((crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) % 90_000_000))}`,
  );

/** 150 Kenyan shillings by a prompt on the telephone. */
export function mobileMoney(rig: Rig): void {
  const { mpesa } = rig.fakes;
  const push = (shopper: Shopper, order: { id: string }, phone: string) =>
    rig.pay(shopper, order, { gateway: 'mpesa', method: 'mpesa', phone });
  const callbackOf = (paymentId: string) => {
    const found = mpesa.deliveries().find(({ path }) => path?.includes(paymentId));
    if (found === undefined) throw new Error('no callback');
    return found;
  };
  const begun = async (name: string) => {
    await rig.sell('KES', 15_000);
    const { shopper, order } = await rig.order('KES', 15_000);
    mpesa.ctl.next('pending');
    const payment = await push(shopper, order, phoneOf(rig, name));
    expect(payment.status).toBe('action_required');
    expect(mpesa.prompts(payment.id)).toBe(1);
    return { shopper, order, payment };
  };

  it('M-Pesa: open while the prompt is, captured once, and the receipt number serves to reverse it', async () => {
    const { shopper, order, payment } = await begun('one who pays');
    // The prompt is open: the query says so, whoever asks.
    const asked = await shopper.call('POST', `/v1/payments/${payment.id}/confirm`, { body: {} });
    expect(asked.text).toMatch(/"status":"(pending|action_required)"/);
    expect((await shopper.order(order.id)).captured).toBe(0);
    mpesa.answer(payment.id, '0');
    const callback = callbackOf(payment.id);
    expect(await rig.deliver('mpesa', 'KES', callback)).toBe(200);
    const paid = await shopper.orderWhen(order.id, (one) => one.payment_status === 'captured');
    expect(paid).toMatchObject({ status: 'completed', captured: 15_000 });
    expect(await rig.deliver('mpesa', 'KES', callback)).toBe(200);
    await rig.inboxIsEmpty('KES');
    expect((await shopper.order(order.id)).captured).toBe(15_000);
    expect(mpesa.ctl.charges(payment.id)).toHaveLength(1);

    const refunded = await rig.office('POST', `/v1/orders/${order.id}/refunds`, {
      kind: 'full',
      reason: 'faulty',
    });
    expect([refunded.status, refunded.text]).toEqual([202, expect.stringContaining('processing')]);
    const reversal = await until('the reversal', async () =>
      mpesa.deliveries().find(({ body }) => body.includes('"Result"')),
    );
    expect(await rig.deliver('mpesa', 'KES', reversal)).toBe(200);
    await shopper.orderWhen(order.id, (one) => one.payment_status === 'refunded');
    expect(mpesa.ctl.movements.filter(({ kind }) => kind === 'refund').map(({ amount }) => amount)).toEqual([
      15_000,
    ]);
  });

  it('M-Pesa: a callback that says 149 is no payment of 150, and staff learn of it', async () => {
    const { shopper, order, payment } = await begun('one whose sum is another');
    mpesa.answer(payment.id, '0');
    const callback = callbackOf(payment.id);
    const less = { ...callback, body: callback.body.replace('"Value":150', '"Value":149') };
    expect(less.body).not.toBe(callback.body);
    expect(await rig.deliver('mpesa', 'KES', less)).toBe(200);
    await until('the incident', async () =>
      (await rig.incidentsOf(order)).includes('payment_amount_mismatch'),
    );
    expect(await shopper.order(order.id)).toMatchObject({ status: 'created', captured: 0 });
  });

  it('M-Pesa: a prompt that is cancelled is over, and half shillings are refused before any call', async () => {
    const { shopper, order, payment } = await begun('one who cancels');
    mpesa.answer(payment.id, '1032');
    expect(await rig.deliver('mpesa', 'KES', callbackOf(payment.id))).toBe(200);
    const over = await shopper.orderWhen(order.id, (one) => one.payments[0]?.status === 'cancelled');
    expect(over).toMatchObject({ status: 'created', captured: 0 });

    await rig.sell('KES', 15_050);
    const odd = await rig.order('KES', 15_050);
    const prompts = mpesa.ctl.keys.length;
    const refused = await push(odd.shopper, odd.order, phoneOf(rig, 'half a shilling'));
    expect(refused).toMatchObject({ status: 'rejected', failure: { code: 'invalid_amount' } });
    expect(mpesa.ctl.keys).toHaveLength(prompts);
    expect(mpesa.ctl.refusals).toEqual([]);
  });

  it('UPI: a request at the payer’s address is paid once she agrees', async () => {
    const { upi } = rig.fakes;
    await rig.sell('INR', 10_050);
    const { shopper, order } = await rig.order('INR', 10_050);
    const vpa = rig.keep('address of UPI', `payer${crypto.randomUUID().slice(0, 8)}@okbank`);
    upi.ctl.next('pending');
    const payment = await rig.pay(shopper, order, { gateway: 'upi', method: 'upi_collect', vpa });
    expect(['pending', 'action_required']).toContain(payment.status);
    await upi.settle(payment.id);
    for (const { headers, body } of upi.deliveries())
      expect(await rig.deliver('upi', 'INR', { headers, body })).toBe(200);
    const paid = await shopper.orderWhen(order.id, (one) => one.payment_status === 'captured');
    expect(paid.captured).toBe(10_050);
    expect(upi.ctl.charges(payment.id)).toHaveLength(1);
    expect(upi.ctl.refusals).toEqual([]);
  });
}
