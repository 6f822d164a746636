import { shortReference } from '../../../shared/payment/short_reference.ts';
import type { AttemptRequest, Outcome } from '../gateway.ts';
import { type Razorpay, refusalOf } from './client.ts';
import { decisive, outcomeOf } from './outcome.ts';
import { Order, Orders, Payments, Started } from './protocol.ts';

/** What Razorpay wants to know of the payer's browser, which a store's own channels do not have. */
export interface Payer {
  email: string;
  contact: string;
  ip: string;
}

/** Minutes that a collect request stays in the payer's app. */
const COLLECT_MINUTES = 5;
/** Razorpay captures by itself; what it could not within these minutes it gives back. */
const CAPTURE = {
  capture: 'automatic',
  capture_options: { automatic_expiry_period: 12, manual_expiry_period: 7_200, refund_speed: 'optimum' },
};

/**
 * Collect and intent: a payment on an order. The order is what makes a payment happen once: it is found by its receipt,
 * which is our reference, and Razorpay takes one payment for it.
 */
export async function startOnOrder(
  razorpay: Razorpay,
  request: AttemptRequest,
  payer: Payer,
): Promise<Outcome> {
  const { amount, currency, payment_id, description, instrument, return_url } = request;
  const found = await orderOf(razorpay, payment_id);
  if (typeof found === 'object' && found !== null) return found;
  if (found !== null) {
    const known = await askOrder(razorpay, request, { order: found, lost: true });
    if (known.s !== 'not_found') return known;
  }
  const order = found ?? (await newOrder(razorpay, request));
  if (typeof order !== 'string') return order;
  const upi =
    instrument.kind === 'vpa'
      ? { flow: 'collect', vpa: instrument.vpa, expiry_time: COLLECT_MINUTES }
      : { flow: 'intent' };
  const { email, contact, ip } = payer;
  const answer = await razorpay.post(
    '/payments/create/upi',
    {
      ...{ amount, currency, order_id: order, email, contact, method: 'upi', ip },
      referer: return_url,
      user_agent: 'Sesame',
      description,
      notes: { payment_id },
      upi,
    },
    Started,
  );
  if (answer.s !== 'body') return errorOf(refusalOf(answer));
  const { razorpay_payment_id: reference, link } = answer.body;
  const refs = { order, payment: reference };
  if (upi.flow === 'collect')
    return {
      s: 'action_required',
      action: { type: 'push', message: 'Approve the request in your UPI app.' },
      reference,
      refs,
    };
  return link == null
    ? { s: 'unknown', reason: 'unreadable' }
    : { s: 'action_required', action: { type: 'deep_link', url: link }, reference, refs: { ...refs, link } };
}

/** By our own receipt: Razorpay's name of the order, null where there is none yet, or why that is not known. */
async function orderOf(razorpay: Razorpay, payment_id: string): Promise<string | null | Outcome> {
  const receipt = shortReference(payment_id);
  const answer = await razorpay.get(`/orders?receipt=${receipt}`, Orders);
  if (answer.s !== 'body') return { s: 'unknown', reason: 'unavailable' };
  return answer.body.items.find((one) => one.receipt === receipt)?.id ?? null;
}

async function newOrder(
  razorpay: Razorpay,
  { amount, currency, payment_id }: AttemptRequest,
): Promise<string | Outcome> {
  const receipt = shortReference(payment_id);
  const body = { amount, currency, receipt, notes: { payment_id }, payment: CAPTURE };
  const answer = await razorpay.post('/orders', body, Order);
  return answer.s === 'body' ? answer.body.id : errorOf(refusalOf(answer));
}

/**
 * What became of an order's payments. `order` is Razorpay's name of it, `link` that of an intent, where remembered. `lost`: the answer to
 * the request never came, so nobody has the link of an intent; the next one is on the same order, which is paid once.
 */
export async function askOrder(
  razorpay: Razorpay,
  request: AttemptRequest,
  known: { order: string | undefined; link?: string | undefined; lost: boolean },
): Promise<Outcome> {
  const order = known.order ?? (await orderOf(razorpay, request.payment_id));
  if (order === null) return { s: 'not_found' };
  if (typeof order !== 'string') return order;
  const answer = await razorpay.get(`/orders/${encodeURIComponent(order)}/payments`, Payments);
  if (answer.s !== 'body') return { s: 'unknown', reason: 'unavailable' };
  const payment = decisive(answer.body.items);
  if (payment === undefined) return { s: 'not_found' };
  const unseen = known.lost && request.method === 'upi_intent' && payment.status === 'created';
  if (unseen) return { s: 'not_found' };
  const outcome = outcomeOf(payment);
  // While the payer may still open the link it stays in sight.
  return outcome.s === 'pending' && known.link !== undefined
    ? { ...outcome, s: 'action_required', action: { type: 'deep_link', url: known.link } }
    : outcome;
}

type Refusal = ReturnType<typeof refusalOf>;
export const errorOf = (refusal: Refusal): Outcome =>
  refusal.s === 'refused' ? { ...refusal, s: 'error' } : refusal;
