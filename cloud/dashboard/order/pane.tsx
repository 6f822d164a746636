import { useEffect, useState } from 'preact/hooks';
import type { Refund } from '../../../shared/api/refund.ts';
import { Notice, Wait } from '../../../shared/ui/components.tsx';
import { show } from '../address.ts';
import { Lazy } from '../promotions/lazy.tsx';
import { type Detail, isOpen, type Me, newest, readMe, readOrder, readRefund } from './data.ts';
import { Lines } from './lines.tsx';
import { Payments } from './payments.tsx';
import { Refunds } from './refunds.tsx';
import { Summary } from './summary.tsx';
import { Timeline } from './timeline.tsx';

const REFRESH_MS = 3_000;
const loadPanel = () => import('./refund/panel.tsx').then((part) => part.RefundPanel);

/** One order: what it cost, what was bought, how it was paid, what went back, and its story in words. */
export function OrderPane({ id }: { id: string }) {
  const [order, setOrder] = useState<Detail | null>(null);
  const [me, setMe] = useState<Me | null>(null);
  const [trouble, setTrouble] = useState<string | null>(null);
  /** What calls of this page were told of refunds, which the projection learns a little later. */
  const [told, setTold] = useState<ReadonlyMap<string, Refund>>(new Map());
  const refunds = order === null ? [] : newest(order.refunds, told);
  const tell = (refund: Refund) => setTold((before) => new Map(before).set(refund.id, refund));

  useEffect(() => {
    let over = false;
    const load = async () => {
      const answer = await readOrder(id);
      if (over) return;
      if (typeof answer === 'string') return setTrouble(answer);
      setOrder(answer);
      setTrouble(null);
    };
    void load();
    void readMe().then((answer) => over || typeof answer === 'string' || setMe(answer));
    const timer = setInterval(() => void load(), REFRESH_MS);
    return () => {
      over = true;
      clearInterval(timer);
    };
  }, [id]);

  const waiting = refunds
    .filter(isOpen)
    .map((refund) => refund.id)
    .join(' ');
  useEffect(() => {
    if (waiting === '') return undefined;
    const look = async () => {
      for (const one of waiting.split(' ')) {
        const answer = await readRefund(one);
        if (typeof answer !== 'string') tell(answer);
      }
    };
    const timer = setInterval(() => void look(), REFRESH_MS);
    return () => clearInterval(timer);
  }, [waiting]);

  return (
    <aside class="card stack order-pane" aria-label="Order">
      {trouble !== null && <Notice tone="wait">{trouble}</Notice>}
      {order === null && trouble === null && <Wait>Reading the order</Wait>}
      {order !== null && (
        <>
          <Summary order={order} refunds={refunds} />
          <Lines order={order} refunds={refunds} />
          <Refunds order={order} refunds={refunds} me={me} onChange={tell} />
          {order.completed_at !== null && order.till == null && (
            <Lazy load={loadPanel} props={{ order, refunds, role: me?.role ?? 'cashier', onDone: tell }} />
          )}
          <Payments order={order} refunds={refunds} />
          <Timeline order={order} refunds={refunds} />
        </>
      )}
      <button type="button" onClick={() => show({ order: '' })}>
        Close
      </button>
    </aside>
  );
}
