import type { Sql } from './sql.ts';

/**
 * Remembers how far an agent is. A live socket keeps its cursor itself, so that acknowledging a sale costs
 * no write; it comes here at hello, at the close, and before the log is pruned.
 */
export function sawAgent(sql: Sql, seen: { agent: string; cursor: number; at: number }): void {
  sql.exec(
    `INSERT INTO agent (agent, cursor, seen_at) VALUES (?, ?, ?)
     ON CONFLICT (agent) DO UPDATE SET cursor = excluded.cursor, seen_at = excluded.seen_at`,
    seen.agent,
    seen.cursor,
    seen.at,
  );
}

export function agentsOf(sql: Sql): { agent: string; cursor: number; seen_at: number }[] {
  return sql.exec('SELECT agent, cursor, seen_at FROM agent ORDER BY agent');
}
