import { understand } from '../../shared/basket/understand.ts';
import type { Item } from '../../shared/catalog/item.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import type { Take, Taken, TakeRefusal } from '../../shared/rpc/store.ts';
import { appendFeed } from './feed_log.ts';
import { hold, otherHolder, renewIfFading } from './holds.ts';
import { tagOf, tagStates, writeTag } from './ledger.ts';
import { markOf } from './marks.ts';
import type { Scope } from './scope.ts';
import { shelfLookup } from './shelf.ts';

/**
 * What a scanned code or tag is and costs, and for a tag its reservation: idempotent by (basket, EPC). The
 * sale's state comes before the stock, because a sold tag explains an empty shelf and not the reverse.
 */
export function take(scope: Scope, request: Take): Result<Taken, TakeRefusal> {
  const { sql } = scope;
  const shelf_version = markOf(sql, 'shelf_version');
  const { raw, symbology, aim } = request;
  const source = request.kind === 'epc' ? 'rfid' : (request.source ?? 'camera');
  const found = understand(
    { raw, symbology, aim, source },
    shelfLookup(sql, shelf_version),
    scope.config,
    scope.now,
  );
  if (!found.ok) return found;
  const { epc, ...understood } = found.value;
  const { item } = understood;
  const taken: Taken = { ...understood, shelf_version, config_version: scope.config.version };
  if (epc === undefined) {
    if (item.stock === 0) return err({ code: 'out_of_stock' });
    renewIfFading(scope, request.basket_id);
    return ok(taken);
  }
  const reserved = reserve(scope, request, item, epc);
  return reserved.ok ? ok({ ...taken, epc, ...reserved.value }) : reserved;
}

function reserve(
  scope: Scope,
  request: Take,
  item: Item,
  epc: string,
): Result<{ reserved_until: string }, TakeRefusal> {
  const tag = tagOf(scope.sql, epc);
  if (tag?.status === 'sold') return err({ code: 'epc_sold', epc });
  if (otherHolder(scope, epc, request.basket_id) !== null) return err({ code: 'epc_in_other_basket', epc });
  // Bound to an item that the shelf no longer has: what its bits decode to is another thing.
  if (tag !== null && tag.item_id !== item.id) return err({ code: 'unknown_item' });
  if (item.stock === 0) return err({ code: 'out_of_stock' });
  if (tag === null) {
    // A tag of an item that we sell, never announced: from now on the ledger and the gates know it.
    writeTag(scope, { epc, item_id: item.id, status: 'unsold', order_id: null });
    appendFeed(scope, { type: 'tags', tags: tagStates(scope.sql, [epc]) });
  }
  return ok(hold(scope, epc, request.basket_id));
}
