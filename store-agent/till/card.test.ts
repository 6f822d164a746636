import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startZvtSimulator, type ZvtSimulator } from '../../hardware/zvt/simulator.ts';
import { type Answer, until } from '../testing/agent.ts';
import { KIOSK, ourEpc, STORE, storeConfig } from '../testing/fixtures.ts';
import { expectProblem, startStore, type TestStore } from '../testing/store.ts';

// A busy machine is no reason to fail: nothing here is about time.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const CARD = { gateway: 'terminal', method: 'card' };
let terminal: ZvtSimulator;
let store: TestStore;
let kiosk: string;
beforeEach(async () => {
  terminal = await startZvtSimulator({ port: 0 });
  const url = `zvt://127.0.0.1:${terminal.port}`;
  store = await startStore({ terminals: [{ id: 'till', name: 'Card terminal', url, currency: 'GBP' }] });
  store.edge.configure(storeConfig({ version: 2 }));
  kiosk = await store.edge.token('kiosk', { sub: KIOSK });
  await until(async () => {
    expect((await call('GET', '/v1/till')).json).toMatchObject({ closed: null, shelf_version: 3 });
    const { json } = await call('GET', '/healthz');
    expect(json.devices).toContainEqual(expect.objectContaining({ kind: 'terminal', state: 'online' }));
  });
  await store.edge.stop();
  await until(() => expect(store.agent.link.linked()).toBe(false));
});
afterEach(async () => {
  await store.stop();
  await terminal.close();
});

const call = (method: string, path: string, body?: unknown): Promise<Answer> =>
  store.agent.call(method, path, { token: kiosk, ...(body === undefined ? {} : { body }) });

async function ordered(): Promise<string> {
  const basket = await call('POST', '/v1/baskets', { store_id: STORE });
  await call('POST', `/v1/baskets/${basket.json.id}/scans`, { epc: ourEpc(2) });
  return (await call('POST', '/v1/orders', { basket_id: basket.json.id })).json.id;
}
const pay = (order: string) => call('POST', `/v1/orders/${order}/payments`, CARD);
const statusOf = async (order: string): Promise<string> =>
  (await call('GET', `/v1/orders/${order}`)).json.payment_status;

describe('a card at the till, with the line to the internet cut', () => {
  it('is taken by the terminal of the shop, and the gate opens', async () => {
    const order = await ordered();
    expect((await pay(order)).json).toMatchObject({ status: 'pending', amount: 1250 });
    await until(async () => expect(await statusOf(order)).toBe('captured'));
    expect(terminal.charged()).toEqual([1250]);
    expect((await call('GET', `/v1/tags/${ourEpc(2)}`)).json).toMatchObject({ status: 'sold' });
  });

  it('that is declined leaves the order open for another try', async () => {
    terminal.plan('decline');
    const order = await ordered();
    await pay(order);
    await until(async () => expect(await statusOf(order)).toBe('rejected'));
    expect((await call('GET', `/v1/tags/${ourEpc(2)}`)).json).toMatchObject({ status: 'unsold' });
    terminal.plan('approve');
    expect((await pay(order)).status).toBe(201);
    await until(async () => expect(await statusOf(order)).toBe('captured'));
  });

  it('whose answer is lost is asked about, and charged once', async () => {
    const first = await ordered();
    await pay(first);
    await until(async () => expect(await statusOf(first)).toBe('captured'));
    terminal.plan('charge_and_drop');
    const basket = await call('POST', '/v1/baskets', { store_id: STORE });
    await call('POST', `/v1/baskets/${basket.json.id}/scans`, { epc: ourEpc(3) });
    const order = (await call('POST', '/v1/orders', { basket_id: basket.json.id })).json.id;
    await pay(order);
    await until(() => expect(terminal.charged()).toHaveLength(2));
    expectProblem(await pay(order), 409, 'payment_in_progress');
    await until(async () => expect(await statusOf(order)).toBe('captured'));
    expect(terminal.charged()).toEqual([1250, 1250]);
  });
});
