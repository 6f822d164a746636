import type { DeviceId, StoreId } from '../../shared/ids/index.ts';
import type { StoreObject } from '../store/store_object.ts';
import type { Ctx } from './context.ts';
import { type FitsAnyRoute, refuse } from './refuse.ts';

const encoder = new TextEncoder();

/**
 * The store of a printer that calls by itself with HTTP Basic: its user name and secret are those of the store's
 * device list. Whatever is wrong with them, the answer is the same.
 */
export async function storeOfPrinter(
  c: Ctx,
  storeId: StoreId,
  printerId: DeviceId,
): Promise<DurableObjectStub<StoreObject> | null> {
  const given = basicOf(c.req.header('authorization'));
  if (given === null) return null;
  const store = c.env.STORE.getByName(storeId);
  const devices = (await store.config())?.devices ?? [];
  const device = devices.find(({ id, kind }) => id === printerId && kind === 'printer');
  const known = device !== undefined && device.username === given.username;
  const digest = hex(await crypto.subtle.digest('SHA-256', encoder.encode(given.password)));
  return sameText(digest, device?.secret_sha256 ?? '') && known ? store : null;
}

export function refusePrinter(c: Ctx): FitsAnyRoute {
  const answer = refuse(c, 'unauthenticated', { detail: 'the printer’s user name and secret' });
  answer.headers.set('www-authenticate', 'Basic realm="printers", charset="UTF-8"');
  return answer;
}

/** RFC 7617. */
function basicOf(header = ''): { username: string; password: string } | null {
  const credentials = /^Basic\s+([A-Za-z0-9+/=]+)$/i.exec(header)?.[1];
  if (credentials === undefined) return null;
  let text: string;
  try {
    text = new TextDecoder().decode(Uint8Array.from(atob(credentials), (one) => one.charCodeAt(0)));
  } catch {
    return null;
  }
  const colon = text.indexOf(':');
  return colon < 0 ? null : { username: text.slice(0, colon), password: text.slice(colon + 1) };
}

function hex(bytes: ArrayBuffer): string {
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Compares without telling by its time where the difference is. */
function sameText(a: string, b: string): boolean {
  let differing = a.length ^ b.length;
  for (let at = 0; at < a.length; at += 1)
    differing |= a.charCodeAt(at) ^ b.charCodeAt(at % Math.max(1, b.length));
  return differing === 0;
}
