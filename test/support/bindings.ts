import { generateKeyPairSync, randomBytes } from 'node:crypto';

/** An Ed25519 key pair as JWKs, fresh in every run: no key stands in the repository. */
function keyPair(kid: string) {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const more = { kid, alg: 'EdDSA', use: 'sig' };
  return {
    private: { ...privateKey.export({ format: 'jwk' }), ...more },
    public: { ...publicKey.export({ format: 'jwk' }), ...more },
  };
}

const edge = keyPair('edge-test');
const cloud = keyPair('cloud-test');

/**
 * The secrets and variables that the Workers under test get. `CLOUD_KEY` / `EDGE_KEY` let a test sign
 * tokens as the other service would; only tests have them.
 */
export function testBindings(worker: 'edge' | 'cloud') {
  const common = { RATE_LIMIT_PER_SECOND: '100000', RATE_LIMIT_BURST: '100000' };
  return worker === 'edge'
    ? {
        bindings: {
          ...common,
          SIGNING_KEY: JSON.stringify(edge.private),
          TRUSTED_KEYS: JSON.stringify({ keys: [cloud.public] }),
          TEST_PROVIDER_SECRET: 'a secret of the tests',
          VAULT_KEY: randomBytes(32).toString('base64url'),
          CLOUD_KEY: JSON.stringify(cloud.private),
        },
      }
    : {
        bindings: {
          ...common,
          DEMO: '1',
          FULFILMENT_POS: 'a secret of the tests',
          SIGNING_KEY: JSON.stringify(cloud.private),
          TRUSTED_KEYS: JSON.stringify({ keys: [edge.public] }),
          EDGE_KEY: JSON.stringify(edge.private),
        },
      };
}
