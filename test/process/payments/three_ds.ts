import { expect, it } from 'vitest';
import { z } from 'zod';
import { Payment } from '../../../shared/api/order.ts';
import { expectJson } from '../../support/client.ts';
import { moneyOf, type Rig, token } from './rig.ts';

/** 120.00 euros over the bank's page, of which the store takes 100.00; the rest is paid another way. */
export function threeDs(rig: Rig): void {
  it('Adyen reserves after the bank’s page, and its signed message says what was captured', async () => {
    const { adyen } = rig.fakes;
    await rig.sell('EUR', 12_000);
    const { shopper, order } = await rig.order('EUR', 12_000);
    adyen.ctl.next('challenge');
    const encrypted = token(rig, 'a card with 3-D Secure');
    const payment = await rig.pay(shopper, order, {
      ...{ gateway: 'adyen', method: 'card' },
      token: JSON.stringify({
        ...{ type: 'scheme', encryptedCardNumber: encrypted, encryptedExpiryMonth: encrypted },
        ...{ encryptedExpiryYear: encrypted, encryptedSecurityCode: encrypted },
      }),
    });
    expect(payment).toMatchObject({ status: 'action_required', next_action: { type: 'redirect' } });
    const back = (redirectResult: string) =>
      expectJson(
        Payment,
        200,
        shopper.call('POST', `/v1/payments/${payment.id}/confirm`, {
          body: { parameters: { redirectResult } },
        }),
      );
    const reserved = await back(adyen.redirectResult(payment.id));
    expect(reserved).toMatchObject({ status: 'authorized', authorized: 12_000 });
    expect((await shopper.order(order.id)).captured).toBe(0);

    // A shopper takes nothing for the store.
    const take = { body: { amount: 10_000 } };
    expect((await shopper.call('POST', `/v1/payments/${payment.id}/capture`, take)).status).toBe(403);
    const taking = rig.staff('POST', `/v1/payments/${payment.id}/capture`, take.body);
    expect((await expectJson(Payment, 200, taking)).status).toBe('pending');
    const messages = (await adyen.deliveries()).filter(({ body }) => body.includes('"CAPTURE"'));
    const [capture] = messages;
    if (capture === undefined || messages.length !== 1) throw new Error(`${messages.length} captures`);
    const forged = { ...capture, body: capture.body.replaceAll('10000', '12000') };
    expect(forged.body).not.toBe(capture.body);
    expect(await rig.deliver('adyen', 'EUR', forged)).toBe(401);
    expect((await shopper.order(order.id)).captured).toBe(0);
    expect(await rig.deliver('adyen', 'EUR', capture)).toBe(200);
    const part = await shopper.orderWhen(order.id, (one) => one.captured > 0);
    expect(part).toMatchObject({ status: 'created', payment_status: 'partially_captured', captured: 10_000 });
    expect(moneyOf(part)).toEqual([{ status: 'captured', captured: 10_000, authorized: undefined }]);
    expect(adyen.ctl.charges(payment.id).map(({ amount }) => amount)).toEqual([10_000]);

    const Due = z.looseObject({ due: z.number() });
    const methods = rig.staff('GET', `/v1/orders/${order.id}/payment_methods`);
    expect((await expectJson(Due, 200, methods)).due).toBe(2_000);
    await rig.pay('staff', order, { gateway: 'cash', method: 'cash', amount_tendered: 2_000 });
    const paid = await shopper.orderWhen(order.id, (one) => one.payment_status === 'captured');
    expect(paid).toMatchObject({ status: 'completed', captured: 12_000 });
    expect(await rig.deliver('adyen', 'EUR', capture)).toBe(200);
    await rig.inboxIsEmpty('EUR');
    expect((await shopper.order(order.id)).captured).toBe(12_000);
    expect(adyen.ctl.refusals).toEqual([]);
    expect(await rig.incidentsOf(order)).toEqual([]);
  });
}
