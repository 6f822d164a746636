import { StoreId } from '../../../shared/ids/index.ts';
import type { ImportEntry } from '../../../shared/promotion/import/entry.ts';
import type { Promotion } from '../../../shared/promotion/schema.ts';
import { err, ok, type Result } from '../../../shared/result.ts';
import type { Catalog } from '../catalog_version.ts';
import {
  type Change,
  changeOf,
  type Issue,
  KeyIndex,
  pointerOf,
  rivalIssue,
  storable,
  unknownStores,
} from '../drafts.ts';
import type { Held } from '../held.ts';
import { EVERYWHERE, type Links, linksOf } from '../links.ts';
import type { Begun } from './begin_import.ts';
import type { ImportedEntry } from './import_row.ts';
import { type SkusByCode, withSkus } from './resolve_codes.ts';

/** An entry with its place in the file, from 1. */
export interface Placed extends ImportEntry {
  position: number;
}

export interface Judged {
  changes: Change[];
  created: number;
  updated: number;
  unchanged: number;
  refused: number;
  /** Entries that someone should look at. */
  entries: ImportedEntry[];
}

/** What some entries do to the catalogue. `skus` null: the file names items by SKU itself. */
export function judgePortion(
  begun: Begun,
  portion: readonly Placed[],
  catalog: Catalog,
  held: readonly Held[],
  skus: SkusByCode | null,
): Judged {
  const before = new Map(held.map((one) => [one.id, one]));
  const index = new KeyIndex(held);
  const judged: Judged = { changes: [], created: 0, updated: 0, unchanged: 0, refused: 0, entries: [] };
  for (const { position, line, key, result, notes: given } of portion) {
    const read = result.ok ? readEntry(begun, result.value, catalog, skus) : err(result.error.map(asPointer));
    const taken = read.ok ? checked(read.value, index) : read;
    const notes = [...given, ...(read.ok ? read.value.notes : [])];
    const problems = taken.ok ? [] : taken.error;
    if (notes.length > 0 || problems.length > 0)
      judged.entries.push({ position, line, key, problems, notes });
    if (!taken.ok) {
      judged.refused++;
      continue;
    }
    const { promotion, links } = taken.value;
    const was = before.get(promotion.id) ?? null;
    index.set(promotion.id, promotion.retailer_promotion_id ?? promotion.id, links);
    const change = changeOf({ before: was, promotion, links, source: begun.source });
    if (change === null) judged.unchanged++;
    else {
      judged.changes.push(change);
      judged[was === null ? 'created' : 'updated']++;
    }
  }
  return judged;
}

interface ReadEntry {
  promotion: Promotion;
  links: Links;
  notes: ImportedEntry['notes'];
}

function readEntry(
  begun: Begun,
  { promotion, store_codes }: { promotion: Promotion; store_codes: string[] | null },
  catalog: Catalog,
  skus: SkusByCode | null,
): Result<ReadEntry, Issue[]> {
  const links = placeOf(begun, store_codes, catalog);
  const named = skus === null ? ok({ promotion, notes: [] }) : withSkus(promotion, skus);
  const kept = named.ok ? storable(named.value.promotion) : named;
  if (!links.ok || !kept.ok) return err([...(links.ok ? [] : links.error), ...(kept.ok ? [] : kept.error)]);
  return ok({ promotion: kept.value, links: links.value, notes: named.ok ? named.value.notes : [] });
}

function placeOf({ store_id }: Begun, codes: string[] | null, { stores }: Catalog): Result<Links, Issue[]> {
  if (store_id !== undefined) return ok(linksOf([store_id]));
  if (codes === null) return ok(EVERYWHERE);
  const ids: StoreId[] = [];
  const issues: Issue[] = [];
  for (const code of codes) {
    const id = StoreId.safeParse(code);
    if (id.success) ids.push(id.data);
    else
      issues.push({
        path: '/store_ids',
        code: 'unknown_store',
        message: `"${code}" is no store's id: import the file with the store_id that it is for`,
      });
  }
  const links = linksOf(ids);
  issues.push(...unknownStores(links, stores));
  return issues.length > 0 ? err(issues) : ok(links);
}

function checked(entry: ReadEntry, index: KeyIndex): Result<ReadEntry, Issue[]> {
  const { id, retailer_promotion_id } = entry.promotion;
  const key = retailer_promotion_id ?? id;
  const rival = index.rival(id, key, entry.links);
  // Made by hand or by another source: an import never overwrites it.
  return rival === null ? ok(entry) : err([rivalIssue(key, rival)]);
}

const asPointer = (issue: Issue): Issue => ({ ...issue, path: pointerOf(issue.path) });
