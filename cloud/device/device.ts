import { and, eq } from 'drizzle-orm';
import { z } from 'zod';
import { Instant } from '../../shared/api/common.ts';
import type { Claims } from '../../shared/auth/claims.ts';
import { DeviceCredential } from '../../shared/config/store_config.ts';
import { DeviceId, type RetailerId, StoreId } from '../../shared/ids/index.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import type { Act } from '../act.ts';
import { audit } from '../audit/record.ts';
import type { Db } from '../db/client.ts';
import { device } from '../db/schema.ts';
import type { Effect } from '../effect.ts';
import type { Refusal } from '../http/refuse.ts';
import { hasStore } from '../store/find_store.ts';

const Kind = DeviceCredential.shape.kind;
type Kind = z.infer<typeof Kind>;
const PREFIX: Record<Kind, string> = {
  gate: 'gat',
  reader: 'rdr',
  printer: 'prn',
  kiosk: 'ksk',
  agent: 'agt',
};
const DEVICE_TOKEN_TTL_S = 400 * 24 * 3_600;
export const SECRET_BYTES = 32;

/** A device as staff see it. */
export const Device = z.object({
  id: DeviceId,
  store_id: StoreId,
  kind: Kind,
  name: z.string(),
  username: z.string(),
  created_at: Instant,
  revoked_at: Instant.nullable(),
});
export type Device = z.infer<typeof Device>;

/** The new device with what is shown this once; kiosks and agents also get a token. */
export const NewDevice = Device.extend({ secret: z.string(), token: z.string().optional() });
export type NewDevice = z.infer<typeof NewDevice>;

export const CreateDevice = z.strictObject({
  store_id: StoreId,
  kind: Kind,
  name: z.string().min(1).max(100),
});
export type CreateDevice = z.infer<typeof CreateDevice>;

export const DEVICE_COLUMNS = {
  id: device.id,
  store_id: device.store_id,
  kind: device.kind,
  name: device.name,
  username: device.username,
  created_at: device.created_at,
  revoked_at: device.revoked_at,
};

/** How a device's secret is made and its token signed: the caller's keys and randomness. */
export interface DeviceSecrets {
  /** 256 random bits as text. */
  secret: string;
  /** Of the secret's UTF-8 text, lower-case hex. */
  secret_sha256: string;
  sign(claims: Claims): Promise<string>;
}

/** A device of a store. Its secret is 256 random bits, so the plain digest that is kept cannot be guessed. */
export async function createDevice(
  db: Db,
  act: Act,
  input: CreateDevice,
  secrets: DeviceSecrets,
): Promise<Result<Effect<NewDevice>, Refusal>> {
  const { retailer_id } = act.principal;
  if (!(await hasStore(db, retailer_id, input.store_id))) return err({ code: 'not_found' });
  const id = DeviceId.parse(act.freshId(PREFIX[input.kind]));
  const row: Device = { ...input, id, username: id, created_at: act.now, revoked_at: null };
  return ok({
    body: await withSecrets(row, { retailer_id, now_ms: act.now_ms }, secrets),
    statements: [
      db
        .insert(device)
        .values({ ...row, retailer_id, secret_sha256: secrets.secret_sha256 })
        .toSQL(),
      audit(db, act, 'device.create', id, { kind: input.kind, store_id: input.store_id }),
    ],
  });
}

/** The device with the secrets that it is given now: its secret and, for kiosks and agents, a token. */
export async function withSecrets(
  shown: Device,
  at: { retailer_id: RetailerId; now_ms: number },
  { secret, sign }: DeviceSecrets,
): Promise<NewDevice> {
  const claims = deviceClaims(shown, at);
  return { ...shown, secret, ...(claims === null ? {} : { token: await sign(claims) }) };
}

/** What a token of this device says; null where devices of its kind speak without one. */
export function deviceClaims(
  { id, kind, store_id }: Device,
  { retailer_id, now_ms }: { retailer_id: RetailerId; now_ms: number },
): Claims | null {
  if (kind !== 'kiosk' && kind !== 'agent') return null;
  const iat = secondsOf(now_ms);
  return {
    iss: 'sesame-cloud',
    aud: 'sesame',
    sub: id,
    role: kind,
    retailer: retailer_id,
    store: store_id,
    iat,
    exp: iat + DEVICE_TOKEN_TTL_S,
  };
}

/** A moment as tokens say it. */
export const secondsOf = (ms: number): number => Math.floor(ms / 1000);

/** The retailer's device under this id, or null. */
export async function findDevice(db: Db, retailer: RetailerId, id: DeviceId): Promise<Device | null> {
  const here = and(eq(device.retailer_id, retailer), eq(device.id, id));
  const [row] = await db.select(DEVICE_COLUMNS).from(device).where(here);
  return row === undefined ? null : Device.parse(row);
}

/** The device's token ends here at once; its store forgets it with the next publication. */
export async function revokeDevice(db: Db, act: Act, id: DeviceId): Promise<Result<Effect<Device>, Refusal>> {
  const { retailer_id } = act.principal;
  const here = and(eq(device.retailer_id, retailer_id), eq(device.id, id));
  const found = await findDevice(db, retailer_id, id);
  if (found === null) return err({ code: 'not_found' });
  if (found.revoked_at !== null) return ok({ body: found, statements: [] });
  return ok({
    body: { ...found, revoked_at: act.now },
    statements: [
      db.update(device).set({ revoked_at: act.now }).where(here).toSQL(),
      audit(db, act, 'device.revoke', id),
    ],
  });
}
