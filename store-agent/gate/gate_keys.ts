import { createHash, timingSafeEqual } from 'node:crypto';
import type { DeviceCredential } from '../../shared/config/store_config.ts';
import { deviceOf } from '../bus/credentials.ts';

/** A gate that can send no header: an address nobody can guess, taken from one source address alone. */
export interface PathToken {
  gate_id: string;
  token_sha256: string;
  /** The gate's own address, as the agent sees it. */
  address: string;
}

/** What a caller shows of itself. */
export interface Shown {
  authorization?: string | undefined;
  gateKey?: string | undefined;
  pathToken?: string | undefined;
  remote: string;
}

/** The gate that calls, by its Basic credentials, its key alone, or its path token and address; null for anyone else. */
export function gateOf(
  shown: Shown,
  gates: readonly DeviceCredential[],
  tokens: readonly PathToken[],
): string | null {
  if (shown.pathToken !== undefined) {
    const digest = sha256(shown.pathToken);
    const remote = plainAddress(shown.remote);
    const found = tokens.find((one) => same(digest, one.token_sha256) && one.address === remote);
    return found?.gate_id ?? null;
  }
  const basic = /^Basic\s+([\w+/=-]+)$/i.exec(shown.authorization ?? '')?.[1];
  if (basic !== undefined) {
    const text = Buffer.from(basic, 'base64').toString('utf8');
    const colon = text.indexOf(':');
    if (colon < 0) return null;
    return deviceOf(gates, text.slice(0, colon), Buffer.from(text.slice(colon + 1)))?.id ?? null;
  }
  if (shown.gateKey === undefined) return null;
  const digest = sha256(shown.gateKey);
  return gates.find((one) => same(digest, one.secret_sha256))?.id ?? null;
}

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();
const same = (digest: Buffer, hex: string): boolean => timingSafeEqual(digest, Buffer.from(hex, 'hex'));
/** An IPv4 caller of a socket that listens on both kinds is written as IPv6. */
const plainAddress = (remote: string): string => remote.replace(/^::ffff:/i, '');
