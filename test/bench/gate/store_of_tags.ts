import { AgentState } from '../../../store-agent/state/agent_state.ts';
import { TagBook, type TagChange } from '../../../store-agent/state/tag_book.ts';
import { orderId, storeConfig } from '../../../store-agent/testing/fixtures.ts';

export const TAGS = 500_000;
const STAGE_PART = 50_000;
const ITEMS = 5_000;

const epcOf = (n: number): string => {
  const item = (n % ITEMS).toString(16).toUpperCase().padStart(4, '0');
  return `3034257BF7${item}${n.toString(16).toUpperCase().padStart(10, '0')}`;
};
/** Every other tag of the store is sold. */
export const soldEpc = (n: number): string => epcOf((n * 2) % TAGS);
export const unsoldEpc = (n: number): string => epcOf((n * 2 + 1) % TAGS);

/** Fills the data folder of an agent with a store of TAGS tags, as a snapshot of the edge leaves it. */
export function fillStore(folder: string, epoch: string, head: number): void {
  const state = new AgentState(folder, Date.now, () => {});
  const snapshot = new TagBook();
  const part: TagChange[] = [];
  for (let from = 0; from < TAGS; from += STAGE_PART) {
    part.length = 0;
    for (let n = from; n < Math.min(TAGS, from + STAGE_PART); n++) {
      const sold = n % 2 === 0;
      part.push({
        epc: epcOf(n),
        rev: n + 1,
        status: sold ? 'sold' : 'unsold',
        name: `Item ${n % ITEMS}`,
        ...(sold ? { order_id: orderId(Math.floor(n / 6)) } : {}),
      });
    }
    state.write((tables) => tables.tags.stage(from === 0, part));
    snapshot.apply(part);
  }
  state.write((tables) => {
    tables.tags.swap();
    tables.meta.set('epoch', epoch);
    tables.meta.set('cursor', head);
    tables.meta.set('config', JSON.stringify(storeConfig()));
  });
  state.book.replace(snapshot);
  state.close();
}
