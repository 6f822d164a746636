import { z } from '@hono/zod-openapi';
import { RetailerId } from '../../../shared/ids/index.ts';
import { OPERATIONS_MAX } from '../../promotion/operation.ts';
import { transact } from '../../promotion/transact.ts';
import { attemptOnce } from '../commit.ts';
import type { App } from '../context.ts';
import { readBodyUpTo } from '../limits.ts';
import { refuse, refused } from '../refuse.ts';
import { ADMIN, guardedWrite, IdempotencyHeader, jsonBody } from '../route.ts';

const TRANSACTION_BYTES_MAX = 8 * 1024 * 1024;

const Transaction = z
  .strictObject({
    retailer: RetailerId.optional(),
    ops: z.array(z.unknown()).min(1).max(OPERATIONS_MAX),
  })
  .openapi('PromotionTransaction');

/** The documented path and its alias. */
const PATHS = ['/v1/promotions/bulk_transaction', '/v1/promotions/transaction'] as const;

const transaction = <P extends (typeof PATHS)[number]>(path: P) =>
  guardedWrite(
    ADMIN,
    {
      method: 'post',
      path,
      tags: ['Promotions'],
      summary: 'Many changes of promotions in one go, all or none',
      description: `At most ${OPERATIONS_MAX} operations in ${TRANSACTION_BYTES_MAX} bytes, run in order; what has become of each promotion is judged at the end. \`op\` is
c (create; the fields of a promotion beside it),
d (unlink from \`store_id\`; \`ignore_missing\`),
u (update header fields, and bounds of groups by name),
n (replace the \`nodes\` of a \`group\`),
g (replace all groups: \`group_to_nodes\`), or
s (replace the qualifiers: \`special_promo_info\`).
All but c name their promotion by \`promo_id_retailer\`, with a \`store_id\` where stores differ, or by \`promotion_id\`. A refusal's \`errors\` begin with /ops/ and the place of the operation.`,
      request: { headers: IdempotencyHeader, body: jsonBody(Transaction) },
      responses: { 204: { description: 'All done' } },
    },
    readBodyUpTo(TRANSACTION_BYTES_MAX),
  );

export function promotionsTransaction(app: App): void {
  for (const path of PATHS) {
    app.openapi(transaction(path), async (c) => {
      const { retailer, ops } = c.req.valid('json');
      if (retailer !== undefined && retailer !== c.get('principal').retailer_id)
        return refuse(c, 'not_found');
      const done = await attemptOnce(c, z.object({}), (db, act) => transact(db, act, ops));
      return done.ok ? c.body(null, 204) : refused(c, done.error);
    });
  }
}
