import { bytesOfHex, hexOf, hmac, verifyHmac } from '../hmac.ts';

/** Older or younger than this is refused: a recorded message cannot be played again later. */
const SIGNATURE_AGE_MAX_S = 300;
/** While a secret is being changed a message may carry a signature of each. */
const SIGNATURES_MAX = 5;

/**
 * `X-Signature: t=<seconds since 1970>,v1=<hex>`: HMAC-SHA256 over `t`, a dot and `payload`, which is the raw body,
 * or of a request without a body its path and query, so that no signed question can be put to another address.
 */
export async function signatureOf(secret: string, atSeconds: number, payload: string): Promise<string> {
  return `t=${atSeconds},v1=${hexOf(await hmac(secret, `${atSeconds}.${payload}`))}`;
}

/** `stale`: the signature holds, but not its time. Any of the secrets may have signed. */
export async function checkSignature(
  secrets: readonly string[],
  header: string | null,
  payload: string,
  nowMs: number,
): Promise<'valid' | 'stale' | 'invalid'> {
  const parts = (header ?? '').split(',').map((part) => part.split('='));
  const at = parts.find(([name]) => name === 't')?.[1] ?? '';
  if (!/^\d{1,12}$/.test(at)) return 'invalid';
  const macs = parts.flatMap(([name, value]) => (name === 'v1' ? [bytesOfHex(value ?? '')] : []));
  for (const mac of macs.slice(0, SIGNATURES_MAX)) {
    if (mac === null) continue;
    for (const secret of secrets) {
      if (!(await verifyHmac(secret, `${at}.${payload}`, mac))) continue;
      return Math.abs(nowMs / 1000 - Number(at)) > SIGNATURE_AGE_MAX_S ? 'stale' : 'valid';
    }
  }
  return 'invalid';
}
