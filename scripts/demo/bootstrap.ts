import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import type { RetailerId } from '../../shared/ids/index.ts';

/** The words of a Worker of its own project: loaded when they are needed, and parsed like anything from outside. */
const SEED = pathToFileURL(join(dirname(dirname(import.meta.dirname)), 'cloud/db/seed.ts')).href;
const callable = <F>() => z.custom<F>((value) => typeof value === 'function');
const SeedModule = z.object({
  bootstrapStatements: callable<(seed: object) => unknown>(),
  hashPassword: callable<(password: string, salt: Uint8Array) => unknown>(),
  SALT_BYTES: z.number().int(),
});

export const SqlStatement = z.object({
  sql: z.string(),
  params: z.array(z.union([z.string(), z.number(), z.null()])),
});
export type SqlStatement = z.infer<typeof SqlStatement>;

export interface Tenant {
  retailer: { id: RetailerId; name: string };
  admin: { email: string; password: string };
  /** UTC ISO 8601. */
  now: string;
  random(bytes: number): Uint8Array;
}

/** SQL for the demo retailer and its first admin: all that the cloud's interface cannot make itself. */
export async function bootstrapStatements({ retailer, admin, now, random }: Tenant): Promise<SqlStatement[]> {
  const loaded: unknown = await import(SEED);
  const cloud = SeedModule.parse(loaded);
  return z.array(SqlStatement).parse(
    cloud.bootstrapStatements({
      retailer_id: retailer.id,
      retailer_name: retailer.name,
      admin_email: admin.email,
      password_hash: cloud.hashPassword(admin.password, random(cloud.SALT_BYTES)),
      demo: true,
      now,
    }),
  );
}
