import type { StoreId } from '../../../../shared/ids/index.ts';
import { isFor, type Stored } from './records.ts';

/**
 * The stores that work with an older edit of a promotion. `publishedAt`: when each store's last publication
 * began to read; what changed while it read counts as not published, which is harmless.
 */
export function staleStores(promotion: Stored, publishedAt: ReadonlyMap<StoreId, string | null>): StoreId[] {
  return [...publishedAt].flatMap(([store, at]) => {
    // A promotion that was taken away from a store is no longer for it, but the store does not know yet.
    const concerned = isFor(promotion, store) || promotion.revision > 1;
    const isNews = at === null ? promotion.is_active : promotion.updated_at >= at;
    return concerned && isNews ? [store] : [];
  });
}
