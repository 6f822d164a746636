import { and, asc, eq, gt } from 'drizzle-orm';
import { z } from 'zod';
import type { RetailerId, StoreId } from '../../shared/ids/index.ts';
import { lint } from '../../shared/promotion/lint.ts';
import { Promotion } from '../../shared/promotion/schema.ts';
import type { Db } from '../db/client.ts';
import { promotion as table } from '../db/schema.ts';
import { liveIn } from './held.ts';

const PROMOTIONS_PER_PAGE = 200;
const FINDINGS_MAX = 1_000;

export const LintReport = z.object({
  /** How many promotions were looked at. */
  promotions: z.number().int(),
  findings: z.array(
    z.object({
      promotion_id: z.string(),
      code: z.string(),
      severity: z.literal('warning'),
      message: z.string(),
      path: z.string().optional(),
    }),
  ),
  /** There are more findings than are shown. */
  has_more: z.boolean(),
});
type LintReport = z.infer<typeof LintReport>;

/** Looks at the active promotions of the retailer, or of one store, for what nobody can have meant. */
export async function lintPromotions(
  db: Db,
  retailer: RetailerId,
  store: StoreId | null,
): Promise<LintReport> {
  const promotions: Promotion[] = [];
  let after = '';
  for (;;) {
    const rows = await db
      .select({ id: table.id, document: table.document })
      .from(table)
      .where(
        and(
          eq(table.retailer_id, retailer),
          eq(table.is_active, true),
          gt(table.id, after),
          store === null ? undefined : liveIn(store),
        ),
      )
      .orderBy(asc(table.id))
      .limit(PROMOTIONS_PER_PAGE);
    for (const { document } of rows) promotions.push(Promotion.parse(JSON.parse(document)));
    after = rows.at(-1)?.id ?? after;
    if (rows.length < PROMOTIONS_PER_PAGE) break;
  }
  const findings = lint(promotions);
  return {
    promotions: promotions.length,
    findings: findings.slice(0, FINDINGS_MAX),
    has_more: findings.length > FINDINGS_MAX,
  };
}
