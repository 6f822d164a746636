import type { DeviceCredential } from '../../shared/config/store_config.ts';
import { TOPIC_CHARS_MAX, TOPIC_LEVELS_MAX } from './limits.ts';

/** What a device says of itself, by the last part of the topic. */
export const DEVICE_WORDS = ['status', 'birth', 'event', 'cmd/ack'] as const;
export type DeviceWord = (typeof DEVICE_WORDS)[number];

/** The topics of one store. A name with a wildcard in it cannot be made: ids have no such characters. */
export function topicsOf(storeId: string) {
  const root = `sesame/v1/${storeId}`;
  return {
    reads: (gateId: string) => `${root}/gates/${gateId}/reads`,
    decision: (gateId: string) => `${root}/gates/${gateId}/decision`,
    status: (deviceId: string) => `${root}/devices/${deviceId}/status`,
    device: (deviceId: string, word: DeviceWord) => `${root}/devices/${deviceId}/${word}`,
    cmd: (deviceId: string) => `${root}/devices/${deviceId}/cmd`,
    /** What everybody says with this word: for observers, and only with exactly this wildcard. */
    everybody: (word: DeviceWord) => `${root}/devices/+/${word}`,
  };
}
export type Topics = ReturnType<typeof topicsOf>;

type Who = { id: string; kind: DeviceCredential['kind'] };

/** A store agent's own credential on the broker watches: it hears what all devices say, and commands none. */
export const isObserver = (device: Pick<Who, 'kind'>): boolean => device.kind === 'agent';

/** Looked at before anything is compared or matched: matchers cost more the deeper a topic is. */
export const isTopicSized = (topic: string): boolean =>
  topic.length <= TOPIC_CHARS_MAX && topic.split('/', TOPIC_LEVELS_MAX + 1).length <= TOPIC_LEVELS_MAX;

/**
 * What a device may say, by construction: the few topics that bear its own id, compared whole. A filter with
 * a wildcard equals none of them, so nobody speaks for another. Null: not its topic.
 */
export function wordOf(device: Who, topic: string, topics: Topics): DeviceWord | 'reads' | null {
  if (!isTopicSized(topic)) return null;
  if (device.kind === 'gate' && topic === topics.reads(device.id)) return 'reads';
  return DEVICE_WORDS.find((word) => topic === topics.device(device.id, word)) ?? null;
}

export function maySubscribe(device: Who, filter: string, topics: Topics): boolean {
  if (!isTopicSized(filter)) return false;
  if (device.kind === 'gate' && filter === topics.decision(device.id)) return true;
  if (isObserver(device)) return DEVICE_WORDS.some((word) => filter === topics.everybody(word));
  return filter === topics.cmd(device.id);
}
