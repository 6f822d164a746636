import type { DeviceCredential } from '../../shared/config/store_config.ts';

/** The topics of one store. A name with a wildcard in it cannot be made: ids have no such characters. */
export function topicsOf(storeId: string) {
  const root = `sesame/v1/${storeId}`;
  return {
    reads: (gateId: string) => `${root}/gates/${gateId}/reads`,
    decision: (gateId: string) => `${root}/gates/${gateId}/decision`,
    status: (deviceId: string) => `${root}/devices/${deviceId}/status`,
  };
}
export type Topics = ReturnType<typeof topicsOf>;

type Who = { id: string; kind: DeviceCredential['kind'] };

/**
 * What a device may do, by construction: the few topics that bear its own id, compared whole. A filter with
 * a wildcard equals none of them, so nobody listens to another's topics.
 */
export function mayPublish(device: Who, topic: string, topics: Topics): boolean {
  return topic === topics.status(device.id) || (device.kind === 'gate' && topic === topics.reads(device.id));
}

export function maySubscribe(device: Who, filter: string, topics: Topics): boolean {
  return device.kind === 'gate' && filter === topics.decision(device.id);
}
