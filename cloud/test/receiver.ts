import { checkPoslog } from '../../shared/poslog/check.ts';
import type { Http } from '../fulfilment/send.ts';

export const SECRET = 'a secret of the tests';
const AGE_MAX_S = 300;

/**
 * A retailer's receiver that takes nothing on trust: the signature over the body, a document that balances, and each
 * idempotency key once with one body. It can be told how to answer first.
 */
export class Receiver {
  /** The bodies that it took, by idempotency key. */
  readonly taken = new Map<string, string>();
  requests = 0;
  /** Milliseconds since 1970 by its own clock. */
  now = (): number => Date.now();
  /** Statuses of the next answers; 0: no answer at all. */
  next: number[] = [];

  readonly http: Http = async (request) => {
    this.requests++;
    const body = await request.text();
    const status = this.next.shift();
    if (status === 0) throw new Error('the line is cut');
    if (status !== undefined) return new Response('not now', { status });
    const key = request.headers.get('idempotency-key') ?? '';
    if (!(await isSigned(request.headers.get('sesame-signature') ?? '', body, this.now())))
      return new Response('bad signature', { status: 401 });
    if (request.headers.get('content-type')?.startsWith('application/xml') === true) {
      const checked = checkPoslog(body);
      if (!checked.ok) return new Response(checked.error.detail, { status: 422 });
    }
    const before = this.taken.get(key);
    if (before !== undefined && before !== body) return new Response('another body', { status: 422 });
    this.taken.set(key, body);
    return Response.json({ id: `doc-${this.taken.size}` }, { status: 201 });
  };
}

async function isSigned(signature: string, body: string, nowMs: number): Promise<boolean> {
  const [, seconds = '', hex = ''] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(signature) ?? [];
  if (Math.abs(nowMs / 1_000 - Number(seconds)) > AGE_MAX_S) return false;
  const mac = Uint8Array.from({ length: 32 }, (_, i) => Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16));
  const encoder = new TextEncoder();
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', encoder.encode(SECRET), algorithm, false, ['verify']);
  return crypto.subtle.verify('HMAC', key, mac, encoder.encode(`${seconds}.${body}`));
}
