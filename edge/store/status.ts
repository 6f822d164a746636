import type { StoreStatus } from '../../shared/rpc/store.ts';
import { agentsOf } from './agents.ts';
import { headOf } from './feed_log.ts';
import { openIncidents } from './incidents.ts';
import { markOf } from './marks.ts';
import { openLeases } from './offline/leases.ts';
import { outboxBacklog } from './outbox.ts';
import { iso, type Scope } from './scope.ts';

/** How the store is. `live` are the cursors of the agents that are connected now. */
export function statusOf(scope: Scope, live: ReadonlyMap<string, number>): StoreStatus {
  const { sql } = scope;
  return {
    epoch: scope.epoch,
    head: headOf(sql),
    shelf_version: markOf(sql, 'shelf_version'),
    config_version: scope.config.version,
    agents: agentsOf(sql).map(({ agent, cursor, seen_at }) => ({
      agent,
      connected: live.has(agent),
      cursor: live.get(agent) ?? cursor,
      seen_at: iso(live.has(agent) ? scope.now : seen_at),
    })),
    open_incidents: openIncidents(sql),
    open_leases: openLeases(sql),
    outbox_backlog: outboxBacklog(sql),
  };
}
