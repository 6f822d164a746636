import type { Order } from '../../../shared/api/order.ts';
import type { OrderId } from '../../../shared/ids/index.ts';
import type { OfflineSale } from '../../../shared/offline/document.ts';
import { sha256Hex } from '../../../shared/offline/sha256.ts';
import type { Debt } from '../../../shared/rpc/agents.ts';
import { appendEvent } from '../outbox.ts';
import type { Scope } from '../scope.ts';
import { first } from '../sql.ts';
import { orderOfSale } from './order_of_sale.ts';

/** What a till sold on trust, for who knows the reference on its paper. Anything else is as if it were not there. */
export function debtOf(
  scope: Pick<Scope, 'sql' | 'config'>,
  { order_id, reference }: { order_id: OrderId; reference: string },
): Debt | null {
  const row = first<{ document: string }>(
    scope.sql,
    'SELECT document FROM offline_document WHERE order_id = ?',
    order_id,
  );
  if (row === null) return null;
  const sale: OfflineSale = JSON.parse(row.document);
  // Digests are compared, so that how long it takes says nothing of the secret.
  const asked = sha256Hex(reference);
  const owed = sale.payments.flatMap((payment) =>
    payment.method === 'pay_later' && sha256Hex(payment.reference) === asked ? [payment.amount] : [],
  );
  if (owed.length === 0) return null;
  const sum = owed.reduce((total, amount) => total + amount, 0);
  return { order: orderOfSale(scope, sale), receipt: sale.receipt, owed: sum };
}

/** The order is paid after all. Its goods are long gone and its numbers given: only the cloud has to hear of it. */
export function settleDebt(scope: Scope, order: Order): void {
  const told = scope.sql.exec(
    'INSERT INTO debt_paid (order_id, at) VALUES (?, ?) ON CONFLICT DO NOTHING RETURNING order_id',
    order.id,
    scope.now,
  );
  if (told.length > 0) appendEvent(scope, { type: 'order.completed', data: { order, shopper_id: null } });
}
