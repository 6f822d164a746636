import { importJWK, type JWK } from 'jose';
import { z } from 'zod';
import { Claims } from '../../shared/auth/claims.ts';
import type { Env } from '../env.ts';

const PrivateJwk = z.looseObject({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.string(),
  d: z.string(),
  kid: z.string().min(1),
});
/**
 * Whose key it is: the edge's unless it says otherwise. A key that the cloud itself signed with before its
 * rotation stays here until the last token of it has expired or was rotated.
 */
const TrustedKey = z.object({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.string(),
  kid: z.string().min(1),
  iss: Claims.shape.iss.default('sesame-edge'),
});
const TrustedKeys = z.object({ keys: z.array(TrustedKey) });

export interface Keys {
  kid: string;
  signing: CryptoKey;
  /** Keys by `kid`, apart by who may sign with them: a leaked edge key must not make an admin. */
  own: ReadonlyMap<string, CryptoKey>;
  edge: ReadonlyMap<string, CryptoKey>;
  /** The public halves of our own keys, the signing one first, for everyone who checks our tokens. */
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
  const signing = PrivateJwk.parse(JSON.parse(env.SIGNING_KEY));
  const { kty, crv, x, kid } = signing;
  const trusted = TrustedKeys.parse(JSON.parse(env.TRUSTED_KEYS)).keys;
  const ours = [{ kty, crv, x, kid }, ...trusted.filter(({ iss }) => iss === 'sesame-cloud')].map(publicHalf);
  const edges = trusted.filter(({ iss }) => iss === 'sesame-edge').map(publicHalf);
  return {
    kid,
    signing: await importKey(signing),
    own: await importKeys(ours),
    edge: await importKeys(edges),
    jwks: { keys: ours },
    sealing: await sealingKey(signing.d),
  };
}

type PublicKey = Pick<z.infer<typeof TrustedKey>, 'kty' | 'crv' | 'x' | 'kid'>;

const publicHalf = ({ kty, crv, x, kid }: PublicKey): PublicKey & JWK => ({
  kty,
  crv,
  x,
  kid,
  alg: 'EdDSA',
  use: 'sig',
});

async function importKeys(jwks: readonly (PublicKey & JWK)[]): Promise<Map<string, CryptoKey>> {
  const keys = new Map<string, CryptoKey>();
  for (const jwk of jwks) keys.set(jwk.kid, await importKey(jwk));
  return keys;
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
