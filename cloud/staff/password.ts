import { scryptSync, timingSafeEqual } from 'node:crypto';

/** scrypt (RFC 7914): 2^15 rounds over blocks of 8 take 32 MiB and some 100 ms, for us and for a guesser. */
const COST_LOG2 = 15;
const BLOCK_SIZE = 8;
const PARALLEL = 1;
const KEY_BYTES = 32;
const MEMORY_BYTES_MAX = 64 * 1024 * 1024;

export const SALT_BYTES = 16;
export const PASSWORD_CHARACTERS_MIN = 8;
export const PASSWORD_CHARACTERS_MAX = 256;

/**
 * `scrypt$15$8$1$salt$key`, salt and key in base64: the parameters stand in the hash, so that they can be
 * raised later without a migration. `salt` is SALT_BYTES fresh random bytes. Runs in Node and in workerd.
 */
export function hashPassword(password: string, salt: Uint8Array): string {
  if (salt.length !== SALT_BYTES) throw new Error(`a salt has ${SALT_BYTES} bytes`);
  const key = derive(password, salt, { logN: COST_LOG2, r: BLOCK_SIZE, p: PARALLEL });
  return ['scrypt', COST_LOG2, BLOCK_SIZE, PARALLEL, base64(salt), base64(key)].join('$');
}

/** Whether the password made this hash. A hash of another form is nobody's: the answer is no. */
export function verifyPassword(password: string, hash: string): boolean {
  const parts = /^scrypt\$(\d{2})\$(\d{1,2})\$(\d{1,2})\$([A-Za-z0-9+/=]+)\$([A-Za-z0-9+/=]+)$/.exec(hash);
  if (parts === null) return false;
  const [, logN, r, p, salt = '', key = ''] = parts;
  const expected = bytesOf(key);
  const got = derive(password, bytesOf(salt), { logN: Number(logN), r: Number(r), p: Number(p) });
  return expected.length === got.length && timingSafeEqual(expected, got);
}

/** A hash that no password has; checking against it takes as long as against any other. */
export const NOBODYS_HASH = [
  'scrypt',
  COST_LOG2,
  BLOCK_SIZE,
  PARALLEL,
  base64(new Uint8Array(SALT_BYTES)),
  base64(new Uint8Array(KEY_BYTES)),
].join('$');

function derive(
  password: string,
  salt: Uint8Array,
  { logN, r, p }: { logN: number; r: number; p: number },
): Uint8Array {
  // Composed form (NFC): the same password typed on two keyboards is the same password.
  return scryptSync(password.normalize('NFC'), salt, KEY_BYTES, {
    N: 2 ** logN,
    r,
    p,
    maxmem: MEMORY_BYTES_MAX,
  });
}

function base64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
}
