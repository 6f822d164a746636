import type { Context, TypedResponse } from 'hono';
import {
  PROBLEMS,
  type Problem,
  type ProblemCode,
  type ProblemExtras,
  problem,
} from '../../shared/http/problem.ts';
import type { CloudContext } from './context.ts';

type StatusOf<K extends ProblemCode> = (typeof PROBLEMS)[K][0];
export type Refused<K extends ProblemCode> = Response & TypedResponse<Problem, StatusOf<K>, 'json'>;

/** The answer to a refused call (RFC 9457). */
export function refuse<K extends ProblemCode>(
  c: Context<CloudContext>,
  code: K,
  extras: ProblemExtras = {},
): Refused<K> {
  const document = problem(code, { ...extras, request_id: c.get('requestId') });
  const headers: Record<string, string> = { 'content-type': 'application/problem+json' };
  if (code === 'unauthenticated') headers['www-authenticate'] = 'Bearer';
  if (code === 'idempotency_in_flight' || code === 'store_unavailable') headers['retry-after'] = '1';
  return c.json(document, statusOf(code), headers);
}

function statusOf<K extends ProblemCode>(code: K): StatusOf<K> {
  return PROBLEMS[code][0];
}

/** The codes that a guarded route may answer: the statuses of each stand in its description. */
export type RouteProblem =
  | 'approval_required'
  | 'bad_request'
  | 'basket_expired'
  | 'basket_locked'
  | 'conflict'
  | 'forbidden'
  | 'idempotency_in_flight'
  | 'idempotency_key_reuse'
  | 'insufficient_funds'
  | 'invalid'
  | 'method_not_refundable'
  | 'not_found'
  | 'not_paid'
  | 'not_refundable'
  | 'not_refundable_here'
  | 'precondition_failed'
  | 'quantity_refunded'
  | 'rate_limited'
  | 'refund_exceeds_captured'
  | 'refund_exceeds_line'
  | 'refund_window_over'
  | 'second_reviewer_needed'
  | 'store_unavailable'
  | 'unauthenticated'
  | 'verification_not_open';

/** A refusal as a value: decided far from HTTP, answered by `refused`. */
export interface Refusal<K extends RouteProblem = RouteProblem> {
  code: K;
  detail?: string;
  errors?: { path: string; code: string; message: string }[];
}

export const refused = <K extends RouteProblem>(
  c: Context<CloudContext>,
  { code, ...extras }: Refusal<K>,
): Refused<K> => refuse(c, code, extras);
