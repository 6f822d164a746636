import { sql } from 'drizzle-orm';
import { type Statement, statement } from '../db/client.ts';
import { promotion, promotionImport, promotionImportEntry, promotionStore } from '../db/schema.ts';

const DAY_MS = 24 * 3_600_000;
/** A promotion that is live nowhere can be linked again for that long. */
export const UNLINKED_KEPT_MS = 7 * DAY_MS;
const PROMOTIONS_PER_RUN_MAX = 1_000;
const IMPORTS_KEPT_MS = 90 * DAY_MS;
const IMPORTS_PER_RUN_MAX = 10;

/** Removes promotions that have been live nowhere for long, and old reports of imports, a portion a run; the scheduled run calls it. */
export function cleanUpPromotions(now_ms: number): Statement[] {
  const before = new Date(now_ms - UNLINKED_KEPT_MS).toISOString();
  const due = sql`SELECT retailer_id, id FROM ${promotion}
    WHERE unlinked_at < ${before} ORDER BY unlinked_at, retailer_id, id LIMIT ${PROMOTIONS_PER_RUN_MAX}`;
  const old = sql`SELECT retailer_id, id FROM ${promotionImport}
    WHERE started_at < ${new Date(now_ms - IMPORTS_KEPT_MS).toISOString()} AND state <> 'running' ORDER BY started_at, id LIMIT ${IMPORTS_PER_RUN_MAX}`;
  return [
    statement(sql`DELETE FROM ${promotionStore} WHERE (retailer_id, promotion_id) IN (${due})`),
    statement(sql`DELETE FROM ${promotion} WHERE (retailer_id, id) IN (${due})`),
    statement(sql`DELETE FROM ${promotionImportEntry} WHERE (retailer_id, import_id) IN (${old})`),
    statement(sql`DELETE FROM ${promotionImport} WHERE (retailer_id, id) IN (${old})`),
  ];
}
