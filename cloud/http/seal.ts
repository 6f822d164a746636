const NONCE_BYTES = 12;

/** Text that only this service reads again: nonce and AES-256-GCM ciphertext, base64. */
export async function seal(key: CryptoKey, text: string, nonce: Uint8Array<ArrayBuffer>): Promise<string> {
  if (nonce.length !== NONCE_BYTES) throw new Error('a nonce has 12 bytes');
  const sealed = await crypto.subtle.encrypt(
    { name: 'AES-GCM', iv: nonce },
    key,
    new TextEncoder().encode(text),
  );
  return btoa(String.fromCharCode(...nonce) + binaryOf(new Uint8Array(sealed)));
}

/** The text again; a wrong key or a changed byte throws. */
export async function unseal(key: CryptoKey, sealed: string): Promise<string> {
  const bytes = Uint8Array.from(atob(sealed), (c) => c.charCodeAt(0));
  const iv = bytes.slice(0, NONCE_BYTES);
  return new TextDecoder().decode(
    await crypto.subtle.decrypt({ name: 'AES-GCM', iv }, key, bytes.slice(NONCE_BYTES)),
  );
}

export const freshNonce = (): Uint8Array<ArrayBuffer> => crypto.getRandomValues(new Uint8Array(NONCE_BYTES));

function binaryOf(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return binary;
}
