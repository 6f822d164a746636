import type { z } from 'zod';
import { Problem } from '../http/problem.ts';

/** What a page's call came to: the parsed answer, a refusal in the service's words, or no answer at all. */
export type Outcome<T> =
  | { ok: true; value: T }
  | { ok: false; problem: Problem }
  | { ok: false; problem: null };

export interface PageCall {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  token?: string | null;
  body?: unknown;
  /** Idempotency key: the same key may be sent again after a lost answer. */
  key?: string;
}

/** Calls a service of the page's own origin and parses what comes. Never throws for what a network does. */
export async function request<T extends z.ZodType>(
  schema: T,
  path: string,
  call: PageCall = {},
): Promise<Outcome<z.infer<T>>> {
  let response: Response;
  try {
    response = await fetch(path, {
      method: call.method ?? 'GET',
      headers: {
        ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(call.token ? { authorization: `Bearer ${call.token}` } : {}),
        ...(call.key ? { 'idempotency-key': call.key } : {}),
      },
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
    });
  } catch {
    return { ok: false, problem: null };
  }
  const json: unknown = await response.json().catch(() => null);
  if (response.ok) {
    const parsed = schema.safeParse(json);
    if (parsed.success) return { ok: true, value: parsed.data };
  }
  const problem = Problem.safeParse(json);
  return {
    ok: false,
    problem: problem.success
      ? problem.data
      : {
          type: 'about:blank',
          title: 'The answer could not be read',
          status: response.status,
          code: 'unreadable',
          retryable: true,
        },
  };
}
