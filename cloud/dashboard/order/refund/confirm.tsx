import { useEffect, useRef, useState } from 'preact/hooks';
import { Refund, type RefundPreview } from '../../../../shared/api/refund.ts';
import { Notice } from '../../../../shared/ui/components.tsx';
import { request } from '../../../../shared/ui/http.ts';
import { money } from '../../../../shared/ui/money.ts';
import { session } from '../../session.ts';
import { type Detail, troubleOf } from '../data.ts';
import type { Ask } from './draft.ts';
import { refundSentence } from './sentence.ts';

interface Props {
  order: Detail;
  plan: RefundPreview;
  legs: Ask['legs'] | null;
  ask: Ask;
  onBack: () => void;
  onDone: (refund: Refund) => void;
}

/** Money that left cannot be called back: what will happen stands here once more before it is sent. */
export function Confirm({ order, plan, legs, ask, onBack, onDone }: Props) {
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<string | null>(null);
  /** One key as long as this is the same refund, so that a lost answer gives nothing back twice. */
  const [key] = useState(() => crypto.randomUUID());
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => button.current?.focus(), []);
  const show = (minor: number) => money(minor, order.currency);
  const send = async () => {
    setBusy(true);
    const answer = await request(Refund, `/v1/orders/${encodeURIComponent(order.id)}/refunds`, {
      ...{ method: 'POST', token: session.value?.token ?? null, body: ask, key },
    });
    setBusy(false);
    if (answer.ok) onDone(answer.value);
    else setTrouble(troubleOf(answer.problem));
  };
  return (
    <section class="refund-form stack" aria-label="Give money back">
      <h3>This cannot be undone</h3>
      <p class="refund-sentence">{refundSentence(order, plan, legs, show)}</p>
      {trouble !== null && <Notice tone="alarm">{trouble}</Notice>}
      <p class="pane-actions">
        <button ref={button} type="button" class="primary" disabled={busy} onClick={() => void send()}>
          {plan.needs_approval ? `Ask for ${show(plan.amount)} to go back` : `Give ${show(plan.amount)} back`}
        </button>
        <button type="button" disabled={busy} onClick={onBack}>
          Back
        </button>
      </p>
      {busy && (
        <p class="soft" role="status">
          <span class="spinner" aria-hidden="true" /> Sending it
        </p>
      )}
    </section>
  );
}
