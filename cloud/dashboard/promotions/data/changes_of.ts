import { Promotion } from '../../../../shared/promotion/schema.ts';
import type { Stored } from './records.ts';

/** A promotion as the form has it: without the id and the revision that the service gives. */
export type Wanted = Omit<Promotion, 'id'> & Pick<Stored, 'store_ids' | 'excluded_store_ids'>;

const PLACES = ['store_ids', 'excluded_store_ids'] as const;
/** Decided once, when the promotion is created. */
const KEPT: ReadonlySet<string> = new Set(['id', 'retailer_promotion_id']);

/** The fields that differ; null takes one away that was there. */
export function changesOf(before: Stored, wanted: Wanted): Record<string, unknown> {
  const was: Record<string, unknown> = before;
  const shall: Record<string, unknown> = wanted;
  const names = [...Object.keys(Promotion.shape), ...PLACES].filter((name) => !KEPT.has(name));
  const changed = names.filter((name) => JSON.stringify(was[name]) !== JSON.stringify(shall[name]));
  const body = Object.fromEntries(changed.map((name) => [name, shall[name] ?? null]));
  // The two say together where it is live.
  if (PLACES.some((name) => changed.includes(name)))
    for (const name of PLACES) body[name] = shall[name] ?? null;
  if (changed.includes('schedule')) body['schedule'] = { start: null, end: null, ...wanted.schedule };
  return body;
}
