import { z } from 'zod';
import { err, ok, type Result } from '../../shared/result.ts';
import type { PromotionsQuery, ShelfPromotions, StagePromotions } from '../../shared/rpc/store.ts';
import { markOf } from './marks.ts';
import type { Scope } from './scope.ts';
import { type Sql, single } from './sql.ts';

/** One answer's text, in UTF-16 code units: with any text it stays below the 32 MiB of an RPC message. */
const ANSWER_CHARACTERS_MAX = 8 * 1024 * 1024;

const Documents = z.array(z.looseObject({ id: z.string() }));

/** Puts a part of a coming version's promotions aside; the same part again replaces it. */
export function stagePromotions(
  { sql }: Scope,
  { version, part, count, promotions }: StagePromotions,
): Result<{ staged: number }, { code: 'stale_version' }> {
  if (version <= markOf(sql, 'shelf_version')) return err({ code: 'stale_version' });
  const { length } = Documents.parse(JSON.parse(promotions));
  if (length !== count) throw new Error(`a part of ${count} promotions holds ${length}`);
  sql.exec(
    'INSERT OR REPLACE INTO promotion_part (version, part, promotions, json) VALUES (?, ?, ?, ?)',
    version,
    part,
    count,
    promotions,
  );
  return ok({ staged: count });
}

/** How many of the first `parts` parts are there. */
export const stagedPromotionParts = (sql: Sql, version: number, parts: number): number =>
  single<{ staged: number }>(
    sql,
    'SELECT count(*) AS staged FROM promotion_part WHERE version = ? AND part < ?',
    version,
    parts,
  ).staged;

/** Drops what an abandoned upload of the version left behind them, and counts the promotions that stay. */
export function keepPromotionParts(sql: Sql, version: number, parts: number): number {
  sql.exec('DELETE FROM promotion_part WHERE version = ? AND part >= ?', version, parts);
  return single<{ n: number }>(
    sql,
    'SELECT coalesce(sum(promotions), 0) AS n FROM promotion_part WHERE version = ?',
    version,
  ).n;
}

/** Some parts of the selling version, as text: what they say is parsed where it is used. */
export function promotionsForBasket(sql: Sql, { version, from }: PromotionsQuery): ShelfPromotions | null {
  if (version !== markOf(sql, 'shelf_version')) return null;
  const sizes = sql.exec<{ part: number; characters: number }>(
    'SELECT part, length(json) AS characters FROM promotion_part WHERE version = ? AND part >= ? ORDER BY part',
    version,
    from,
  );
  let sum = 0;
  let next: number | null = null;
  for (const { part, characters } of sizes) {
    sum += characters;
    // A part that is too large by itself is an answer of its own.
    if (sum <= ANSWER_CHARACTERS_MAX || part === sizes[0]?.part) continue;
    next = part;
    break;
  }
  const rows = sql.exec<{ json: string }>(
    'SELECT json FROM promotion_part WHERE version = ? AND part >= ? AND part < ? ORDER BY part',
    version,
    from,
    next ?? Number.MAX_SAFE_INTEGER,
  );
  return { parts: rows.map(({ json }) => json), next };
}
