import type { RegisterTags } from '../../shared/rpc/store.ts';
import { appendFeed } from './feed_log.ts';
import { tagOf, tagStates, writeTag } from './ledger.ts';
import type { Scope } from './scope.ts';

/** Keeps a feed entry of registered tags within one frame. */
export const TAGS_PER_ENTRY_MAX = 500;

/**
 * Binds tags to items. A new tag is unsold; an unsold one may be bound anew. A sold one stays as it is: its
 * order must never get a second "sold" revision. Answers how many were written: a repeat writes none.
 */
export function registerTags(scope: Scope, request: RegisterTags): { registered: number } {
  const written = new Set<string>();
  for (const { epc, item_id } of request.tags) {
    const known = tagOf(scope.sql, epc);
    if (known?.item_id === item_id || known?.status === 'sold') continue;
    writeTag(scope, { epc, item_id, status: 'unsold', order_id: null });
    written.add(epc);
  }
  const epcs = [...written];
  for (let i = 0; i < epcs.length; i += TAGS_PER_ENTRY_MAX) {
    appendFeed(scope, { type: 'tags', tags: tagStates(scope.sql, epcs.slice(i, i + TAGS_PER_ENTRY_MAX)) });
  }
  return { registered: epcs.length };
}
