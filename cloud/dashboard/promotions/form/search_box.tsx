import { computed } from '@preact/signals';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { money } from '../../../../shared/ui/money.ts';
import { browseItems, items, searchItems } from '../data/items.ts';
import { categoriesOf, everythingOffer, findCategories, itemOffer, type Offer } from './find_nodes.ts';

const PAUSE_MS = 150;

const categories = computed(() => categoriesOf(items.value.values()));

interface SearchProps {
  id: string;
  label: string;
  currency: string;
  /** Items alone, or also their categories and everything. */
  only?: 'items';
  onPick: (offer: Offer) => void;
  invalid?: boolean;
  onBlur?: () => void;
}

/** A field that finds items by name, SKU or code, and categories by name; works by keyboard alone. */
export function SearchBox({ id, label, currency, only, onPick, invalid = false, onBlur }: SearchProps) {
  const [text, setText] = useState('');
  const [offers, setOffers] = useState<Offer[] | null>(null);
  const [active, setActive] = useState(0);
  const [trouble, setTrouble] = useState(false);
  const listId = useId();
  const input = useRef<HTMLInputElement>(null);

  useEffect(() => {
    if (text.trim() === '') {
      setOffers(null);
      return undefined;
    }
    let over = false;
    const timer = setTimeout(async () => {
      if (only === undefined) void browseItems();
      const found = await searchItems(text.trim());
      if (over) return;
      setTrouble(found === null);
      const own = (found ?? []).map(itemOffer);
      const isAll = 'everything'.startsWith(text.trim().toLowerCase());
      setOffers(
        only === 'items'
          ? own
          : [...(isAll ? [everythingOffer()] : []), ...findCategories(categories.value, text), ...own],
      );
      setActive(0);
    }, PAUSE_MS);
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [text, only, categories.value]);

  const pick = (offer: Offer) => {
    onPick(offer);
    setText('');
    setOffers(null);
    input.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') {
      setText('');
      return;
    }
    if (event.key === 'Enter') event.preventDefault();
    if (offers === null || offers.length === 0) return;
    if (event.key === 'ArrowDown') setActive((active + 1) % offers.length);
    else if (event.key === 'ArrowUp') setActive((active + offers.length - 1) % offers.length);
    else if (event.key === 'Enter') {
      const offer = offers[active];
      if (offer !== undefined) pick(offer);
      return;
    } else return;
    event.preventDefault();
  };
  const isOpen = offers !== null;

  return (
    <div class="search">
      <input
        ref={input}
        id={id}
        type="text"
        role="combobox"
        aria-label={label}
        aria-expanded={isOpen}
        aria-controls={listId}
        aria-autocomplete="list"
        aria-invalid={invalid}
        {...(isOpen && offers.length > 0 ? { 'aria-activedescendant': `${listId}-${active}` } : {})}
        autoComplete="off"
        placeholder={only === 'items' ? 'Name, SKU or code' : 'Name, SKU, code or category'}
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
        onKeyDown={onKeyDown}
        onBlur={onBlur}
      />
      <div
        id={listId}
        role="listbox"
        aria-label={label}
        class={isOpen && offers.length > 0 ? 'offers' : 'hidden'}
      >
        {offers?.map((offer, i) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the field above
          // biome-ignore lint/a11y/useFocusableInteractive: the field keeps the focus and names the option
          <div
            key={`${offer.node.node_type}${offer.node.node_id}`}
            id={`${listId}-${i}`}
            role="option"
            aria-selected={i === active}
            class="offer"
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => pick(offer)}
          >
            <span>
              {offer.name} <span class="soft small">{offer.note}</span>
            </span>
            {offer.item === null ? (
              <span class="soft small">{offer.node.node_type === 'item' ? '' : 'category'}</span>
            ) : (
              <span class="money">{money(offer.item.unit_price, currency)}</span>
            )}
          </div>
        ))}
      </div>
      {isOpen && offers.length === 0 && (
        <p class="soft small" role="status">
          {trouble ? 'No connection: the search did not run.' : 'Nothing is called that.'}
        </p>
      )}
    </div>
  );
}
