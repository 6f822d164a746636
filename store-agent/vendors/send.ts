import type { Exchange } from '../../shared/eas/judge.ts';
import type { EasRequest } from '../../shared/eas/request.ts';
import { errorText } from '../log.ts';

/** A vendor's answer of more than this is not one. */
const ANSWER_BYTES_MAX = 1024 * 1024;

export interface SendOptions {
  baseUrl: string;
  timeoutMs: number;
  now(): number;
  /** Ends the request early when the agent stops. */
  signal: AbortSignal;
}

/** Sends one request and reads the answer, whatever comes. No redirect is followed: it would carry the secret along. */
export async function send(request: EasRequest, options: SendOptions): Promise<Exchange> {
  const { method, path, headers, body } = request;
  const url = /^https?:\/\//.test(path) ? path : `${options.baseUrl}${path}`;
  const timeout = AbortSignal.timeout(options.timeoutMs);
  try {
    const response = await fetch(url, {
      method,
      headers,
      redirect: 'manual',
      signal: AbortSignal.any([timeout, options.signal]),
      ...(body === null ? {} : { body }),
    });
    const text = await readText(response);
    if (text === null) return { kind: 'network', detail: 'the answer is too large' };
    const retryAfterMs = parseRetryAfter(response.headers.get('retry-after'), options.now());
    return { kind: 'answer', status: response.status, retryAfterMs, body: text };
  } catch (error) {
    if (timeout.aborted) return { kind: 'timeout' };
    return { kind: 'network', detail: errorText(error) };
  }
}

async function readText(response: Response): Promise<string | null> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of response.body ?? []) {
    bytes += part.length;
    if (bytes > ANSWER_BYTES_MAX) return null;
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

/** RFC 9110 section 10.2.3: seconds, or a date. */
function parseRetryAfter(value: string | null, nowMs: number): number | null {
  if (value === null) return null;
  if (/^\d{1,6}$/.test(value.trim())) return Number(value) * 1_000;
  const atMs = Date.parse(value);
  return Number.isNaN(atMs) ? null : Math.max(0, atMs - nowMs);
}
