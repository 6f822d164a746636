import { z } from 'zod';
import { ask, listOf } from '../ask.ts';
import { address } from '../promotions/address.ts';

const Reason = z.discriminatedUnion('kind', [
  z.looseObject({ kind: z.literal('age'), minimum_age: z.number() }),
  z.looseObject({ kind: z.literal('item'), name: z.string() }),
  z.looseObject({ kind: z.literal('category'), category: z.string() }),
  z.looseObject({ kind: z.literal('sample') }),
]);
export type Reason = z.infer<typeof Reason>;

const Waiting = z.looseObject({
  basket_id: z.string(),
  code: z.string(),
  minimum_age: z.number().optional(),
  reasons: z.array(Reason),
  revision: z.number(),
  opened_at: z.string(),
});
export type Waiting = z.infer<typeof Waiting>;

const Line = z.looseObject({
  id: z.string(),
  name: z.string(),
  quantity: z.number(),
  kind: z.string().optional(),
  restrictions: z.array(z.looseObject({ kind: z.string(), minimum_age: z.number().optional() })).default([]),
});
export type Line = z.infer<typeof Line>;

const Basket = z.looseObject({
  currency: z.string(),
  total: z.number(),
  revision: z.number().optional(),
  lines: z.array(Line),
});
export type Basket = z.infer<typeof Basket>;

const OrderRow = z.looseObject({
  id: z.string(),
  number: z.string(),
  total: z.number(),
  currency: z.string(),
  completed_at: z.string().nullable(),
  created_at: z.string(),
});
export type OrderRow = z.infer<typeof OrderRow>;
const OrderLines = z.looseObject({ lines: z.array(Line) });
const Done = z.looseObject({});

const ROWS_MAX = 50;

export interface Open {
  baskets: Waiting[];
  orders: OrderRow[];
}

/** What waits in a store at this moment, or what to tell the reader. */
export async function readOpen(store: string): Promise<Open | string> {
  const orders = new URLSearchParams({ store_id: store, verification: 'pending', limit: String(ROWS_MAX) });
  const [waiting, paid] = await Promise.all([
    ask(z.object({ data: z.array(Waiting) }), `/v1/stores/${encodeURIComponent(store)}/verifications`),
    ask(listOf(OrderRow), `/v1/orders?${orders}`),
  ]);
  if (typeof waiting === 'string') return waiting;
  if (typeof paid === 'string') return paid;
  // The longest wait first, as with the baskets.
  return { baskets: waiting.data, orders: paid.data.reverse() };
}

export const readBasket = (id: string): Promise<Basket | string> =>
  ask(Basket, `/v1/baskets/${encodeURIComponent(id)}`);

export async function readLines(orderId: string): Promise<Line[] | string> {
  const order = await ask(OrderLines, `/v1/orders/${encodeURIComponent(orderId)}`);
  return typeof order === 'string' ? order : order.lines;
}

/** Null: it is done; else what to tell the reader. The key repeats a lost answer. */
export async function decide(
  basketId: string,
  verdict: 'accept' | 'reject',
  body: { revision?: number | undefined; note?: string },
  key: string,
): Promise<string | null> {
  const path = `/v1/baskets/${encodeURIComponent(basketId)}/verification/${verdict}`;
  const answer = await ask(Done, path, { method: 'POST', body, key });
  return typeof answer === 'string' ? answer : null;
}

export interface Review {
  result: 'verified' | 'failed';
  reason?: string;
  counts?: { checked: number; unpaid: number };
}

export async function review(orderId: string, body: Review, key: string): Promise<string | null> {
  const path = `/v1/orders/${encodeURIComponent(orderId)}/verification`;
  const answer = await ask(Done, path, { method: 'POST', body, key });
  return typeof answer === 'string' ? answer : null;
}

/** Which store is looked at stands in the address; empty: the first within reach. */
export const shownStore = (): string =>
  new URL(address.value, location.origin).searchParams.get('store') ?? '';

export const addressOf = (store: string): string => `/checks?${new URLSearchParams({ store })}`;

/** Goods to look at in the bag: a deposit has no piece of its own. */
export const piecesOf = (lines: readonly Line[]): number =>
  lines.reduce((sum, { kind, quantity }) => sum + (kind === 'deposit' ? 0 : quantity), 0);
