import { z } from 'zod';
import { DeviceId } from '../../shared/ids/index.ts';
import { CHAIN_START } from '../../shared/offline/chain.ts';
import type { OfflineSale } from '../../shared/offline/document.ts';
import { deviceNumberText } from '../../shared/offline/lease.ts';
import { sealedSale } from '../../shared/offline/sale.fixture.ts';
import { LeasedNumbers, UploadAnswer } from '../../shared/offline/wire.ts';
import { call, expectJson, type Reply } from './client.ts';
import type { Sesame } from './sesame.ts';

const Device = z.looseObject({ id: DeviceId, token: z.string() });

/** A second agent with a kiosk, as enrolled as any: what it uploads is what the edge takes from every shop. */
export async function kioskOfAgent(sesame: Sesame, name: string, numbers = 10) {
  const { cloud, edge, store_id, retailer_id, tokens } = sesame;
  const made = (kind: string, name: string) =>
    expectJson(
      Device,
      201,
      call(cloud, 'POST', '/v1/devices', { token: tokens.admin, body: { store_id, kind, name } }),
    );
  const agent = await made('agent', 'Second agent');
  const kiosk = await made('kiosk', name);
  await expectJson(
    z.unknown(),
    201,
    call(cloud, 'POST', `/v1/stores/${store_id}/publications`, { token: tokens.admin, body: {} }),
  );
  const lease = await expectJson(
    LeasedNumbers,
    201,
    call(edge, 'POST', `/v1/stores/${store_id}/number_leases`, {
      token: agent.token,
      body: { device_id: kiosk.id, count: numbers },
    }),
  );
  let seq = 0;
  let previous = CHAIN_START;
  const sell = (change: Record<string, unknown> = {}): OfflineSale => {
    seq += 1;
    const trip = crypto.randomUUID();
    // The store's own agent may have leased a block for this kiosk too, as soon as it heard of it.
    const value = lease.from + seq - 1;
    const text = deviceNumberText('HS', lease.register, value);
    const { receipt, lines } = sealedSale(seq);
    const [line] = lines;
    const sale = sealedSale(seq, previous, {
      store_id,
      retailer_id,
      currency: sesame.currency,
      device_id: kiosk.id,
      agent_id: agent.id,
      tx_id: crypto.randomUUID(),
      order_id: `ord_${trip}`,
      basket_id: `bsk_${trip}`,
      number: { lease_id: lease.lease_id, epoch: lease.epoch, value, text },
      receipt: {
        ...receipt,
        currency: sesame.currency,
        order: { ...receipt.order, id: `ord_${trip}`, number: text },
      },
      lines: [{ ...line, epc: sesame.samples.epcs[0], quantity: 1, unit_price: 1148 }],
      ...change,
    });
    previous = sale.digest;
    return sale;
  };
  /** The edge's answer as it came. */
  const send = (...transactions: OfflineSale[]): Promise<Reply> => {
    const path = `/v1/stores/${store_id}/offline_transactions`;
    return call(edge, 'POST', path, { token: agent.token, body: { transactions } });
  };
  const upload = async (...transactions: OfflineSale[]) =>
    (await expectJson(UploadAnswer, 200, send(...transactions))).results.map(({ status }) => status);
  return { sell, send, upload };
}
