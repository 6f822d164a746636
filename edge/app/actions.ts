import { Basket, ScanAnswer, Verification } from '../../shared/api/basket.ts';
import { ExitPass, Order, PayLink } from '../../shared/api/order.ts';
import { GuestSession, PublicStore } from '../../shared/api/store.ts';
import { request } from '../../shared/ui/http.ts';
import { call, pause, RETRY_MS } from './call.ts';
import { comeBack, watchOrder } from './pay/actions.ts';
import { isOpen, isSettling } from './pay/paid.ts';
import {
  basket,
  keep,
  kept,
  leaveDebt,
  order,
  paidScreen,
  type QueuedScan,
  queued,
  reasons,
  remember,
  screen,
  store,
  touched,
  trouble,
} from './trip.ts';

/** Opens what a till's paper says is to be paid. The secret leaves the address as soon as it was used. */
export async function openPayLink(store_id: string, order_id: string, reference: string): Promise<void> {
  const opened = await request(PayLink, '/v1/pay_links', {
    method: 'POST',
    body: { store_id, order_id, reference },
  });
  if (!opened.ok) {
    const missing = opened.problem?.code === 'not_found';
    trouble.value = {
      title: missing ? 'The shop has not told of this sale yet' : (opened.problem?.title ?? 'No connection'),
      hint: missing
        ? 'Its line may be cut: try again later. Nothing was charged.'
        : 'Open the link on your receipt again. Nothing was charged.',
    };
    return;
  }
  const { token } = opened.value;
  remember({ store_id, token, basket_id: null, order_id, payment_id: null, debt: true });
  history.replaceState(null, '', '/');
  await openTrip(null);
}

/** Where the trip stands: a new one in the store of the address, or the one this phone is on. */
export async function openTrip(storeId: string | null): Promise<void> {
  if (kept.value === null || (storeId !== null && kept.value.store_id !== storeId)) {
    if (storeId === null) return;
    const session = await request(GuestSession, '/v1/guest_sessions', {
      method: 'POST',
      body: { store_id: storeId },
      key: crypto.randomUUID(),
    });
    if (!session.ok) {
      trouble.value = {
        title: session.problem?.title ?? 'No connection',
        hint: 'Scan the code at the entrance again.',
      };
      return;
    }
    remember({
      store_id: storeId,
      token: session.value.token,
      basket_id: null,
      order_id: null,
      payment_id: null,
      debt: false,
    });
  }
  const here = kept.value;
  if (here === null) return;
  const found = await call(PublicStore, `/v1/stores/${here.store_id}`);
  if (found.ok) store.value = found.value;
  if (here.order_id !== null) {
    await resumeOrder(here.order_id, here.payment_id);
  } else {
    await openBasket(here.basket_id);
  }
}

async function openBasket(id: string | null): Promise<void> {
  const opened =
    id === null
      ? await call(Basket, '/v1/baskets', {
          method: 'POST',
          body: { store_id: kept.value?.store_id },
          key: crypto.randomUUID(),
        })
      : await call(Basket, `/v1/baskets/${id}`);
  if (!opened.ok) return;
  if (opened.value.status === 'expired' || opened.value.status === 'converted') return openBasket(null);
  basket.value = opened.value;
  keep({ basket_id: opened.value.id });
  screen.value = 'scan';
}

async function resumeOrder(id: string, paymentId: string | null): Promise<void> {
  const read = await call(Order, `/v1/orders/${id}`);
  if (!read.ok) return;
  order.value = read.value;
  if (read.value.payment_status === 'captured') {
    screen.value = paidScreen(read.value);
    return;
  }
  const open = read.value.payments.findLast(isOpen);
  if (open?.status === 'action_required') return comeBack(open.id);
  if (open !== undefined || isSettling(read.value)) return watchOrder();
  // She is back from a page on which the payment came to its end meanwhile.
  if (paymentId !== null && location.search !== '') return comeBack(paymentId);
  screen.value = read.value.status === 'cancelled' ? 'scan' : 'pay';
}

/** Calls staff to the basket; the code for them comes with the basket. */
export async function callStaff(): Promise<void> {
  const now = basket.value;
  if (now === null) return;
  const key = crypto.randomUUID();
  const called = await call(Verification, `/v1/baskets/${now.id}/verification`, { method: 'POST', key });
  if (called.ok) basket.value = { ...now, verification: called.value };
}

/** The basket as it is now, for who waits for somebody else to change it. */
export async function readBasket(): Promise<void> {
  const now = basket.value;
  if (now === null || queued.value.length > 0) return;
  const read = await call(Basket, `/v1/baskets/${now.id}`);
  if (read.ok && queued.value.length === 0) basket.value = read.value;
}

let sending = false;

/** Queues a scan and sends the queue; a scan keeps its key, so a lost answer never adds an item twice. */
export async function scan(code: string, read: Pick<QueuedScan, 'symbology' | 'source'>): Promise<void> {
  trouble.value = null;
  queued.value = [...queued.value, { key: crypto.randomUUID(), code, ...read }];
  if (sending) return;
  sending = true;
  while (queued.value.length > 0) {
    const [next] = queued.value;
    if (next === undefined || basket.value === null) break;
    const { key, ...body } = next;
    const answer = await call(ScanAnswer, `/v1/baskets/${basket.value.id}/scans`, {
      method: 'POST',
      body,
      key,
    });
    if (!answer.ok && answer.problem === null) {
      await pause(RETRY_MS);
      continue;
    }
    queued.value = queued.value.slice(1);
    if (!answer.ok) continue;
    basket.value = answer.value.basket;
    touched.value = answer.value.line_id;
    navigator.vibrate?.(30);
  }
  sending = false;
}

export async function setQuantity(lineId: string, quantity: number): Promise<void> {
  if (basket.value === null) return;
  trouble.value = null;
  const path = `/v1/baskets/${basket.value.id}/lines/${lineId}`;
  const answer =
    quantity === 0
      ? await call(Basket, path, { method: 'DELETE' })
      : await call(Basket, path, { method: 'PATCH', body: { quantity } });
  if (!answer.ok) return;
  basket.value = answer.value;
  touched.value = lineId;
}

/** Asks why the basket costs what it costs. */
export async function askWhy(): Promise<void> {
  if (basket.value === null) return;
  const answer = await call(Basket, `/v1/baskets/${basket.value.id}?include=explanation`);
  if (!answer.ok) return;
  const { updated_at, explanation } = answer.value;
  reasons.value = { of: updated_at, text: explanation?.text ?? null };
}

export async function checkOut(): Promise<void> {
  if (basket.value === null) return;
  trouble.value = null;
  const made = await call(Order, '/v1/orders', {
    method: 'POST',
    body: { basket_id: basket.value.id },
    key: crypto.randomUUID(),
  });
  if (!made.ok) return;
  order.value = made.value;
  keep({ order_id: made.value.id });
  screen.value = 'pay';
}

export async function renewPass(): Promise<void> {
  if (order.value === null) return;
  const fresh = await call(ExitPass, `/v1/orders/${order.value.id}/exit_pass?refresh=true`);
  if (fresh.ok && order.value !== null) order.value = { ...order.value, exit_pass: fresh.value };
}

/** The order as it is now, with its pass: staff may have looked into the bag meanwhile. */
export async function readPass(): Promise<void> {
  if (order.value === null) return;
  const read = await call(Order, `/v1/orders/${order.value.id}`);
  if (read.ok) order.value = read.value;
}

/** The receipt as a picture, fetched with the shopper's token; the caller frees the address. */
export async function receiptPicture(): Promise<string | null> {
  if (order.value === null) return null;
  try {
    const response = await fetch(`/v1/orders/${order.value.id}/receipt?format=svg`, {
      headers: { authorization: `Bearer ${kept.value?.token}` },
    });
    return response.ok ? URL.createObjectURL(await response.blob()) : null;
  } catch {
    return null;
  }
}

export async function newTrip(): Promise<void> {
  if (kept.value?.debt === true) leaveDebt();
  if (kept.value === null) return;
  keep({ basket_id: null, order_id: null, payment_id: null });
  order.value = null;
  basket.value = null;
  trouble.value = null;
  history.replaceState(null, '', `/?store=${kept.value?.store_id}`);
  await openBasket(null);
}
