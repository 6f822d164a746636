import { type CompactVerifyGetKey, compactVerify, createLocalJWKSet, errors } from 'jose';
import { EXIT_PASS_TYP, ExitPassClaims } from '../../shared/auth/exit_pass.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import type { JwksDocument } from '../state/agent_state.ts';

export const PASS_CHARS_MAX = 64 * 1024;
const CLOCK_SKEW_MS = 30_000;

export type PassRefusal = 'expired' | 'used' | 'signature' | 'other_store' | 'malformed';

const keySets = new WeakMap<JwksDocument, CompactVerifyGetKey>();

/** The key set of a document; keys are imported once a document. */
export function keySetOf(jwks: JwksDocument): CompactVerifyGetKey {
  const known = keySets.get(jwks);
  if (known !== undefined) return known;
  const keySet = createLocalJWKSet({ keys: jwks.keys.map((key) => ({ ...key, kty: String(key['kty']) })) });
  keySets.set(jwks, keySet);
  return keySet;
}

/** The service that signs with this key, as the edge's key set says (member `iss` beside those of RFC 7517). */
export const issuerOf = (jwks: JwksDocument, kid: string | undefined): unknown =>
  jwks.keys.find((key) => key['kid'] === kid)?.['iss'];

/**
 * Verifies an exit pass: a compact JWS (RFC 7515) signed with EdDSA (RFC 8037), type `exit-pass+jwt`, for
 * this store, not expired (30 s for clocks that differ). No network. Whether it was used is the state's to say.
 */
export async function verifyPass(
  pass: string,
  jwks: JwksDocument,
  storeId: string,
  nowMs: number,
): Promise<Result<ExitPassClaims, PassRefusal>> {
  if (pass.length > PASS_CHARS_MAX || !/^[\w-]+\.[\w-]+\.[\w-]+$/.test(pass)) return err('malformed');
  let verified: Awaited<ReturnType<typeof compactVerify>>;
  try {
    verified = await compactVerify(pass, keySetOf(jwks), { algorithms: ['EdDSA', 'Ed25519'] });
  } catch (error) {
    return err(isMalformed(error) ? 'malformed' : 'signature');
  }
  if (verified.protectedHeader.typ !== EXIT_PASS_TYP) return err('malformed');
  // The key that signs staff tokens opens no gate, and the other way round.
  if (issuerOf(jwks, verified.protectedHeader.kid) !== 'sesame-edge') return err('signature');
  const claims = ExitPassClaims.safeParse(jsonOf(verified.payload));
  if (!claims.success) return err('malformed');
  if (claims.data.store !== storeId) return err('other_store');
  if (claims.data.exp * 1000 + CLOCK_SKEW_MS <= nowMs) return err('expired');
  return ok(claims.data);
}

/** What no key could ever verify, as against a signature that does not match. */
function isMalformed(error: unknown): boolean {
  const { JWSInvalid, JOSENotSupported, JOSEAlgNotAllowed } = errors;
  return (
    error instanceof JWSInvalid || error instanceof JOSENotSupported || error instanceof JOSEAlgNotAllowed
  );
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return null;
  }
}
