import { useEffect, useState } from 'preact/hooks';
import type { Refund } from '../../../shared/api/refund.ts';
import { Badge, Empty, Notice, Wait } from '../../../shared/ui/components.tsx';
import { clock, money } from '../../../shared/ui/money.ts';
import { orderAddress } from '../alerts/data.ts';
import { refundKind, refundState, words } from '../order/words.ts';
import { address, follow, go } from '../promotions/address.ts';
import { addressOf, type RefundPage, readRefunds, shown, TABS } from './data.ts';

const REFRESH_MS = 5_000;

/** Refunds that wait for somebody or went wrong, over all orders; each leads to its order. */
export function RefundsPage() {
  const { status, after } = shown();
  const [page, setPage] = useState<RefundPage | null>(null);
  const [trouble, setTrouble] = useState<string | null>(null);
  useEffect(() => {
    document.title = 'Refunds · Sesame';
    return () => {
      document.title = 'Orders · Sesame';
    };
  }, []);
  useEffect(() => {
    let over = false;
    setPage(null);
    const load = async () => {
      const answer = await readRefunds(status, after);
      if (over) return;
      if (typeof answer === 'string') return setTrouble(answer);
      setPage(answer);
      setTrouble(null);
    };
    void load();
    const timer = setInterval(() => void load(), REFRESH_MS);
    return () => {
      over = true;
      clearInterval(timer);
    };
  }, [address.value]);
  return (
    <section class="stack" aria-label="Refunds">
      <h1>Refunds</h1>
      <nav class="tabs" aria-label="Which refunds">
        {TABS.map((tab) => (
          <a
            key={tab.status}
            href={addressOf(tab.status)}
            aria-current={tab.status === status ? 'true' : undefined}
            onClick={follow}
          >
            {tab.title}
          </a>
        ))}
      </nav>
      {trouble !== null && <Notice tone="wait">{trouble}</Notice>}
      {page === null && trouble === null && <Wait>Reading the refunds</Wait>}
      {page?.data.length === 0 && <Empty>{TABS.find((tab) => tab.status === status)?.empty}</Empty>}
      <ul class="pane-cards">
        {page?.data.map((refund) => (
          <RefundRow key={refund.id} refund={refund} />
        ))}
      </ul>
      {page !== null && (after !== '' || page.has_more) && (
        <div class="pages">
          {after !== '' && (
            <button type="button" onClick={() => history.back()}>
              Newer
            </button>
          )}
          {page.has_more && (
            <button type="button" onClick={() => go(addressOf(status, page.data.at(-1)?.id ?? ''))}>
              Older
            </button>
          )}
        </div>
      )}
    </section>
  );
}

function RefundRow({ refund }: { refund: Refund }) {
  const [tone, word] = refundState(refund);
  const what = `${refund.number ?? 'Refund'} of ${money(refund.amount, refund.currency)}`;
  return (
    <li class="card">
      <p class="alert-head">
        <Badge tone={tone}>{word}</Badge>
        <strong class="number">{what}</strong>
        <span class="small soft number">{clock(refund.created_at, new Date())}</span>
      </p>
      <p class="small soft">
        {refundKind(refund)}, {words(refund.reason)}
        {refund.note !== '' && <>: “{refund.note}”</>}
      </p>
      <p class="alert-orders">
        <a href={orderAddress(refund.order_id)} onClick={follow}>
          Open its order<span class="hidden">: {what}</span>
        </a>
      </p>
    </li>
  );
}
