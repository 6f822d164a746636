import { computed, signal } from '@preact/signals';
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { LintFinding } from '../../../../shared/promotion/lint.ts';
import { Empty, Notice, Wait } from '../../../../shared/ui/components.tsx';
import { session } from '../../session.ts';
import { filter, filters, follow } from '../address.ts';
import {
  currency,
  localNow,
  promotions,
  publishedAt,
  readCatalogue,
  reading,
  stores,
  trouble,
} from '../data/catalogue.ts';
import { itemNames, readItems } from '../data/items.ts';
import { staleStores } from '../data/unpublished.ts';
import { PublishDialog } from '../publish.tsx';
import { chooseRows, rowsOf, skusSaid } from './choose_rows.ts';
import { ListFilters } from './filters.tsx';
import { PromotionRow } from './row.tsx';

const ROWS_SHOWN = 50;

/** The promotions of which a store works with an older edit. */
const stale = computed(
  () =>
    new Set(
      [...promotions.value.values()]
        .filter((one) => staleStores(one, publishedAt.value).length > 0)
        .map(({ id }) => id),
    ),
);
const findings = signal<ReadonlyMap<string, LintFinding[]>>(new Map());

export function PromotionList() {
  const [shown, setShown] = useState(ROWS_SHOWN);
  const [publishing, setPublishing] = useState(false);
  const now = localNow(Date.now(), filters.value.store).slice(0, 16);
  useEffect(() => void readCatalogue(), []);
  useEffect(() => void look(), [promotions.value, reading.value]);

  const rows = useMemo(
    () =>
      rowsOf({
        promotions: promotions.value.values(),
        currency: currency.value,
        nameOf: (sku) => itemNames.value.get(sku),
        now: localNow(Date.now(), filters.value.store),
      }),
    [promotions.value, currency.value, itemNames.value, now, filters.value.store],
  );
  const chosen = chooseRows(rows, filters.value, stores.value);
  useEffect(() => void readItems(skusSaid(chosen.slice(0, shown))), [promotions.value, shown]);
  const counts = new Map<string, number>();
  for (const { state } of rows) counts.set(state, (counts.get(state) ?? 0) + 1);
  const isEmpty = promotions.value.size === 0;
  const mayEdit = session.value?.role === 'admin';

  return (
    <section class="stack" aria-labelledby="promotions-title">
      <div class="heading">
        <h1 id="promotions-title">Promotions</h1>
        {session.value?.role !== 'cashier' && (
          <button type="button" onClick={() => setPublishing(true)}>
            Publish{stale.value.size > 0 ? ` ${stale.value.size} changed` : ''}…
          </button>
        )}
        {mayEdit && (
          <>
            <a class="button" href="/promotions/imports" onClick={follow}>
              Import a file
            </a>
            <a class="button primary" href="/promotions/new" onClick={follow}>
              New promotion
            </a>
          </>
        )}
      </div>
      <ListFilters counts={counts} />
      {trouble.value !== null && (
        <Notice tone="wait">
          {trouble.value} {isEmpty ? 'Nothing could be read.' : 'This list is not fresh.'}{' '}
          <button type="button" onClick={() => void readCatalogue()}>
            Try again
          </button>
        </Notice>
      )}
      {isEmpty && reading.value === 'reading' && <Wait>Reading the promotions</Wait>}
      {!isEmpty && reading.value === 'reading' && (
        <p class="soft small" role="status">
          {promotions.value.size} promotions, reading
        </p>
      )}
      {isEmpty && reading.value === 'read' && (
        <Empty>
          No promotions yet.{' '}
          {mayEdit ? 'Make the first one, or import a file.' : 'An admin can make the first one.'}
        </Empty>
      )}
      {!isEmpty && chosen.length === 0 && (
        <Empty>
          No promotion fits.{' '}
          <button type="button" onClick={() => filter({ state: '', family: '', store: '', q: '' })}>
            Clear the filters
          </button>
        </Empty>
      )}
      <ul class="rows" aria-label="Promotions">
        {chosen.slice(0, shown).map((row) => (
          <PromotionRow
            key={row.promotion.id}
            row={row}
            isStale={stale.value.has(row.promotion.id)}
            findings={findings.value.get(row.promotion.id) ?? []}
            mayEdit={mayEdit}
          />
        ))}
      </ul>
      {chosen.length > shown && (
        <button type="button" onClick={() => setShown(shown + ROWS_SHOWN)}>
          Show more ({chosen.length - shown} left)
        </button>
      )}
      {publishing && <PublishDialog onClose={() => setPublishing(false)} />}
    </section>
  );
}

/** The list does not wait for what looks odd: that comes with a script of its own. */
async function look(): Promise<void> {
  const seen = promotions.value;
  if (seen.size === 0 || reading.value !== 'read') return;
  const part = await import('../data/oddities.ts').catch(() => null);
  if (part === null || seen !== promotions.value) return;
  const active = [...seen.values()].filter((one) => one.is_active);
  const all = part.odditiesIn(active, localNow(Date.now()));
  const byPromotion = new Map<string, LintFinding[]>();
  for (const finding of all)
    byPromotion.set(finding.promotion_id, [...(byPromotion.get(finding.promotion_id) ?? []), finding]);
  findings.value = byPromotion;
}
