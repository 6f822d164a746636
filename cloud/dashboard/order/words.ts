import type { Payment } from '../../../shared/api/order.ts';
import type { Refund } from '../../../shared/api/refund.ts';
import type { Tone } from '../../../shared/ui/components.tsx';

const STATES: Readonly<Record<Refund['status'], [Tone, string]>> = {
  requested: ['wait', 'Waits for a second person'],
  approved: ['wait', 'Approved'],
  rejected: ['info', 'Rejected'],
  created: ['wait', 'On its way'],
  processing: ['wait', 'On its way'],
  partially_succeeded: ['alarm', 'Only a part went back'],
  succeeded: ['open', 'Given back'],
  failed: ['alarm', 'Failed'],
};
export const refundState = ({ status }: Pick<Refund, 'status'>): [Tone, string] => STATES[status];

const KINDS: Readonly<Record<Refund['kind'], string>> = {
  full: 'everything',
  lines: 'some items',
  amount: 'an amount',
  goodwill: 'goodwill',
  price_adjustment: 'price adjustment',
};
export const refundKind = ({ kind }: Pick<Refund, 'kind'>): string => KINDS[kind];

export const words = (code: string): string => code.replaceAll('_', ' ');
export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** "Visa card …4242", or what else the customer paid with. */
export function paymentName(payment: Pick<Payment, 'method' | 'card'> | undefined): string {
  if (payment === undefined) return 'the payment';
  const { brand, last4 } = payment.card ?? {};
  const method = words(payment.method);
  const name = brand === undefined ? method : `${capital(brand)} ${method === 'card' ? 'card' : method}`;
  return last4 === undefined ? name : `${name} …${last4}`;
}

export const shortTag = (epc: string): string => `…${epc.slice(-6)}`;
