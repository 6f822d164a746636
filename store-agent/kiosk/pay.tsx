import { roundCash } from '../../shared/money/cash.ts';
import { Wait } from '../../shared/ui/components.tsx';
import { majorUnit, price } from './money.ts';
import { basket, busy, forget, order, pay, problem, step, till } from './state.ts';
import { fill, words } from './words.ts';

const NOTES = [5, 10, 20, 50, 100];

/** The ways to pay that this till has at this moment. */
export function PayStep() {
  const total = basket.value?.total ?? 0;
  const now = till.value;
  const has = (gateway: string): boolean => now?.tenders.some((one) => one.gateway === gateway) ?? false;
  const later = now?.pay_later ?? null;
  const mayLater = later !== null && total <= Math.min(later.max_sale, later.left);
  return (
    <section class="pay">
      <Total total={total} title={words().howToPay} />
      <div class="tenders">
        {has('terminal') && (
          <button
            type="button"
            class="primary big"
            disabled={busy.value}
            onClick={() => void pay({ gateway: 'terminal', method: 'card' })}
          >
            {words().card}
          </button>
        )}
        <button
          type="button"
          class={has('terminal') ? 'big' : 'primary big'}
          disabled={busy.value}
          onClick={() => {
            step.value = 'cash';
          }}
        >
          {words().cash}
        </button>
        {mayLater && (
          <button
            type="button"
            class="big"
            disabled={busy.value}
            onClick={() => void pay({ gateway: 'pay_later', method: 'link' })}
          >
            {words().later}
            <span class="small">{fill(words().laterHint, { days: later.due_days })}</span>
          </button>
        )}
      </div>
      <Leave />
    </section>
  );
}

/** How much was handed over; the change is worked out by the agent and shown at the end. */
export function CashStep() {
  const total = basket.value?.total ?? 0;
  const due = roundCash(total, till.value?.cash_step ?? 1);
  const unit = majorUnit();
  const above = NOTES.map((note) => note * unit).map((note) => Math.ceil(due / note) * note);
  const amounts = [...new Set(above)].filter((amount) => amount > due).slice(0, 4);
  const give = (tendered: number): void =>
    void pay({ gateway: 'cash', method: 'cash', tendered }, tendered - due);
  return (
    <section class="pay">
      <Total total={due} title={words().cashGiven} />
      {due !== total && <p class="soft">{words().rounded}</p>}
      <div class="tenders">
        <button type="button" class="primary big" disabled={busy.value} onClick={() => give(due)}>
          {words().exact} {price(due)}
        </button>
        {amounts.map((amount) => (
          <button type="button" class="big" key={amount} disabled={busy.value} onClick={() => give(amount)}>
            {price(amount)}
          </button>
        ))}
      </div>
      <button
        type="button"
        class="quiet"
        onClick={() => {
          problem.value = null;
          step.value = 'pay';
        }}
      >
        {words().back}
      </button>
    </section>
  );
}

export function CardStep() {
  return (
    <section class="pay">
      <Total total={basket.value?.total ?? 0} title={words().card} />
      <Wait>{words().cardWait}</Wait>
    </section>
  );
}

function Total({ total, title }: { total: number; title: string }) {
  return (
    <header class="total-head">
      <h1>{title}</h1>
      <p class="hero money">{price(total)}</p>
    </header>
  );
}

/** Until there is an order the shopper may go on scanning; after it she pays or stops. */
function Leave() {
  return (
    <div class="buttons">
      {order.value === null && (
        <button
          type="button"
          onClick={() => {
            problem.value = null;
            step.value = 'basket';
          }}
        >
          {words().back}
        </button>
      )}
      <button type="button" class="quiet" onClick={() => void forget()}>
        {words().cancel}
      </button>
    </div>
  );
}
