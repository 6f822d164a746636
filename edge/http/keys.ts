import { importJWK, type JWK } from 'jose';
import { z } from 'zod';
import type { Claims } from '../../shared/auth/claims.ts';
import type { Env } from '../env.ts';

/** Nothing but these members is kept: a private half in the wrong secret is neither used nor published. */
const PublicJwk = z.object({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.string(),
  kid: z.string().min(1),
});
const PrivateJwk = PublicJwk.extend({ d: z.string() });
const TrustedKeys = z.object({ keys: z.array(PublicJwk) });

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
  const all = [PublicJwk.parse(own), ...trusted];
  for (const member of ['kid', 'x'] as const) {
    if (new Set(all.map((jwk) => jwk[member])).size < all.length)
      throw new Error(`two of the trusted keys have the same ${member}`);
  }
  const verifying: [string, { key: CryptoKey; issuer: Claims['iss'] }][] = await Promise.all(
    all.map(async (jwk, n) => {
      return [jwk.kid, { key: await importKey(jwk), issuer: issuerAt(n) }];
    }),
  );
  return {
    kid: own.kid,
    signing: await importKey(own),
    verifying: new Map(verifying),
    jwks: { keys: all.map((jwk, n) => ({ ...jwk, alg: 'EdDSA', use: 'sig', iss: issuerAt(n) })) },
  };
}

/** Our own key is the first; each key says in the set which service signs with it, and agents hold it to that. */
const issuerAt = (n: number): Claims['iss'] => (n === 0 ? 'sesame-edge' : 'sesame-cloud');

async function importKey(jwk: JWK): Promise<CryptoKey> {
  const key = await importJWK(jwk, 'EdDSA');
  if (key instanceof Uint8Array) throw new Error('a signing key cannot be symmetric');
  return key;
}
