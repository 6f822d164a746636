import type { StoreConfig } from '../../shared/config/store_config.ts';
import type { DeviceId, OrderId } from '../../shared/ids/index.ts';
import { seal } from '../../shared/offline/chain.ts';
import { OfflineVoid } from '../../shared/offline/document.ts';
import { unusedOf } from '../../shared/offline/lease.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import type { Tables } from '../state/agent_state.ts';
import { changing, type TillContext } from './context.ts';
import { documentHead } from './document_head.ts';
import type { Refusal } from './refusal.ts';

interface VoidedNumbers {
  device_id: DeviceId;
  reason: OfflineVoid['reason'];
  lease_id: string;
  epoch: number;
  from: number;
  to: number;
  order_id?: OrderId;
}

/** Writes down that these numbers became no sale, in the caller's transaction. */
export function voidNumbers(
  till: TillContext,
  tables: Tables,
  config: StoreConfig,
  { device_id, ...numbers }: VoidedNumbers,
): void {
  const now = till.now();
  const document = {
    kind: 'void',
    ...documentHead(till, tables, config, device_id, now),
    ...numbers,
    at: new Date(now).toISOString(),
  } as const;
  tables.tillDocuments.append(OfflineVoid.parse(seal(document)), now);
}

/** Gives up what a device's leases have left: a till that is taken away leaves no number unexplained. */
export function closeLeases(
  till: TillContext,
  config: StoreConfig,
  deviceId: DeviceId,
): Result<{ voided: number }, Refusal> {
  if (till.isDamaged(deviceId)) return err({ code: 'journal_damaged' });
  const closed = changing(till, (tables) => {
    let voided = 0;
    for (const lease of tables.leases.open(deviceId)) {
      const unused = unusedOf(lease);
      tables.leases.close(lease.lease_id);
      if (unused === null) continue;
      const { lease_id, epoch } = lease;
      voidNumbers(till, tables, config, {
        device_id: deviceId,
        reason: 'lease_closed',
        lease_id,
        epoch,
        ...unused,
      });
      voided += unused.to - unused.from + 1;
    }
    return ok({ voided });
  });
  if (closed.ok) till.onDocument();
  return closed;
}
