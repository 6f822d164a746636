import type { Http, UnknownReason } from './gateway.ts';

/** No answer within this time is `unknown`; a terminal waits for a person. */
export const PROVIDER_TIMEOUT_MS = 15_000;
export const TERMINAL_TIMEOUT_MS = 90_000;

export type ProviderAnswer =
  /** `json` is undefined where the body is not JSON. */
  { status: number; headers: Headers; json: unknown; text: string } | { s: 'unknown'; reason: UnknownReason };

/**
 * One request to a provider. Whatever goes wrong after it left is `unknown`: it may have been carried out. It is
 * not repeated here; the alarm asks.
 */
export async function providerCall(
  http: Http,
  url: string,
  init: { method: string; headers?: Record<string, string>; body?: string },
  timeoutMs: number = PROVIDER_TIMEOUT_MS,
): Promise<ProviderAnswer> {
  const abort = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<ProviderAnswer>((resolve) => {
    timer = setTimeout(() => {
      resolve({ s: 'unknown', reason: 'timeout' });
      abort.abort();
    }, timeoutMs);
  });
  const answer = await Promise.race([
    read(http, new Request(url, { ...init, signal: abort.signal, redirect: 'manual' })),
    late,
  ]);
  clearTimeout(timer);
  return answer;
}

async function read(http: Http, request: Request): Promise<ProviderAnswer> {
  try {
    const response = await http(request);
    const text = await response.text();
    return { status: response.status, headers: response.headers, json: jsonOf(text), text };
  } catch {
    return { s: 'unknown', reason: 'unavailable' };
  }
}

export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
