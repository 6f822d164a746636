import { useEffect, useState } from 'preact/hooks';
import { Badge, Notice, Wait } from '../../../shared/ui/components.tsx';
import { clock, money } from '../../../shared/ui/money.ts';
import { type Basket, decide, type Line, type Reason, readBasket, type Waiting } from './data.ts';

interface BasketCheckProps {
  waiting: Waiting;
  onDone: (text: string) => void;
}

/** A basket whose shopper called staff: the code on her screen, why, and what is in it. */
export function BasketCheck({ waiting, onDone }: BasketCheckProps) {
  const { basket_id, code, minimum_age, reasons, revision, opened_at } = waiting;
  const [basket, setBasket] = useState<Basket | string | null>(null);
  const [asked, setAsked] = useState(0);
  const [rejecting, setRejecting] = useState(false);
  const [trouble, setTrouble] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [key] = useState(() => ({ accept: crypto.randomUUID(), reject: crypto.randomUUID() }));
  useEffect(() => {
    let over = false;
    void readBasket(basket_id).then((found) => {
      if (!over) setBasket(found);
    });
    return () => {
      over = true;
    };
  }, [basket_id, revision, asked]);
  const decided = async (verdict: 'accept' | 'reject', note: string) => {
    if (basket === null || typeof basket === 'string') return;
    setBusy(true);
    const body = { revision: basket.revision, ...(note === '' ? {} : { note }) };
    // A basket that changed meanwhile is another question, so it has another key.
    const wrong = await decide(basket_id, verdict, body, `${key[verdict]}.${basket.revision}`);
    setBusy(false);
    if (wrong !== null) {
      setTrouble(`${wrong} Nothing was decided: look again.`);
      setAsked(asked + 1);
      return;
    }
    onDone(
      verdict === 'accept'
        ? `${code} is accepted: the shopper can pay.`
        : `${code}: the restricted items are out of the basket.`,
    );
  };
  return (
    <li class="card check-card" aria-label={`Basket ${code}`}>
      <p class="check-head">
        <strong class="check-code">{code}</strong>
        <span class="small soft">
          since <span class="number">{clock(opened_at, new Date())}</span>
        </span>
      </p>
      <ul class="reasons">
        {reasons.map((reason) => (
          <li key={wordsOf(reason)}>
            <Badge tone="wait">{wordsOf(reason)}</Badge>
          </li>
        ))}
      </ul>
      {basket === null && <Wait>Reading the basket</Wait>}
      {typeof basket === 'string' && (
        <Notice tone="alarm">
          {basket}{' '}
          <button type="button" onClick={() => setAsked(asked + 1)}>
            Read it again
          </button>
        </Notice>
      )}
      {basket !== null && typeof basket !== 'string' && (
        <>
          <CheckLines lines={basket.lines} />
          <p class="small soft">
            Total <span class="money">{money(basket.total, basket.currency)}</span>, not paid yet
          </p>
        </>
      )}
      {trouble !== null && <Notice tone="alarm">{trouble}</Notice>}
      {rejecting ? (
        <form
          class="check-form"
          onSubmit={(event) => {
            event.preventDefault();
            const note = String(new FormData(event.currentTarget).get('note') ?? '').trim();
            if (note !== '') void decided('reject', note);
          }}
        >
          <label>
            Why not?
            <input name="note" required maxLength={500} autoComplete="off" />
          </label>
          <p class="small soft">
            The restricted items leave the basket and cannot be put back from here. The rest stays; no money
            has moved.
          </p>
          <p class="check-actions">
            <button type="submit" class="danger" disabled={busy}>
              Take them out
            </button>
            <button type="button" onClick={() => setRejecting(false)} disabled={busy}>
              Back
            </button>
          </p>
        </form>
      ) : (
        <p class="check-actions">
          <button
            type="button"
            class="primary"
            disabled={busy || basket === null || typeof basket === 'string'}
            onClick={() => void decided('accept', '')}
          >
            {minimum_age === undefined ? 'Accept' : `Accept: ${minimum_age} or older`}
          </button>
          <button type="button" disabled={busy} onClick={() => setRejecting(true)}>
            Reject
          </button>
        </p>
      )}
    </li>
  );
}

/** What the bag or basket should hold; what is restricted comes first and says so. */
export function CheckLines({ lines }: { lines: readonly Line[] }) {
  const sorted = [...lines].sort((a, b) => b.restrictions.length - a.restrictions.length);
  return (
    <ul class="check-lines">
      {sorted.map((line) => (
        <li key={line.id}>
          <span class="number">{line.quantity} ×</span>
          <span>{line.name}</span>
          {line.restrictions.map(({ kind, minimum_age }) => (
            <Badge key={kind} tone="wait">
              {minimum_age === undefined ? kind : `${minimum_age}+`}
            </Badge>
          ))}
        </li>
      ))}
    </ul>
  );
}

function wordsOf(reason: Reason): string {
  switch (reason.kind) {
    case 'age':
      return `Age: ${reason.minimum_age} or older`;
    case 'item':
      return `Needs approval: ${reason.name}`;
    case 'category':
      return `Checked goods: ${reason.category}`;
    case 'sample':
      return 'Picked by chance: compare the bag';
  }
}
