import { and, eq, exists, gt, isNull, sql } from 'drizzle-orm';
import { z } from 'zod';
import { Instant } from '../../shared/api/common.ts';
import { DeviceId } from '../../shared/ids/index.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import type { Act } from '../act.ts';
import { audit } from '../audit/record.ts';
import { type Db, writeAtOnce } from '../db/client.ts';
import { onlyIf, wasGuarded } from '../db/guard.ts';
import { device, enrolmentCode } from '../db/schema.ts';
import type { Effect } from '../effect.ts';
import type { Refusal } from '../http/refuse.ts';
import {
  DEVICE_COLUMNS,
  Device,
  type DeviceSecrets,
  findDevice,
  type NewDevice,
  secondsOf,
  withSecrets,
} from './device.ts';

/** Long enough to walk to the back room, short enough that a note left lying about is worth nothing. */
export const CODE_TTL_MS = 60 * 60_000;
export const CODE_SYMBOLS = 10;
/** Crockford's base 32: no letter that could be read as a digit or as another letter. */
const SYMBOLS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const GROUP = CODE_SYMBOLS / 2;

export const EnrolmentCode = z.object({ device_id: DeviceId, code: z.string(), expires_at: Instant });
export type EnrolmentCode = z.infer<typeof EnrolmentCode>;

/** A code of 50 random bits as people write it down; `random` is CODE_SYMBOLS random bytes. */
export function codeOf(random: Uint8Array): string {
  const symbols = Array.from(random.subarray(0, CODE_SYMBOLS), (byte) => SYMBOLS[byte % SYMBOLS.length]);
  return `${symbols.slice(0, GROUP).join('')}-${symbols.slice(GROUP).join('')}`;
}

/** A code as it was typed, in its one spelling: O is 0, I and L are 1, case and gaps do not count. */
export const canonicalCode = (typed: string): string =>
  typed.toUpperCase().replaceAll(/[\s-]/g, '').replaceAll('O', '0').replaceAll(/[IL]/g, '1');

/** Makes the code of a device; one that was made before and not used is worth nothing from now on. */
export async function createEnrolmentCode(
  db: Db,
  act: Act,
  id: DeviceId,
  { code, code_sha256 }: { code: string; code_sha256: string },
): Promise<Result<Effect<EnrolmentCode>, Refusal>> {
  const { retailer_id } = act.principal;
  const found = await findDevice(db, retailer_id, id);
  if (found === null) return err({ code: 'not_found' });
  if (found.revoked_at !== null) return err({ code: 'conflict', detail: 'This device is revoked.' });
  const expires_at = new Date(act.now_ms + CODE_TTL_MS).toISOString();
  const row = { code_sha256, created_at: act.now, expires_at, used_at: null };
  return ok({
    body: { device_id: id, code, expires_at },
    statements: [
      db
        .insert(enrolmentCode)
        .values({ retailer_id, device_id: id, ...row })
        .onConflictDoUpdate({ target: [enrolmentCode.retailer_id, enrolmentCode.device_id], set: row })
        .toSQL(),
      audit(db, act, 'device.enrolment_code', id),
    ],
  });
}

/** Where and when a code is shown; nobody is signed in yet. */
export type EnrolAct = Pick<Act, 'request_id' | 'now_ms' | 'now' | 'freshId'>;

/**
 * Gives the device behind a code its secrets, once. Every refusal is the same: an unknown, used or expired
 * code and a revoked device cannot be told apart. Whatever secrets the device had before end as in a rotation.
 */
export async function enrol(
  db: Db,
  act: EnrolAct,
  code_sha256: string,
  secrets: DeviceSecrets,
): Promise<Result<NewDevice, 'refused'>> {
  const open = and(
    eq(enrolmentCode.code_sha256, code_sha256),
    isNull(enrolmentCode.used_at),
    gt(enrolmentCode.expires_at, act.now),
  );
  const [row] = await db
    .select({ ...DEVICE_COLUMNS, retailer_id: device.retailer_id })
    .from(enrolmentCode)
    .innerJoin(
      device,
      and(eq(device.retailer_id, enrolmentCode.retailer_id), eq(device.id, enrolmentCode.device_id)),
    )
    .where(and(open, isNull(device.revoked_at)));
  if (row === undefined) return err('refused');
  const { retailer_id, ...columns } = row;
  const shown = Device.parse(columns);
  const principal = { id: shown.id, role: shown.kind, retailer_id };
  try {
    await writeAtOnce(db, [
      // Of two that show the code at the same moment only one may find it open.
      onlyIf(sql`${exists(db.select({ one: sql`1` }).from(enrolmentCode).where(open))}`),
      db.update(enrolmentCode).set({ used_at: act.now }).where(open).toSQL(),
      db
        .update(device)
        .set({ secret_sha256: secrets.secret_sha256, tokens_from: secondsOf(act.now_ms) })
        .where(and(eq(device.retailer_id, retailer_id), eq(device.id, shown.id)))
        .toSQL(),
      audit(db, { ...act, principal }, 'device.enrol', shown.id),
    ]);
  } catch (error) {
    if (wasGuarded(error)) return err('refused');
    throw error;
  }
  return ok(await withSecrets(shown, { retailer_id, now_ms: act.now_ms }, secrets));
}
