import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { Empty, Notice, Wait } from '../../../shared/ui/components.tsx';
import { money } from '../../../shared/ui/money.ts';
import { order, store, trouble } from '../trip.ts';
import { pay } from './actions.ts';
import { AskView } from './ask.tsx';
import { GoingBack } from './going_back.tsx';
import { type Need, wordsOf } from './methods.ts';
import { type Offer, offers, readOffers } from './offers.ts';
import { paidOf } from './paid.ts';
import { SavedCards } from './saved_cards.tsx';

/** The method that waits for a word of the payer. */
const asking = signal<{ offer: Offer; need: Need } | null>(null);
/** The payer wants the next card to be kept. */
const keeping = signal(false);

export function PayView() {
  const now = order.value;
  const paid = now === null ? 0 : paidOf(now);
  useEffect(() => {
    asking.value = null;
    void readOffers();
  }, [now?.id, paid]);
  if (now === null) return <Wait>Making your order</Wait>;
  const due = now.total - paid;
  const items = now.lines.reduce((sum, line) => sum + line.quantity, 0);
  if (asking.value !== null)
    return <AskView {...asking.value} due={due} onBack={() => (asking.value = null)} />;
  return (
    <section class="pad stack">
      <h1>
        {due === 0 ? (
          'Nothing to pay'
        ) : (
          <>
            Pay <span class="money">{money(due, now.currency)}</span>
          </>
        )}
      </h1>
      <p class="soft">
        Order {now.number} · {items} {items === 1 ? 'item' : 'items'}
        {now.discount > 0 && <> · saved {money(now.discount, now.currency)}</>}
      </p>
      {paid > 0 && (
        <Notice tone="open">
          {money(paid, now.currency)} of {money(now.total, now.currency)} is paid; pay the rest.
        </Notice>
      )}
      <GoingBack of={now} />
      <SavedCards />
      <Methods />
      {store.value?.gateways.some((g) => g.environment === 'test') && (
        <p class="small soft">A demo store: no money moves.</p>
      )}
    </section>
  );
}

function Methods() {
  if (offers.value === null)
    return trouble.value === null ? (
      <Wait>Asking how you can pay</Wait>
    ) : (
      <button type="button" onClick={() => void readOffers()}>
        Try again
      </button>
    );
  const { methods } = offers.value;
  if (methods.length === 0)
    return (
      <Empty>This shop takes no money over the phone. Please pay at the till; nothing was charged.</Empty>
    );
  return (
    <>
      <ul class="methods" aria-label="Ways to pay">
        {methods.map((offer) => (
          <li key={`${offer.gateway}/${offer.method}`}>
            <Method offer={offer} />
          </li>
        ))}
      </ul>
      {methods.some((offer) => offer.saves_cards) && (
        <label class="tick">
          <input
            type="checkbox"
            checked={keeping.value}
            onChange={(event) => (keeping.value = event.currentTarget.checked)}
          />
          Keep my card for next time
        </label>
      )}
    </>
  );
}

function Method({ offer }: { offer: Offer }) {
  const { gateway, method, display_name, saves_cards } = offer;
  const { name, hint, need } = wordsOf(method);
  const choose = () => {
    if (need !== undefined) asking.value = { offer, need };
    else void pay({ gateway, method, ...(saves_cards && keeping.value ? { save_card: true } : {}) });
  };
  return (
    <button type="button" onClick={choose}>
      <span>{name}</span>
      <span class="small soft">{display_name ?? hint}</span>
    </button>
  );
}
