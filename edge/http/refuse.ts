import type { TypedResponse } from 'hono';
import { PROBLEMS, type ProblemCode, type ProblemExtras, problem } from '../../shared/http/problem.ts';
import type { Ctx } from './context.ts';

/** A response made by hand, of which the route's own description of its JSON does not speak. */
export type FitsAnyRoute = Response & TypedResponse<never, never, never>;

/** Refusals, replays and files are the same for every route: typed so that each handler may return them. */
export function fitsAnyRoute(response: Response): FitsAnyRoute;
export function fitsAnyRoute(response: Response): Response {
  return response;
}

/** Refusals that a second may change; the rate limit of an address says its own time. */
const WORTH_A_RETRY: ReadonlySet<ProblemCode> = new Set([
  'idempotency_in_flight',
  'payment_in_progress',
  'provider_unavailable',
  'rate_limited',
  'store_unavailable',
]);

/** The answer to a refused call, as RFC 9457 wants it. */
export function refuse(c: Ctx, code: ProblemCode, extras: ProblemExtras = {}): FitsAnyRoute {
  const document = problem(code, { ...extras, request_id: c.get('requestId') });
  const headers: Record<string, string> = { 'content-type': 'application/problem+json' };
  if (code === 'unauthenticated') headers['www-authenticate'] = 'Bearer';
  if (WORTH_A_RETRY.has(code)) headers['retry-after'] = '1';
  return fitsAnyRoute(c.newResponse(JSON.stringify(document), { status: PROBLEMS[code][0], headers }));
}
