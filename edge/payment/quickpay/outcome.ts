import type { CardShown, Outcome, RefundOutcome } from '../gateway.ts';
import type { Operation, QuickPayPayment } from './protocol.ts';

/** QuickPay's status codes (learn.quickpay.net, "Status codes"). */
const APPROVED = '20000';
const NEEDS_3DS: ReadonlySet<string> = new Set(['30100', '30101']);
const EXPIRED = '40002';
const ABORTED = '40003';
/** The gateway or its line to the acquirer failed: the same card may work another time. */
const SOFT: ReadonlySet<string> = new Set(['50000', '50300']);

/**
 * What became of a payment: the last operation of each type that is no longer pending is the truth, and not
 * `state`, which stays as it was while an operation fails.
 */
export function outcomeOf(payment: QuickPayPayment, capture: 'auto' | 'manual'): Outcome {
  const reference = String(payment.id);
  const { currency } = payment;
  const captured = approvedSum(payment, 'capture');
  if (captured > 0) return { s: 'captured', amount: captured, currency, reference, ...cardOf(payment) };
  if (settled(payment, 'cancel')?.qp_status_code === APPROVED) return { s: 'voided', reference };
  if (isPending(payment, 'cancel')) return { s: 'void_pending', reference };
  if (isPending(payment, 'capture')) return { s: 'capture_pending', reference };
  const authorize = settled(payment, 'authorize');
  const code = authorize?.qp_status_code ?? '';
  if (authorize !== undefined && code === APPROVED) {
    // A capture that was refused leaves the reservation as it was.
    if (capture === 'auto' && settled(payment, 'capture') === undefined)
      return { s: 'capture_pending', reference };
    return { s: 'authorized', amount: authorize.amount, currency, reference, ...cardOf(payment) };
  }
  if (isPending(payment, 'authorize')) return { s: 'pending', reference };
  const url = payment.link?.url ?? null;
  const page: Outcome | null =
    url === null ? null : { s: 'action_required', action: { type: 'redirect', url }, reference };
  if (authorize === undefined) return page ?? { s: 'cancelled', reference };
  if (NEEDS_3DS.has(code) && page !== null) return page;
  if (code === EXPIRED) return { s: 'expired', reference };
  if (code === ABORTED) return { s: 'cancelled', reference };
  return {
    s: 'declined',
    code: code || 'declined',
    message: authorize.aq_status_msg ?? authorize.qp_status_msg ?? 'The payment was declined.',
    soft: SOFT.has(code),
    reference,
  };
}

export function refundOf({
  id,
  pending,
  qp_status_code,
  qp_status_msg,
  aq_status_msg,
}: Operation): RefundOutcome {
  const reference = String(id);
  if (pending) return { s: 'pending', reference };
  if (qp_status_code === APPROVED) return { s: 'succeeded', reference };
  return {
    s: 'failed',
    code: qp_status_code ?? 'refund_rejected',
    message: aq_status_msg ?? qp_status_msg ?? 'The refund was rejected.',
    reference,
  };
}

const ofType = ({ operations }: QuickPayPayment, type: string): Operation[] =>
  operations.filter((one) => one.type === type);
const settled = (payment: QuickPayPayment, type: string): Operation | undefined =>
  ofType(payment, type).findLast((one) => !one.pending);
const isPending = (payment: QuickPayPayment, type: string): boolean =>
  ofType(payment, type).at(-1)?.pending === true;
const approvedSum = (payment: QuickPayPayment, type: string): number =>
  ofType(payment, type)
    .filter((one) => !one.pending && one.qp_status_code === APPROVED)
    .reduce((sum, one) => sum + one.amount, 0);

function cardOf({ metadata }: QuickPayPayment): { card?: CardShown } {
  if (!metadata?.brand) return {};
  const { brand, last4, exp_month: month, exp_year: year } = metadata;
  return {
    card: {
      brand,
      ...(last4 ? { last4 } : {}),
      ...(month && year ? { expiry: `${month.padStart(2, '0')}/${year.slice(-2)}` } : {}),
    },
  };
}
