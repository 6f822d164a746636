import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Refused } from './refused.ts';

/** What the services keep; the rest of the folder can be made anew. */
const KEPT = ['d1', 'durable_objects', 'cache', 'agent'];
const SEEDING = 'seeding';
const CLOSING = 'closing';

/**
 * Gets the folder ready for a first seed. A seed that was cut short is begun anew: nobody has used that
 * store. A store whose `demo.json` is gone is left alone.
 */
export function beginSeeding(data: string): void {
  mkdirSync(data, { recursive: true, mode: 0o700 });
  const marker = join(data, SEEDING);
  const kept = KEPT.filter((name) => existsSync(join(data, name)));
  if (kept.length > 0 && !existsSync(marker)) {
    throw new Refused(
      `${data} holds a store, but its demo.json is missing; choose another folder with --data`,
    );
  }
  for (const name of kept) rmSync(join(data, name), { recursive: true, force: true });
  writeFileSync(marker, '');
}

export const endSeeding = (data: string): void => rmSync(join(data, SEEDING), { force: true });

/** Stands in the folder while a run is closing, so that the next start waits for it instead of giving up. */
export const beginClosing = (data: string): void => writeFileSync(join(data, CLOSING), '');
export const endClosing = (data: string): void => rmSync(join(data, CLOSING), { force: true });
export const isClosing = (data: string): boolean => existsSync(join(data, CLOSING));
