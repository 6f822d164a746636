import { SELF } from 'cloudflare:test';
import { beforeAll, describe, expect, it } from 'vitest';
import { CLOSE, FEED_VERSION, StoreFrame } from '../../shared/feed/frames.ts';
import { StoreId } from '../../shared/ids/index.ts';
import { deviceOf, openShop, otherRetailer, type Shop, storeOf } from '../basket/test/fixture.ts';
import { hello } from '../store/test/feed_client.ts';
import { call, cloudToken, codeOf, ORIGIN } from './test/fixture.ts';

const agent = `agt_${crypto.randomUUID()}`;
const revoked = `agt_${crypto.randomUUID()}`;
const gate = `gat_${crypto.randomUUID()}`;

let shop: Shop;
beforeAll(async () => {
  shop = await openShop({}, { devices: [deviceOf(agent, 'agent'), deviceOf(gate, 'gate')] });
});

const pathOf = (store: string) => `/v1/stores/${store}/feed`;
const upgrade = { upgrade: 'websocket' };
const tokenOf = (sub: string, more: object = {}) =>
  cloudToken('agent', { sub, store: shop.store_id, ...more });

/** The feed through the front door: the socket, or an error with what came instead. */
async function connect(token: string, headers: Record<string, string> = {}): Promise<WebSocket> {
  const answer = await SELF.fetch(ORIGIN + pathOf(shop.store_id), {
    headers: { ...upgrade, authorization: `Bearer ${token}`, ...headers },
  });
  if (answer.status !== 101 || answer.webSocket === null)
    throw new Error(`${answer.status}: ${await answer.text()}`);
  return answer.webSocket;
}

/** Says hello and waits for the first frame, or for the code that the store closes with. */
function firstAnswer(socket: WebSocket, said: object): Promise<StoreFrame | number> {
  return new Promise((resolve) => {
    socket.addEventListener('message', (event) => resolve(StoreFrame.parse(JSON.parse(String(event.data)))));
    socket.addEventListener('close', (event) => resolve(event.code));
    socket.accept();
    socket.send(JSON.stringify(said));
  });
}

describe('the feed', () => {
  it('welcomes the store’s agent', async () => {
    const socket = await connect(await tokenOf(agent));
    const welcome = await firstAnswer(socket, hello(agent));
    expect(welcome).toMatchObject({ type: 'welcome', v: FEED_VERSION, resume: 'snapshot' });
    socket.close(1000, 'done');
  });

  it('asks for a WebSocket', async () => {
    const token = await tokenOf(agent);
    const wrong: Record<string, string>[] = [{}, { upgrade: 'h2c' }];
    for (const headers of wrong)
      expect(await codeOf(400, call('GET', pathOf(shop.store_id), { token, headers }))).toBe('bad_request');
  });

  it('is hidden from agents of other stores and tenants, and of no store', async () => {
    const elsewhere = StoreId.parse(`str_${crypto.randomUUID()}`);
    for (const more of [{ store: elsewhere }, { retailer: otherRetailer }, { store: undefined }]) {
      const token = await tokenOf(agent, more);
      expect(await codeOf(404, call('GET', pathOf(shop.store_id), { token, headers: upgrade }))).toBe(
        'not_found',
      );
    }
    const token = await tokenOf(agent, { store: elsewhere });
    expect(await codeOf(404, call('GET', pathOf(elsewhere), { token, headers: upgrade }))).toBe('not_found');
  });

  it('is closed to an agent that is not, or no longer, among the store’s devices', async () => {
    for (const sub of [revoked, gate, 'agt_x']) {
      const token = await tokenOf(sub);
      expect(await codeOf(403, call('GET', pathOf(shop.store_id), { token, headers: upgrade }))).toBe(
        'forbidden',
      );
    }
    const own = await openShop({}, { devices: [deviceOf(agent, 'agent')] });
    const token = await cloudToken('agent', { sub: agent, store: own.store_id });
    const ask = () =>
      SELF.fetch(ORIGIN + pathOf(own.store_id), {
        headers: { ...upgrade, authorization: `Bearer ${token}` },
      });
    const open = await ask();
    expect(open.status).toBe(101);
    open.webSocket?.accept();
    open.webSocket?.close(1000, 'done');
    await storeOf(own).putConfig({ ...own.config, version: 2, devices: [] });
    expect((await ask()).status).toBe(403);
  });

  it('knows an agent by its token alone, whatever its headers or its hello say', async () => {
    const socket = await connect(await tokenOf(agent), { 'x-sesame-agent': gate });
    expect(await firstAnswer(socket, hello(gate))).toBe(CLOSE.forbidden);
    const spoofed = await connect(await tokenOf(agent), { 'x-sesame-agent': gate });
    expect(await firstAnswer(spoofed, hello(agent))).toMatchObject({ type: 'welcome' });
    spoofed.close(1000, 'done');
  });
});
