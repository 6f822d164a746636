import { and, eq } from 'drizzle-orm';
import { z } from 'zod';
import { Instant } from '../../shared/api/common.ts';
import { StoreId } from '../../shared/ids/index.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import type { Act } from '../act.ts';
import { audit } from '../audit/record.ts';
import type { Db } from '../db/client.ts';
import { staff } from '../db/schema.ts';
import type { Effect } from '../effect.ts';
import type { Refusal } from '../http/refuse.ts';
import { hasStore } from '../store/find_store.ts';
import { hashPassword, PASSWORD_CHARACTERS_MAX, PASSWORD_CHARACTERS_MIN } from './password.ts';
import { StaffRole } from './role.ts';

/** A member of staff as colleagues see them. */
export const Staff = z.object({
  id: z.string(),
  email: z.string(),
  name: z.string(),
  role: StaffRole,
  store_id: StoreId.nullable(),
  demo: z.boolean(),
  valid_until: Instant.nullable(),
  created_at: Instant,
});
export type Staff = z.infer<typeof Staff>;

export const CreateStaff = z.strictObject({
  email: z.email().max(254),
  name: z.string().min(1).max(200),
  role: StaffRole,
  /** Null: every store. An admin is never bound to one. */
  store_id: StoreId.nullable().default(null),
  password: z.string().min(PASSWORD_CHARACTERS_MIN).max(PASSWORD_CHARACTERS_MAX),
});
export type CreateStaff = z.infer<typeof CreateStaff>;

export const STAFF_COLUMNS = {
  id: staff.id,
  email: staff.email,
  name: staff.name,
  role: staff.role,
  store_id: staff.store_id,
  demo: staff.demo,
  valid_until: staff.valid_until,
  created_at: staff.created_at,
};

/** An account of the caller's retailer; one made from a demo account is a demo account. `salt` is fresh. */
export async function createStaff(
  db: Db,
  act: Act,
  input: CreateStaff,
  salt: Uint8Array,
): Promise<Result<Effect<Staff>, Refusal>> {
  const { retailer_id, demo } = act.principal;
  if (input.role === 'admin' && input.store_id !== null)
    return err(invalid('/store_id', 'an admin is bound to no store'));
  if (input.store_id !== null && !(await hasStore(db, retailer_id, input.store_id)))
    return err(invalid('/store_id', 'there is no such store'));
  const { password, ...given } = input;
  const body = {
    ...given,
    email: input.email.toLowerCase(),
    id: act.freshId('stf'),
    demo,
    valid_until: null,
    created_at: act.now,
  };
  return ok({
    body,
    statements: [
      db
        .insert(staff)
        .values({ ...body, retailer_id, password_hash: hashPassword(password, salt) })
        .toSQL(),
      audit(db, act, 'staff.create', body.id, { role: body.role }),
    ],
    races: [
      { of: 'staff.email', refusal: { code: 'conflict', detail: 'This e-mail has an account already.' } },
    ],
  });
}

/** Closes an account at once, its tokens too. Nobody closes their own: a tenant keeps an admin. */
export async function closeStaff(db: Db, act: Act, id: string): Promise<Result<Effect<Staff>, Refusal>> {
  const here = and(eq(staff.retailer_id, act.principal.retailer_id), eq(staff.id, id));
  const [row] = await db.select(STAFF_COLUMNS).from(staff).where(here);
  if (row === undefined) return err({ code: 'not_found' });
  if (id === act.principal.id)
    return err({ code: 'conflict', detail: 'Nobody can close their own account.' });
  if (row.valid_until !== null && row.valid_until <= act.now) return ok({ body: row, statements: [] });
  return ok({
    body: { ...row, valid_until: act.now },
    statements: [
      db.update(staff).set({ valid_until: act.now }).where(here).toSQL(),
      audit(db, act, 'staff.close', id),
    ],
  });
}

const invalid = (path: string, message: string): Refusal => ({
  code: 'invalid',
  errors: [{ path, code: 'custom', message }],
});
