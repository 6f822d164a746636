import { asc, desc, type SQL, sql } from 'drizzle-orm';
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core';
import { ListQuery } from '../../shared/http/list.ts';
import { err, ok, type Result } from '../../shared/result.ts';

export { ListQuery };

export interface Page<T> {
  data: T[];
  has_more: boolean;
}

/** The order of a list: every column in the same direction, the last one unique within the tenant. */
interface ListOrder {
  columns: readonly SQLiteColumn[];
  direction: 'ascending' | 'descending';
  /** The values of `columns` for the row with that id, or null where the caller's tenant has no such row. */
  at(id: string): Promise<readonly (string | number)[] | null>;
}

/** Which rows to read: `within` and the order come from the cursor, `limit` is one more than the page. */
interface Slice {
  within: SQL | undefined;
  orderBy: SQL[];
  limit: number;
}

/**
 * One page by keyset: rows after or before a known one, in the list's order, never an offset. `has_more`
 * tells whether the list goes on in the direction of travel.
 */
export async function readPage<T>(
  query: ListQuery,
  order: ListOrder,
  read: (slice: Slice) => Promise<T[]>,
): Promise<Result<Page<T>, BadCursor>> {
  const { limit, starting_after, ending_before } = query;
  if (starting_after !== undefined && ending_before !== undefined)
    return err(badCursor('/ending_before', 'one of starting_after and ending_before'));
  const backwards = ending_before !== undefined;
  const cursor = starting_after ?? ending_before;
  const at = cursor === undefined ? undefined : await order.at(cursor);
  if (at === null)
    return err(badCursor(backwards ? '/ending_before' : '/starting_after', 'names no row of this list'));

  const falling = (order.direction === 'descending') !== backwards;
  const rows = await read({
    within: at === undefined ? undefined : beyond(order.columns, at, falling),
    orderBy: order.columns.map((column) => (falling ? desc(column) : asc(column))),
    limit: limit + 1,
  });
  const data = rows.slice(0, limit);
  return ok({ data: backwards ? data.reverse() : data, has_more: rows.length > limit });
}

/** Row values compare column by column (SQLite, "Row Values"), which is what a list's order does. */
function beyond(columns: readonly SQLiteColumn[], at: readonly (string | number)[], falling: boolean): SQL {
  const left = sql.join([...columns], sql`, `);
  const right = sql.join(
    at.map((value) => sql`${value}`),
    sql`, `,
  );
  return falling ? sql`(${left}) < (${right})` : sql`(${left}) > (${right})`;
}

interface BadCursor {
  code: 'invalid';
  errors: { path: string; code: string; message: string }[];
}

const badCursor = (path: string, message: string): BadCursor => ({
  code: 'invalid',
  errors: [{ path, code: 'bad_cursor', message }],
});
