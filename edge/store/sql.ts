type SqlValue = string | number | null;
type SqlRow = Record<string, SqlValue>;

/**
 * The synchronous SQLite of one store. Every rule of this folder works on it alone; who calls them opens the
 * transaction around them. `Row` is the caller's word for the columns it selects.
 */
export interface Sql {
  exec<Row extends SqlRow>(query: string, ...bindings: SqlValue[]): Row[];
}

/** The first row, or null where there is none. */
export function first<Row extends SqlRow>(sql: Sql, query: string, ...bindings: SqlValue[]): Row | null {
  return sql.exec<Row>(query, ...bindings)[0] ?? null;
}

/** The row of a query that always has one: an aggregate, or a write with RETURNING. */
export function single<Row extends SqlRow>(sql: Sql, query: string, ...bindings: SqlValue[]): Row {
  const row = first<Row>(sql, query, ...bindings);
  if (row === null) throw new Error(`no row from: ${query}`);
  return row;
}
