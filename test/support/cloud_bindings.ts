import { readD1Migrations } from '@cloudflare/vitest-pool-workers';
import { testBindings } from './bindings.ts';

/** The bindings of the cloud under test, with the migrations that each test file applies to its database. */
export async function cloudBindings() {
  const { bindings } = testBindings('cloud');
  return { bindings: { ...bindings, MIGRATIONS: await readD1Migrations('cloud/db/migrations') } };
}
