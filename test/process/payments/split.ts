import { expect, it } from 'vitest';
import { z } from 'zod';
import { Payment } from '../../../shared/api/order.ts';
import { expectJson } from '../../support/client.ts';
import type { Rig } from './rig.ts';

const Account = z.looseObject({ id: z.string(), balance: z.number(), held: z.number() });
const Receipt = z.looseObject({
  payments: z.array(z.looseObject({ method: z.string(), amount: z.number() })),
});

/** 50.00 pounds: points, a terminal that is given up again, one that declines, and one that pays. */
export function split(rig: Rig): void {
  it('points stay held while a terminal declines and another is given up, and are taken last', async () => {
    const { terminal } = rig.fakes;
    const code = `LOYAL-${crypto.randomUUID()}`;
    const opened = await expectJson(
      Account,
      201,
      rig.office('POST', '/v1/ledgers', { kind: 'loyalty', code, currency: 'GBP', opening: 2_000 }),
    );
    rig.keep('code of an account', code.replaceAll('-', '').toUpperCase());
    const points = () => expectJson(Account, 200, rig.office('GET', `/v1/ledgers/${opened.id}`));
    await rig.sell('GBP', 5_000);
    const { shopper, order } = await rig.order('GBP', 5_000);

    const held = { gateway: 'ledger', method: 'loyalty', account: code, amount: 500 };
    expect(await rig.pay(shopper, order, held)).toMatchObject({ status: 'authorized', authorized: 500 });
    const card = { gateway: 'adyen', method: 'card_terminal', terminal_id: 'P400-1' };
    expect((await rig.tryToPay(shopper, order, { ...card, amount: 2_000 })).status).toBe(403);
    const first = await rig.pay('staff', order, { ...card, amount: 2_000 });
    expect(first).toMatchObject({ status: 'captured', amount: 2_000 });
    terminal.ctl.next('decline');
    expect((await rig.pay('staff', order, { ...card, amount: 2_500 })).status).toBe('rejected');
    const part = await shopper.order(order.id);
    expect(part).toMatchObject({ payment_status: 'partially_captured', captured: 2_000, status: 'created' });
    expect(await points()).toMatchObject({ balance: 2_000, held: 500 });

    const given = await expectJson(Payment, 200, rig.staff('POST', `/v1/payments/${first.id}/cancel`));
    expect(given).toMatchObject({ id: first.id });
    expect((await shopper.order(order.id)).captured).toBe(0);
    const last = await rig.pay('staff', order, { ...card, amount: 4_500 });
    expect(last).toMatchObject({ status: 'captured', amount: 4_500 });
    const paid = await shopper.orderWhen(order.id, (one) => one.payment_status === 'captured');
    expect(paid).toMatchObject({ status: 'completed', captured: 5_000 });
    expect(await points()).toMatchObject({ balance: 1_500, held: 0 });
    const Format = `/v1/orders/${order.id}/receipt?format=json`;
    const { payments } = await expectJson(Receipt, 200, shopper.call('GET', Format));
    expect(payments.map(({ method, amount }) => [method, amount])).toEqual([
      ['loyalty', 500],
      ['card_terminal', 4_500],
    ]);
    expect(terminal.ctl.charges(first.id)).toHaveLength(1);
    expect(terminal.ctl.charges(last.id)).toHaveLength(1);
    expect(terminal.ctl.refusals).toEqual([]);
  });
}
