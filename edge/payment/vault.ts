/**
 * Seals what a payer gave us (tokens, telephone numbers) while it must be kept, so that no table, backup or log
 * holds it in clear. AES-256-GCM; the key is the Worker secret `VAULT_KEY` (32 bytes, base64url).
 */
export interface Vault {
  /** `context` binds the sealed text to its place: opened elsewhere it is null. */
  seal(plain: string, context: string): Promise<string>;
  open(sealed: string, context: string): Promise<string | null>;
}

const VERSION = 'v1';
const IV_BYTES = 12;
const KEY_BYTES = 32;

export function vaultOf(secret: string | undefined): Vault {
  let key: Promise<CryptoKey> | null = null;
  const keyOf = () => {
    key ??= importKey(secret);
    return key;
  };
  return {
    async seal(plain, context) {
      const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
      const sealed = await crypto.subtle.encrypt(
        { name: 'AES-GCM', iv, additionalData: bytesOf(context) },
        await keyOf(),
        bytesOf(plain),
      );
      return `${VERSION}.${base64url(iv)}.${base64url(new Uint8Array(sealed))}`;
    },
    async open(sealed, context) {
      const [version, iv, body] = sealed.split('.');
      if (version !== VERSION || iv === undefined || body === undefined) return null;
      try {
        const plain = await crypto.subtle.decrypt(
          { name: 'AES-GCM', iv: fromBase64url(iv), additionalData: bytesOf(context) },
          await keyOf(),
          fromBase64url(body),
        );
        return new TextDecoder().decode(plain);
      } catch {
        return null;
      }
    },
  };
}

async function importKey(secret: string | undefined): Promise<CryptoKey> {
  const bytes = secret === undefined ? new Uint8Array() : fromBase64url(secret);
  if (bytes.length !== KEY_BYTES) throw new Error('VAULT_KEY is not 32 bytes in base64url');
  return crypto.subtle.importKey('raw', bytes, 'AES-GCM', false, ['encrypt', 'decrypt']);
}

const bytesOf = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(new TextEncoder().encode(text));

const base64url = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '');

const fromBase64url = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));
