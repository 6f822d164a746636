import { errorText, type Log } from '../../log.ts';
import type { CountMqtt } from '../count.ts';
import { BrokerStore, type BrokerStoreOptions } from './broker_store.ts';
import { type StoreHealth, StoreWriter } from './writer.ts';

export interface OpenedStore {
  store: BrokerStore;
  health(): StoreHealth;
  close(): Promise<void>;
}

/** The broker's store on its file, or in memory where there is none or it cannot be had: the shop goes on. */
export async function openBrokerStore(
  context: Pick<BrokerStoreOptions, 'now' | 'mayKeep'> & {
    file: string | null;
    log: Log;
    count: CountMqtt;
  },
): Promise<OpenedStore> {
  const { file, log, now, mayKeep } = context;
  const onDropped = (dropped: number): void =>
    context.count('sesame_mqtt_dropped_total', { reason: 'full' }, dropped);
  let opened: Awaited<ReturnType<typeof StoreWriter.open>> | null = null;
  let missing = 'The broker has no file.';
  try {
    if (file !== null) opened = await StoreWriter.open(file, log);
  } catch (error) {
    missing = `What the broker holds is in memory only (${errorText(error)}).`;
    log('error', 'the broker’s file cannot be used', { file: file ?? '', err: errorText(error) });
  }
  const writer = opened?.writer ?? null;
  return {
    store: new BrokerStore({ writer, rows: opened?.rows ?? [], now, mayKeep, onDropped }),
    health: () => writer?.health ?? { state: 'failing', detail: missing },
    close: async () => writer?.close(),
  };
}
