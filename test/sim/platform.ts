import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { Random } from './random.ts';
import type { World } from './world.ts';

/**
 * What the platform gives the code that runs here, made repeatable: timers of virtual time, random ids of the seed, and
 * the very digests of Web Crypto without its threads, whose answers come in an order that no seed decides.
 */
export async function onPlatform<T>(world: World, seed: number, run: () => Promise<T>): Promise<T> {
  const random = new Random(seed, 7);
  const timers = new Map<number, () => void>();
  let made = 0;
  const stand = {
    setTimeout: (ring: () => void, delayMs = 0) => {
      made++;
      timers.set(made, world.after(delayMs, ring, true));
      return made;
    },
    clearTimeout: (timer: number) => {
      timers.get(timer)?.();
      timers.delete(timer);
    },
    crypto: {
      subtle: SUBTLE,
      randomUUID: () => random.uuid(),
      getRandomValues: (bytes: Uint8Array) => {
        for (let i = 0; i < bytes.length; i++) bytes[i] = random.next() & 255;
        return bytes;
      },
    },
  };
  const before = Object.entries(stand).map(([name, value]) => {
    const was = Object.getOwnPropertyDescriptor(globalThis, name);
    Object.defineProperty(globalThis, name, { configurable: true, writable: true, value });
    return { name, was };
  });
  try {
    return await run();
  } finally {
    for (const { name, was } of before) if (was !== undefined) Object.defineProperty(globalThis, name, was);
  }
}

interface HmacKey {
  bytes: Uint8Array;
  hash: string;
}

const nodeName = (hash: string): string => hash.replace('-', '').toLowerCase();
const macOf = ({ bytes, hash }: HmacKey, message: Uint8Array): Uint8Array =>
  Uint8Array.from(createHmac(hash, bytes).update(message).digest());

const SUBTLE = {
  importKey: async (_: 'raw', bytes: Uint8Array, { hash }: { hash: string }): Promise<HmacKey> => ({
    bytes,
    hash: nodeName(hash),
  }),
  sign: async (_: 'HMAC', key: HmacKey, message: Uint8Array) => macOf(key, message).buffer,
  verify: async (_: 'HMAC', key: HmacKey, mac: Uint8Array, message: Uint8Array) => {
    const right = macOf(key, message);
    return right.length === mac.length && timingSafeEqual(right, mac);
  },
  digest: async (hash: string, message: Uint8Array) =>
    Uint8Array.from(createHash(nodeName(hash)).update(message).digest()).buffer,
};
