import type { PromotionState } from '../../../../shared/promotion/describe/state_at.ts';
import { type Filters, filter, filters } from '../address.ts';
import { stores } from '../data/catalogue.ts';
import { FAMILIES } from '../data/family_words.ts';

export const STATE_WORDS: Record<PromotionState, string> = {
  live: 'Live now',
  scheduled: 'Scheduled',
  ended: 'Ended',
  off: 'Off',
};

export function ListFilters({ counts }: { counts: ReadonlyMap<string, number> }) {
  const now = filters.value;
  const select = (name: keyof Filters) => ({
    value: now[name],
    onChange: (event: { currentTarget: HTMLSelectElement }) => filter({ [name]: event.currentTarget.value }),
  });
  return (
    <search class="filters">
      <label class="grow">
        Search
        <input
          type="search"
          value={now.q}
          placeholder="Title, item, category or key"
          onInput={(event) => filter({ q: event.currentTarget.value })}
        />
      </label>
      <label>
        State
        <select {...select('state')}>
          <option value="">All</option>
          {Object.entries(STATE_WORDS).map(([state, words]) => (
            <option key={state} value={state}>
              {words} ({counts.get(state) ?? 0})
            </option>
          ))}
        </select>
      </label>
      <label>
        Kind
        <select {...select('family')}>
          <option value="">All</option>
          {FAMILIES.map(({ family, title }) => (
            <option key={family} value={family}>
              {title}
            </option>
          ))}
        </select>
      </label>
      {stores.value.length > 1 && (
        <label>
          Store
          <select {...select('store')}>
            <option value="">All</option>
            {stores.value.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        </label>
      )}
    </search>
  );
}
