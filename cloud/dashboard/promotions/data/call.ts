import type { z } from 'zod';
import { Problem } from '../../../../shared/http/problem.ts';
import type { Outcome } from '../../../../shared/ui/http.ts';
import { session, signOut } from '../../session.ts';

interface Call {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH';
  body?: unknown;
  /** The revision that the change was made on: another one is refused as 412. */
  revision?: number | undefined;
  /** Idempotency key: the same key may be sent again after a lost answer. */
  key?: string;
}

/** Calls the service as the person who is signed in; who is no longer so is asked to sign in again. */
export async function call<T extends z.ZodType>(
  schema: T,
  path: string,
  { method = 'GET', body, revision, key }: Call = {},
): Promise<Outcome<z.infer<T>>> {
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      headers: {
        authorization: `Bearer ${session.value?.token ?? ''}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(revision === undefined ? {} : { 'if-match': `"${revision}"` }),
        ...(key === undefined ? {} : { 'idempotency-key': key }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch {
    return { ok: false, problem: null };
  }
  const json: unknown = await response.json().catch(() => null);
  const parsed = response.ok ? schema.safeParse(json) : null;
  if (parsed?.success) return { ok: true, value: parsed.data };
  const problem = problemOf(json, response.status);
  if (problem.code === 'unauthenticated') signOut();
  return { ok: false, problem };
}

/** A refusal in the service's words, or ours where its answer cannot be read. */
export function problemOf(json: unknown, status: number): Problem {
  const problem = Problem.safeParse(json);
  if (problem.success) return problem.data;
  return {
    type: 'about:blank',
    title: 'The answer could not be read',
    status,
    code: 'unreadable',
    retryable: true,
  };
}

/** What to tell of a call that failed: what happened, and that nothing was changed. */
export const troubleOf = (problem: Problem | null): string =>
  problem === null ? 'No connection.' : [problem.title, problem.detail].filter(Boolean).join('. ');
