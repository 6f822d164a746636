import { importJWK, type JWK } from 'jose';
import { z } from 'zod';
import { Claims } from '../../shared/auth/claims.ts';
import type { Env } from '../env.ts';

/** Nothing but these members is kept: a private half in the wrong secret is neither used nor published. */
const PublicJwk = z.object({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.string(),
  kid: z.string().min(1),
});
const PrivateJwk = PublicJwk.extend({ d: z.string() });
/**
 * Whose key it is: the cloud's unless it says otherwise. A key that the edge itself signed with before its
 * rotation stays here until the last token and pass of it have expired.
 */
const TrustedKey = PublicJwk.extend({ iss: Claims.shape.iss.default('sesame-cloud') });
const TrustedKeys = z.object({ keys: z.array(TrustedKey) });

export interface Keys {
  kid: string;
  signing: CryptoKey;
  /** By `kid`: a key, and the one service that signs with it. A leaked edge key must not make an admin. */
  verifying: ReadonlyMap<string, { key: CryptoKey; issuer: Claims['iss'] }>;
  /** The public half of everything that this store's devices should trust. */
  jwks: { keys: JWK[] };
}

let loaded: { from: string; keys: Promise<Keys> } | null = null;

/** The keys of this Worker, imported once an isolate (a changed secret makes a new isolate). */
export function keysOf(env: Env): Promise<Keys> {
  const from = `${env.SIGNING_KEY}\n${env.TRUSTED_KEYS}`;
  if (loaded?.from !== from) loaded = { from, keys: load(env) };
  return loaded.keys;
}

async function load(env: Env): Promise<Keys> {
  const own = PrivateJwk.parse(JSON.parse(env.SIGNING_KEY));
  const trusted = TrustedKeys.parse(JSON.parse(env.TRUSTED_KEYS)).keys;
  const all = [{ ...PublicJwk.parse(own), iss: 'sesame-edge' as const }, ...trusted];
  for (const member of ['kid', 'x'] as const) {
    if (new Set(all.map((jwk) => jwk[member])).size < all.length)
      throw new Error(`two of the trusted keys have the same ${member}`);
  }
  const verifying: [string, { key: CryptoKey; issuer: Claims['iss'] }][] = await Promise.all(
    all.map(async ({ iss, ...jwk }) => [jwk.kid, { key: await importKey(jwk), issuer: iss }]),
  );
  return {
    kid: own.kid,
    signing: await importKey(own),
    verifying: new Map(verifying),
    // Each key says in the set which service signs with it, and agents hold it to that.
    jwks: { keys: all.map(({ iss, ...jwk }) => ({ ...jwk, alg: 'EdDSA', use: 'sig', iss })) },
  };
}

async function importKey(jwk: JWK): Promise<CryptoKey> {
  const key = await importJWK(jwk, 'EdDSA');
  if (key instanceof Uint8Array) throw new Error('a signing key cannot be symmetric');
  return key;
}
