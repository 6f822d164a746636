import { jwtVerify, SignJWT } from 'jose';
import { Claims } from '../../shared/auth/claims.ts';
import { EXIT_PASS_TYP, type ExitPassClaims } from '../../shared/auth/exit_pass.ts';
import { ShopperId } from '../../shared/ids/index.ts';
import type { Keys } from './keys.ts';

const CACHED_TOKENS_MAX = 2_000;
const CLOCK_SKEW_S = 5;

/** Tokens whose signature this isolate has checked with these keys; expiry is looked at each time. */
const checked = new WeakMap<Keys, Map<string, Claims>>();

/**
 * The claims of a token that has not expired and that was signed for us, in its own name, by a service that
 * may say so; or null.
 */
export async function verifyToken(token: string, keys: Keys, nowMs: number): Promise<Claims | null> {
  const cache = checked.get(keys) ?? new Map<string, Claims>();
  checked.set(keys, cache);
  const known = cache.get(token);
  if (known) return known.exp + CLOCK_SKEW_S > nowMs / 1000 ? known : null;
  try {
    const { payload, protectedHeader } = await jwtVerify(
      token,
      (header) => {
        const trusted = keys.verifying.get(header.kid ?? '');
        if (!trusted) throw new Error('unknown key');
        return trusted.key;
      },
      {
        audience: 'sesame',
        algorithms: ['EdDSA', 'Ed25519'],
        clockTolerance: CLOCK_SKEW_S,
        currentDate: new Date(nowMs),
      },
    );
    const claims = Claims.safeParse(payload);
    if (!claims.success) return null;
    // The issuer is what the key says it is, not what the token says.
    const issuer = keys.verifying.get(protectedHeader.kid ?? '')?.issuer;
    if (claims.data.iss !== issuer || !maySign(issuer, claims.data)) return null;
    if (cache.size >= CACHED_TOKENS_MAX) cache.clear();
    cache.set(token, claims.data);
    return claims.data;
  } catch {
    return null;
  }
}

/** The edge signs shoppers of one store and nobody else, the cloud everybody but them. */
function maySign(issuer: Claims['iss'], { role, store, sub }: Claims): boolean {
  if (issuer === 'sesame-cloud') return role !== 'shopper';
  return role === 'shopper' && store !== undefined && ShopperId.safeParse(sub).success;
}

export function signToken(claims: Claims, keys: Keys): Promise<string> {
  return new SignJWT({ ...claims })
    .setProtectedHeader({ alg: 'EdDSA', kid: keys.kid, typ: 'JWT' })
    .sign(keys.signing);
}

/** A compact JWS (RFC 7515) with EdDSA (RFC 8037): the same claims always give the same pass. */
export function signExitPass(claims: ExitPassClaims, keys: Keys): Promise<string> {
  return new SignJWT({ ...claims })
    .setProtectedHeader({ alg: 'EdDSA', kid: keys.kid, typ: EXIT_PASS_TYP })
    .sign(keys.signing);
}
