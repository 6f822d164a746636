import type { ReturnItems } from '../../../shared/rpc/agents.ts';
import { appendFeed } from '../feed_log.ts';
import { tagOf, tagStates, writeTag } from '../ledger.ts';
import type { Scope } from '../scope.ts';

/**
 * Puts goods that are physically back on the shelf again: their tags are unsold under a new revision, so that
 * gates alarm for them. Only tags that this order sold; again changes nothing.
 */
export function returnItems(scope: Scope, { order_id, epcs }: ReturnItems): { returned: string[] } {
  const returned = epcs.filter((epc) => {
    const tag = tagOf(scope.sql, epc);
    if (tag?.status !== 'sold' || tag.order_id !== order_id) return false;
    writeTag(scope, { epc, item_id: tag.item_id, status: 'unsold', order_id: null });
    scope.sql.exec(
      `INSERT INTO tag_return (epc, order_id, at) VALUES (?1, ?2, ?3)
       ON CONFLICT (epc) DO UPDATE SET order_id = ?2, at = ?3`,
      epc,
      order_id,
      scope.now,
    );
    return true;
  });
  if (returned.length > 0) appendFeed(scope, { type: 'tags', tags: tagStates(scope.sql, returned) });
  return { returned };
}
