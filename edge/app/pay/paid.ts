import type { Order, Payment } from '../../../shared/api/order.ts';

/** What of an order is paid or reserved, in minor units. */
export const paidOf = ({ captured, payments }: Order): number =>
  captured + payments.reduce((sum, one) => sum + (one.authorized ?? 0), 0);

/** A till's promise to pay later is no attempt. */
const PROMISED = 'pay_later';

/** An attempt that waits for the payer, her bank or its provider. */
export const isOpen = ({ status, method }: Payment): boolean =>
  method !== PROMISED && (status === 'waiting' || status === 'action_required' || status === 'pending');

/** All of it is there: the sale is being committed, or the shop takes what is reserved. */
export const isSettling = (order: Order): boolean =>
  order.payments.length > 0 && order.status === 'created' && paidOf(order) >= order.total;
