import { decodeJwt, jwtVerify, SignJWT } from 'jose';
import { Claims } from '../../shared/auth/claims.ts';
import type { Keys } from './keys.ts';

const CLOCK_SKEW_S = 5;
const TOKEN_CHARACTERS_MAX = 4_096;

/**
 * The claims of a token that was signed for us and has not expired, or null. The issuer decides which keys
 * count, and the edge's issuer makes shoppers only.
 */
export async function verifyToken(token: string, keys: Keys, nowMs: number): Promise<Claims | null> {
  if (token.length > TOKEN_CHARACTERS_MAX) return null;
  try {
    const issuer = decodeJwt(token).iss;
    const trusted = issuer === 'sesame-edge' ? keys.edge : keys.own;
    const { payload } = await jwtVerify(
      token,
      ({ kid }) => {
        const key = trusted.get(kid ?? '');
        if (key === undefined) throw new Error('unknown key');
        return key;
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
    return (claims.data.iss === 'sesame-edge') === (claims.data.role === 'shopper') ? claims.data : null;
  } catch {
    return null;
  }
}

/** A compact JWS (RFC 7515) with EdDSA (RFC 8037). */
export const signToken = (claims: Claims, keys: Keys): Promise<string> =>
  new SignJWT({ ...claims })
    .setProtectedHeader({ alg: 'EdDSA', kid: keys.kid, typ: 'JWT' })
    .sign(keys.signing);
