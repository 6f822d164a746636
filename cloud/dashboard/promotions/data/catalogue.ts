import { computed, signal } from '@preact/signals';
import type { z } from 'zod';
import { localDateTime } from '../../../../shared/basket/local_time.ts';
import type { StoreId } from '../../../../shared/ids/index.ts';
import { LocalDateTime } from '../../../../shared/promotion/local_time.ts';
import type { Outcome } from '../../../../shared/ui/http.ts';
import { call, troubleOf } from './call.ts';
import { PublicationPage, type Store, Stored, StoredPage, StorePage } from './records.ts';

const PAGE_ROWS = 100;
/** A person does not read more; what is beyond is found by the service's own lists. */
const PROMOTIONS_MAX = 20_000;
const STORES_MAX = 1_000;
/** A service that is asked too fast is left alone for a moment. */
const PAUSE_MS = 1_000;
const PAUSES_MAX = 30;
/** Stores whose publications are asked for one by one. */
const PUBLICATIONS_ASKED_MAX = 25;

export type Reading = 'never' | 'reading' | 'read' | 'failed';

/** What this tab knows of the promotions. It is shown while it is read again. */
export const promotions = signal<ReadonlyMap<string, Stored>>(new Map());
export const stores = signal<readonly Store[]>([]);
/** When the last publication that reached the store began to read; null: never published. */
export const publishedAt = signal<ReadonlyMap<StoreId, string | null>>(new Map());
export const reading = signal<Reading>('never');
export const trouble = signal<string | null>(null);

/** The retailer's money and clock are those of its stores. */
export const currency = computed(() => stores.value[0]?.currency ?? 'GBP');

/** The wall clock of a store, or of the first one. */
export function localNow(atMs: number, id?: string): string {
  const store = stores.value.find((one) => one.id === id) ?? stores.value[0];
  return LocalDateTime.parse(localDateTime(atMs, store?.timezone ?? 'UTC'));
}

/** Reads promotions, stores and what is published. Rows appear as they come. */
export async function readCatalogue(): Promise<void> {
  if (reading.value === 'reading') return;
  reading.value = 'reading';
  trouble.value = null;
  const fresh = new Map<string, Stored>();
  const isFirst = promotions.value.size === 0;
  // Each showing costs what is there, so a long list is shown whenever it has doubled.
  let shown = 0;
  const [rows, found] = await Promise.all([
    readAll('/v1/promotions', StoredPage, PROMOTIONS_MAX, (page) => {
      for (const row of page) fresh.set(row.id, row);
      if (!isFirst || fresh.size < 2 * shown) return;
      shown = fresh.size;
      promotions.value = new Map(fresh);
    }),
    readAll('/v1/stores', StorePage, STORES_MAX, (page, before) => {
      stores.value = before === 0 ? page : [...stores.value, ...page];
    }),
  ]);
  if (rows !== null || found !== null) {
    trouble.value = rows ?? found;
    reading.value = 'failed';
    return;
  }
  promotions.value = fresh;
  reading.value = 'read';
  await readPublications(stores.value.slice(0, PUBLICATIONS_ASKED_MAX).map(({ id }) => id));
}

/** Pages of a list until it ends; null, or what went wrong. */
async function readAll<T extends { id: string }>(
  path: string,
  schema: z.ZodType<{ data: T[]; has_more: boolean }>,
  most: number,
  take: (page: T[], before: number) => void,
): Promise<string | null> {
  let after = '';
  let pauses = 0;
  for (let count = 0; count < most; ) {
    const query = `limit=${PAGE_ROWS}${after === '' ? '' : `&starting_after=${encodeURIComponent(after)}`}`;
    const answer: Outcome<{ data: T[]; has_more: boolean }> = await call(schema, `${path}?${query}`);
    if (!answer.ok && answer.problem?.code === 'rate_limited' && pauses++ < PAUSES_MAX) {
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      continue;
    }
    if (!answer.ok) return troubleOf(answer.problem);
    take(answer.value.data, count);
    count += answer.value.data.length;
    const last = answer.value.data.at(-1);
    if (!answer.value.has_more || last === undefined) return null;
    after = last.id;
  }
  return null;
}

export async function readPublications(ids: readonly StoreId[]): Promise<void> {
  const found = await Promise.all(
    ids.map(async (id) => {
      const answer = await call(PublicationPage, `/v1/stores/${id}/publications?limit=20`);
      if (!answer.ok) return null;
      const last = answer.value.data.find(({ state }) => state === 'published');
      return [id, last?.started_at ?? null] as const;
    }),
  );
  publishedAt.value = new Map([...publishedAt.value, ...found.filter((one) => one !== null)]);
}

export function remember(stored: Stored): void {
  promotions.value = new Map(promotions.value).set(stored.id, stored);
}

/** The promotion as it is now, for whoever begins to edit it or was overtaken. */
export async function readPromotion(id: string): Promise<Outcome<Stored>> {
  const answer = await call(Stored, `/v1/promotions/${encodeURIComponent(id)}`);
  if (answer.ok) remember(answer.value);
  return answer;
}
