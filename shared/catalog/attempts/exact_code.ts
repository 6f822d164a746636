import { only } from '../find.ts';
import type { Context, ItemRef, Verdict } from '../resolution.ts';
import type { Reading } from '../scan.ts';

/** Codes of these spaces are asked for by the attempts that own them; nobody reaches them by typing them out. */
const RESERVED = /^(?:plu|nfc|sku|alias):/i;

/** The text as it stands, among the catalogue's other codes and the spellings kept beside them. */
export function byExactCode<R extends ItemRef>(reading: Reading, { lookup }: Context<R>): Verdict<R> {
  if (RESERVED.test(reading.text)) return 'reserved_space';
  const exact = lookup.byCode(reading.text);
  if (exact.length > 0) return only(exact, 'raw', {});
  const alias = lookup.byAlias?.(reading.text) ?? [];
  return alias.length > 0 ? only(alias, 'alias', {}) : 'not_in_catalogue';
}
