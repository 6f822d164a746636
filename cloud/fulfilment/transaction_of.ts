import type { StoreEvent } from '../../shared/events/index.ts';
import type { PoslogFacts } from '../../shared/poslog/facts.ts';
import { saleTransaction, voidTransaction } from '../../shared/poslog/of_order.ts';
import { refundToLog, returnTransaction } from '../../shared/poslog/of_refund.ts';
import type { PosTransaction } from '../../shared/poslog/transaction.ts';

/** What an event adds to the retailer's POSLog. */
export interface Logged {
  order_id: string;
  /** Which document of the order it is: `sale`, `void`, or `return:` and the refund's id. */
  doc: string;
  transaction: PosTransaction;
  quarantine: PoslogFacts['quarantine'];
  /** Whether somebody still has to look into the bag. */
  unverified: boolean;
}

/** The POSLog transaction that an event tells of, or null: most events tell of none. */
export function transactionOf(event: StoreEvent): Logged | null {
  if (event.type === 'order.completed') {
    const { order, poslog } = event.data;
    if (poslog === undefined) return null;
    const { verification_status } = order;
    return {
      order_id: order.id,
      doc: 'sale',
      transaction: saleTransaction(order, poslog),
      quarantine: poslog.quarantine,
      unverified: verification_status === 'pending' || verification_status === 'failed',
    };
  }
  if (event.type === 'refund.succeeded') {
    const { refund, poslog, original } = event.data;
    if (poslog === undefined || original === undefined) return null;
    const transaction = returnTransaction(refundToLog(refund), poslog, original);
    const doc = `return:${refund.id}`;
    return { order_id: refund.order_id, doc, transaction, quarantine: undefined, unverified: false };
  }
  if (event.type !== 'order.cancelled') return null;
  const { order_id, currency, poslog } = event.data;
  if (poslog === undefined || currency === undefined) return null;
  const transaction = voidTransaction(currency, poslog);
  return { order_id, doc: 'void', transaction, quarantine: undefined, unverified: false };
}
