import { type SQL, sql } from 'drizzle-orm';
import { type Statement, statement } from './client.ts';

/**
 * A statement that undoes its whole batch unless the condition holds: D1 has no transaction that could look
 * first and write then, but a failing statement rolls the batch back. `json()` refuses what is not JSON.
 */
export const onlyIf = (condition: SQL): Statement =>
  statement(sql`SELECT CASE WHEN ${condition} THEN 1 ELSE json('not so ' || abs(random())) END`);

/** Whether a batch was undone by `onlyIf`. */
export const wasGuarded = (error: unknown): boolean =>
  error instanceof Error && error.message.includes('malformed JSON');
