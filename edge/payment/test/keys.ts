/** The keys of one account of the test provider, derived so that both sides know them without a store of keys. */
async function derive(secret: string, text: string): Promise<Uint8Array<ArrayBuffer>> {
  const key = await hmacKey(Uint8Array.from(new TextEncoder().encode(secret)), 'sign');
  return new Uint8Array(await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(text)));
}

/** Signs the webhooks of the account. */
export const webhookSecret = (secret: string, accountKey: string) => derive(secret, accountKey);

/** What a merchant sends as bearer token to charge on the account. */
export async function apiKey(secret: string, accountKey: string): Promise<string> {
  const bytes = await derive(secret, `api\n${accountKey}`);
  return `tk_${Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('')}`;
}

export function hmacKey(secret: Uint8Array<ArrayBuffer>, use: 'sign' | 'verify'): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', secret, { name: 'HMAC', hash: 'SHA-256' }, false, [use]);
}
