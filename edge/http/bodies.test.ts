import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openShop, type Shop } from '../basket/test/fixture.ts';
import { BODY_BYTES_MAX } from './read_body.ts';
import { FORM_BYTES_MAX } from './routes/test_provider.ts';
import { WEBHOOK_BYTES_MAX } from './routes/webhooks.ts';
import {
  call,
  codeOf,
  enter,
  expectJson,
  expectProblem,
  type Guest,
  openBasket,
  orderOf,
  pay,
  type Reply,
} from './test/fixture.ts';

let shop: Shop;
let guest: Guest;
let scans: string;
let good: string;

beforeAll(async () => {
  shop = await openShop();
  guest = await enter(shop);
  scans = `/v1/baskets/${(await openBasket(guest)).id}/scans`;
  good = JSON.stringify({ store_id: shop.store_id });
});

const begin = (raw: BodyInit | undefined, type?: string): Promise<Reply> =>
  call('POST', '/v1/guest_sessions', {
    ...(raw === undefined ? {} : { raw }),
    ...(type === undefined ? {} : { headers: { 'content-type': type } }),
  });
const bytesOf = (text: string) => new TextEncoder().encode(text);
/** A body that does not say its length. */
const streamOf = (bytes: Uint8Array, chunk = 64 * 1024): ReadableStream<Uint8Array> => {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) controller.close();
      else controller.enqueue(bytes.slice(at, at + chunk));
      at += chunk;
    },
  });
};
const JSON_TYPE = 'application/json';
/** JSON of exactly this many bytes. */
const padded = (bytes: number) => `{"store_id":"x"}${' '.repeat(bytes - 16)}`;

describe('an empty body', () => {
  it('is none where it comes as a stream of nothing under an idempotency key', async () => {
    const order = await orderOf(guest, { code: 'COLA' });
    const cancel = () =>
      guest.call('POST', `/v1/orders/${order.id}/cancel`, { raw: streamOf(bytesOf('')), key: 'nothing' });
    const first = await cancel();
    expect(first.status).toBe(200);
    const again = await cancel();
    expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([200, 'true']);
  });
});

describe('a body that is too large', () => {
  it('is refused by its length, and one of just that length is read', async () => {
    expect(await codeOf(413, begin(padded(BODY_BYTES_MAX + 1), JSON_TYPE))).toBe('body_too_large');
    expect(await codeOf(422, begin(padded(BODY_BYTES_MAX), JSON_TYPE))).toBe('invalid');
  });

  it('is refused when it does not say its length', async () => {
    const large = streamOf(bytesOf(padded(BODY_BYTES_MAX + 1)));
    expect(await codeOf(413, begin(large, JSON_TYPE))).toBe('body_too_large');
    const fits = streamOf(bytesOf(padded(BODY_BYTES_MAX)));
    expect(await codeOf(422, begin(fits, JSON_TYPE))).toBe('invalid');
  });

  it('is counted in bytes, not in characters', async () => {
    const text = JSON.stringify({ store_id: '€'.repeat(400_000) });
    expect(text.length).toBeLessThan(BODY_BYTES_MAX);
    expect(await codeOf(413, begin(streamOf(bytesOf(text)), JSON_TYPE))).toBe('body_too_large');
  });

  it('is not read before the caller is known', async () => {
    const raw = padded(BODY_BYTES_MAX + 1);
    const headers = { 'content-type': JSON_TYPE };
    expect(await codeOf(401, call('POST', scans, { raw, headers }))).toBe('unauthenticated');
    expect(await codeOf(413, guest.call('POST', scans, { raw, headers }))).toBe('body_too_large');
  });

  it('is a smaller one at the bank’s page', async () => {
    const path = `/test_provider/${shop.account_key}/challenges/ch_1`;
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const raw = 'x'.repeat(FORM_BYTES_MAX + 1);
    expect(await codeOf(413, call('POST', path, { raw, headers }))).toBe('body_too_large');
    expect((await call('POST', path, { raw: 'decision=approve', headers })).status).toBe(404);
  });

  it('is smaller for webhooks', async () => {
    const path = `/v1/webhooks/test/${shop.account_key}`;
    const size = async (bytes: number) =>
      codeOf(bytes > WEBHOOK_BYTES_MAX ? 413 : 401, call('POST', path, { raw: '€'.repeat(bytes / 3) }));
    expect(await size(WEBHOOK_BYTES_MAX + 2)).toBe('body_too_large');
    expect(await size(WEBHOOK_BYTES_MAX - 1)).toBe('invalid_signature');
  });
});

describe('a body of another type', () => {
  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/jsonp',
    'text/json',
    'application/octet-stream',
    'json',
  ])('is refused: %s', async (type) => {
    expect(await codeOf(415, begin(good, type))).toBe('unsupported_media_type');
  });

  it('is refused without a type', async () => {
    expect(await codeOf(415, begin(bytesOf(good)))).toBe('unsupported_media_type');
  });

  it('is refused where the route takes no body at all', async () => {
    const order = await orderOf(guest, { code: 'COLA' });
    const cancel = `/v1/orders/${order.id}/cancel`;
    const headers = { 'content-type': 'text/plain' };
    expect(await codeOf(415, guest.call('POST', cancel, { raw: 'please', headers }))).toBe(
      'unsupported_media_type',
    );
    expect((await guest.call('POST', cancel, { raw: '', headers })).status).toBe(200);
  });

  it.each([
    'application/json',
    'Application/JSON',
    'application/json;charset=utf-8',
    'application/json; charset="UTF-8"',
    'application/json ; charset=utf-8;',
    'application/vnd.shop2+json',
  ])('is not %s', async (type) => {
    expect((await begin(good, type)).status).toBe(201);
  });
});

describe('a body that is not JSON', () => {
  it.each([
    ['broken off', '{"store_id":'],
    ['with something behind it', '{} {}'],
    ['of single quotes', "{'store_id':'x'}"],
    ['with a comment', '{/**/}'],
    ['not a number', 'NaN'],
    ['blank', '   '],
  ])('is refused: %s', async (_, raw) => {
    expect(await codeOf(400, begin(raw, JSON_TYPE))).toBe('malformed_json');
  });

  it('is refused where bytes are not UTF-8 (RFC 8259, section 8.1)', async () => {
    const bytes = bytesOf('{"store_id":"_"}');
    bytes[bytes.indexOf(0x5f)] = 0xff;
    expect(await codeOf(400, begin(bytes, JSON_TYPE))).toBe('malformed_json');
  });

  it('is refused after the token: who may not call learns nothing of bodies', async () => {
    const raw = '{"code":';
    const headers = { 'content-type': JSON_TYPE };
    expect(await codeOf(401, call('POST', scans, { raw, headers }))).toBe('unauthenticated');
    expect(await codeOf(400, guest.call('POST', scans, { raw, headers }))).toBe('malformed_json');
  });

  it('may stay away where a route can do without one', async () => {
    const order = await orderOf(guest, { code: 'COLA' });
    const { id } = await pay(guest, order.id, 'card_3ds');
    const confirm = (sent: { raw?: string; headers?: Record<string, string>; body?: unknown }) =>
      guest.call('POST', `/v1/payments/${id}/confirm`, sent);
    for (const sent of [{}, { raw: '', headers: { 'content-type': JSON_TYPE } }, { body: {} }])
      expect((await confirm(sent)).status, JSON.stringify(sent)).toBe(200);
    expect(await codeOf(400, confirm({ raw: '{', headers: { 'content-type': JSON_TYPE } }))).toBe(
      'malformed_json',
    );
    expect(await codeOf(422, confirm({ body: { colour: 'red' } }))).toBe('invalid');
  });
});

describe('fields that are not valid', () => {
  const errorsOf = async (reply: Promise<Reply>) => {
    const { code, errors = [] } = await expectProblem(422, reply);
    expect(code).toBe('invalid');
    for (const { message } of errors) expect(message).not.toBe('');
    return errors.map(({ path, code: why }) => [path, why]);
  };
  const scan = (body: unknown) => errorsOf(guest.call('POST', scans, { body }));

  it('are each named by a JSON pointer (RFC 6901)', async () => {
    expect(await scan({ code: 'COLA', quantity: 0 })).toEqual([['/quantity', 'too_small']]);
    expect(await scan({ code: 7, quantity: 1.5 })).toEqual([
      ['/code', 'invalid_type'],
      ['/quantity', 'invalid_type'],
    ]);
    expect(await scan({ code: 'x'.repeat(1_001) })).toEqual([['/code', 'too_big']]);
    expect(await scan({})).toEqual([['', 'custom']]);
    expect(await scan({ code: 'a', epc: 'b' })).toEqual([['', 'custom']]);
    expect(await errorsOf(call('POST', '/v1/guest_sessions', { body: { store_id: 'x' } }))).toEqual([
      ['/store_id', 'invalid_format'],
    ]);
  });

  it('that nobody knows are refused, whatever they are called', async () => {
    expect(await scan({ code: 'COLA', colour: 'red', size: 1 })).toEqual([
      ['/colour', 'unknown_field'],
      ['/size', 'unknown_field'],
    ]);
    expect(await scan({ code: 'COLA', 'a/b~c': 1, '': 2 })).toEqual([
      ['/a~1b~0c', 'unknown_field'],
      ['/', 'unknown_field'],
    ]);
  });

  it.each(['[]', '"x"', '7', 'null', 'true'])('are not looked for in %s', async (raw) => {
    expect(await errorsOf(begin(raw, JSON_TYPE))).toEqual([['', 'invalid_type']]);
  });

  it('are unknown on every route that takes a body', async () => {
    const order = await orderOf(guest, { code: 'COLA' });
    const basket = await openBasket(guest);
    for (const [method, path, body] of [
      ['POST', '/v1/guest_sessions', { store_id: shop.store_id }],
      ['POST', '/v1/baskets', { store_id: shop.store_id }],
      ['POST', '/v1/orders', { basket_id: basket.id }],
      ['PATCH', `/v1/baskets/${basket.id}/lines/lin_1`, { quantity: 1 }],
      ['POST', `/v1/orders/${order.id}/payments`, { gateway: 'test', method: 'card' }],
    ] as const) {
      const reply = guest.call(method, path, { body: { ...body, role: 'admin' } });
      expect(await errorsOf(reply), path).toEqual([['/role', 'unknown_field']]);
    }
    expect(
      (
        await expectJson(
          z.looseObject({ status: z.string() }),
          200,
          guest.call('GET', `/v1/orders/${order.id}`),
        )
      ).status,
    ).toBe('created');
  });

  it('are named in queries and headers too', async () => {
    const order = await orderOf(guest, { code: 'COLA' });
    expect(await errorsOf(guest.call('GET', `/v1/orders/${order.id}/receipt?format=pdf`))).toEqual([
      ['/format', 'invalid_value'],
    ]);
    expect(await errorsOf(guest.call('GET', `/v1/orders/${order.id}/exit_pass?refresh=1`))).toEqual([
      ['/refresh', 'invalid_value'],
    ]);
    expect(
      await errorsOf(guest.call('POST', scans, { body: { code: 'COLA' }, key: 'k'.repeat(256) })),
    ).toEqual([['/idempotency-key', 'too_big']]);
  });
});
