import type { SQL } from 'drizzle-orm';
import { type DrizzleD1Database, drizzle } from 'drizzle-orm/d1';
import { SQLiteAsyncDialect } from 'drizzle-orm/sqlite-core';

export type Db = DrizzleD1Database & { $client: D1Database };

/** A write that was decided and not made yet, as plain data: a query builder would run as soon as it is awaited. */
export interface Statement {
  sql: string;
  params: unknown[];
}

export const openDb = (d1: D1Database): Db => drizzle(d1);

const dialect = new SQLiteAsyncDialect();

/** A statement that no builder can say. */
export function statement(query: SQL): Statement {
  const { sql, params } = dialect.sqlToQuery(query);
  return { sql, params };
}

/** All of the statements or none: D1 knows no other transaction than the batch. Answers their rows. */
export async function writeAtOnce(db: Db, statements: readonly Statement[]): Promise<unknown[][]> {
  if (statements.length === 0) return [];
  const answers = await db.$client.batch(
    statements.map(({ sql, params }) => db.$client.prepare(sql).bind(...params)),
  );
  return answers.map(({ results }) => results);
}

/** Whether a write failed because a row with that key is there already; `of` is `table.column`. */
export const isDuplicate = (error: unknown, of: string): boolean =>
  error instanceof Error && error.message.includes('UNIQUE constraint failed') && error.message.includes(of);
