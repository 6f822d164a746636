import { env } from 'cloudflare:test';
import { z } from 'zod';
import { DeviceId, type StoreId } from '../../shared/ids/index.ts';
import { CHAIN_START } from '../../shared/offline/chain.ts';
import type { OfflineSale } from '../../shared/offline/document.ts';
import { sealedSale } from '../../shared/offline/sale.fixture.ts';
import { unwrap } from '../../shared/result.ts';
import { call, expectJson, type Tenant } from './fixture.ts';

/** A kiosk of a store that sells by itself: it chains and numbers its sales. */
export interface Kiosk {
  id: DeviceId;
  sell(change?: Record<string, unknown>): OfflineSale;
  /** Uploads as an agent would; answers what became of each. */
  upload(...sales: OfflineSale[]): Promise<string[]>;
}

export async function newKiosk(tenant: Tenant, store_id: StoreId, name: string): Promise<Kiosk> {
  const made = await expectJson(
    z.looseObject({ id: DeviceId }),
    201,
    call('POST', '/v1/devices', { token: tenant.admin, body: { store_id, kind: 'kiosk', name } }),
  );
  await expectJson(
    z.unknown(),
    201,
    call('POST', `/v1/stores/${store_id}/publications`, { token: tenant.admin }),
  );
  const object = env.STORE.getByName(store_id);
  const leased = await object.leaseNumbers({ agent: 'agt_1' }, { device_id: made.id, count: 50 });
  const { lease_id, epoch } = unwrap(leased).body;
  let seq = 0;
  let previous = CHAIN_START;
  return {
    id: made.id,
    sell(change = {}) {
      seq += 1;
      const trip = crypto.randomUUID();
      const text = `HS-K1-${String(seq).padStart(6, '0')}`;
      const { receipt } = sealedSale(seq);
      const sale = sealedSale(seq, previous, {
        store_id,
        retailer_id: tenant.retailer_id,
        device_id: made.id,
        tx_id: crypto.randomUUID(),
        order_id: `ord_${trip}`,
        basket_id: `bsk_${trip}`,
        number: { lease_id, epoch, value: seq, text },
        receipt: { ...receipt, order: { ...receipt.order, id: `ord_${trip}`, number: text } },
        ...change,
      });
      previous = sale.digest;
      return sale;
    },
    async upload(...sales) {
      const documents = sales.map((document) => {
        const { tx_id, device_id, device_seq } = document;
        return { place: { tx_id, device_id, device_seq }, document };
      });
      const { body } = unwrap(await object.takeDocuments({ agent: 'agt_1' }, documents));
      return body.results.map(({ status }) => status);
    },
  };
}
