import { sql } from 'drizzle-orm';
import type { RetailerId } from '../../../shared/ids/index.ts';
import { ALL_ITEMS, type Promotion } from '../../../shared/promotion/schema.ts';
import { err, ok, type Result } from '../../../shared/result.ts';
import type { Db } from '../../db/client.ts';
import { item, itemCode } from '../../db/schema.ts';
import type { Issue } from '../drafts.ts';
import type { Note } from './import_row.ts';

const GTIN_DIGITS = 14;
const CODES_PER_QUERY = 10_000;
const CODES_NAMED_MAX = 5;

/** The SKUs of the items that have a code as it stands in a file: as code, as GTIN of any length, or as SKU. */
export type SkusByCode = ReadonlyMap<string, readonly string[]>;

type Node = Promotion['groups'][number]['nodes'][number];
const isCode = ({ node_type, node_id }: Node): boolean => node_type === 'item' && node_id !== ALL_ITEMS;

export async function readSkus(
  db: Db,
  retailer: RetailerId,
  promotions: readonly Promotion[],
): Promise<SkusByCode> {
  const codes = new Set<string>();
  for (const { groups } of promotions)
    for (const { nodes } of groups) for (const node of nodes) if (isCode(node)) codes.add(node.node_id);
  const skus = new Map<string, string[]>();
  const all = [...codes];
  for (let i = 0; i < all.length; i += CODES_PER_QUERY) {
    const spellings = all.slice(i, i + CODES_PER_QUERY).flatMap(spellingsOf);
    // CROSS JOIN keeps the order: one look into an index a spelling, never one at all items.
    const rows = await db.all<{ code: string; sku: string }>(sql`
      WITH given AS (SELECT value ->> 0 AS code, value ->> 1 AS spelling FROM json_each(${JSON.stringify(spellings)}))
      SELECT given.code AS code, ${item.sku} AS sku FROM given
        CROSS JOIN ${itemCode} ON ${itemCode.retailer_id} = ${retailer} AND ${itemCode.code} = given.spelling
        CROSS JOIN ${item} ON ${item.retailer_id} = ${retailer} AND ${item.id} = ${itemCode.item_id}
      UNION SELECT given.code, ${item.sku} FROM given
        CROSS JOIN ${item} ON ${item.retailer_id} = ${retailer} AND ${item.sku} = given.code
      ORDER BY 1, 2`);
    for (const { code, sku } of rows) skus.set(code, [...(skus.get(code) ?? []), sku]);
  }
  return skus;
}

/** As it stands in the file, and with the digits of a GTIN where it may be one. */
const spellingsOf = (code: string): [string, string][] =>
  /^[0-9]{8,13}$/.test(code)
    ? [
        [code, code],
        [code, code.padStart(GTIN_DIGITS, '0')],
      ]
    : [[code, code]];

/** The promotion with SKUs in place of codes. Items that are not sold are left out with a note; a group needs one. */
export function withSkus(
  promotion: Promotion,
  skus: SkusByCode,
): Result<{ promotion: Promotion; notes: Note[] }, Issue[]> {
  const unknown = new Set<string>();
  const issues: Issue[] = [];
  const groups = promotion.groups.map((group, g) => {
    const nodes = new Map<string, Node>();
    for (const node of group.nodes) {
      const ids = isCode(node) ? (skus.get(node.node_id) ?? []) : [node.node_id];
      if (ids.length === 0) unknown.add(node.node_id);
      for (const node_id of ids)
        nodes.set(`${node.node_type} ${node.is_excluded} ${node_id}`, { ...node, node_id });
    }
    if ([...nodes.values()].every(({ is_excluded }) => is_excluded))
      issues.push({
        path: `/groups/${g}/nodes`,
        code: 'no_known_item',
        message: `none of its ${group.nodes.length} items is sold here`,
      });
    return { ...group, nodes: [...nodes.values()] };
  });
  if (issues.length > 0) return err(issues);
  const named = [...unknown].slice(0, CODES_NAMED_MAX).join(', ');
  const more = unknown.size > CODES_NAMED_MAX ? ', …' : '';
  const notes =
    unknown.size === 0
      ? []
      : [{ code: 'unknown_items', message: `${unknown.size} items are not sold here: ${named}${more}` }];
  return ok({ promotion: { ...promotion, groups }, notes });
}
