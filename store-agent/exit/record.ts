import type { AgentState } from '../state/agent_state.ts';
import type { DecisionNews } from './gatekeeper.ts';

const REPORTED_EPCS_MAX = 50;

/**
 * Journals what a gate did, where it is an event: an alarm with what the tags are, an opening, a tag carried
 * in. What filters held back is no event, and a pass or an override is journalled by its own hand.
 */
export function recordDecision(state: AgentState, news: DecisionNews): void {
  if (news.source === 'pass' || news.source === 'override') return;
  const head = { gate_id: news.gate_id, source: news.source, read_id: news.id };
  if (news.entered.length > 0)
    state.record('tag.entered', { ...head, epcs: news.entered.slice(0, REPORTED_EPCS_MAX) });
  if (!news.event || news.act === 'none') return;
  const revs = new Map(news.acting.map(({ epc, rev }) => [epc, rev]));
  const epcs = news.epcs.slice(0, REPORTED_EPCS_MAX).map(({ epc, status, order_id, name }) => ({
    epc,
    status,
    ...(revs.get(epc) === undefined ? {} : { rev: revs.get(epc) }),
    ...(order_id === undefined ? {} : { order_id }),
    ...(name === undefined ? {} : { name }),
  }));
  state.record(news.act === 'alarm' ? 'gate.alarm' : 'gate.open', {
    ...head,
    decision: news.decision,
    ...(news.act === 'alarm' ? { reason: reasonOf(news) } : {}),
    epcs,
    epc_count: news.epcs.length,
    took_us: news.took_us,
    ...(news.as_of === undefined ? {} : { as_of: news.as_of }),
  });
}

/** Why it is an alarm, by the first tag behind it. */
function reasonOf(news: DecisionNews): string {
  const first = news.acting[0]?.epc;
  return news.epcs.find(({ epc }) => epc === first)?.status ?? 'unsold';
}
