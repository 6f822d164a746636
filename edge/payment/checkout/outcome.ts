import type { Attempt, CardShown, Outcome, RefundOutcome } from '../gateway.ts';
import { minorOf } from './amount.ts';
import type { Action, CheckoutPayment } from './protocol.ts';

/** A payment in our words; `attempt` says what was asked for, and which action is still awaited. */
export function outcomeOf(
  payment: CheckoutPayment,
  { request, refs }: Pick<Attempt, 'request' | 'refs'>,
): Outcome {
  const { id: reference, status } = payment;
  switch (status) {
    case 'Authorized':
      if (refs['void_action'] !== undefined) return { s: 'void_pending', reference };
      // A capture, automatic or asked for, is carried out a moment later.
      if (request.capture === 'auto' || refs['capture_action'] !== undefined)
        return { s: 'capture_pending', reference };
      return {
        s: 'authorized',
        ...sumOf(payment, payment.balances?.total_authorized, request.currency),
        reference,
        ...(isInstant(payment.expires_on) ? { expires_at: new Date(payment.expires_on).toISOString() } : {}),
        ...keptOf(payment, request.save_card),
      };
    case 'Captured':
    case 'Partially Captured':
    case 'Refunded':
    case 'Partially Refunded':
      return {
        s: 'captured',
        ...sumOf(payment, payment.balances?.total_captured, request.currency),
        reference,
        ...keptOf(payment, request.save_card),
      };
    case 'Pending': {
      const url = payment._links?.redirect?.href;
      return url === undefined
        ? { s: 'pending', reference }
        : { s: 'action_required', action: { type: 'redirect', url }, reference };
    }
    case 'Declined':
      return declinedOf(reference, payment.response_code, payment.response_summary);
    case 'Retry Scheduled':
      return { s: 'pending', reference };
    case 'Voided':
      return { s: 'voided', reference };
    case 'Canceled':
      return { s: 'cancelled', reference };
    case 'Expired':
      return { s: 'expired', reference };
    case 'Card Verified':
      return { s: 'unknown', reason: 'unreadable' };
  }
}

/** 20xxx are soft declines, 30xxx hard ones, 40xxx risk rules (Checkout.com, "Response codes"). */
export const declinedOf = (
  reference: string,
  code: string | undefined,
  message: string | undefined,
): Outcome => ({
  s: 'declined',
  code: code ?? 'declined',
  message: message ?? 'The payment was declined.',
  soft: code?.startsWith('20') ?? false,
  reference,
});

export function refundOf({
  id: reference,
  approved,
  response_code,
  response_summary,
}: Action): RefundOutcome {
  if (approved === undefined) return { s: 'pending', reference };
  if (approved) return { s: 'succeeded', reference };
  return {
    s: 'failed',
    code: response_code ?? 'refund_declined',
    message: response_summary ?? 'The refund was declined.',
    reference,
  };
}

function sumOf(payment: CheckoutPayment, balance: number | undefined, asked: string) {
  const currency = payment.currency ?? asked;
  return { amount: minorOf(balance ?? payment.amount ?? 0, currency), currency };
}

function keptOf({ source, auth_code, customer }: CheckoutPayment, save: boolean) {
  if (source === undefined) return {};
  const { scheme, last4, expiry_month: month, expiry_year: year, card_type } = source;
  const funding = card_type?.toLowerCase();
  const card: CardShown = {
    ...(scheme === undefined ? {} : { brand: scheme.toLowerCase() }),
    ...(last4 === undefined ? {} : { last4 }),
    ...(month === undefined || year === undefined
      ? {}
      : { expiry: `${String(month).padStart(2, '0')}/${String(year).slice(-2)}` }),
    ...(funding === 'credit' || funding === 'debit' || funding === 'prepaid' ? { funding } : {}),
    ...(auth_code === undefined ? {} : { auth_code }),
  };
  return {
    card,
    ...(save && source.id !== undefined
      ? { saved: { token: source.id, customer: customer?.id ?? null } }
      : {}),
  };
}

const isInstant = (text: string | undefined): text is string =>
  text !== undefined && !Number.isNaN(Date.parse(text));
