/** Keyed digests as the providers spell them. Comparisons take the same time wherever texts differ. */
type Hash = 'SHA-1' | 'SHA-256' | 'SHA-512';
type Bytes = Uint8Array<ArrayBuffer>;

export async function hmac(
  key: string | Bytes,
  message: string | Bytes,
  hash: Hash = 'SHA-256',
): Promise<Bytes> {
  const imported = await crypto.subtle.importKey('raw', bytesOf(key), { name: 'HMAC', hash }, false, [
    'sign',
  ]);
  return new Uint8Array(await crypto.subtle.sign('HMAC', imported, bytesOf(message)));
}

/** `mac` in bytes; false also where it is of another length. */
export async function verifyHmac(
  key: string | Bytes,
  message: string | Bytes,
  mac: Bytes,
  hash: Hash = 'SHA-256',
): Promise<boolean> {
  const imported = await crypto.subtle.importKey('raw', bytesOf(key), { name: 'HMAC', hash }, false, [
    'verify',
  ]);
  return crypto.subtle.verify('HMAC', imported, mac, bytesOf(message));
}

/** Whether the MAC is of any of the keys: while a key is exchanged there are two. Null, which is no MAC, is of none. */
export async function verifyHmacOfAny(
  keys: readonly string[],
  message: string,
  mac: Bytes | null,
): Promise<boolean> {
  const held = mac === null ? [] : await Promise.all(keys.map((key) => verifyHmac(key, message, mac)));
  return held.includes(true);
}

export async function sha256Hex(message: string): Promise<string> {
  return hexOf(new Uint8Array(await crypto.subtle.digest('SHA-256', bytesOf(message))));
}

export const bytesOf = (text: string | Bytes): Bytes =>
  typeof text === 'string' ? Uint8Array.from(new TextEncoder().encode(text)) : text;

export const hexOf = (bytes: Uint8Array): string =>
  Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('');

/** Null where the text is not hex of whole bytes. */
export function bytesOfHex(text: string): Bytes | null {
  if (text.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(text)) return null;
  return Uint8Array.from({ length: text.length / 2 }, (_, i) =>
    Number.parseInt(text.slice(2 * i, 2 * i + 2), 16),
  );
}

export const base64Of = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes));

export function bytesOfBase64(text: string): Bytes | null {
  try {
    return Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  } catch {
    return null;
  }
}
