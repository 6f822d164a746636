import { signal } from '@preact/signals';
import { z } from 'zod';
import { PaymentMethods } from '../../../shared/api/order.ts';
import { LedgerBalance, SavedCard } from '../../../shared/api/shopper.ts';
import { request } from '../../../shared/ui/http.ts';
import { call } from '../call.ts';
import { kept, order, trouble } from '../trip.ts';

export type Offer = z.infer<typeof PaymentMethods>['methods'][number];

/** What the order can be paid with from this phone; `null`: not known yet. */
export const offers = signal<z.infer<typeof PaymentMethods> | null>(null);
/** Cards that providers keep for this shopper, of accounts that are offered. */
export const cards = signal<SavedCard[]>([]);

const Cards = z.object({ data: z.array(SavedCard) });

export async function readOffers(): Promise<void> {
  const id = order.value?.id;
  if (id === undefined) return;
  const [found, saved] = await Promise.all([
    call(PaymentMethods, `/v1/orders/${id}/payment_methods`),
    // Without them one pays as before, so that they are missing is no trouble worth telling.
    request(Cards, '/v1/saved_cards', { token: kept.value?.token ?? null }),
  ]);
  if (found.ok) offers.value = found.value;
  cards.value = saved.ok ? saved.value.data : [];
}

/** The offer that takes a card which this gateway keeps. */
export const offerFor = ({ gateway }: SavedCard): Offer | undefined =>
  offers.value?.methods.find((offer) => offer.gateway === gateway && offer.saves_cards);

export async function forgetCard({ id }: SavedCard): Promise<boolean> {
  const answer = await request(z.object({ deleted: z.literal(true) }), `/v1/saved_cards/${id}`, {
    method: 'DELETE',
    token: kept.value?.token ?? null,
  });
  if (answer.ok || answer.problem?.code === 'not_found') {
    cards.value = cards.value.filter((card) => card.id !== id);
    return true;
  }
  trouble.value = {
    title: answer.problem?.title ?? 'No connection',
    hint: 'The card is still kept. Try to forget it again in a moment; nothing was charged.',
  };
  return false;
}

const GUESSES =
  'Check the number and type it again. Nothing was charged. Too many tries, and it must wait a minute.';

/** What is on an account of the shop's own, or what to tell the payer. */
export async function balanceOf(
  kind: 'gift_card' | 'loyalty' | 'budget_code',
  account: string,
): Promise<z.infer<typeof LedgerBalance> | { title: string; hint: string }> {
  const answer = await request(LedgerBalance, '/v1/ledger_balances', {
    method: 'POST',
    token: kept.value?.token ?? null,
    body: { kind, account },
  });
  if (answer.ok) return answer.value;
  const { problem } = answer;
  if (problem === null) return { title: 'No connection', hint: 'Try again. Nothing was charged.' };
  if (problem.code === 'not_found' || problem.code === 'invalid')
    return { title: 'There is no such number', hint: GUESSES };
  if (problem.code === 'rate_limited')
    return { title: 'Too many tries', hint: 'Wait a minute, then try again. Nothing was charged.' };
  return { title: problem.title, hint: 'Try again. Nothing was charged.' };
}
