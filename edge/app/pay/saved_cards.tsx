import { useState } from 'preact/hooks';
import type { SavedCard } from '../../../shared/api/shopper.ts';
import { pay } from './actions.ts';
import { cardName } from './methods.ts';
import { cards, forgetCard, offerFor } from './offers.ts';

/** Cards that the shopper had kept, before every other way to pay. */
export function SavedCards() {
  const usable = cards.value.filter((card) => offerFor(card) !== undefined);
  if (usable.length === 0) return null;
  return (
    <ul class="methods saved-cards" aria-label="Your cards">
      {usable.map((card) => (
        <CardRow key={card.id} card={card} />
      ))}
    </ul>
  );
}

/** To forget a card cannot be undone, so it is asked once. */
function CardRow({ card }: { card: SavedCard }) {
  const [sure, setSure] = useState(false);
  const [busy, setBusy] = useState(false);
  const name = cardName(card);
  const payWith = () => {
    const offer = offerFor(card);
    if (offer !== undefined)
      void pay({ gateway: offer.gateway, method: offer.method, saved_card_id: card.id });
  };
  const forget = async () => {
    setBusy(true);
    await forgetCard(card);
    setBusy(false);
    setSure(false);
  };
  return (
    <li>
      <button type="button" onClick={payWith} disabled={busy}>
        <span>Pay with {name}</span>
        <span class="small soft">
          {card.expiry === undefined ? 'Kept for you' : `Good until ${card.expiry}`}
        </span>
      </button>
      {sure ? (
        <span class="sure">
          <button type="button" class="danger" onClick={() => void forget()} disabled={busy}>
            Forget {name}
          </button>
          <button type="button" onClick={() => setSure(false)} disabled={busy}>
            Keep it
          </button>
        </span>
      ) : (
        <button type="button" class="quiet" onClick={() => setSure(true)}>
          Forget this card
        </button>
      )}
    </li>
  );
}
