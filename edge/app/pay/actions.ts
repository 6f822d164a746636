import { type CreatePayment, Order, Payment } from '../../../shared/api/order.ts';
import { call, POLL_MS, pause, RETRY_MS } from '../call.ts';
import { keep, kept, order, paidScreen, screen, trouble } from '../trip.ts';

type Choice = Omit<CreatePayment, 'return_url'>;

const REFUSED = {
  title: 'The payment was refused',
  hint: 'Nothing was charged. Try another way to pay.',
};

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
      screen.value = 'pay';
      return;
    }
    keep({ payment_id: attempt.value.id });
    if (attempt.value.next_action?.type === 'redirect' && attempt.value.next_action.url !== undefined) {
      location.assign(attempt.value.next_action.url);
      return;
    }
    if (attempt.value.status === 'rejected') return refused(attempt.value.failure?.message);
    return watchOrder();
  }
}

/** The payer is back from a provider's page: it tells what became of the payment, her coming back proves nothing. */
export async function comeBack(paymentId: string): Promise<void> {
  screen.value = 'paying';
  await call(Payment, `/v1/payments/${paymentId}/confirm`, {
    method: 'POST',
    body: { parameters: parametersOf(location.search) },
    key: crypto.randomUUID(),
  });
  return watchOrder();
}

/** What the provider's page added to our address. */
function parametersOf(search: string): Record<string, string> {
  const given = [...new URLSearchParams(search)].filter(([name]) => name !== 'order' && name !== 'store');
  return Object.fromEntries(given);
}

/** Gives up an attempt that waits for the payer. Whether that worked, the order tells. */
export async function giveUp(): Promise<void> {
  const id = kept.value?.payment_id;
  if (id == null) return;
  await call(Payment, `/v1/payments/${id}/cancel`, { method: 'POST', body: {}, key: crypto.randomUUID() });
}

/** Looks at the order until the money is settled one way or the other. Unknown stays unknown. */
export async function watchOrder(): Promise<void> {
  const id = order.value?.id;
  while (id !== undefined && (screen.value === 'paying' || screen.value === 'opening')) {
    const read = await call(Order, `/v1/orders/${id}`);
    if (read.ok) {
      order.value = read.value;
      switch (read.value.payment_status) {
        case 'captured':
          screen.value = paidScreen(read.value);
          return;
        case 'rejected':
          return refused(read.value.payments.at(-1)?.failure?.message);
        case 'cancelled':
          return refused(undefined);
        case 'waiting':
        case 'partially_captured':
        case 'authorized': {
          // A part is paid, or the attempt was called off: the rest waits for the shopper.
          const last = read.value.payments.at(-1);
          const open = last?.status === 'waiting' || last?.next_action !== undefined;
          if (!open) {
            screen.value = 'pay';
            return;
          }
        }
      }
    }
    await pause(POLL_MS);
  }
}

function refused(message: string | undefined): void {
  trouble.value = message === undefined ? REFUSED : { ...REFUSED, hint: `${message} ${REFUSED.hint}` };
  screen.value = 'pay';
}
