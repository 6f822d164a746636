import { hmacKey } from './keys.ts';

/** A message older or younger than this is refused: a recorded one cannot be played again later. */
const SIGNATURE_AGE_MAX_S = 5 * 60;

/**
 * Standard Webhooks 1.0: HMAC-SHA256 over `id.timestamp.body`, in base64 behind `v1,`. The header may hold
 * several signatures with blanks between them while a secret is being changed.
 */
export async function signatureHeaders(
  secret: Uint8Array<ArrayBuffer>,
  id: string,
  atSeconds: number,
  body: string,
): Promise<Record<string, string>> {
  const mac = await crypto.subtle.sign(
    'HMAC',
    await hmacKey(secret, 'sign'),
    signed(id, String(atSeconds), body),
  );
  return {
    'webhook-id': id,
    'webhook-timestamp': String(atSeconds),
    'webhook-signature': `v1,${btoa(String.fromCharCode(...new Uint8Array(mac)))}`,
  };
}

/** The message's id if its signature holds, else null. */
export async function verifiedId(
  secret: Uint8Array<ArrayBuffer>,
  headers: Headers,
  body: string,
  nowMs: number,
): Promise<string | null> {
  const id = headers.get('webhook-id');
  const at = headers.get('webhook-timestamp');
  const signatures = headers.get('webhook-signature');
  if (id === null || id.length > 128 || at === null || !/^\d{1,12}$/.test(at) || signatures === null)
    return null;
  if (Math.abs(nowMs / 1000 - Number(at)) > SIGNATURE_AGE_MAX_S) return null;
  const key = await hmacKey(secret, 'verify');
  for (const signature of signatures.split(' ').slice(0, 5)) {
    const mac = /^v1,([A-Za-z0-9+/]{43}=)$/.exec(signature)?.[1];
    if (mac === undefined) continue;
    // `verify` compares in constant time.
    const bytes = Uint8Array.from(atob(mac), (c) => c.charCodeAt(0));
    if (await crypto.subtle.verify('HMAC', key, bytes, signed(id, at, body))) return id;
  }
  return null;
}

const signed = (id: string, at: string, body: string) => new TextEncoder().encode(`${id}.${at}.${body}`);
