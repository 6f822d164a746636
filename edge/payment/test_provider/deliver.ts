import { signatureHeaders } from '../test/signature.ts';

const DELIVERY_TIMEOUT_MS = 10_000;
/** Waits between the attempts to deliver a webhook; after the last one it is given up. */
const RETRY_MS = [1_000, 5_000, 30_000, 120_000, 600_000, 3_600_000] as const;
const DELIVERIES_PER_WAKE_MAX = 50;

export type Send = (request: Request) => Promise<Response>;

interface Delivery extends Record<string, SqlStorageValue> {
  id: string;
  url: string;
  body: string;
  attempts: number;
}

/** Sends the webhooks that are due. One that was not taken (2xx) comes again later, signed anew. */
export async function deliverDue(
  sql: SqlStorage,
  secret: Uint8Array<ArrayBuffer>,
  send: Send,
  nowMs: number,
): Promise<void> {
  const due = sql
    .exec<Delivery>(
      'SELECT id, url, body, attempts FROM delivery WHERE next_at <= ? ORDER BY next_at LIMIT ?',
      nowMs,
      DELIVERIES_PER_WAKE_MAX,
    )
    .toArray();
  for (const { id, url, body, attempts } of due) {
    const signature = await signatureHeaders(secret, id, Math.floor(nowMs / 1000), body);
    const wait = RETRY_MS[attempts];
    if ((await taken(send, url, signature, body)) || wait === undefined)
      sql.exec('DELETE FROM delivery WHERE id = ?', id);
    else sql.exec('UPDATE delivery SET attempts = attempts + 1, next_at = ? WHERE id = ?', nowMs + wait, id);
  }
}

async function taken(
  send: Send,
  url: string,
  signature: Record<string, string>,
  body: string,
): Promise<boolean> {
  try {
    const headers = { 'content-type': 'application/json', ...signature };
    const signal = AbortSignal.timeout(DELIVERY_TIMEOUT_MS);
    const response = await send(
      new Request(url, { method: 'POST', headers, body, signal, redirect: 'manual' }),
    );
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}
