/** One request to a receiver, and what became of it. */
export interface Sending {
  url: string;
  content_type: string;
  body: string;
  /** Stays the same over all repeats: the receiver takes a document once. */
  idempotency_key: string;
  secret: string;
}

export type Sent =
  | { outcome: 'acked'; remote_id: string | null }
  | { outcome: 'again'; reason: string }
  /** The receiver will never take it as it is. */
  | { outcome: 'refused'; reason: string };

export type Http = (request: Request) => Promise<Response>;

const TIMEOUT_MS = 20_000;
const REASON_CHARACTERS_MAX = 300;
const REMOTE_ID_CHARACTERS_MAX = 200;
/** The body is what they do not like, and it will be the same again. */
const NEVER = new Set([400, 413, 415, 422]);

/**
 * Sends a document, signed: `Sesame-Signature: t=<seconds>,v1=<hex>` is the HMAC-SHA256 of the seconds, a full stop
 * and the body. Only 2xx counts as taken; a redirection is followed by nobody, it could lead anywhere.
 */
export async function send(http: Http, sending: Sending, nowMs: number): Promise<Sent> {
  const { url, content_type, body, idempotency_key, secret } = sending;
  const seconds = Math.floor(nowMs / 1_000);
  const signature = `t=${seconds},v1=${await macOf(secret, `${seconds}.${body}`)}`;
  const headers = {
    'content-type': content_type,
    'idempotency-key': idempotency_key,
    'sesame-signature': signature,
  };
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const request = new Request(url, { method: 'POST', headers, body, redirect: 'manual', signal });
    const response = await http(request);
    const text = (await response.text()).slice(0, REASON_CHARACTERS_MAX);
    if (response.ok) return { outcome: 'acked', remote_id: remoteIdOf(response, text) };
    const reason = `${response.status} ${text}`.trim();
    return { outcome: NEVER.has(response.status) ? 'refused' : 'again', reason };
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'no answer';
    return { outcome: 'again', reason: reason.slice(0, REASON_CHARACTERS_MAX) };
  }
}

/** The receiver's own name of the document: a header, or the member `id` of a JSON answer. */
function remoteIdOf({ headers }: Response, text: string): string | null {
  const named = headers.get('x-document-id') ?? idIn(text);
  return named === null ? null : named.slice(0, REMOTE_ID_CHARACTERS_MAX);
}

function idIn(text: string): string | null {
  try {
    const value: unknown = JSON.parse(text);
    const id = typeof value === 'object' && value !== null && 'id' in value ? value.id : null;
    return typeof id === 'string' || typeof id === 'number' ? String(id) : null;
  } catch {
    return null;
  }
}

async function macOf(secret: string, message: string): Promise<string> {
  const encoder = new TextEncoder();
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', encoder.encode(secret), algorithm, false, ['sign']);
  const mac = await crypto.subtle.sign('HMAC', key, encoder.encode(message));
  return Array.from(new Uint8Array(mac), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
