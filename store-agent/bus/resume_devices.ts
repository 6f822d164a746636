import type { DeviceCredential } from '../../shared/config/store_config.ts';
import type { DeviceDesk } from './device_desk.ts';
import type { BrokerStore } from './store/broker_store.ts';
import { type Topics, wordOf } from './topics.ts';

/**
 * What devices retained before our own start is known again, and the wills of those that were connected when
 * it ended are spoken: nobody is to read "ready" of a device that may be gone.
 */
export function resumeDevices(from: {
  devices: readonly DeviceCredential[];
  store: BrokerStore;
  topics: Topics;
  desk: DeviceDesk;
  publish(topic: string, payload: Buffer): void;
}): void {
  const { devices, store, topics, desk } = from;
  const retained = (topic: string): string | null => store.retained(topic)?.payload.toString() ?? null;
  for (const device of devices) {
    const birth = retained(topics.device(device.id, 'birth'));
    const status = retained(topics.status(device.id));
    if (birth !== null || status !== null) desk.resume(device, birth, status);
  }
  for (const will of store.takeWills()) {
    const device = devices.find((one) => one.username === will.clientId);
    if (device === undefined || wordOf(device, will.topic, topics) !== 'status') continue;
    if (desk.will(device, will.payload)) from.publish(will.topic, will.payload);
  }
}
