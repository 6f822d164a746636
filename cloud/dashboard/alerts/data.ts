import { signal } from '@preact/signals';
import { z } from 'zod';
import { request } from '../../../shared/ui/http.ts';
import { address } from '../promotions/address.ts';
import { session, signOut } from '../session.ts';

const Care = z.looseObject({ at: z.string(), name: z.string(), note: z.string() });

export const Alert = z.looseObject({
  id: z.string(),
  store_name: z.string(),
  kind: z.string(),
  text: z.string(),
  orders: z.array(z.looseObject({ id: z.string(), number: z.string() })),
  at: z.string(),
  status: z.enum(['open', 'acknowledged', 'resolved']),
  acknowledged: Care.nullable(),
  resolved: Care.nullable(),
});
export type Alert = z.infer<typeof Alert>;

const Page = z.object({ data: z.array(Alert), has_more: z.boolean() });
export type AlertPage = z.infer<typeof Page>;
const Counts = z.object({ open: z.number(), acknowledged: z.number() });

export type AlertStatus = Alert['status'];
const PAGE_ROWS = 20;

/** Null: not known yet. The navigation shows how many nobody looks after. */
export const counts = signal<z.infer<typeof Counts> | null>(null);

const token = () => session.value?.token ?? null;

export async function readCounts(): Promise<void> {
  const answer = await request(Counts, '/v1/incident_counts', { token: token() });
  if (answer.ok) counts.value = answer.value;
  else if (answer.problem?.code === 'unauthenticated') signOut();
}

/** A page of alerts, or what to tell the reader. */
export async function readAlerts(status: AlertStatus, after: string): Promise<AlertPage | string> {
  const query = new URLSearchParams({ status, limit: String(PAGE_ROWS) });
  if (after !== '') query.set('starting_after', after);
  const answer = await request(Page, `/v1/incidents?${query}`, { token: token() });
  if (answer.ok) return answer.value;
  if (answer.problem?.code === 'unauthenticated') signOut();
  return answer.problem?.title ?? 'No connection: this list is not fresh.';
}

/** Takes or closes an alert. Answers what it is now, or what went wrong. The key repeats a lost answer. */
export async function write(
  id: string,
  verb: 'acknowledge' | 'resolve',
  body: { name: string; note: string },
  key: string,
): Promise<Alert | string> {
  const path = `/v1/incidents/${encodeURIComponent(id)}/${verb}`;
  const answer = await request(Alert, path, { method: 'POST', token: token(), body, key });
  void readCounts();
  if (answer.ok) return answer.value;
  if (answer.problem === null) return 'No connection. Nothing was written: try again.';
  return answer.problem.detail ?? answer.problem.title;
}

const STATUSES: readonly AlertStatus[] = ['open', 'acknowledged', 'resolved'];

/** What the list shows stands in the address. */
export function shown(): { status: AlertStatus; after: string } {
  const query = new URL(address.value, location.origin).searchParams;
  const asked = query.get('status') ?? 'open';
  return { status: STATUSES.find((one) => one === asked) ?? 'open', after: query.get('after') ?? '' };
}

export const addressOf = (status: AlertStatus, after = ''): string => {
  const query = new URLSearchParams(status === 'open' ? {} : { status });
  if (after !== '') query.set('after', after);
  return `/alerts${query.size === 0 ? '' : `?${query}`}`;
};

export const orderAddress = (id: string): string => `/?order=${encodeURIComponent(id)}`;
