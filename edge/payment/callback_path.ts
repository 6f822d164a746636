import { bytesOfHex, hexOf, hmac, verifyHmac } from './hmac.ts';

/**
 * The address of a provider that signs nothing carries our own signature: only who was given it can post to it.
 * It stands behind the account's webhook address as one segment, `<id>.<hex HMAC-SHA256>`.
 */
export async function callbackUrl(
  key: string,
  webhookUrl: string,
  purpose: string,
  id: string,
): Promise<string> {
  return `${webhookUrl}/${id}.${hexOf(await hmac(key, `${purpose}:${id}`))}`;
}

/** What this path was given out for, or null where we never gave it out. `path` may have a query. */
export async function callbackOf<P extends string>(
  key: string,
  path: string,
  purposes: readonly P[],
): Promise<{ purpose: P; id: string } | null> {
  const segment = new URL(path, 'https://edge').pathname.split('/').at(-1) ?? '';
  const dot = segment.lastIndexOf('.');
  const mac = bytesOfHex(segment.slice(dot + 1));
  if (dot < 1 || mac === null) return null;
  const id = segment.slice(0, dot);
  for (const purpose of purposes) if (await verifyHmac(key, `${purpose}:${id}`, mac)) return { purpose, id };
  return null;
}
