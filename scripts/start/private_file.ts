import { chmodSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { z } from 'zod';

/** Owner only: these files hold keys, tokens and passwords. */
const PRIVATE_MODE = 0o600;

/** Replaces a file whole; nobody but its owner can read it, at any moment. */
export function writePrivate(path: string, value: unknown): void {
  const whole = `${path}.new`;
  writeFileSync(whole, `${JSON.stringify(value, null, 1)}\n`, { mode: PRIVATE_MODE });
  chmodSync(whole, PRIVATE_MODE);
  renameSync(whole, path);
}

/** Null when there is no such file. A file that says something else throws: it must not be overwritten. */
export function readPrivate<T>(path: string, schema: z.ZodType<T>): T | null {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
  return schema.parse(JSON.parse(text));
}
