import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Miniflare } from 'miniflare';
import { z } from 'zod';

export type Database = Awaited<ReturnType<Miniflare['getD1Database']>>;

/** wrangler's own table of applied migrations, so that either may be used on the same database. */
const BOOKKEEPING =
  'CREATE TABLE IF NOT EXISTS d1_migrations (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL)';
const Applied = z.array(z.object({ name: z.string() }));
/** What drizzle-kit writes between the statements of one migration. */
const BREAKPOINT = '--> statement-breakpoint';

/** Applies what is missing, in the order of the file names; a migration and its record are one transaction. */
export async function migrate(database: Database, folder: string): Promise<string[]> {
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .sort();
  await database.batch([database.prepare(BOOKKEEPING)]);
  const { results } = await database.prepare('SELECT name FROM d1_migrations').all();
  const applied = new Set(Applied.parse(results).map(({ name }) => name));
  const missing = files.filter((name) => !applied.has(name));
  for (const name of missing) {
    const statements = readFileSync(join(folder, name), 'utf8')
      .split(BREAKPOINT)
      .map((statement) => statement.trim())
      .filter((statement) => statement !== '');
    await database.batch([
      ...statements.map((statement) => database.prepare(statement)),
      database.prepare('INSERT INTO d1_migrations (name) VALUES (?)').bind(name),
    ]);
  }
  return missing;
}
