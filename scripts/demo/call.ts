import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import { Problem } from '../../shared/http/problem.ts';

export interface Call<T> {
  base: string;
  method: 'GET' | 'POST' | 'PUT';
  path: string;
  token?: string;
  body?: unknown;
  answer: z.ZodType<T>;
}

/** A call of the public API that the demo relies on: any other answer than success is a failure of the start. */
export async function call<T>({ base, method, path, token, body, answer }: Call<T>): Promise<T> {
  const response = await fetch(base + path, {
    method,
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(method === 'POST' ? { 'idempotency-key': randomUUID() } : {}),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new CallRefused(`${method} ${path}`, response.status, text);
  return answer.parse(JSON.parse(text));
}

export class CallRefused extends Error {
  readonly status: number;
  /** The stable code of the problem document, or an empty string where the answer was none. */
  readonly code: string;

  constructor(what: string, status: number, text: string) {
    const problem = problemIn(text);
    const why =
      problem === null
        ? text.slice(0, 200)
        : [problem.code, problem.detail, JSON.stringify(problem.errors ?? [])].join(' ');
    super(`${what} answered ${status}: ${why}`);
    this.status = status;
    this.code = problem?.code ?? '';
  }
}

function problemIn(text: string): Problem | null {
  try {
    return Problem.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
