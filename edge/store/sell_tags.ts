import type { ItemId, OrderId } from '../../shared/ids/index.ts';
import type { CommittedSale } from '../../shared/rpc/store.ts';
import { dropHoldOf } from './holds.ts';
import { raiseIncident } from './incidents.ts';
import { tagOf, writeTag } from './ledger.ts';
import type { Scope } from './scope.ts';

/**
 * Marks every tag of an order as sold. One that another order sold stays that order's (an EPC has one live
 * sale); this sale stands too, carries the revision that opened the gate for it, and staff get an incident.
 */
export function sellTags(
  scope: Scope,
  { order_id, number }: { order_id: OrderId; number: string },
  sold: Iterable<readonly [epc: string, item_id: ItemId]>,
): Pick<CommittedSale, 'tags' | 'incidents'> {
  const tags: CommittedSale['tags'] = [];
  const incidents: string[] = [];
  for (const [epc, item_id] of sold) {
    const tag = tagOf(scope.sql, epc);
    if (tag?.status === 'sold') {
      tags.push({ epc, rev: tag.rev });
      if (tag.order_id === order_id) continue;
      const detail = { epc, order_id, number, sold_by: tag.order_id ?? '' };
      incidents.push(raiseIncident(scope, 'epc_double_sale', detail));
      continue;
    }
    const rev = writeTag(scope, { epc, item_id: tag?.item_id ?? item_id, status: 'sold', order_id });
    dropHoldOf(scope.sql, epc);
    tags.push({ epc, rev });
  }
  return { tags, incidents };
}
