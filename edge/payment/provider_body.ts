import type { z } from 'zod';
import type { UnknownReason } from './gateway.ts';
import type { ProviderAnswer } from './provider_call.ts';

/** `refused`: a 4xx; whether it proves that nothing was done is for the adapter to read from `json`. */
export type ProviderBody<T> =
  | { s: 'body'; status: number; body: T }
  | { s: 'refused'; status: number; json: unknown }
  | { s: 'unknown'; reason: UnknownReason };

/**
 * An answer in the shape that the provider documents. A 5xx, a time-out and a limit say nothing about the money,
 * nor does a body of another shape: all are `unknown`, and the alarm asks again.
 */
export function bodyOf<T>(answer: ProviderAnswer, schema: z.ZodType<T>): ProviderBody<T> {
  if ('s' in answer) return answer;
  const { status, json } = answer;
  if (status >= 500 || status === 429 || status === 408) return { s: 'unknown', reason: 'unavailable' };
  if (status >= 400) return { s: 'refused', status, json };
  const parsed = schema.safeParse(json);
  return parsed.success ? { s: 'body', status, body: parsed.data } : { s: 'unknown', reason: 'unreadable' };
}
