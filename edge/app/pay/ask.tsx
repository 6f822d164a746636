import { useState } from 'preact/hooks';
import { Notice } from '../../../shared/ui/components.tsx';
import { money } from '../../../shared/ui/money.ts';
import { order } from '../trip.ts';
import { pay } from './actions.ts';
import { type Need, wordsOf } from './methods.ts';
import { balanceOf, type Offer } from './offers.ts';

interface AskProps {
  offer: Offer;
  need: Need;
  /** What is still to be paid. */
  due: number;
  onBack: () => void;
}

/** One question, one field: what the method must know before it can begin. */
export function AskView({ offer: { gateway, method }, need, due, onBack }: AskProps) {
  const [trouble, setTrouble] = useState<{ title: string; hint: string } | null>(null);
  const [found, setFound] = useState<{ account: string; available: number; points?: number } | null>(null);
  const [busy, setBusy] = useState(false);
  const currency = order.value?.currency ?? '';
  const submit = async (form: HTMLFormElement) => {
    const given = String(new FormData(form).get(need.field) ?? '').trim();
    if (given === '') return;
    if (need.balance === undefined) return pay({ gateway, method, [need.field]: given });
    if (found?.account === given)
      return pay({ gateway, method, account: given, amount: Math.min(due, found.available) });
    setBusy(true);
    const answer = await balanceOf(need.balance, given);
    setBusy(false);
    if ('title' in answer) {
      setFound(null);
      setTrouble(answer);
      return;
    }
    const { available, points } = answer;
    if (answer.currency !== currency) setTrouble(WRONG_CURRENCY);
    else if (available === 0) setTrouble(EMPTY);
    else {
      setTrouble(null);
      setFound({ account: given, available, ...(points === undefined ? {} : { points }) });
    }
  };
  const pays = found === null ? due : Math.min(due, found.available);
  return (
    <section class="pad stack">
      <h1>{wordsOf(method).name}</h1>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void submit(event.currentTarget);
        }}
      >
        {trouble !== null && (
          <Notice tone="alarm">
            <strong>{trouble.title}.</strong> {trouble.hint}
          </Notice>
        )}
        <label class="stack">
          {need.label}
          <input
            name={need.field}
            inputMode={need.keyboard}
            autoComplete={need.autoComplete}
            required
            maxLength={128}
            onInput={() => setFound(null)}
          />
        </label>
        {found === null ? (
          <p class="small soft">{need.hint}</p>
        ) : (
          <Notice tone="info">
            <p>
              There is <strong class="money">{money(found.available, currency)}</strong> on it
              {found.points !== undefined && ` (${found.points} points)`}.
            </p>
            <p>
              {pays < due
                ? `${money(due - pays, currency)} is left to pay another way.`
                : `It pays everything; ${money(found.available - pays, currency)} stays on it.`}
            </p>
          </Notice>
        )}
        <button type="submit" class="primary" disabled={busy}>
          {need.balance !== undefined && found === null
            ? 'See what is on it'
            : `Pay ${money(pays, currency)}`}
        </button>
        <button type="button" onClick={onBack} disabled={busy}>
          Another way to pay
        </button>
      </form>
    </section>
  );
}

const EMPTY = { title: 'There is nothing on it', hint: 'Pay another way. Nothing was charged.' };
const WRONG_CURRENCY = {
  title: 'It is in another currency',
  hint: 'It cannot pay here. Nothing was charged; pay another way.',
};
