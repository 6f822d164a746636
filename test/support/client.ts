import { z } from 'zod';
import { Basket, ScanAnswer } from '../../shared/api/basket.ts';
import { Order, Payment } from '../../shared/api/order.ts';
import { GuestSession } from '../../shared/api/store.ts';
import { sleep } from './sesame.ts';

/** A client that knows the public interface only. */
export interface Reply {
  status: number;
  headers: Headers;
  text: string;
  json: unknown;
}

export interface Request {
  token?: string;
  body?: unknown;
  /** Sent as it is, for bodies that are not JSON. */
  raw?: string;
  key?: string;
  headers?: Record<string, string>;
}

export async function call(
  base: string,
  method: string,
  path: string,
  request: Request = {},
): Promise<Reply> {
  const body = request.raw ?? (request.body === undefined ? undefined : JSON.stringify(request.body));
  const response = await fetch(base + path, {
    method,
    redirect: 'manual',
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(request.token === undefined ? {} : { authorization: `Bearer ${request.token}` }),
      ...(method === 'POST' ? { 'idempotency-key': request.key ?? crypto.randomUUID() } : {}),
      ...request.headers,
    },
    ...(body === undefined ? {} : { body }),
  });
  const text = await response.text();
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    json = undefined;
  }
  return { status: response.status, headers: response.headers, text, json };
}

/** The parsed answer, or an error that shows what came instead. */
export async function expectJson<T extends z.ZodType>(
  schema: T,
  status: number,
  reply: Reply | Promise<Reply>,
): Promise<z.infer<T>> {
  const got = await reply;
  if (got.status !== status)
    throw new Error(`expected ${status}, got ${got.status}: ${got.text.slice(0, 400)}`);
  return schema.parse(got.json);
}

const ProblemBody = z.object({
  code: z.string(),
  status: z.number(),
  title: z.string(),
  type: z.string(),
  retryable: z.boolean(),
});

/** The code of a refusal; anything but problem+json with that status is an error. */
export async function expectProblem(status: number, reply: Reply | Promise<Reply>): Promise<string> {
  const got = await reply;
  if (got.status !== status)
    throw new Error(`expected ${status}, got ${got.status}: ${got.text.slice(0, 400)}`);
  if (!(got.headers.get('content-type') ?? '').includes('application/problem+json'))
    throw new Error(`not problem+json: ${got.text.slice(0, 200)}`);
  return ProblemBody.parse(got.json).code;
}

export class Shopper {
  readonly edge: string;
  readonly store_id: string;
  readonly token: string;
  readonly #headers: Record<string, string>;

  private constructor(edge: string, store_id: string, token: string, headers: Record<string, string>) {
    this.edge = edge;
    this.store_id = store_id;
    this.token = token;
    this.#headers = headers;
  }

  /** `address`: a telephone's own, where many shoppers would be more than one address may ask. */
  static async enter(sesame: { edge: string; store_id: string }, address?: string): Promise<Shopper> {
    const headers: Record<string, string> = address === undefined ? {} : { 'cf-connecting-ip': address };
    const session = await expectJson(
      GuestSession,
      201,
      call(sesame.edge, 'POST', '/v1/guest_sessions', { headers, body: { store_id: sesame.store_id } }),
    );
    return new Shopper(sesame.edge, sesame.store_id, session.token, headers);
  }

  call(method: string, path: string, request: Request = {}): Promise<Reply> {
    const headers = { ...this.#headers, ...request.headers };
    return call(this.edge, method, path, { token: this.token, ...request, headers });
  }

  openBasket(): Promise<z.infer<typeof Basket>> {
    return expectJson(Basket, 201, this.call('POST', '/v1/baskets', { body: { store_id: this.store_id } }));
  }

  async scan(basketId: string, what: { code: string } | { epc: string }): Promise<z.infer<typeof Basket>> {
    return (
      await expectJson(ScanAnswer, 200, this.call('POST', `/v1/baskets/${basketId}/scans`, { body: what }))
    ).basket;
  }

  openOrder(basketId: string): Promise<z.infer<typeof Order>> {
    return expectJson(Order, 201, this.call('POST', '/v1/orders', { body: { basket_id: basketId } }));
  }

  pay(orderId: string, method = 'card', key?: string): Promise<z.infer<typeof Payment>> {
    return expectJson(
      Payment,
      201,
      this.call('POST', `/v1/orders/${orderId}/payments`, {
        body: { gateway: 'test', method },
        ...(key === undefined ? {} : { key }),
      }),
    );
  }

  order(orderId: string): Promise<z.infer<typeof Order>> {
    return expectJson(Order, 200, this.call('GET', `/v1/orders/${orderId}`));
  }

  async orderWhen(
    orderId: string,
    is: (order: z.infer<typeof Order>) => boolean,
    timeoutMs = 30_000,
  ): Promise<z.infer<typeof Order>> {
    const end = Date.now() + timeoutMs;
    for (;;) {
      const order = await this.order(orderId);
      if (is(order)) return order;
      if (Date.now() > end) throw new Error(`the order never came to be so: ${JSON.stringify(order)}`);
      await sleep(100);
    }
  }

  /** Scan, order and pay by card; the order as it stands when paid. */
  async buy(what: ({ code: string } | { epc: string })[]): Promise<z.infer<typeof Order>> {
    const basket = await this.openBasket();
    for (const one of what) await this.scan(basket.id, one);
    const order = await this.openOrder(basket.id);
    await this.pay(order.id);
    return this.orderWhen(order.id, (o) => o.payment_status === 'captured');
  }
}
