import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Replaces a file whole, and only when its bytes differ: whoever serves it never reads half of one. */
export function writeIfChanged(path: string, bytes: Uint8Array): boolean {
  try {
    if (readFileSync(path).equals(bytes)) return false;
  } catch {
    mkdirSync(dirname(path), { recursive: true });
  }
  const whole = `${path}.${process.pid}.new`;
  writeFileSync(whole, bytes);
  renameSync(whole, path);
  return true;
}
