import { type Sql, single } from './sql.ts';

type Mark = 'rev' | 'shelf_version' | 'outbox_sent';

export function markOf(sql: Sql, mark: Mark): number {
  return single<{ value: number }>(sql, 'SELECT value FROM mark WHERE name = ?', mark).value;
}

export function setMark(sql: Sql, mark: Mark, value: number): void {
  sql.exec('UPDATE mark SET value = ? WHERE name = ?', value, mark);
}

/** Moves a mark up by `count` and answers where it stands now. */
export function raiseMark(sql: Sql, mark: Mark, count: number): number {
  return single<{ value: number }>(
    sql,
    'UPDATE mark SET value = value + ? WHERE name = ? RETURNING value',
    count,
    mark,
  ).value;
}
