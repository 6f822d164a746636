import { z } from 'zod';
import { Refund, type RefundStatus } from '../../../shared/api/refund.ts';
import { ask, listOf } from '../ask.ts';
import { address } from '../promotions/address.ts';

const Page = listOf(Refund);
export type RefundPage = z.infer<typeof Page>;
const PAGE_ROWS = 20;

export const TABS: readonly { status: RefundStatus; title: string; empty: string }[] = [
  { status: 'requested', title: 'Waiting for approval', empty: 'No refund waits for a second person.' },
  { status: 'processing', title: 'On their way', empty: 'No money is on its way back.' },
  { status: 'failed', title: 'Failed', empty: 'No refund failed.' },
  { status: 'partially_succeeded', title: 'Only in part', empty: 'No refund went back only in part.' },
  {
    status: 'succeeded',
    title: 'Given back',
    empty: 'Nothing was given back yet. Open an order to give money back.',
  },
];

export async function readRefunds(status: RefundStatus, after: string): Promise<RefundPage | string> {
  const query = new URLSearchParams({ status, limit: String(PAGE_ROWS) });
  if (after !== '') query.set('starting_after', after);
  return ask(Page, `/v1/refunds?${query}`);
}

/** What the list shows stands in the address. */
export function shown(): { status: RefundStatus; after: string } {
  const query = new URL(address.value, location.origin).searchParams;
  const asked = TABS.find(({ status }) => status === query.get('status'));
  return { status: asked?.status ?? 'requested', after: query.get('after') ?? '' };
}

export const addressOf = (status: RefundStatus, after = ''): string => {
  const query = new URLSearchParams(status === 'requested' ? {} : { status });
  if (after !== '') query.set('after', after);
  return `/refunds${query.size === 0 ? '' : `?${query}`}`;
};

const WAITING_MAX = 20;
const Waiting = listOf(z.looseObject({ id: z.string() }));

/** How many wait for a second person, up to "20+"; null: not known. */
export async function readWaiting(): Promise<string | null> {
  const page = await ask(Waiting, `/v1/refunds?status=requested&limit=${WAITING_MAX}`);
  if (typeof page === 'string') return null;
  return page.has_more ? `${WAITING_MAX}+` : String(page.data.length);
}
