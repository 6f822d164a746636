import { z } from 'zod';
import { EpcHex } from '../../shared/api/common.ts';
import { ItemId, type StoreId } from '../../shared/ids/index.ts';
import { call } from './call.ts';

const TAGS_LISTED = 100;
const PAGES_MAX = 100;
const Tag = z.object({ epc: EpcHex, item_id: ItemId.optional() });
const Page = z.object({ data: z.array(Tag), has_more: z.boolean() });
export type ListedTag = z.infer<typeof Tag>;

export interface Ledger {
  edge: string;
  /** Of a member of staff. */
  token: string;
  storeId: StoreId;
}

/** One page of the store's tags that are free, or sold, at this moment; by EPC. */
export function listTags(
  { edge, token, storeId }: Ledger,
  status: 'free' | 'sold',
  after?: string,
): Promise<z.infer<typeof Page>> {
  const from = after === undefined ? '' : `&starting_after=${after}`;
  const path = `/v1/stores/${storeId}/tags?status=${status}&limit=${TAGS_LISTED}${from}`;
  return call({ base: edge, method: 'GET', path, token, answer: Page });
}

/** All pages. */
export async function allTags(ledger: Ledger, status: 'free' | 'sold'): Promise<ListedTag[]> {
  const tags: ListedTag[] = [];
  for (let pages = 0; pages < PAGES_MAX; pages++) {
    const page = await listTags(ledger, status, tags.at(-1)?.epc);
    tags.push(...page.data);
    if (!page.has_more) break;
  }
  return tags;
}
