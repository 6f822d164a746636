import { useEffect, useState } from 'preact/hooks';
import { Notice, Wait } from '../../../shared/ui/components.tsx';
import { clock, money } from '../../../shared/ui/money.ts';
import { CheckLines } from './basket_check.tsx';
import { type Line, type OrderRow, piecesOf, type Review, readLines, review } from './data.ts';

interface ExitCheckProps {
  order: OrderRow;
  onDone: (text: string) => void;
}

/** A paid order whose bag somebody looks into before the gate opens. */
export function ExitCheck({ order, onDone }: ExitCheckProps) {
  const [lines, setLines] = useState<Line[] | string | null>(null);
  const [failing, setFailing] = useState(false);
  const [trouble, setTrouble] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [key] = useState(() => ({ verified: crypto.randomUUID(), failed: crypto.randomUUID() }));
  useEffect(() => {
    let over = false;
    void readLines(order.id).then((found) => {
      if (!over) setLines(found);
    });
    return () => {
      over = true;
    };
  }, [order.id]);
  const pieces = lines === null || typeof lines === 'string' ? null : piecesOf(lines);
  const say = async (said: Review) => {
    setBusy(true);
    const wrong = await review(order.id, said, key[said.result]);
    setBusy(false);
    if (wrong !== null) return setTrouble(`${wrong} Nothing was written.`);
    onDone(
      said.result === 'verified'
        ? `Order ${order.number} is as paid: its pass opens the gate now.`
        : `Order ${order.number} is not as paid: its gate stays shut until somebody else clears it.`,
    );
  };
  const fail = (form: HTMLFormElement) => {
    const fields = new FormData(form);
    const reason = String(fields.get('reason') ?? '').trim();
    const counts = { checked: Number(fields.get('checked')), unpaid: Number(fields.get('unpaid')) };
    if (reason !== '') void say({ result: 'failed', reason, counts });
  };
  return (
    <li class="card check-card" aria-label={`Order ${order.number}`}>
      <p class="check-head">
        <strong>Order {order.number}</strong>
        <span class="small soft">
          paid <span class="number">{clock(order.completed_at ?? order.created_at, new Date())}</span>
        </span>
      </p>
      <p>
        {pieces !== null && (
          <strong>
            {pieces} {pieces === 1 ? 'piece' : 'pieces'}
          </strong>
        )}{' '}
        <span class="money soft">{money(order.total, order.currency)}</span>
      </p>
      {lines === null && <Wait>Reading the order</Wait>}
      {typeof lines === 'string' && <Notice tone="alarm">{lines}</Notice>}
      {lines !== null && typeof lines !== 'string' && <CheckLines lines={lines} />}
      {trouble !== null && <Notice tone="alarm">{trouble}</Notice>}
      {failing ? (
        <form
          class="check-form"
          onSubmit={(event) => {
            event.preventDefault();
            fail(event.currentTarget);
          }}
        >
          <div class="check-counts">
            <label>
              Pieces looked at
              <input
                name="checked"
                type="number"
                inputMode="numeric"
                min={0}
                max={9_999}
                required
                defaultValue={String(pieces ?? 0)}
              />
            </label>
            <label>
              Not paid for
              <input
                name="unpaid"
                type="number"
                inputMode="numeric"
                min={0}
                max={9_999}
                required
                defaultValue="1"
              />
            </label>
          </div>
          <label>
            What is wrong?
            <input name="reason" required maxLength={500} autoComplete="off" />
          </label>
          <p class="small soft">Only another member of staff can clear it afterwards. No money moves.</p>
          <p class="check-actions">
            <button type="submit" class="danger" disabled={busy}>
              Not as paid
            </button>
            <button type="button" onClick={() => setFailing(false)} disabled={busy}>
              Back
            </button>
          </p>
        </form>
      ) : (
        <p class="check-actions">
          <button
            type="button"
            class="primary"
            disabled={busy || pieces === null}
            onClick={() => void say({ result: 'verified', counts: { checked: pieces ?? 0, unpaid: 0 } })}
          >
            All is paid for
          </button>
          <button type="button" disabled={busy} onClick={() => setFailing(true)}>
            Something is wrong
          </button>
        </p>
      )}
    </li>
  );
}
