import type { AgentState } from '../state/agent_state.ts';
import type { DecisionNews } from './gatekeeper.ts';

const REPORTED_EPCS_MAX = 50;

/** Journals a decision where it is news. Ignoring is nothing to report, and a pass is journalled by its own hand. */
export function recordDecision(state: AgentState, news: DecisionNews): void {
  if (!news.fresh || news.decision === 'ignore' || news.source === 'pass') return;
  const epcs = news.epcs
    .slice(0, REPORTED_EPCS_MAX)
    .map(({ epc, status, order_id }) => ({ epc, status, ...(order_id === undefined ? {} : { order_id }) }));
  state.record(news.decision === 'alarm' ? 'gate.alarm' : 'gate.open', {
    gate_id: news.gate_id,
    source: news.source,
    decision: news.decision,
    epcs,
    epc_count: news.epcs.length,
    took_us: news.took_us,
    ...(news.as_of === undefined ? {} : { as_of: news.as_of }),
  });
}
