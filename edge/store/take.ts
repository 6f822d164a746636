import type { PurchaseType } from '../../shared/api/common.ts';
import { understand } from '../../shared/basket/understand.ts';
import type { Item } from '../../shared/catalog/item.ts';
import type { ItemId } from '../../shared/ids/index.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import type { Take, Taken, TakeRefusal } from '../../shared/rpc/store.ts';
import { appendFeed } from './feed_log.ts';
import { hold, otherHolder, renewIfFading } from './holds.ts';
import { tagOf, tagStates, writeTag } from './ledger.ts';
import { markOf } from './marks.ts';
import type { Scope } from './scope.ts';
import { shelfItem, shelfLookup } from './shelf.ts';
import { lookedAt } from './stock.ts';

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
  const { basket_id, purchase_type = 'scan_and_go' } = request;
  const refused = notSold(item, purchase_type);
  if (refused !== null) return err(refused);
  const available = lookedAt(scope, item, { basket_id, purchase_type });
  const taken: Taken = {
    ...understood,
    shelf_version,
    config_version: scope.config.version,
    ...(available === undefined ? {} : { available }),
  };
  if (epc === undefined) {
    if (item.tagged && scope.config.policies.basket.tagged_items === 'rfid_only')
      return err({ code: 'tag_needed' });
    if (item.stock === 0) return err({ code: 'out_of_stock' });
    renewIfFading(scope, basket_id);
    return ok(taken);
  }
  const reserved = reserve(scope, request, item, epc);
  return reserved.ok ? ok({ ...taken, epc, ...reserved.value }) : reserved;
}

/** An item that goes beside another, by its id: the same rules, and no tag. */
export function takeItem(
  scope: Scope,
  { item_id, purchase_type }: { item_id: ItemId; purchase_type: PurchaseType },
): Result<Taken, TakeRefusal> {
  const shelf_version = markOf(scope.sql, 'shelf_version');
  const item = shelfItem(scope.sql, shelf_version, item_id);
  if (item === null) return err({ code: 'unknown_item' });
  const refused = item.kind === 'addon' ? notSoldIn(item, purchase_type) : notSold(item, purchase_type);
  if (refused !== null) return err(refused);
  if (item.stock === 0) return err({ code: 'out_of_stock' });
  const available = lookedAt(scope, item, { basket_id: null, purchase_type });
  return ok({
    item,
    shelf_version,
    config_version: scope.config.version,
    ...(available === undefined ? {} : { available }),
  });
}

type NotSold = Extract<TakeRefusal, { code: 'not_sold_this_way' }>;

const notSoldIn = ({ selling_modes }: Item, purchaseType: PurchaseType): NotSold | null =>
  selling_modes !== undefined && !selling_modes.includes(purchaseType) ? { code: 'not_sold_this_way' } : null;

/** Why an item is not sold by itself in a basket of this kind, or null. */
const notSold = (item: Item, purchaseType: PurchaseType): NotSold | null =>
  item.kind === 'addon'
    ? { code: 'not_sold_this_way', detail: 'It is only chosen beside another item.' }
    : notSoldIn(item, purchaseType);

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
