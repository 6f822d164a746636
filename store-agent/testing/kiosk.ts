import { expect } from 'vitest';
import { type Answer, type CallOptions, until } from './agent.ts';
import { KIOSK, STORE, storeConfig } from './fixtures.ts';
import { startStore, type TestStore } from './store.ts';

export type KioskCall = (
  method: string,
  path: string,
  body?: unknown,
  options?: CallOptions,
) => Promise<Answer>;
export const CASH = { gateway: 'cash', method: 'cash' };

/** A store whose kiosk has its shelf and its numbers, and what speaks for that kiosk. */
export interface KioskStore extends TestStore {
  call: KioskCall;
  /** The edge is gone, and the agent knows it. */
  cut(): Promise<void>;
  basketWith(...scans: Record<string, unknown>[]): Promise<string>;
  buy(
    scans: Record<string, unknown>[],
    tender?: Record<string, unknown>,
    // biome-ignore lint/suspicious/noExplicitAny: a test looks into answers of every shape.
  ): Promise<{ order: any; paid: Answer }>;
}

export async function openKiosk(
  policies: Record<string, unknown> = {},
  more: Record<string, unknown> = {},
): Promise<KioskStore> {
  const store = await startStore(more);
  store.edge.configure(storeConfig({ version: 2, policies }));
  const kiosk = await store.edge.token('kiosk', { sub: KIOSK });
  const call: KioskCall = (method, path, body, options = {}) =>
    store.agent.call(method, path, { token: kiosk, ...(body === undefined ? {} : { body }), ...options });
  await until(async () => {
    const { json } = await call('GET', '/v1/till');
    expect(json).toMatchObject({ closed: null, shelf_version: 3 });
    expect(json.numbers_left).toBeGreaterThan(0);
    expect(store.agent.state.config?.version).toBe(2);
  });

  const basketWith = async (...scans: Record<string, unknown>[]): Promise<string> => {
    const created = await call('POST', '/v1/baskets', { store_id: STORE });
    expect(created.status).toBe(201);
    for (const scan of scans) {
      const scanned = await call('POST', `/v1/baskets/${created.json.id}/scans`, scan);
      expect(scanned.status).toBe(200);
    }
    return created.json.id;
  };
  return Object.assign(store, {
    call,
    basketWith,
    cut: async () => {
      await store.edge.stop();
      await until(() => expect(store.agent.link.linked()).toBe(false));
    },
    buy: async (scans: Record<string, unknown>[], tender: Record<string, unknown> = CASH) => {
      const basket = await basketWith(...scans);
      const order = await call('POST', '/v1/orders', { basket_id: basket });
      expect(order.status).toBe(201);
      const paid = await call('POST', `/v1/orders/${order.json.id}/payments`, tender);
      return { order: order.json, paid };
    },
  });
}
