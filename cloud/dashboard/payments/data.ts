import { z } from 'zod';
import { ask, listOf } from '../ask.ts';
import { address } from '../promotions/address.ts';

const Account = z.looseObject({
  gateway: z.string(),
  account_key: z.string(),
  environment: z.enum(['test', 'live']),
  methods: z.array(z.string()),
  display_name: z.string().optional(),
  webhooks: z.record(z.string(), z.number()),
});
export type Account = z.infer<typeof Account>;

export const STATUSES = ['received', 'applied', 'unchanged', 'unmatched', 'parked', 'ignored'] as const;
export type WebhookStatus = (typeof STATUSES)[number];

const Webhook = z.looseObject({
  id: z.string(),
  event_id: z.string(),
  type: z.string(),
  payment_id: z.string().nullable(),
  reference: z.string().nullable(),
  status: z.enum(STATUSES),
  tries: z.number(),
  deliveries: z.number(),
  problem: z.string().nullable(),
  received_at: z.string(),
});
export type Webhook = z.infer<typeof Webhook>;
const Detail = z.looseObject({ body: z.string() });

const Page = listOf(Webhook);
export type WebhookPage = z.infer<typeof Page>;
const PAGE_ROWS = 25;

export const readAccounts = async (store: string): Promise<Account[] | string> => {
  const answer = await ask(z.object({ data: z.array(Account) }), `/v1/stores/${store}/payment_accounts`);
  return typeof answer === 'string' ? answer : answer.data;
};

/** What the page shows; it stands in the address. */
export interface Shown {
  store: string;
  account: string;
  status: string;
  after: string;
}

export function shown(): Shown {
  const query = new URL(address.value, location.origin).searchParams;
  const of = (name: string) => query.get(name) ?? '';
  return { store: of('store'), account: of('account'), status: of('status'), after: of('after') };
}

export function addressOf(next: Partial<Shown>): string {
  const query = new URLSearchParams(Object.entries(next).filter(([, value]) => value !== ''));
  return `/payments${query.size === 0 ? '' : `?${query}`}`;
}

const at = ({ store, account }: Pick<Shown, 'store' | 'account'>) =>
  `/v1/stores/${store}/payment_accounts/${encodeURIComponent(account)}/webhooks`;

export function readWebhooks(place: Shown): Promise<WebhookPage | string> {
  const query = new URLSearchParams({ limit: String(PAGE_ROWS) });
  if (place.status !== '') query.set('status', place.status);
  if (place.after !== '') query.set('starting_after', place.after);
  return ask(Page, `${at(place)}?${query}`);
}

export async function readBody(place: Shown, id: string): Promise<string> {
  const answer = await ask(Detail, `${at(place)}/${encodeURIComponent(id)}`);
  return typeof answer === 'string' ? answer : answer.body;
}

/** Applies a message once more; the provider is asked again, so nothing moves twice. */
export const replay = (place: Shown, id: string, key: string): Promise<Webhook | string> =>
  ask(Webhook, `${at(place)}/${encodeURIComponent(id)}/replays`, { method: 'POST', body: {}, key });
