import type { DecisionNews } from '../exit/gatekeeper.ts';
import { type AlarmNews, TAGS_IN_ALARM_MAX } from './alarm.ts';

/** What a decision at a gate means for the open alarms: nothing, or the tags that the gate alarms about. */
export function alarmNewsOf(news: DecisionNews): AlarmNews | null {
  if (!news.event || news.act !== 'alarm' || news.gate_id === null) return null;
  const acting = new Set(news.acting.map(({ epc }) => epc));
  const tags = news.epcs.flatMap(({ epc, status, name }) =>
    acting.has(epc) && (status === 'unsold' || status === 'unknown')
      ? [{ epc, status, ...(name === undefined ? {} : { name }) }]
      : [],
  );
  return {
    gate_id: news.gate_id,
    read_id: news.id,
    tags: tags.slice(0, TAGS_IN_ALARM_MAX),
    atMs: Date.parse(news.at),
  };
}
