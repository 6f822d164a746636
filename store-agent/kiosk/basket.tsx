import { useEffect, useState } from 'preact/hooks';
import type { BasketLine } from '../../shared/api/basket.ts';
import { Empty, Notice } from '../../shared/ui/components.tsx';
import { price } from './money.ts';
import { basket, busy, count, forget, readBasket, setQuantity, step, whyOf } from './state.ts';
import { TypeCode } from './type_code.tsx';
import { words } from './words.ts';

const AGE_POLL_MS = 2_000;

/** Scan and see: what is in the basket, what it saves and why, and what is to pay. */
export function BasketStep() {
  const now = basket.value;
  if (now === null) return null;
  const [suggestion] = now.suggestions;
  return (
    <section class="basket">
      <div class="lines">
        <h1>{words().yourBasket}</h1>
        {now.lines.length === 0 && <Empty>{words().empty}</Empty>}
        <ul>
          {[...now.lines].reverse().map((line) => (
            <Line key={line.id} line={line} />
          ))}
        </ul>
      </div>
      <div class="sums">
        {now.verification.status === 'required' && <AgeCheck />}
        {suggestion !== undefined && <p class="hint">{suggestion.text}</p>}
        <dl>
          <dt>
            {words().subtotal} ({count.value})
          </dt>
          <dd class="money">{price(now.subtotal)}</dd>
          {now.discount > 0 && (
            <>
              <dt class="good">{words().saved}</dt>
              <dd class="money good">−{price(now.discount)}</dd>
            </>
          )}
          <dt class="total">{words().total}</dt>
          <dd class="money total" aria-live="polite">
            {price(now.total)}
          </dd>
        </dl>
        <button
          type="button"
          class="primary big"
          disabled={now.lines.length === 0 || busy.value || now.verification.status === 'required'}
          onClick={() => {
            step.value = 'pay';
          }}
        >
          {words().pay} {price(now.total)}
        </button>
        <TypeCode />
        <button type="button" class="quiet" onClick={() => void forget()}>
          {words().cancel}
        </button>
      </div>
    </section>
  );
}

function Line({ line }: { line: BasketLine }) {
  const [why, setWhy] = useState<string[]>([]);
  const shown = line.promotions.map((one) => one.title).join(', ');
  return (
    <li class="line">
      <span class="name">
        {line.name}
        {line.quantity > 1 && (
          <span class="soft small">
            {' '}
            {words().each} {price(line.unit_price)}
          </span>
        )}
        {line.discount > 0 && (
          <span class="good saving">
            −{price(line.discount)} {shown}{' '}
            <button type="button" class="quiet why" onClick={() => void whyOf(line.id).then(setWhy)}>
              {words().why}
            </button>
          </span>
        )}
        {why.map((sentence) => (
          <span class="soft small" key={sentence}>
            {sentence}
          </span>
        ))}
      </span>
      <Quantity line={line} />
      <span class="money">{price(line.total)}</span>
    </li>
  );
}

/** A tagged or labelled unit is one: it can only be taken out. A deposit goes with its item. */
function Quantity({ line }: { line: BasketLine }) {
  if (line.kind === 'deposit')
    return (
      <span class="quantity">
        <span class="number">{line.quantity}</span>
      </span>
    );
  const single = line.epc !== undefined || line.price_from !== undefined;
  const fewer = line.quantity === 1 ? words().remove : words().fewer;
  return (
    <span class="quantity">
      <button
        type="button"
        disabled={busy.value}
        aria-label={`${fewer}: ${line.name}`}
        onClick={() => void setQuantity(line.id, line.quantity - 1)}
      >
        {line.quantity === 1 ? '✕' : '−'}
      </button>
      <span class="number">{line.quantity}</span>
      {!single && (
        <button
          type="button"
          disabled={busy.value}
          aria-label={`${words().more}: ${line.name}`}
          onClick={() => void setQuantity(line.id, line.quantity + 1)}
        >
          +
        </button>
      )}
    </span>
  );
}

function AgeCheck() {
  useEffect(() => {
    const timer = setInterval(() => void readBasket(), AGE_POLL_MS);
    return () => clearInterval(timer);
  }, []);
  return <Notice tone="wait">{words().ageCheck}</Notice>;
}
