import { localDateTime } from '../../shared/basket/local_time.ts';
import type { StoreConfig } from '../../shared/config/store_config.ts';
import type { DeviceId } from '../../shared/ids/index.ts';
import { OFFLINE_VERSION } from '../../shared/offline/document.ts';
import type { Tables } from '../state/agent_state.ts';
import type { TillContext } from './context.ts';

/** What every document of a device begins with: its identity, and the link to the one before. */
export function documentHead(
  till: TillContext,
  tables: Tables,
  config: StoreConfig,
  deviceId: DeviceId,
  nowMs: number,
) {
  const end = tables.tillDocuments.end(deviceId);
  return {
    v: OFFLINE_VERSION,
    tx_id: till.newUuid(),
    device_id: deviceId,
    device_seq: end.seq + 1,
    store_id: till.storeId,
    retailer_id: config.retailer_id,
    agent_id: till.agentId,
    business_date: localDateTime(nowMs, config.timezone).slice(0, 10),
    previous: end.digest,
  } as const;
}
