import { expect, it } from 'vitest';
import { z } from 'zod';
import { expectJson } from '../../support/client.ts';
import { publishStore } from '../../support/payment_store.ts';
import type { Rig } from './rig.ts';

const Methods = z.looseObject({ due: z.number() });

/** Nothing to pay, and kronor that have no smaller coin than one. */
export function cash(rig: Rig): void {
  it('an order that a promotion makes free is paid without a provider and has its receipt', async () => {
    await rig.sell('SEK', 7_700);
    const promotion = {
      ...{ promo_id_retailer: `FREE-${crypto.randomUUID()}`, family: 'e', title: 'On the house' },
      ...{ discount_type: 'p', discount_value: '100.00' },
      promo_groups: [
        {
          ...{ name: 'g1', qty_or_value_min: 1 },
          promo_group_nodes: [{ node_id: rig.codeOf(7_700), node_type: 'i' }],
        },
      ],
    };
    await expectJson(z.unknown(), 201, rig.office('POST', '/v1/promotions', promotion));
    await publishStore(rig.sesame, rig.store('SEK').store_id);
    const { shopper, order } = await rig.order('SEK', 7_700);
    expect(order).toMatchObject({ subtotal: 7_700, discount: 7_700, total: 0 });
    const payment = await rig.pay(shopper, order, { gateway: 'test', method: 'card' });
    expect(payment).toMatchObject({ status: 'captured', amount: 0, gateway: 'bypass' });
    const paid = await shopper.orderWhen(order.id, (one) => one.status === 'completed');
    expect(paid).toMatchObject({
      payment_status: 'captured',
      captured: 0,
      receipt: { number: order.number },
    });
    const receipt = await shopper.call('GET', `/v1/orders/${order.id}/receipt?format=text`);
    expect([receipt.status, receipt.text]).toEqual([200, expect.stringContaining(order.number)]);
  });

  it('123.50 kronor in cash are 124.00 in the drawer and 76.00 of 200.00 back', async () => {
    await rig.sell('SEK', 12_350);
    const { shopper, order } = await rig.order('SEK', 12_350);
    const methods = rig.staff('GET', `/v1/orders/${order.id}/payment_methods`);
    expect((await expectJson(Methods, 200, methods)).due).toBe(12_350);
    const tender = { gateway: 'cash', method: 'cash', amount_tendered: 20_000 };
    expect((await rig.tryToPay(shopper, order, tender)).status).toBe(403);
    expect(await rig.pay('staff', order, tender)).toMatchObject({
      ...{ status: 'captured', amount: 12_350 },
      ...{ tendered: 20_000, change: 7_600, rounding: 50 },
    });
    const paid = await shopper.orderWhen(order.id, (one) => one.payment_status === 'captured');
    expect(paid).toMatchObject({ status: 'completed', captured: 12_350 });
    const { text } = await shopper.call('GET', `/v1/orders/${order.id}/receipt?format=text`);
    for (const sum of ['200.00', '0.50', '76.00']) expect(text).toContain(sum);
  });
}
