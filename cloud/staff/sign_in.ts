import { and, eq, isNull, lte, or, sql } from 'drizzle-orm';
import type { Claims } from '../../shared/auth/claims.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import type { Db } from '../db/client.ts';
import { staff } from '../db/schema.ts';
import { NOBODYS_HASH, verifyPassword } from './password.ts';
import type { StaffRole } from './role.ts';

export const FAILURES_MAX = 10;
export const LOCK_MS = 15 * 60_000;
const STAFF_TOKEN_TTL_S = 12 * 3_600;

/**
 * The claims for a right e-mail and password. Every refusal is the same and costs the same: an unknown
 * address, a wrong password, a locked or closed account and a demo account outside a demo cannot be told
 * apart. The attempt is counted before the password is looked at, so that parallel guesses count too.
 */
export async function signIn(
  db: Db,
  input: { email: string; password: string },
  now_ms: number,
  demoAllowed: boolean,
): Promise<Result<Claims & { role: StaffRole }, 'refused'>> {
  const email = input.email.trim().toLowerCase();
  const now = new Date(now_ms).toISOString();
  const account = await countAttempt(db, email, now_ms);
  const matches = verifyPassword(input.password, account?.password_hash ?? NOBODYS_HASH);
  if (account === undefined || !matches) return err('refused');
  if (account.demo && !demoAllowed) return err('refused');
  if (account.valid_until !== null && account.valid_until <= now) return err('refused');

  await db
    .update(staff)
    .set({ failures: 0, locked_until: null })
    .where(and(eq(staff.retailer_id, account.retailer_id), eq(staff.id, account.id)));
  const iat = Math.floor(now_ms / 1000);
  return ok({
    iss: 'sesame-cloud',
    aud: 'sesame',
    sub: account.id,
    role: account.role,
    retailer: account.retailer_id,
    ...(account.store_id === null ? {} : { store: account.store_id }),
    iat,
    exp: iat + STAFF_TOKEN_TTL_S,
  });
}

/**
 * Counts one more failure, in one statement, and gives the account; nothing where there is none or where it
 * is locked. The tenth failure locks it for LOCK_MS; after that the count begins anew.
 */
async function countAttempt(db: Db, email: string, now_ms: number) {
  const now = new Date(now_ms).toISOString();
  const failures = sql<number>`CASE WHEN ${staff.locked_until} IS NULL THEN ${staff.failures} ELSE 0 END + 1`;
  const until = new Date(now_ms + LOCK_MS).toISOString();
  const [account] = await db
    .update(staff)
    .set({ failures, locked_until: sql`CASE WHEN ${failures} >= ${FAILURES_MAX} THEN ${until} END` })
    .where(and(eq(staff.email, email), or(isNull(staff.locked_until), lte(staff.locked_until, now))))
    .returning();
  return account;
}
