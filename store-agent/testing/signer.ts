import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { SignJWT } from 'jose';
import { EXIT_PASS_TYP } from '../../shared/auth/exit_pass.ts';
import { AGENT, KIOSK, RETAILER, STORE } from './fixtures.ts';

const LIFETIME_S = 600;

interface KeyPair {
  kid: string;
  privateKey: KeyObject;
  publicJwk: Record<string, unknown>;
}

export interface TokenChange {
  store?: string | null;
  retailer?: string;
  sub?: string;
  iss?: 'sesame-cloud' | 'sesame-edge';
  expiresInS?: number;
  by?: 'stranger' | 'edge';
}

export interface PassChange {
  jti?: string;
  store?: string;
  expiresInS?: number;
  typ?: string;
  by?: 'stranger' | 'cloud';
  extra?: Record<string, unknown>;
}

/** The keys of cloud and edge, fresh in every run, and a stranger who borrows the edge's key id. */
export class Signer {
  readonly #keys = {
    edge: keyPair('edge-1', 'sesame-edge'),
    cloud: keyPair('cloud-1', 'sesame-cloud'),
    stranger: keyPair('edge-1', 'sesame-edge'),
  };

  jwks(): { keys: Record<string, unknown>[] } {
    return { keys: [this.#keys.edge.publicJwk, this.#keys.cloud.publicJwk] };
  }

  token(role: string, change: TokenChange): Promise<string> {
    const nowS = Math.floor(Date.now() / 1000);
    const store = change.store === undefined ? STORE : change.store;
    const claims = {
      iss: change.iss ?? 'sesame-cloud',
      aud: 'sesame',
      sub: change.sub ?? (role === 'kiosk' ? KIOSK : AGENT),
      role,
      retailer: change.retailer ?? RETAILER,
      ...(store === null ? {} : { store }),
      iat: nowS,
      exp: nowS + (change.expiresInS ?? LIFETIME_S),
    };
    return sign(claims, this.#keys[change.by ?? 'cloud'], 'JWT');
  }

  exitPass(order: string, epcs: [string, number][], change: PassChange): Promise<string> {
    const nowS = Math.floor(Date.now() / 1000);
    const claims = {
      iss: 'sesame-edge',
      aud: 'sesame-exit',
      jti: change.jti ?? `pass-${order}`,
      order,
      number: 'EX-1',
      store: change.store ?? STORE,
      epcs,
      iat: nowS - 1,
      exp: nowS + (change.expiresInS ?? LIFETIME_S),
      ...change.extra,
    };
    return sign(claims, this.#keys[change.by ?? 'edge'], change.typ ?? EXIT_PASS_TYP);
  }
}

function sign(claims: Record<string, unknown>, key: KeyPair, typ: string): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ alg: 'EdDSA', kid: key.kid, typ }).sign(key.privateKey);
}

function keyPair(kid: string, iss: string): KeyPair {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return {
    kid,
    privateKey,
    publicJwk: { ...publicKey.export({ format: 'jwk' }), kid, alg: 'EdDSA', use: 'sig', iss },
  };
}
