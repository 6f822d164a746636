import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { readPrivate, writePrivate } from './private_file.ts';

const Jwk = z.looseObject({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.string(),
  kid: z.string(),
});
const KeyPair = z.object({ private: Jwk.extend({ d: z.string() }), public: Jwk });
const Keys = z.object({
  edge: KeyPair,
  cloud: KeyPair,
  test_provider_secret: z.string().min(32),
  vault_key: z.string().min(43).optional(),
});
export type Keys = z.infer<typeof Keys>;

const SECRET_BYTES = 32;

/** The signing keys of this demo, made at its first start and kept in `keys.json`. */
export function demoKeys(folder: string): Keys {
  const path = join(folder, 'keys.json');
  const kept = readPrivate(path, Keys);
  if (kept?.vault_key !== undefined) return kept;
  if (kept !== null) {
    // A demo of an older build keeps its keys and gets the one it lacks.
    const completed: Keys = { ...kept, vault_key: newVaultKey() };
    writePrivate(path, completed);
    return completed;
  }
  const made: Keys = {
    edge: keyPair('edge'),
    cloud: keyPair('cloud'),
    test_provider_secret: randomBytes(SECRET_BYTES).toString('hex'),
    vault_key: newVaultKey(),
  };
  writePrivate(path, made);
  return made;
}

const newVaultKey = (): string => randomBytes(SECRET_BYTES).toString('base64url');

function keyPair(owner: string): z.infer<typeof KeyPair> {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const more = { kid: `${owner}-${randomBytes(8).toString('hex')}`, alg: 'EdDSA', use: 'sig' };
  return KeyPair.parse({
    private: { ...privateKey.export({ format: 'jwk' }), ...more },
    public: { ...publicKey.export({ format: 'jwk' }), ...more },
  });
}
