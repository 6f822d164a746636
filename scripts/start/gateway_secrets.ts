import { join } from 'node:path';
import { z } from 'zod';
import { readPrivate } from './private_file.ts';

const GatewaySecrets = z.record(
  z.string().regex(/^GATEWAY_[A-Z0-9_]{1,60}$/),
  z.record(z.string(), z.string()),
);

/**
 * Credentials of payment accounts for this demo, if somebody put a file `gateways.json` into its data folder: secret
 * references, each with an object of texts. On a deployment they are Worker secrets.
 */
export function gatewaySecrets(folder: string): Record<string, string> {
  const kept = readPrivate(join(folder, 'gateways.json'), GatewaySecrets) ?? {};
  return Object.fromEntries(Object.entries(kept).map(([name, texts]) => [name, JSON.stringify(texts)]));
}
