import { env, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Order } from '../../shared/api/order.ts';
import { moneyTaken, openShop, providerOf, type Shop } from '../basket/test/fixture.ts';
import { webhookSecret } from '../payment/test/keys.ts';
import { signatureHeaders } from '../payment/test/signature.ts';
import {
  call,
  codeOf,
  enter,
  expectJson,
  type Guest,
  orderOf,
  pay,
  readOrder,
  type Sent,
} from './test/fixture.ts';

const Received = z.strictObject({ received: z.literal(true) });

let shop: Shop;
let guest: Guest;
let order: Order;
/** The provider's own message of a payment that was pending and is captured now. */
let message: { headers: Record<string, string>; raw: string; path: string };

beforeAll(async () => {
  shop = await openShop();
  guest = await enter(shop);
  const sent: (typeof message)[] = [];
  await runInDurableObject(providerOf(shop), (provider) => {
    provider.send = async (request) => {
      const { pathname } = new URL(request.url);
      sent.push({ headers: Object.fromEntries(request.headers), raw: await request.text(), path: pathname });
      return new Response(null, { status: 200 });
    };
  });
  order = await orderOf(guest, { code: 'COLA' });
  expect((await pay(guest, order.id, 'card_pending')).status).toBe('pending');
  while (sent.length === 0) {
    await runInDurableObject(providerOf(shop), (_, { storage }) => {
      storage.sql.exec('UPDATE charge SET settles_at = 1 WHERE settles_at IS NOT NULL');
    });
    await runDurableObjectAlarm(providerOf(shop));
  }
  const [first] = sent;
  if (first !== undefined) message = first;
});

const deliver = (path = message.path, sent: Sent = message) =>
  call('POST', path, { raw: sent.raw ?? message.raw, headers: sent.headers ?? message.headers });

const inboxOf = () => env.INBOX.getByName(shop.account_key);
const inbox = (query: string) =>
  runInDurableObject(inboxOf(), (_, { storage }) => storage.sql.exec(query).toArray());
/** Everything that came is applied or waits for its next try. */
const settled = async () => {
  while ((await inbox(`SELECT 1 FROM webhook WHERE status = 'received'`)).length > 0)
    await runDurableObjectAlarm(inboxOf());
};

/** Any body, signed as the provider of this account would. */
async function signed(raw: string, account = shop.account_key, atSeconds = Math.floor(Date.now() / 1000)) {
  const secret = await webhookSecret(env.TEST_PROVIDER_SECRET ?? '', account);
  const headers = await signatureHeaders(secret, `msg_${crypto.randomUUID()}`, atSeconds, raw);
  return { raw, headers: { 'content-type': 'application/json', ...headers } };
}

describe('a webhook', () => {
  it('with a signature that does not match changes nothing', async () => {
    const { headers } = message;
    const old = await signed(message.raw, shop.account_key, Math.floor(Date.now() / 1000) - 600);
    const bad: Sent[] = [
      { raw: message.raw.replace('"captured"', '"declined"') },
      { raw: `${message.raw} ` },
      { headers: { ...headers, 'webhook-id': 'msg_other' } },
      { headers: { ...headers, 'webhook-timestamp': String(Number(headers['webhook-timestamp']) - 1) } },
      { headers: { 'content-type': 'application/json' } },
      { headers: { ...headers, 'webhook-signature': 'v1,AAAA' } },
      await signed(message.raw, `${shop.account_key}0`),
      old,
      { raw: '', headers: {} },
      { raw: '{', headers: { 'content-type': 'text/plain' } },
    ];
    for (const one of bad)
      expect(await codeOf(401, deliver(message.path, one)), JSON.stringify(one)).toBe('invalid_signature');
    const events = await runInDurableObject(env.BASKET.getByName(order.basket_id), (_, { storage }) =>
      storage.sql.exec('SELECT * FROM webhook').toArray(),
    );
    expect(events).toEqual([]);
  });

  it('to an account, gateway or store that is not there is refused', async () => {
    const [store] = shop.account_key.split('.');
    for (const path of [
      `/v1/webhooks/test/${shop.account_key}0`,
      `/v1/webhooks/test/${store}`,
      `/v1/webhooks/test/${crypto.randomUUID()}.0123456789abcdef`,
      '/v1/webhooks/test/x',
      '/v1/webhooks/test/.',
      `/v1/webhooks/other/${shop.account_key}`,
      `/v1/webhooks/Test/${shop.account_key}`,
    ])
      expect(await codeOf(404, deliver(path)), path).toBe('not_found');
  });

  it('is applied once, however often it comes', async () => {
    await expectJson(Received, 200, deliver());
    await settled();
    expect(await readOrder(guest, order.id)).toMatchObject({ status: 'completed', captured: 574 });
    for (let n = 0; n < 2; n++) await expectJson(Received, 200, deliver());
    await settled();
    expect(await inbox('SELECT status, deliveries, tries FROM webhook')).toEqual([
      { status: 'applied', deliveries: 3, tries: 1 },
    ]);
    expect(await moneyTaken(shop)).toBe(574);
    expect((await readOrder(guest, order.id)).payments).toHaveLength(1);
  });

  it('only says that there is something to hear: a signed lie captures nothing', async () => {
    const unpaid = await orderOf(guest, { code: 'COLA' });
    const payment = await pay(guest, unpaid.id, 'card_3ds');
    const charge = z.looseObject({ data: z.looseObject({}) }).parse(JSON.parse(message.raw));
    const lie = JSON.stringify({ ...charge, data: { ...charge.data, id: 'ch_lie', reference: payment.id } });
    await expectJson(Received, 200, deliver(message.path, await signed(lie)));
    await settled();
    expect(await readOrder(guest, unpaid.id)).toMatchObject({ status: 'created', captured: 0 });
  });

  it('that is signed but is no message of a payment of ours is refused', async () => {
    for (const raw of ['{}', '[]', 'hello', JSON.stringify({ type: 'charge.captured' })])
      expect(await codeOf(422, deliver(message.path, await signed(raw))), raw).toBe('invalid');
    const unknown = message.raw.replaceAll(
      order.payments[0]?.id ?? /pay_[^"]+/g,
      `pay_${crypto.randomUUID()}_1`,
    );
    await expectJson(Received, 200, deliver(message.path, await signed(unknown)));
    await settled();
    const [waiting] = await inbox(`SELECT id, tries, next_at FROM webhook WHERE status = 'unmatched'`);
    expect(waiting).toMatchObject({ tries: 1, next_at: expect.any(Number) });
    // Three days on nobody has heard of it: it waits for a person.
    await inbox(`UPDATE webhook SET received_at = 1, next_at = 1 WHERE status = 'unmatched'`);
    await runDurableObjectAlarm(inboxOf());
    expect(await inboxOf().read(String(waiting?.['id']))).toBeNull();
  });

  it('keeps nothing in clear that could be used, and is read by staff without it', async () => {
    const payment = order.payments[0]?.id ?? '';
    const bearing = JSON.stringify({ ...JSON.parse(message.raw), card_token: 'tok_a_secret_one_4711' });
    await expectJson(Received, 200, deliver(message.path, await signed(bearing)));
    await settled();
    const rows = await inbox('SELECT * FROM webhook');
    expect(JSON.stringify(rows)).toContain(payment);
    expect(JSON.stringify(rows)).not.toContain('tok_a_secret_one');
    const found = await inboxOf().list({ limit: 1 });
    const [newest] = found?.data ?? [];
    const read = await inboxOf().read(newest?.id ?? '');
    expect(read?.body).toContain('"card_token": "…4711"');
    expect(read?.body).toContain(payment);
  });

  it('is applied once more when staff want it, and nothing is taken twice', async () => {
    const [applied] = await inbox(`SELECT id FROM webhook WHERE status = 'applied'`);
    const replayed = await inboxOf().replay(String(applied?.['id']));
    expect(replayed).toMatchObject({ ok: true, value: { status: 'applied', tries: 1 } });
    expect(await moneyTaken(shop)).toBe(574);
    expect(await inboxOf().replay('whk_none')).toEqual({ ok: false, error: { code: 'not_found' } });
  });
});
