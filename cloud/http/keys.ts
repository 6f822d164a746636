import { importJWK, type JWK } from 'jose';
import { z } from 'zod';
import type { Env } from '../env.ts';

const PrivateJwk = z.looseObject({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.string(),
  d: z.string(),
  kid: z.string().min(1),
});
const TrustedKeys = z.object({ keys: z.array(z.looseObject({ kty: z.string(), kid: z.string().min(1) })) });

export interface Keys {
  kid: string;
  signing: CryptoKey;
  /** Keys by `kid`, apart by who may sign with them: a leaked edge key must not make an admin. */
  own: ReadonlyMap<string, CryptoKey>;
  edge: ReadonlyMap<string, CryptoKey>;
  /** The public half of our own key, for everyone who checks our tokens. */
  jwks: { keys: JWK[] };
  /** Seals answers that stay in the database (AES-256-GCM). */
  sealing: CryptoKey;
}

let loaded: { from: string; keys: Promise<Keys> } | null = null;

/** The keys of this Worker, imported once an isolate: a changed secret starts a new isolate. */
export function keysOf(env: Env): Promise<Keys> {
  const from = `${env.SIGNING_KEY}\n${env.TRUSTED_KEYS}`;
  if (loaded?.from !== from) loaded = { from, keys: load(env) };
  return loaded.keys;
}

async function load(env: Env): Promise<Keys> {
  const own = PrivateJwk.parse(JSON.parse(env.SIGNING_KEY));
  const trusted = TrustedKeys.parse(JSON.parse(env.TRUSTED_KEYS));
  const shown: JWK = { kty: own.kty, crv: own.crv, x: own.x, kid: own.kid, alg: 'EdDSA', use: 'sig' };
  const edge = new Map<string, CryptoKey>();
  for (const jwk of trusted.keys) edge.set(jwk.kid, await importKey(jwk));
  return {
    kid: own.kid,
    signing: await importKey(own),
    own: new Map([[own.kid, await importKey(shown)]]),
    edge,
    jwks: { keys: [shown] },
    sealing: await sealingKey(own.d),
  };
}

async function importKey(jwk: JWK): Promise<CryptoKey> {
  const key = await importJWK(jwk, 'EdDSA');
  if (key instanceof Uint8Array) throw new Error('a signing key cannot be symmetric');
  return key;
}

/** HKDF (RFC 5869) over the private key: one secret to keep, two keys that say nothing of one another. */
async function sealingKey(d: string): Promise<CryptoKey> {
  const text = new TextEncoder();
  const secret = await crypto.subtle.importKey('raw', text.encode(d), 'HKDF', false, ['deriveKey']);
  const info = text.encode('sesame-cloud idempotency answers');
  return crypto.subtle.deriveKey(
    { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(0), info },
    secret,
    { name: 'AES-GCM', length: 256 },
    false,
    ['encrypt', 'decrypt'],
  );
}
