import { z } from 'zod';
import { Payment } from '../../../shared/api/order.ts';
import { Refund } from '../../../shared/api/refund.ts';
import type { Problem } from '../../../shared/http/problem.ts';
import { holds } from '../../../shared/refund/status.ts';
import { ask, listOf } from '../ask.ts';
import { session } from '../session.ts';

const Line = z.looseObject({
  id: z.string(),
  name: z.string(),
  quantity: z.number(),
  total: z.number(),
  discount: z.number(),
  epc: z.string().nullish(),
});
export type Line = z.infer<typeof Line>;
const Moment = z.looseObject({ at: z.string(), text: z.string(), payment_id: z.string().optional() });
export type Moment = z.infer<typeof Moment>;

export const Detail = z.looseObject({
  id: z.string(),
  number: z.string(),
  status: z.string(),
  payment_status: z.string(),
  total: z.number(),
  currency: z.string(),
  till: z.looseObject({}).nullish(),
  completed_at: z.string().nullable(),
  summary: z
    .looseObject({
      discount: z.number(),
      tax: z.number(),
      captured: z.number(),
      verification_status: z.string(),
    })
    .nullable(),
  verification_status: z.string().nullish(),
  fulfilment_status: z.string().nullish(),
  collection_status: z.string().nullish(),
  lines: z.array(Line),
  payments: z.array(Payment),
  refunds: z.array(Refund),
  people: z.array(z.looseObject({ id: z.string(), name: z.string() })),
  timeline: z.array(Moment),
});
export type Detail = z.infer<typeof Detail>;

const Me = z.looseObject({ id: z.string(), role: z.string() });
export type Me = z.infer<typeof Me>;
const Story = listOf(Moment);

const pathOf = (order: string): string => `/v1/orders/${encodeURIComponent(order)}`;
export const readOrder = (id: string) => ask(Detail, pathOf(id));
export const readMe = () => ask(Me, '/v1/me');
export const readStory = (id: string) => ask(Story, `${pathOf(id)}/story`);
export const readRefund = (id: string) => ask(Refund, `/v1/refunds/${encodeURIComponent(id)}`);

/** The receipt of the sale or of a refund as text; null: it could not be read. */
export async function readReceipt(order: string, refund: string | null): Promise<string | null> {
  const path = refund === null ? 'receipt' : `refunds/${encodeURIComponent(refund)}/receipt`;
  try {
    const answer = await fetch(`${pathOf(order)}/${path}`, {
      headers: { authorization: `Bearer ${session.value?.token ?? ''}` },
    });
    return answer.ok ? await answer.text() : null;
  } catch {
    return null;
  }
}

/** Its outcome is still open. */
export const isOpen = ({ status }: Refund): boolean => status === 'created' || status === 'processing';

/** Refunds as the projection has them, and newer words about them that came back from calls of this page. */
export function newest(projected: readonly Refund[], told: ReadonlyMap<string, Refund>): Refund[] {
  const ids = new Set<string>(projected.map(({ id }) => id));
  const ours = [...told.values()].filter(({ id }) => !ids.has(id));
  return [...projected, ...ours].map((refund) => {
    const other = told.get(refund.id);
    return other === undefined || other.updated_at < refund.updated_at ? refund : other;
  });
}

/** Units of a line that no refund holds. */
export const unitsLeft = (line: Line, refunds: readonly Refund[]): number =>
  refunds
    .filter(({ status }) => holds(status))
    .flatMap(({ lines }) => lines)
    .reduce((left, one) => (one.line_id === line.id ? left - one.quantity : left), line.quantity);

const SENTENCES: Readonly<Record<string, string>> = {
  approval_required: 'Somebody else, with the right to it, must decide. No money moved.',
  conflict: 'It is decided already. Look at how it stands now.',
  forbidden: 'A manager decides that. No money moved: ask one.',
  method_not_refundable: 'It cannot go back the way it was paid. No money moved: choose another payment.',
  not_paid: 'The order is not paid yet. No money moved.',
  not_refundable: 'Nothing of it can go back. No money moved.',
  not_refundable_here: 'A till sold this order by itself: give the money back at the till. No money moved.',
  quantity_refunded: 'Somebody has given these back meanwhile. No money moved: choose again.',
  refund_exceeds_captured: 'That is more than is left of the payments. No money moved: choose less.',
  refund_exceeds_line: 'That is more than is left of the line. No money moved: choose less.',
  refund_window_over: 'The days for a return are over. No money moved: a manager may give goodwill.',
  store_unavailable: 'The store cannot be reached. Try again: nothing is given back twice.',
};

/** What went wrong, whether money moved, and what to do. */
export function troubleOf(problem: Problem | null): string {
  if (problem === null)
    return 'No connection: it is not known whether it was sent. Send it again: nothing is given back twice.';
  const known = SENTENCES[problem.code];
  if (known !== undefined) return known;
  const [first] = problem.errors ?? [];
  return `${first?.message ?? problem.detail ?? problem.title}. No money moved.`;
}
