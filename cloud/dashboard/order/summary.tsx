import type { Refund } from '../../../shared/api/refund.ts';
import { Badge } from '../../../shared/ui/components.tsx';
import { money } from '../../../shared/ui/money.ts';
import { PaymentBadge } from '../status.tsx';
import { type Detail, isOpen } from './data.ts';
import { Receipt } from './receipt.tsx';
import { words } from './words.ts';

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

/** Total, paid, given back and on its way, so that what is left needs no reckoning. */
export function Summary({ order, refunds }: { order: Detail; refunds: readonly Refund[] }) {
  const { currency } = order;
  const back = sum(refunds.map(({ refunded }) => refunded));
  const underway = sum(refunds.filter(isOpen).map(({ amount, refunded }) => amount - refunded));
  const paid = order.summary?.captured ?? 0;
  const rows: [string, number][] = [
    ['Total', order.total],
    ...rowIf('Saved', order.summary?.discount ?? 0),
    ['Paid', paid],
    ...rowIf('Given back', back),
    ...rowIf('On its way back', underway),
  ];
  const check = order.verification_status ?? order.summary?.verification_status ?? 'not_required';
  const documents = order.fulfilment_status ?? 'none';
  return (
    <section class="stack" aria-label="Summary">
      <h2>Order {order.number}</h2>
      <p class="order-badges">
        <PaymentBadge status={order.payment_status} />
        {check !== 'not_required' && (
          <Badge tone={check === 'verified' ? 'open' : check === 'failed' ? 'alarm' : 'wait'}>
            Exit check: {words(check)}
          </Badge>
        )}
        {order.collection_status != null && (
          <Badge tone="info">Collection: {words(order.collection_status)}</Badge>
        )}
        {documents !== 'none' && (
          <Badge tone={documents === 'failed' || documents === 'quarantined' ? 'alarm' : 'info'}>
            Documents: {words(documents)}
          </Badge>
        )}
      </p>
      <dl class="sums">
        {rows.map(([word, amount]) => (
          <div key={word}>
            <dt>{word}</dt>
            <dd class="money">{money(amount, currency)}</dd>
          </div>
        ))}
      </dl>
      {order.completed_at !== null && order.till == null && (
        <Receipt order={order.id} refund={null} name="Receipt of the sale" />
      )}
    </section>
  );
}

const rowIf = (word: string, amount: number): [string, number][] => (amount === 0 ? [] : [[word, amount]]);
