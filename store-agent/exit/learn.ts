import type { AgentState } from '../state/agent_state.ts';
import type { TagChange } from '../state/tag_book.ts';

/** What the edge answered about tags counts like the feed: upward only, in memory and on disk. */
export function learnTags(state: AgentState, learned: readonly TagChange[]): void {
  const news = learned.filter((change) => change.rev > (state.book.get(change.epc)?.rev ?? 0));
  if (news.length === 0) return;
  state.book.apply(news);
  state.write((tables) => tables.tags.apply(news));
}
