import { and, eq, or, type SQL, sql } from 'drizzle-orm';
import type { RetailerId } from '../../shared/ids/index.ts';
import { item, itemCode } from '../db/schema.ts';

const GTIN_DIGITS = 14;

/**
 * The items that a search text names: a part of the name in any case, the beginning of a SKU, or a code as
 * it is printed. A GTIN is found in any of its lengths, because all are kept with 14 digits.
 */
export function itemsNamed(retailer: RetailerId, text: string): SQL | undefined {
  const q = text.trim();
  if (q === '') return undefined;
  const codes = [q, ...(/^[0-9]{8,13}$/.test(q) ? [q.padStart(GTIN_DIGITS, '0')] : [])];
  const coded = sql`${item.id} IN (SELECT ${itemCode.item_id} FROM ${itemCode} WHERE ${and(
    eq(itemCode.retailer_id, retailer),
    sql`${itemCode.code} IN ${codes}`,
  )})`;
  return or(like(item.search, `%${escaped(q.toLowerCase())}%`), like(item.sku, `${escaped(q)}%`), coded);
}

const like = (column: SQL | typeof item.sku | typeof item.search, pattern: string): SQL =>
  sql`${column} LIKE ${pattern} ESCAPE '\\'`;

/** A percent sign in a search text is a percent sign. */
const escaped = (text: string): string => text.replaceAll(/[\\%_]/g, (c) => `\\${c}`);
