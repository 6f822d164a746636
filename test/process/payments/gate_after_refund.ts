import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { Refund } from '../../../shared/api/refund.ts';
import { VendorBox } from '../../../store-agent/testing/vendor_box.ts';
import { call, expectJson, Shopper } from '../../support/client.ts';
import { Gate } from '../../support/gate.ts';
import { until } from '../../support/sesame.ts';
import { type Rig, token } from './rig.ts';

const Config = z.looseObject({});
const Deliveries = z.object({
  data: z.array(
    z.looseObject({
      ...{ id: z.string(), epc: z.string(), to: z.string(), status: z.string() },
      code: z.string().nullish(),
    }),
  ),
});

/** Two tagged goods, of which one comes back: at the gate, and at a vendor's box that is out of order. */
export function gateAfterRefund(rig: Rig): void {
  it('the gate alarms for what came back once the money did, and a vendor who failed is told again', async () => {
    const { sesame } = rig;
    const { generic } = rig.fakes;
    let broken = false;
    const box = new VendorBox(({ body }) => ({ status: broken && body.includes('UNSOLD') ? 503 : 200 }));
    // As its owner adds a vendor: to the agent's file, and the agent begins anew.
    const file = join(rig.data, 'agent.json');
    const config = Config.parse(JSON.parse(readFileSync(file, 'utf8')));
    const vendors = [{ id: 'door', profile: 'generic', base_url: await box.start() }];
    writeFileSync(file, JSON.stringify({ ...config, vendors }));
    await sesame.kill('agent');
    const gate = await until('the gate to be back', () => Gate.connect(sesame));
    try {
      const shopper = await Shopper.enter(sesame);
      const basket = await shopper.openBasket();
      const [a = '', b = ''] = await twoTags(rig, shopper, basket.id);
      const order = await shopper.openOrder(basket.id);
      const card = { gateway: 'generic_card', method: 'card', token: token(rig, 'tagged goods') };
      await rig.pay(shopper, order, card);
      const paid = await shopper.orderWhen(order.id, (one) => one.status === 'completed');
      await until('the gate to know', async () => (await gate.walk(a, b)).decision === 'open');
      const marked = (word: string, epc: string) =>
        box.requests.some(({ body }) => body.includes(`"${word}"`) && body.includes(epc));
      await until('the vendor to know', async () => marked('SOLD', a) && marked('SOLD', b));

      const line = paid.lines.find(({ epc }) => epc === a);
      generic.ctl.next('refund_pending');
      const refund = await expectJson(
        Refund,
        202,
        rig.office('POST', `/v1/orders/${order.id}/refunds`, {
          ...{ kind: 'lines', reason: 'changed_mind' },
          lines: [{ line_id: line?.id, quantity: 1, return_to_stock: true }],
        }),
      );
      expect(refund.lines.map(({ epcs }) => epcs)).toEqual([[a]]);
      expect((await gate.walk(a, b)).decision).toBe('open');
      expect(marked('UNSOLD', a)).toBe(false);

      broken = true;
      const [leg] = refund.legs;
      generic.settle(leg?.id ?? 'no leg');
      const said = (await generic.deliveries()).findLast(({ body }) => body.includes(leg?.id ?? 'no leg'));
      if (said === undefined) throw new Error('nothing was told');
      const { headers, body, path } = said;
      const told = await fetch(`${sesame.edge}${path}`, { method: 'POST', headers, body });
      expect(told.status).toBe(200);
      const alarm = await until('the alarm', async () => {
        const decision = await gate.walk(a);
        return decision.decision === 'alarm' && decision;
      });
      expect(alarm.epcs).toEqual([expect.objectContaining({ epc: a, status: 'unsold' })]);
      expect((await gate.walk(b)).decision).toBe('open');

      const deliveryOf = async () => {
        const path = '/v1/vendor_deliveries?vendor=door&limit=100';
        const listed = call(sesame.agent, 'GET', path, { token: sesame.tokens.manager });
        const { data } = await expectJson(Deliveries, 200, listed);
        return data.find(({ epc, to }) => epc === a && to === 'sellable_accessible');
      };
      const failing = await until('the failure to be seen', async () => {
        const one = await deliveryOf();
        return one?.code === 'http_503' && one;
      });
      expect(failing.status).toBe('waiting');
      const tries = box.requests.filter(({ body }) => body.includes('UNSOLD')).length;
      broken = false;
      await until('the vendor to be told again', async () => (await deliveryOf())?.status === 'delivered');
      const all = box.requests.filter(({ body }) => body.includes('UNSOLD'));
      expect(all.length).toBeGreaterThan(tries);
      expect(all.filter(({ body }) => body.includes(b))).toEqual([]);
      expect(new Set(all.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
    } finally {
      await gate.close();
      await box.stop();
    }
  });
}

/** Puts two tagged goods for which nobody's age is asked into a basket. */
async function twoTags({ sesame }: Rig, shopper: Shopper, basketId: string): Promise<string[]> {
  const found: string[] = [];
  for (const epc of sesame.samples.epcs) {
    if (found.length === 2) break;
    const { lines } = await shopper.scan(basketId, { epc });
    const line = lines.find((one) => one.epc === epc);
    if (line?.restrictions.length === 0) found.push(epc);
    else await shopper.call('DELETE', `/v1/baskets/${basketId}/lines/${line?.id}`);
  }
  return found;
}
