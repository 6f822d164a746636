import { type CreatePayment, Order, Payment } from '../../../shared/api/order.ts';
import { money } from '../../../shared/ui/money.ts';
import { call, POLL_MS, pause, RETRY_MS } from '../call.ts';
import { keep, kept, order, paidScreen, screen, trouble } from '../trip.ts';
import { leaveFor } from './leave.ts';
import { isOpen, isSettling, paidOf } from './paid.ts';

type Choice = Omit<CreatePayment, 'return_url'>;

/** Where a provider's page sends the payer back to. It may add parameters of its own. */
const returnUrl = (orderId: string): string => `${location.origin}/?order=${orderId}`;

export async function pay(choice: Choice): Promise<void> {
  const paying = order.value;
  if (paying === null) return;
  trouble.value = null;
  screen.value = 'paying';
  const key = crypto.randomUUID();
  for (;;) {
    const attempt = await call(Payment, `/v1/orders/${paying.id}/payments`, {
      method: 'POST',
      body: { ...choice, return_url: returnUrl(paying.id) },
      key,
    });
    if (!attempt.ok && (attempt.problem === null || attempt.problem.code === 'idempotency_in_flight')) {
      await pause(RETRY_MS);
      continue;
    }
    if (!attempt.ok) {
      if (attempt.problem?.code === 'payment_in_progress') return watchOrder();
      screen.value = 'pay';
      return;
    }
    keep({ payment_id: attempt.value.id });
    const { next_action: action } = attempt.value;
    if (action?.type === 'redirect' && action.url !== undefined) return leaveFor(action);
    return watchOrder();
  }
}

/** The payer is back from a provider's page: it tells what became of the payment, her coming back proves nothing. */
export async function comeBack(paymentId: string): Promise<void> {
  screen.value = 'paying';
  const parameters = parametersOf(location.search);
  const told = await call(Payment, `/v1/payments/${paymentId}/confirm`, {
    method: 'POST',
    body: { parameters },
    key: crypto.randomUUID(),
  });
  // What the page added is good once; a lost answer leaves it there for the next try.
  if (told.ok && location.search !== '') history.replaceState(null, '', '/');
  // That it waits for nothing any more is told by the order itself.
  if (!told.ok && told.problem !== null) trouble.value = null;
  return watchOrder();
}

/** What the provider's page added to our address. */
function parametersOf(search: string): Record<string, string> {
  const given = [...new URLSearchParams(search)].filter(([name]) => name !== 'order' && name !== 'store');
  return Object.fromEntries(given);
}

/** Gives up an attempt that waits for the payer. Whether that worked, the order tells. */
export async function giveUp(): Promise<void> {
  const id = order.value?.payments.findLast(isOpen)?.id ?? kept.value?.payment_id;
  if (id == null) return;
  const path = `/v1/payments/${id}/cancel`;
  const called = await call(Payment, path, { method: 'POST', key: crypto.randomUUID() });
  if (!called.ok)
    trouble.value = {
      title: 'It cannot be called off from here',
      hint: 'Refuse it where you were asked, or wait until it has run out: then you can pay another way. You are never charged twice.',
    };
}

/** Looks at the order until the money is settled one way or the other. Unknown stays unknown. */
export async function watchOrder(): Promise<void> {
  const id = order.value?.id;
  screen.value = 'paying';
  while (id !== undefined && screen.value === 'paying') {
    const read = await call(Order, `/v1/orders/${id}`);
    if (read.ok) {
      order.value = read.value;
      const next = nextOf(read.value);
      if (next !== null) {
        trouble.value = next.trouble;
        screen.value = next.screen;
        return;
      }
    }
    await pause(POLL_MS);
  }
}

/** Where an order that is looked at leads to; null: it is still being paid. */
function nextOf(
  now: Order,
): { screen: 'pass' | 'receipt' | 'pay'; trouble: { title: string; hint: string } | null } | null {
  if (now.payment_status === 'captured') return { screen: paidScreen(now), trouble: null };
  if (now.payments.some(isOpen) || isSettling(now)) return null;
  const last = now.payments.at(-1);
  if (last?.status === 'captured' || last?.status === 'authorized') return { screen: 'pay', trouble: null };
  if (last?.status === 'rejected') return { screen: 'pay', trouble: refusal(now, last.failure?.message) };
  return { screen: 'pay', trouble: CALLED_OFF };
}

const CALLED_OFF = { title: 'That payment was called off', hint: 'Nothing was charged. Pay another way.' };

/** The provider's own reason, and whether money moved: parts that were paid before still count. */
function refusal(now: Order, message: string | undefined): { title: string; hint: string } {
  const paid = paidOf(now);
  const charged =
    paid === 0
      ? 'Nothing was charged.'
      : `Nothing was charged for it; the ${money(paid, now.currency)} that you have paid still counts.`;
  const why = message === undefined ? '' : `${message} `;
  return { title: 'The payment was refused', hint: `${why}${charged} Try another way to pay.` };
}
