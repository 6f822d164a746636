import { createExecutionContext, env, SELF } from 'cloudflare:test';
import { importJWK, SignJWT } from 'jose';
import { z } from 'zod';
import { Basket, ScanAnswer } from '../../../shared/api/basket.ts';
import { Order, Payment } from '../../../shared/api/order.ts';
import { GuestSession } from '../../../shared/api/store.ts';
import type { Claims, Role } from '../../../shared/auth/claims.ts';
import { Problem } from '../../../shared/http/problem.ts';
import type { BasketId, OrderId } from '../../../shared/ids/index.ts';
import { newShopper, retailer, type Shop } from '../../basket/test/fixture.ts';
import { app, undescribed } from './document.ts';

declare global {
  namespace Cloudflare {
    interface Env {
      /** Private JWK that signs staff and device tokens, as the cloud does; only tests have it. */
      CLOUD_KEY: string;
    }
  }
}

export const ORIGIN = 'https://edge.test';

export interface Reply {
  status: number;
  headers: Headers;
  bytes: Uint8Array;
  text: string;
  /** The body as JSON, or null. */
  json: unknown;
}

export interface Sent {
  token?: string;
  body?: unknown;
  /** Sent as it is. */
  raw?: BodyInit;
  key?: string;
  headers?: Record<string, string>;
}

export type Fetch = (request: Request) => Response | Promise<Response>;

/**
 * The same Worker's code over the same objects without the way through the runtime's front door, which takes
 * longer with every request: for tests of some hundred calls.
 */
export const directly: Fetch = (request) => app.fetch(request, env, createExecutionContext());

/** A call of the Worker's public interface. An answer that the OpenAPI document does not know is an error. */
export async function call(
  method: string,
  path: string,
  { token, body, raw, key, headers }: Sent = {},
  fetch: Fetch = (request) => SELF.fetch(request),
): Promise<Reply> {
  const sent = raw ?? (body === undefined ? undefined : JSON.stringify(body));
  const response = await fetch(
    new Request(ORIGIN + path, {
      method,
      redirect: 'manual',
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(key === undefined ? {} : { 'idempotency-key': key }),
        ...headers,
      },
      ...(sent === undefined ? {} : { body: sent }),
    }),
  );
  const bytes = new Uint8Array(await response.arrayBuffer());
  const text = new TextDecoder().decode(bytes);
  const wrong = undescribed(method, path, response);
  if (wrong !== null) throw new Error(`${wrong}: ${text.slice(0, 400)}`);
  return { status: response.status, headers: response.headers, bytes, text, json: parsed(text) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function mustBe(status: number, got: Reply): void {
  if (got.status !== status)
    throw new Error(`expected ${status}, got ${got.status}: ${got.text.slice(0, 400)}`);
}

/** The answer as the schema says, or an error that shows what came instead. */
export async function expectJson<T extends z.ZodType>(
  schema: T,
  status: number,
  reply: Reply | Promise<Reply>,
): Promise<z.output<T>> {
  const got = await reply;
  mustBe(status, got);
  return schema.parse(got.json);
}

/** The problem document of a refusal, which agrees with its own answer; anything else is an error. */
export async function expectProblem(status: number, reply: Reply | Promise<Reply>): Promise<Problem> {
  const got = await reply;
  mustBe(status, got);
  if (got.headers.get('content-type') !== 'application/problem+json')
    throw new Error(`not a problem: ${got.text.slice(0, 200)}`);
  const problem = Problem.parse(got.json);
  if (problem.status !== status || problem.request_id !== got.headers.get('request-id'))
    throw new Error(`a problem that speaks of another answer: ${got.text}`);
  return problem;
}

export const codeOf = async (status: number, reply: Reply | Promise<Reply>): Promise<string> =>
  (await expectProblem(status, reply)).code;

// ---- tokens ----

const now = () => Math.floor(Date.now() / 1000);

/** Signs any claims with one of the two services' keys. */
export async function sign(
  key: 'edge' | 'cloud',
  claims: object,
  header: { alg?: string; kid?: string | undefined; typ?: string } = {},
): Promise<string> {
  const text = key === 'edge' ? env.SIGNING_KEY : env.CLOUD_KEY;
  const jwk = z.looseObject({ kid: z.string() }).parse(JSON.parse(text));
  return new SignJWT({ ...claims })
    .setProtectedHeader({ alg: 'EdDSA', kid: jwk.kid, typ: 'JWT', ...header })
    .sign(await importJWK(jwk, 'EdDSA'));
}

/** Claims of a shopper of the shop as the edge makes them. */
export const shopperClaims = (shop: Pick<Shop, 'store_id'>, more: Partial<Claims> = {}): Claims => ({
  iss: 'sesame-edge',
  aud: 'sesame',
  sub: newShopper(),
  role: 'shopper',
  retailer,
  store: shop.store_id,
  iat: now(),
  exp: now() + 600,
  ...more,
});

/** Claims of staff, devices and services as the cloud makes them; without a store: of the whole retailer. */
export const cloudClaims = (role: Role, more: Partial<Claims> = {}): Claims => ({
  iss: 'sesame-cloud',
  aud: 'sesame',
  sub: `stf_${crypto.randomUUID()}`,
  role,
  retailer,
  iat: now(),
  exp: now() + 600,
  ...more,
});

export const shopperToken = (shop: Pick<Shop, 'store_id'>, more: Partial<Claims> = {}) =>
  sign('edge', shopperClaims(shop, more));
export const cloudToken = (role: Role, more: Partial<Claims> = {}) => sign('cloud', cloudClaims(role, more));

// ---- a shopper who knows the public interface only ----

export interface Guest {
  shop: Shop;
  shopper_id: string;
  token: string;
  call(method: string, path: string, sent?: Sent): Promise<Reply>;
}

export async function enter(shop: Shop): Promise<Guest> {
  const { token, shopper_id } = await expectJson(
    GuestSession,
    201,
    call('POST', '/v1/guest_sessions', { body: { store_id: shop.store_id } }),
  );
  return { shop, shopper_id, token, call: (method, path, sent) => call(method, path, { token, ...sent }) };
}

export const openBasket = (guest: Guest, key?: string) =>
  expectJson(
    Basket,
    201,
    guest.call('POST', '/v1/baskets', {
      body: { store_id: guest.shop.store_id },
      ...(key === undefined ? {} : { key }),
    }),
  );

export const readBasket = (guest: Guest, id: BasketId) =>
  expectJson(Basket, 200, guest.call('GET', `/v1/baskets/${id}`));

export const scan = (guest: Guest, id: BasketId, body: { code: string } | { epc: string }) =>
  expectJson(ScanAnswer, 200, guest.call('POST', `/v1/baskets/${id}/scans`, { body }));

export const openOrder = (guest: Guest, id: BasketId) =>
  expectJson(Order, 201, guest.call('POST', '/v1/orders', { body: { basket_id: id } }));

export const readOrder = (guest: Guest, id: OrderId) =>
  expectJson(Order, 200, guest.call('GET', `/v1/orders/${id}`));

export const pay = (guest: Guest, id: OrderId, method = 'card') =>
  expectJson(
    Payment,
    201,
    guest.call('POST', `/v1/orders/${id}/payments`, { body: { gateway: 'test', method } }),
  );

/** An order that waits for its payment. */
export async function orderOf(guest: Guest, ...what: ({ code: string } | { epc: string })[]): Promise<Order> {
  const basket = await openBasket(guest);
  for (const one of what) await scan(guest, basket.id, one);
  return openOrder(guest, basket.id);
}

/** An order that is paid by card. */
export async function buy(guest: Guest, ...what: ({ code: string } | { epc: string })[]): Promise<Order> {
  const order = await orderOf(guest, ...what);
  await pay(guest, order.id);
  return readOrder(guest, order.id);
}
