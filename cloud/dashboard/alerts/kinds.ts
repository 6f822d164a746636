import type { Tone } from '../../../shared/ui/components.tsx';

/** What staff call the kinds of alerts. Red: goods or money may be gone; amber: something does not fit. */
const KINDS: Record<string, [Tone, string]> = {
  epc_double_sale: ['alarm', 'Sold twice'],
  journal_tampered: ['alarm', 'Records changed'],
  late_capture: ['alarm', 'Late payment'],
  late_refund: ['alarm', 'Late refund'],
  number_not_leased: ['wait', 'Number not given'],
  number_was_void: ['wait', 'Number was unused'],
  offline_conflict: ['alarm', 'Conflicting sale'],
  offline_invalid: ['alarm', 'Sale not readable'],
  amount_mismatch: ['alarm', 'Sums do not agree'],
  money_to_return: ['alarm', 'Give money back'],
  over_captured: ['alarm', 'Too much was taken'],
  payment_amount_mismatch: ['alarm', 'Another amount'],
  payment_disputed: ['alarm', 'Disputed'],
  payment_unknown: ['alarm', 'No answer'],
  reservation_expiring: ['wait', 'Reservation ends'],
  refund_failed: ['alarm', 'Refund failed'],
  refund_unresolved: ['alarm', 'Refund unresolved'],
  offline_quarantined: ['alarm', 'Sale kept apart'],
  sales_missing: ['alarm', 'Sales missing'],
  suspected_duplicate: ['wait', 'Paid twice?'],
  unknown_order: ['wait', 'Order not known'],
};

export const kindOf = (kind: string): [Tone, string] => KINDS[kind] ?? ['wait', kind.replaceAll('_', ' ')];
