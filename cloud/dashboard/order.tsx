import { useEffect, useState } from 'preact/hooks';
import { z } from 'zod';
import { Notice, Wait } from '../../shared/ui/components.tsx';
import { request } from '../../shared/ui/http.ts';
import { clock, money } from '../../shared/ui/money.ts';
import { show } from './address.ts';
import { session } from './session.ts';
import { PaymentBadge } from './status.tsx';

const Line = z.looseObject({
  name: z.string(),
  quantity: z.number(),
  total: z.number(),
  discount: z.number(),
  epc: z.string().nullish(),
});
const Moment = z.looseObject({ at: z.string(), text: z.string() });
const Detail = z.looseObject({
  id: z.string(),
  number: z.string(),
  status: z.string(),
  payment_status: z.string(),
  total: z.number(),
  currency: z.string(),
  lines: z.array(Line),
  verification_status: z.string().nullable(),
  fulfilment_status: z.string(),
  timeline: z.array(Moment),
});
type Detail = z.infer<typeof Detail>;

/** One order as a story in words, with what was bought. */
export function OrderPane({ id }: { id: string }) {
  const [order, setOrder] = useState<Detail | null>(null);
  const [trouble, setTrouble] = useState<string | null>(null);
  useEffect(() => {
    let over = false;
    setOrder(null);
    setTrouble(null);
    void request(Detail, `/v1/orders/${encodeURIComponent(id)}`, {
      token: session.value?.token ?? null,
    }).then((answer) => {
      if (over) return;
      if (answer.ok) setOrder(answer.value);
      else setTrouble(answer.problem?.title ?? 'No connection.');
    });
    return () => {
      over = true;
    };
  }, [id]);
  return (
    <aside class="card stack" aria-label="Order">
      {trouble !== null && <Notice tone="alarm">{trouble}</Notice>}
      {order === null && trouble === null && <Wait>Reading the order</Wait>}
      {order !== null && <Story order={order} />}
      <button type="button" onClick={() => show({ order: '' })}>
        Close
      </button>
    </aside>
  );
}

/** What is still open, or was done, beside the payment; nothing where there is nothing to say. */
function standing({ verification_status, fulfilment_status }: Detail): string {
  const check =
    verification_status === null || verification_status === 'not_required'
      ? []
      : [`Exit check: ${verification_status}`];
  const documents = fulfilment_status === 'none' ? [] : [`Documents: ${fulfilment_status}`];
  return [...check, ...documents].join(' · ');
}

function Story({ order }: { order: Detail }) {
  const now = new Date();
  return (
    <>
      <h2>Order {order.number}</h2>
      <p>
        <PaymentBadge status={order.payment_status} />{' '}
        <strong class="money">{money(order.total, order.currency)}</strong>
      </p>
      {standing(order) !== '' && <p class="small soft">{standing(order)}</p>}
      <ol class="timeline">
        {order.timeline.map((moment) => (
          <li key={`${moment.at}${moment.text}`}>
            <span class="number soft small">{clock(moment.at, now)}</span>
            <span>{moment.text}</span>
          </li>
        ))}
      </ol>
      <ul class="pane-lines">
        {order.lines.map((line, i) => (
          <li key={String(i)}>
            <span>
              {line.quantity > 1 && `${line.quantity} × `}
              {line.name}
              {line.epc != null && <span class="small soft"> · tag …{line.epc.slice(-6)}</span>}
            </span>
            <span class="money">{money(line.total, order.currency)}</span>
          </li>
        ))}
      </ul>
    </>
  );
}
