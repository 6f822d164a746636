import { signal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import type { Item } from '../../../../shared/catalog/item.ts';
import type { StoreId } from '../../../../shared/ids/index.ts';
import { sentence } from '../../../../shared/promotion/describe/sentence.ts';
import type { Promotion } from '../../../../shared/promotion/schema.ts';
import { Empty } from '../../../../shared/ui/components.tsx';
import { localNow, promotions } from '../data/catalogue.ts';
import { browseItems, itemNames, items } from '../data/items.ts';
import { isFor, promotionOf } from '../data/records.ts';
import { SearchBox } from '../form/search_box.tsx';
import { Lines } from './lines.tsx';
import { basketOf, contextOf, fittingLines, type TestLine, withItem } from './test_basket.ts';
import { Totals } from './totals.tsx';
import { indexOthers, othersTouching, type TriedOut, tryOut } from './try_out.ts';
import { useExplanation } from './use_explanation.ts';

/** The test basket stays while one goes from offer to offer. */
const lines = signal<readonly TestLine[]>([]);
const moment = signal<string | null>(null);
const code = signal('');
const withOthers = signal(true);

/** With more of them a search for the best price takes longer than a person types. */
const OTHERS_MAX = 600;
const NO_OTHERS: readonly Promotion[] = [];

interface PreviewProps {
  /** As it is typed; null while something is missing. */
  promotion: Promotion | null;
  /** Whose clock and whose other promotions count. */
  storeId: StoreId | undefined;
  currency: string;
}

/** What the offer does to a basket, at every letter that is typed; nothing leaves the page for it. */
export function Preview({ promotion, currency, storeId }: PreviewProps) {
  useEffect(() => void browseItems(), []);
  const titled = (one: Promotion): Promotion =>
    one.title === ''
      ? { ...one, title: sentence(one, { currency, nameOf: (sku) => itemNames.value.get(sku) }) }
      : one;
  const now = moment.value ?? localNow(Date.now(), storeId).slice(0, 16);
  const basket = useMemo(() => basketOf(lines.value, currency), [lines.value, currency]);
  const context = useMemo(() => contextOf(now, code.value), [now, code.value]);
  const others = useMemo(
    () =>
      indexOthers(
        [...promotions.value.values()]
          .filter((one) => one.is_active && (storeId === undefined || isFor(one, storeId)))
          .map(promotionOf),
      ),
    [promotions.value, storeId],
  );
  const found = useMemo(
    () => (withOthers.value ? othersTouching(others, basket, context).map(titled) : []),
    [others, basket, context, withOthers.value, itemNames.value],
  );
  const isTooMany = found.length > OTHERS_MAX;
  const touching = isTooMany ? NO_OTHERS : found;
  const tried = useMemo<TriedOut | null>(
    () =>
      basket.lines.length === 0 ? null : tryOut(promotion && titled(promotion), touching, basket, context),
    [promotion, touching, basket, context, itemNames.value],
  );
  const explanation = useExplanation(tried, touching.length);
  const add = (item: Item, more: number) => {
    lines.value = withItem(lines.value, item, more);
  };
  const qualifiers = promotion?.availability === 'special' ? promotion.qualifiers : [];

  return (
    <section class="card stack preview" aria-labelledby="preview-title" id="preview">
      <h2 id="preview-title">Try it on a basket</h2>
      <div class="field">
        <label for="preview-search">Put into the test basket</label>
        <SearchBox
          id="preview-search"
          label="Put into the test basket"
          currency={currency}
          only="items"
          onPick={({ item }) => item !== null && add(item, 1)}
        />
      </div>
      {lines.value.length === 0 ? (
        <Empty>
          Search for items, or{' '}
          <FitButton promotion={promotion} words="fill it with what the offer asks for" />
        </Empty>
      ) : (
        <Lines
          lines={lines.value}
          tried={tried}
          explanation={explanation}
          currency={currency}
          promotionId={promotion?.id ?? null}
          onAdd={add}
        />
      )}
      {tried !== null && (
        <Totals tried={tried} explanation={explanation} promotion={promotion} currency={currency} />
      )}
      {lines.value.length > 0 && (
        <div class="actions">
          <FitButton promotion={promotion} words="Fill with what fits" />
          <button
            type="button"
            onClick={() => {
              lines.value = [];
            }}
          >
            Empty it
          </button>
        </div>
      )}
      <div class="line">
        <div class="field">
          <label for="preview-when">Day and time of the test</label>
          <input
            id="preview-when"
            type="datetime-local"
            value={now}
            onInput={(event) => {
              moment.value = event.currentTarget.value || null;
            }}
          />
        </div>
        <div class="field">
          <label for="preview-code">Coupon or card</label>
          <input
            id="preview-code"
            type="text"
            list="preview-codes"
            autoComplete="off"
            value={code.value}
            onInput={(event) => {
              code.value = event.currentTarget.value;
            }}
          />
          <datalist id="preview-codes">
            {qualifiers.map(({ id, description }) => (
              <option key={id} value={id}>
                {description}
              </option>
            ))}
          </datalist>
        </div>
      </div>
      <label class="check">
        <input
          type="checkbox"
          checked={withOthers.value}
          onChange={(event) => {
            withOthers.value = event.currentTarget.checked;
          }}
        />
        <span>
          With your other live promotions
          <span class="soft small block">{othersText(found.length, isTooMany)}</span>
        </span>
      </label>
    </section>
  );
}

function FitButton({ promotion, words }: { promotion: Promotion | null; words: string }) {
  const fitting = promotion === null ? [] : fittingLines(promotion, items.value.values());
  return (
    <button
      type="button"
      disabled={fitting.length === 0}
      onClick={() => {
        lines.value = fitting;
      }}
    >
      {words}
    </button>
  );
}

function othersText(count: number, isTooMany: boolean): string {
  if (isTooMany) return `${count} of them touch this basket: too many to try at once, so they stay out`;
  if (count === 0) return 'None of them touches this basket';
  return count === 1 ? '1 touches this basket' : `${count} touch this basket`;
}
