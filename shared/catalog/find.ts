import { err, ok } from '../result.ts';
import { baseUnitOf, type Gtin14 } from './gtin.ts';
import {
  type Answer,
  type BadCodeDetail,
  type CodeFields,
  type CodeLookup,
  type ItemRef,
  type MatchedBy,
  NORMALISER_VERSION,
} from './resolution.ts';

export const bad = (detail: BadCodeDetail, why?: string) =>
  err({ code: 'bad_code' as const, detail, ...(why === undefined ? {} : { why }) });

export const unknownItem = (read: CodeFields) => err({ code: 'unknown_item' as const, read });

/** The one item among those found; several are left to whoever scans. */
export function only<R extends ItemRef>(
  found: readonly R[],
  matched_by: MatchedBy,
  fields: CodeFields,
): Answer<R> {
  const [item, ...others] = distinct(found);
  if (item === undefined) return unknownItem(fields);
  if (others.length > 0) return err({ code: 'bad_code', detail: 'ambiguous', candidates: [item, ...others] });
  return ok({ kind: 'item', item, matched_by, ...fields, normaliser_version: NORMALISER_VERSION });
}

export const distinct = <R extends ItemRef>(items: readonly R[]): R[] => [
  ...new Map(items.map((item) => [item.id, item])).values(),
];

interface Found<R> {
  items: readonly R[];
  /** The key under which they stand: of a case that is not sold itself, that of its base unit. */
  gtin14: Gtin14;
}

/** The items of a GTIN; of a case (indicator 1 to 8) that nobody sells as such, those of its base unit. */
export function byGtin<R extends ItemRef>(gtin: Gtin14, lookup: CodeLookup<R>): Found<R> {
  const direct = lookup.byGtin14(gtin);
  const base = baseUnitOf(gtin);
  if (direct.length > 0 || base === null) return { items: direct, gtin14: gtin };
  const inner = lookup.byGtin14(base);
  return inner.length === 0 ? { items: [], gtin14: gtin } : { items: inner, gtin14: base };
}
