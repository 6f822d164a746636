import { z } from 'zod';
import { allTags } from '../../../scripts/demo/tags.ts';
import { StoreId } from '../../../shared/ids/index.ts';
import type { Sesame } from '../../support/sesame.ts';
import { send } from './http.ts';

const Token = z.looseObject({ token: z.string() });
const Id = z.looseObject({ id: z.string() });
const Scanned = z.looseObject({
  basket: z.looseObject({
    lines: z.array(z.unknown()),
    verification: z.looseObject({ status: z.string() }),
  }),
});
const Payment = z.looseObject({ status: z.string() });

/** One shopper's phone: its own token and its own address, as phones have. */
export class Phone {
  readonly #edge: string;
  readonly #headers: Record<string, string>;
  readonly #store: string;

  private constructor(edge: string, store: string, headers: Record<string, string>) {
    this.#edge = edge;
    this.#store = store;
    this.#headers = headers;
  }

  static async enter({ edge, store_id }: Sesame, n: number): Promise<Phone> {
    // TEST-NET-1 to -3 and the benchmark network are nobody's (RFC 5737, RFC 2544).
    const address = `198.18.${Math.floor(n / 250) % 250}.${(n % 250) + 1}`;
    const headers = { 'content-type': 'application/json', 'cf-connecting-ip': address };
    const body = JSON.stringify({ store_id });
    const answer = await send(`${edge}/v1/guest_sessions`, { method: 'POST', headers, body });
    const { token } = Token.parse(JSON.parse(answer.text));
    return new Phone(edge, store_id, { ...headers, authorization: `Bearer ${token}` });
  }

  async #post<T>(path: string, body: unknown, schema: z.ZodType<T>): Promise<T> {
    const headers = { ...this.#headers, 'idempotency-key': crypto.randomUUID() };
    const answer = await send(this.#edge + path, { method: 'POST', headers, body: JSON.stringify(body) });
    if (answer.status >= 300) throw new Error(`${path}: ${answer.status} ${answer.text.slice(0, 200)}`);
    return schema.parse(JSON.parse(answer.text));
  }

  openBasket = async () => (await this.#post('/v1/baskets', { store_id: this.#store }, Id)).id;
  scan = (basket: string, what: { code: string } | { epc: string }) =>
    this.#post(`/v1/baskets/${basket}/scans`, what, Scanned);
  read = (basket: string) => send(`${this.#edge}/v1/baskets/${basket}`, { headers: this.#headers });
  order = async (basket: string) => (await this.#post('/v1/orders', { basket_id: basket }, Id)).id;
  pay = (order: string) =>
    this.#post(`/v1/orders/${order}/payments`, { gateway: 'test', method: 'card' }, Payment);
}

/** Tags that nobody has bought. */
export async function freeTags({ edge, store_id, tokens }: Sesame): Promise<string[]> {
  const tags = await allTags({ edge, token: tokens.manager, storeId: StoreId.parse(store_id) }, 'free');
  return tags.map(({ epc }) => epc);
}

/** Resolves as soon as the agent calls the tag sold. */
export async function soldAt({ agent, tokens }: Sesame, epc: string): Promise<void> {
  const end = performance.now() + 10_000;
  while (performance.now() < end) {
    const headers = { authorization: `Bearer ${tokens.kiosk}` };
    const { text } = await send(`${agent}/v1/tags/${epc}`, { headers });
    if (text.includes('"sold"')) return;
  }
  throw new Error(`${epc} was never sold at the agent`);
}
