import { chargeOf } from '../../shared/basket/charge.ts';
import type { Item } from '../../shared/catalog/item.ts';
import type { Resolution } from '../../shared/catalog/resolution.ts';
import { type ItemRefusal, resolveItem, scanRules } from '../../shared/catalog/resolve.ts';
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
  const rules = scanRules(scope.config, scope.now);
  const { raw, symbology, aim } = request;
  const source = request.kind === 'epc' ? 'rfid' : (request.source ?? 'camera');
  const found = resolveItem({ raw, symbology, aim, source }, shelfLookup(sql, shelf_version), rules);
  if (!found.ok) return err(refusalOf(found.error));
  const charge = chargeOf(found.value, { markdown_promotable: rules.policy.rtc.promotable });
  if (!charge.ok) return charge;
  const { item, gtin14, epc, best_before_passed } = found.value;
  const taken: Taken = {
    item,
    ...(gtin14 === undefined ? {} : { gtin: gtin14 }),
    ...(charge.value === null ? {} : { charge: charge.value }),
    ...(best_before_passed === undefined ? {} : { best_before_passed }),
    shelf_version,
    config_version: scope.config.version,
  };
  if (epc === undefined) {
    if (item.stock === 0) return err({ code: 'out_of_stock' });
    renewIfFading(scope, request.basket_id);
    return ok(taken);
  }
  const reserved = reserve(scope, request, found.value, epc);
  return reserved.ok ? ok({ ...taken, epc, ...reserved.value }) : reserved;
}

/** In the words of the contract: what was wrong with the code is the detail of `bad_code`. */
function refusalOf(error: ItemRefusal): TakeRefusal {
  switch (error.code) {
    case 'bad_code':
      return { code: 'bad_code', detail: error.detail };
    case 'no_item':
      return { code: 'bad_code', detail: error.kind };
    case 'item_expired':
      return { code: 'item_expired', detail: error.expired };
    case 'unknown_item':
      return { code: 'unknown_item' };
  }
}

function reserve(
  scope: Scope,
  request: Take,
  { item }: Resolution<Item>,
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
