import { PROBLEMS, type ProblemCode, type ProblemExtras, problem } from '../../shared/http/problem.ts';
import type { Ctx } from './context.ts';
import { type FitsAnyRoute, fitsAnyRoute } from './fits_any_route.ts';

/** The answer to a refused call, as RFC 9457 wants it. */
export function refuse(c: Ctx, code: ProblemCode, extras: ProblemExtras = {}): FitsAnyRoute {
  const document = problem(code, { ...extras, request_id: c.get('requestId') });
  const headers: Record<string, string> = { 'content-type': 'application/problem+json' };
  if (code === 'unauthenticated') headers['www-authenticate'] = 'Bearer';
  if (document.retryable) headers['retry-after'] = '1';
  return fitsAnyRoute(c.newResponse(JSON.stringify(document), { status: PROBLEMS[code][0], headers }));
}
