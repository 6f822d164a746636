import { useEffect } from 'preact/hooks';
import { Notice, Wait } from '../../shared/ui/components.tsx';
import { price } from './money.ts';
import { done, forget, till } from './state.ts';
import { fill, localeOf, words } from './words.ts';

const NEXT_AFTER_MS = 20_000;
const DAY_MS = 24 * 3_600_000;

/** The month in letters: 5/12 is two days. */
const dayOf = (date: Date): string =>
  date.toLocaleDateString(localeOf(), { day: 'numeric', month: 'long', year: 'numeric' });

/** Change, paper, and the way out. */
export function DoneStep() {
  const now = done.value;
  useEffect(() => {
    const timer = setTimeout(() => void forget(), NEXT_AFTER_MS);
    return () => clearTimeout(timer);
  }, [now?.order.id]);
  if (now === null) return null;
  const dueAt = new Date(Date.now() + (till.value?.pay_later?.due_days ?? 0) * DAY_MS);
  return (
    <section class="done">
      <p class="tick" aria-hidden="true">
        ✓
      </p>
      <h1>{words().thanks}</h1>
      {now.change > 0 && (
        <p class="lead">
          {words().change} <strong class="money">{price(now.change)}</strong>
        </p>
      )}
      {now.payUrl !== null && <p class="lead">{fill(words().payBy, { date: dayOf(dueAt) })}</p>}
      {now.print === 'printing' && <Wait>{words().printing}</Wait>}
      {now.print === 'printed' && <p class="lead">{words().takePaper}</p>}
      {now.print === 'failed' && <Notice tone="alarm">{words().noPaper}</Notice>}
      <p class="soft">
        {now.order.number} · {words().gate}
      </p>
      <button type="button" class="primary big" onClick={() => void forget()}>
        {words().next}
      </button>
    </section>
  );
}
