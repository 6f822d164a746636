import { useState } from 'preact/hooks';
import { type Refund, RefundReason } from '../../../../shared/api/refund.ts';
import { Notice, Wait } from '../../../../shared/ui/components.tsx';
import { money } from '../../../../shared/ui/money.ts';
import { type Detail, unitsLeft } from '../data.ts';
import { capital, words } from '../words.ts';
import { Confirm } from './confirm.tsx';
import { type Draft, freshDraft, isGesture, type Mode, readAsk, readSplit } from './draft.ts';
import { Goods } from './goods.tsx';
import { Outcome } from './outcome.tsx';
import { Split } from './split.tsx';
import { usePreview } from './use_preview.ts';

interface Props {
  order: Detail;
  refunds: readonly Refund[];
  role: string;
  onDone: (refund: Refund) => void;
}

const MODES: readonly { mode: Mode; title: string }[] = [
  { mode: 'full', title: 'Everything' },
  { mode: 'lines', title: 'Some items' },
  { mode: 'amount', title: 'An amount' },
  { mode: 'goodwill', title: 'Goodwill' },
  { mode: 'price_adjustment', title: 'Price adjustment' },
];

/** Gives money back: what, why, over which payment, then once more in a sentence before it is sent. */
export function RefundPanel({ order, refunds, role, onDone }: Props) {
  const [draft, setDraft] = useState<Draft | null>(null);
  const [done, setDone] = useState<Refund | null>(null);
  const latest = refunds.find(({ id }) => id === done?.id) ?? done;
  if (draft !== null)
    return (
      <Form
        {...{ order, refunds, role, draft }}
        onChange={(change) => setDraft({ ...draft, ...change })}
        onMode={(mode) => setDraft({ ...freshDraft(mode), reason: draft.reason, note: draft.note })}
        onGiveUp={() => setDraft(null)}
        onDone={(refund) => {
          setDraft(null);
          setDone(refund);
          onDone(refund);
        }}
      />
    );
  const left = order.lines.some((line) => unitsLeft(line, refunds) > 0);
  return (
    <section class="stack" aria-label="Give money back">
      {latest !== null && <Outcome refund={latest} />}
      <p class="pane-actions">
        <button
          type="button"
          onClick={() => {
            setDone(null);
            setDraft(freshDraft(left ? 'lines' : 'amount'));
          }}
        >
          Give money back
        </button>
      </p>
    </section>
  );
}

interface FormProps extends Props {
  draft: Draft;
  onChange: (change: Partial<Draft>) => void;
  onMode: (mode: Mode) => void;
  onGiveUp: () => void;
}

function Form({ order, refunds, role, draft, onChange, onMode, onGiveUp, onDone }: FormProps) {
  const [confirming, setConfirming] = useState(false);
  const show = (minor: number) => money(minor, order.currency);
  const ask = readAsk(draft, order, refunds);
  const chosen = ask.ok ? ask.value : null;
  const { plan, trouble } = usePreview(order.id, chosen);
  const split = plan === null ? null : readSplit(draft.split, plan, show);
  const wrong = !ask.ok ? ask.error : split !== null && !split.ok ? split.error : null;
  const ready = chosen !== null && plan !== null && split?.ok === true;
  if (confirming && ready) {
    const legs = split.value;
    return (
      <Confirm
        {...{ order, plan, legs, onDone }}
        ask={{ ...chosen, ...(legs == null ? {} : { legs }) }}
        onBack={() => setConfirming(false)}
      />
    );
  }
  return (
    <form
      class="refund-form stack"
      aria-label="Give money back"
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) setConfirming(true);
      }}
    >
      <h3>Give money back</h3>
      <fieldset class="modes">
        <legend class="hidden">What goes back</legend>
        {MODES.filter(({ mode }) => role !== 'cashier' || !isGesture(mode)).map(({ mode, title }) => (
          <label key={mode} class="check">
            <input type="radio" name="mode" checked={draft.mode === mode} onChange={() => onMode(mode)} />
            <span>{title}</span>
          </label>
        ))}
      </fieldset>
      {draft.mode === 'full' || draft.mode === 'lines' ? (
        <Goods {...{ order, refunds, draft, plan, onChange }} />
      ) : (
        <label>
          How much
          <input
            inputMode="decimal"
            value={draft.amount}
            aria-invalid={!ask.ok}
            onInput={(event) => onChange({ amount: event.currentTarget.value, split: null })}
          />
        </label>
      )}
      <label>
        Why
        <select
          value={draft.reason}
          onChange={(event) => onChange({ reason: RefundReason.parse(event.currentTarget.value) })}
        >
          {RefundReason.options.map((reason) => (
            <option key={reason} value={reason}>
              {capital(words(reason))}
            </option>
          ))}
        </select>
      </label>
      <label>
        {isGesture(draft.mode) ? 'Note: what was agreed' : 'Note (may stay empty)'}
        <textarea
          rows={2}
          maxLength={1000}
          required={isGesture(draft.mode)}
          value={draft.note}
          onInput={(event) => onChange({ note: event.currentTarget.value })}
        />
      </label>
      {plan !== null && <Split {...{ order, plan, onChange }} split={draft.split} />}
      {trouble !== null && <Notice tone="alarm">{trouble}</Notice>}
      {wrong !== null && <Notice tone="wait">{wrong}</Notice>}
      {chosen !== null && plan === null && trouble === null && <Wait>Reckoning</Wait>}
      <p class="pane-actions">
        <button type="submit" class="primary" disabled={!ready}>
          {plan === null ? 'Review it' : `Review ${show(plan.amount)}`}
        </button>
        <button type="button" onClick={onGiveUp}>
          Give nothing back
        </button>
      </p>
    </form>
  );
}
