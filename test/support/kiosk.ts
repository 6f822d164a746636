import { Basket, ScanAnswer } from '../../shared/api/basket.ts';
import { Order, Payment } from '../../shared/api/order.ts';
import { call, expectJson, type Reply } from './client.ts';
import { sleep } from './sesame.ts';

const PATIENCE_MS = 60_000;

/**
 * A kiosk that sells through the store agent. Whatever the agent does not answer it asks again under the same key,
 * as a page does: an agent that was killed has either done it or not.
 */
export class Kiosk {
  readonly #base: string;
  readonly #token: string;
  readonly #storeId: string;

  constructor(sesame: { agent: string; store_id: string; tokens: { kiosk: string } }) {
    this.#base = sesame.agent;
    this.#token = sesame.tokens.kiosk;
    this.#storeId = sesame.store_id;
  }

  async post(path: string, body: unknown): Promise<Reply> {
    const key = crypto.randomUUID();
    const end = Date.now() + PATIENCE_MS;
    for (;;) {
      try {
        const reply = await call(this.#base, 'POST', path, { token: this.#token, body, key });
        if (reply.status !== 503) return reply;
        if (Date.now() > end) throw new Error(`${path}: ${reply.text}`);
      } catch (error) {
        if (Date.now() > end) throw error;
      }
      await sleep(25);
    }
  }

  async get(path: string): Promise<Reply> {
    const end = Date.now() + PATIENCE_MS;
    for (;;) {
      try {
        return await call(this.#base, 'GET', path, { token: this.#token });
      } catch (error) {
        if (Date.now() > end) throw error;
      }
      await sleep(25);
    }
  }

  async basketWith(scans: readonly Record<string, unknown>[]): Promise<Basket> {
    const body = { store_id: this.#storeId };
    let basket = await expectJson(Basket, 201, this.post('/v1/baskets', body));
    for (const scan of scans) {
      const scanned = this.post(`/v1/baskets/${basket.id}/scans`, scan);
      basket = (await expectJson(ScanAnswer, 200, scanned)).basket;
    }
    return basket;
  }

  openOrder(basketId: string): Promise<Order> {
    return expectJson(Order, 201, this.post('/v1/orders', { basket_id: basketId }));
  }

  async payCash(orderId: string): Promise<void> {
    const tender = { gateway: 'cash', method: 'cash' };
    await expectJson(Payment, 201, this.post(`/v1/orders/${orderId}/payments`, tender));
  }

  order(orderId: string): Promise<Order> {
    return expectJson(Order, 200, this.get(`/v1/orders/${orderId}`));
  }

  async buy(scans: readonly Record<string, unknown>[]): Promise<Order> {
    const basket = await this.basketWith(scans);
    const order = await this.openOrder(basket.id);
    await this.payCash(order.id);
    return this.order(order.id);
  }
}
