import { useState } from 'preact/hooks';
import { Refund } from '../../../shared/api/refund.ts';
import { Badge, Notice } from '../../../shared/ui/components.tsx';
import { request } from '../../../shared/ui/http.ts';
import { clock, money } from '../../../shared/ui/money.ts';
import { session } from '../session.ts';
import { type Detail, type Me, troubleOf } from './data.ts';
import { Receipt } from './receipt.tsx';
import { paymentName, refundKind, refundState, words } from './words.ts';

interface Props {
  order: Detail;
  refunds: readonly Refund[];
  me: Me | null;
  onChange: (refund: Refund) => void;
}

/** The refunds of an order, how each stands, and what the reader may do about it. */
export function Refunds({ order, refunds, me, onChange }: Props) {
  if (refunds.length === 0) return null;
  return (
    <section class="stack" aria-label="Refunds">
      <h3>Refunds</h3>
      <ul class="pane-cards">
        {refunds.map((refund) => (
          <RefundCard key={refund.id} order={order} refund={refund} me={me} onChange={onChange} />
        ))}
      </ul>
    </section>
  );
}

function RefundCard({ order, refund, me, onChange }: Omit<Props, 'refunds'> & { refund: Refund }) {
  const [tone, word] = refundState(refund);
  const { currency, number } = refund;
  const name = (id: string) =>
    order.people.find((one) => one.id === id)?.name ?? (id === me?.id ? 'you' : 'staff');
  return (
    <li aria-label={`Refund of ${money(refund.amount, currency)}`}>
      <p class="pane-row">
        <strong>{number ?? 'Refund'}</strong>
        <Badge tone={tone}>{word}</Badge>
        <span class="money">{money(refund.amount, currency)}</span>
      </p>
      <p class="small soft">
        {refundKind(refund)}, {words(refund.reason)}
        {refund.note !== '' && <>: “{refund.note}”</>} · asked for by {name(refund.requested_by)},{' '}
        <span class="number">{clock(refund.created_at, new Date())}</span>
      </p>
      {refund.approvals.map(({ by, verdict, note, at }) => (
        <p key={at} class="small soft">
          {verdict} by {name(by)}
          {note !== '' && <>: “{note}”</>}
        </p>
      ))}
      {refund.legs.map((leg) => (
        <p key={leg.id} class="small">
          {money(leg.amount, currency)} {legState(leg)}{' '}
          {leg.in_cash === true
            ? 'in cash'
            : `over ${paymentName(order.payments.find(({ id }) => id === leg.payment_id))}`}
          {leg.failure !== undefined && <>: {leg.failure.message || words(leg.failure.code)}</>}
        </p>
      ))}
      {refund.failure !== undefined && (
        <p class="small">{refund.failure.message || words(refund.failure.code)}. No money moved.</p>
      )}
      <Actions refund={refund} me={me} onChange={onChange} />
      {number !== null && <Receipt order={order.id} refund={refund.id} name={`Receipt ${number}`} />}
    </li>
  );
}

const LEG: Readonly<Record<Refund['legs'][number]['status'], string>> = {
  created: 'to be sent back',
  submitted: 'on its way back',
  pending: 'on its way back',
  unknown: 'on its way back, the provider has not answered yet,',
  succeeded: 'given back',
  failed: 'did not go back',
};
const legState = ({ status }: Refund['legs'][number]): string => LEG[status];

type Verb = 'approve' | 'reject' | 'retry';

function Actions({ refund, me, onChange }: Pick<Props, 'me' | 'onChange'> & { refund: Refund }) {
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<string | null>(null);
  const [keys, setKeys] = useState(freshKeys);
  const act = async (verb: Verb) => {
    setBusy(true);
    const answer = await request(Refund, `/v1/refunds/${encodeURIComponent(refund.id)}/${verb}`, {
      ...{ method: 'POST', token: session.value?.token ?? null, body: {}, key: keys[verb] },
    });
    setBusy(false);
    if (!answer.ok) return setTrouble(troubleOf(answer.problem));
    setTrouble(null);
    setKeys(freshKeys());
    onChange(answer.value);
  };
  const mine = refund.requested_by === me?.id;
  const decides = me !== null && me.role !== 'cashier' && !mine;
  const notBack = refund.status === 'failed' || refund.status === 'partially_succeeded';
  return (
    <>
      {trouble !== null && <Notice tone="alarm">{trouble}</Notice>}
      {refund.status === 'requested' && !decides && (
        <p class="small">
          {mine ? 'You asked for it: another manager must approve it.' : 'A manager must approve it.'} No
          money moved yet.
        </p>
      )}
      {refund.status === 'requested' && decides && (
        <p class="pane-actions">
          <button type="button" class="primary" disabled={busy} onClick={() => void act('approve')}>
            Approve {money(refund.amount, refund.currency)}
          </button>
          <button type="button" disabled={busy} onClick={() => void act('reject')}>
            Reject
          </button>
        </p>
      )}
      {notBack && refund.legs.length > 0 && (
        <p class="pane-actions">
          <button type="button" disabled={busy} onClick={() => void act('retry')}>
            Try {money(refund.amount - refund.refunded, refund.currency)} again, over another payment if there
            is one
          </button>
        </p>
      )}
      {refund.status === 'processing' && (
        <p class="small">The customer’s bank decides: this page shows it as soon as it does.</p>
      )}
    </>
  );
}

const freshKeys = (): Record<Verb, string> => ({
  approve: crypto.randomUUID(),
  reject: crypto.randomUUID(),
  retry: crypto.randomUUID(),
});
