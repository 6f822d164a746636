import { env } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import { freshStoreId } from './test/fixture.ts';

/** Calls whatever the name says, past the types: the Worker at the other end is bound to the whole class. */
const called = async (stub: object, name: string): Promise<unknown> =>
  Reflect.apply(Reflect.get(stub, name), stub, []);

describe('helpers that the methods of an object of the edge share', () => {
  const basket = () => env.BASKET.getByName(`bsk_${crypto.randomUUID()}`);
  const store = () => env.STORE.getByName(freshStoreId());

  it.each(['command', 'once', 'denied', 'forStaff', 'ordered', 'trip', 'arm', 'sql', 'queue'])(
    'a basket keeps %s to itself',
    async (helper) => {
      expect(await called(basket(), 'applyWebhook')).toMatchObject({ error: { code: 'not_found' } });
      await expect(called(basket(), helper)).rejects.toThrow('does not implement');
    },
  );

  it.each(['provisioned', 'scope', 'run', 'sql', 'feed', 'store'])(
    'a store keeps %s to itself',
    async (helper) => {
      expect(await called(store(), 'config')).toBeNull();
      await expect(called(store(), helper)).rejects.toThrow('does not implement');
    },
  );
});
