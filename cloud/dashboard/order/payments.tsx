import type { Payment } from '../../../shared/api/order.ts';
import type { Refund } from '../../../shared/api/refund.ts';
import { money } from '../../../shared/ui/money.ts';
import { PaymentBadge } from '../status.tsx';
import type { Detail } from './data.ts';
import { Steps } from './timeline.tsx';
import { capital, paymentName, words } from './words.ts';

/** How the order was paid: each payment with what was reserved, taken and given back. */
export function Payments({ order, refunds }: { order: Detail; refunds: readonly Refund[] }) {
  if (order.payments.length === 0) return null;
  return (
    <section class="stack" aria-label="How it was paid">
      <h3>How it was paid</h3>
      <ul class="pane-cards">
        {order.payments.map((payment) => (
          <li key={payment.id}>
            <PaymentFacts payment={payment} />
            <Steps {...{ order, refunds }} payment={payment.id} title="Every step of this payment" />
          </li>
        ))}
      </ul>
    </section>
  );
}

function PaymentFacts({ payment }: { payment: Payment }) {
  const { currency, failure } = payment;
  const sums: [string, number | undefined][] = [
    ['Reserved', payment.authorized],
    ['Taken', payment.captured ?? (payment.status === 'captured' ? payment.amount : undefined)],
    ['Handed over', payment.tendered],
    ['Change', payment.change],
    ['Rounding', payment.rounding],
    ['Given back', payment.refunded],
    ['On its way back', payment.refunding],
  ];
  return (
    <>
      <p class="pane-row">
        <strong>{capital(paymentName(payment))}</strong>
        <PaymentBadge status={payment.status} />
        <span class="money">{money(payment.amount, currency)}</span>
      </p>
      <p class="small soft">by {words(payment.gateway)}</p>
      <dl class="sums small">
        {sums.map(([word, amount]) =>
          amount === undefined ? null : (
            <div key={word}>
              <dt>{word}</dt>
              <dd class="money">{money(amount, currency)}</dd>
            </div>
          ),
        )}
      </dl>
      {failure !== undefined && <p class="small">{failure.message || words(failure.code)}</p>}
    </>
  );
}
