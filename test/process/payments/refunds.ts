import { expect, it } from 'vitest';
import { z } from 'zod';
import { Refund } from '../../../shared/api/refund.ts';
import { expectJson, expectProblem, type Reply } from '../../support/client.ts';
import { publishStore } from '../../support/payment_store.ts';
import { until } from '../../support/sesame.ts';
import { type Rig, token } from './rig.ts';

const PARALLEL = 40;

/** What went back, is going back and may still go back never exceeds what was taken. */
export function refunds(rig: Rig): void {
  const { generic } = rig.fakes;
  const ask = (order: { id: string }, body: object): Promise<Reply> =>
    rig.office('POST', `/v1/orders/${order.id}/refunds`, { reason: 'changed_mind', ...body });
  const give = (order: { id: string }, amount: number) => ask(order, { kind: 'amount', amount });
  const read = (id: string) => expectJson(Refund, 200, rig.office('GET', `/v1/refunds/${id}`));
  const sold = async (gateway: 'generic_card' | 'test', method: string, ...prices: number[]) => {
    await rig.sell('GBP', ...prices);
    const { shopper, order } = await rig.order('GBP', ...prices);
    const card = gateway === 'test' ? {} : { token: token(rig, `a refund of ${order.id}`) };
    const { id } = await rig.pay(shopper, order, { gateway, method, ...card });
    const paid = await shopper.orderWhen(order.id, (one) => one.status === 'completed');
    return { shopper, order: paid, payment: id };
  };

  it('of 50.00 with 10.00 back and 15.00 on its way: not 25.01, and of two of 20.00 at once one', async () => {
    const { order, shopper } = await sold('generic_card', 'card', 5_000);
    expect((await give(order, 1_000)).status).toBe(201);
    generic.ctl.next('refund_pending');
    const waiting = await expectJson(Refund, 202, give(order, 1_500));
    expect(waiting).toMatchObject({ status: 'processing', refunded: 0 });
    expect(await expectProblem(422, give(order, 2_501))).toBe('refund_exceeds_captured');
    const two = await Promise.all([give(order, 2_000), give(order, 2_000)]);
    expect(two.map(({ status }) => status).sort()).toEqual([201, 422]);
    expect(await expectProblem(422, give(order, 501))).toBe('refund_exceeds_captured');

    // The bank lets the 15.00 through at last, and says so itself.
    const [leg] = waiting.legs;
    generic.settle(leg?.id ?? 'no leg');
    const said = (await generic.deliveries()).findLast(({ body }) => body.includes(leg?.id ?? 'no leg'));
    if (said === undefined) throw new Error('nothing was told');
    expect(await rig.deliver('generic_card', 'GBP', said)).toBe(200);
    await until('the refund to be through', async () => (await read(waiting.id)).status === 'succeeded');
    expect((await give(order, 500)).status).toBe(201);
    const given = generic.ctl.movements.filter(({ kind, amount }) => kind === 'refund' && amount <= 2_000);
    expect(given.map(({ amount }) => amount).sort((a, b) => a - b)).toEqual([500, 1_000, 1_500, 2_000]);
    expect(await shopper.order(order.id)).toMatchObject({ payment_status: 'refunded', captured: 5_000 });
    expect(generic.ctl.refusals).toEqual([]);
  });

  it('that the bank refuses later free their money again', async () => {
    const { order } = await sold('test', 'card_refund_fails', 5_000);
    const open = await expectJson(Refund, 202, give(order, 2_000));
    expect(await expectProblem(422, give(order, 3_001))).toBe('refund_exceeds_captured');
    await until('the refusal', async () => (await read(open.id)).status === 'failed', 60_000);
    expect((await give(order, 5_000)).status).toBe(202);
    await until('the incident', async () => (await rig.incidentsOf(order)).includes('refund_failed'));
  });

  it('of three units that cost 10.00 together are 3.33, 3.34 and 3.33', async () => {
    await rig.sell('GBP', 334);
    const promotion = {
      ...{ promo_id_retailer: `THREE-${crypto.randomUUID()}`, family: 'e', title: 'Three for a tenner' },
      ...{ discount_type: 'f', discount_value: 1_000 },
      promo_groups: [
        {
          ...{ name: 'g1', qty_or_value_min: 3 },
          promo_group_nodes: [{ node_id: rig.codeOf(334), node_type: 'i' }],
        },
      ],
    };
    await expectJson(z.unknown(), 201, rig.office('POST', '/v1/promotions', promotion));
    await publishStore(rig.sesame, rig.store('GBP').store_id);
    const { order } = await sold('test', 'card', 334, 334, 334);
    expect(order).toMatchObject({ total: 1_000, captured: 1_000, lines: [{ quantity: 3, total: 1_000 }] });
    const lines = [{ line_id: order.lines[0]?.id, quantity: 1 }];
    const amounts = [];
    for (let unit = 0; unit < 3; unit += 1)
      amounts.push((await expectJson(Refund, 201, ask(order, { kind: 'lines', lines }))).amount);
    expect(amounts).toEqual([333, 334, 333]);
    expect(await expectProblem(409, ask(order, { kind: 'lines', lines }))).toBe('not_refundable');
  });

  it(`of the last unit, ${PARALLEL} at once: one passes`, async () => {
    const { order, payment } = await sold('generic_card', 'card', 4_321);
    const lines = [{ line_id: order.lines[0]?.id, quantity: 1 }];
    const before = generic.ctl.movements.length;
    // Who is told that there are too many at once asks again.
    const insist = () =>
      until('an answer', async () => {
        const answer = await ask(order, { kind: 'lines', lines });
        return answer.status !== 429 && answer;
      });
    const answers = await Promise.all(Array.from({ length: PARALLEL }, insist));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 201)).toHaveLength(1);
    expect(new Set(statuses)).toEqual(new Set([201, 409]));
    expect(generic.ctl.movements.slice(before)).toEqual([
      expect.objectContaining({ kind: 'refund', amount: 4_321 }),
    ]);
    expect(generic.ctl.charges(payment)).toHaveLength(1);
  });
}
