import { sql } from 'drizzle-orm';
import type { Db, Statement } from '../db/client.ts';
import { deadEvent } from '../db/schema.ts';
import { sha256Hex } from '../http/canonical.ts';

const BODY_CHARACTERS_MAX = 64 * 1024;

interface Dead {
  source: 'queue' | 'sweep' | 'dead_letter';
  reason: string;
  body: unknown;
}

/** Keeps what could not be applied, for whoever looks after the service. The same body again is counted. */
export async function keepDead(db: Db, { source, reason, body }: Dead, now: string): Promise<Statement> {
  const text = typeof body === 'string' ? body : (JSON.stringify(body) ?? String(body));
  const row = {
    id: await sha256Hex(text),
    source,
    reason,
    body: text.slice(0, BODY_CHARACTERS_MAX),
    first_at: now,
    last_at: now,
  };
  const again = { count: sql`${deadEvent.count} + 1`, source, reason, last_at: now };
  return db.insert(deadEvent).values(row).onConflictDoUpdate({ target: deadEvent.id, set: again }).toSQL();
}
