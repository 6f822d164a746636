import { type RouteConfig, z } from '@hono/zod-openapi';
import type { MiddlewareHandler } from 'hono';
import type { Role } from '../../shared/auth/claims.ts';
import { Problem } from '../../shared/http/problem.ts';
import type { CloudContext } from './context.ts';
import { guard } from './guard.ts';
import { readBody } from './limits.ts';

const ProblemSchema = Problem.openapi('Problem');
export const refusal = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: ProblemSchema } },
});

const READ_REFUSALS = {
  422: refusal('Some fields are not valid: see `errors`'),
  429: refusal('Too many requests: see `Retry-After`'),
  500: refusal('Something went wrong on our side'),
} as const;

const WRITE_REFUSALS = {
  ...READ_REFUSALS,
  400: refusal('The body is not readable JSON'),
  413: refusal('The body is too large'),
  415: refusal('The body is not said to be JSON'),
} as const;

const GUARDED_READ_REFUSALS = {
  ...READ_REFUSALS,
  401: refusal('No valid token'),
  403: refusal('This role may not do that'),
  404: refusal('Not there, or not yours'),
} as const;

const GUARDED_WRITE_REFUSALS = {
  ...WRITE_REFUSALS,
  ...GUARDED_READ_REFUSALS,
  409: refusal('Refused as things stand: see `code`'),
  412: refusal('The resource is not at the revision of `If-Match`'),
  503: refusal('The store cannot be reached right now'),
} as const;

type Declared<P extends string> = Omit<RouteConfig, 'path' | 'security' | 'middleware'> & { path: P };
type Refusing<R extends { responses: object }, Refusals> = Omit<R, 'responses'> & {
  responses: R['responses'] & Refusals;
};
type Middleware = [MiddlewareHandler<CloudContext>, ...MiddlewareHandler<CloudContext>[]];

/**
 * A route that reads, for callers with one of these roles. The guard is part of the declaration: a route is
 * either guarded or public, and what the document says of it is what runs.
 */
export function guarded<P extends string, const R extends Declared<P>>(roles: readonly Role[], config: R) {
  const responses = { ...config.responses, ...GUARDED_READ_REFUSALS };
  const route: Refusing<R, typeof GUARDED_READ_REFUSALS> = { ...config, responses };
  return { ...route, ...guardOf(roles) };
}

/** A route that changes something, for callers with one of these roles. `body` reads the request's, in its bounds. */
export function guardedWrite<P extends string, const R extends Declared<P>>(
  roles: readonly Role[],
  config: R,
  body: MiddlewareHandler<CloudContext> = readBody,
) {
  const responses = { ...config.responses, ...GUARDED_WRITE_REFUSALS };
  const route: Refusing<R, typeof GUARDED_WRITE_REFUSALS> = { ...config, responses };
  return { ...route, ...guardOf(roles, body) };
}

/** A route that needs no token. */
export function open<P extends string, const R extends Declared<P>>(config: R) {
  const responses = { ...config.responses, ...READ_REFUSALS };
  const route: Refusing<R, typeof READ_REFUSALS> = { ...config, responses };
  return { ...route, ...UNGUARDED };
}

/** A route that needs no token and takes a body. */
export function openWrite<P extends string, const R extends Declared<P>>(config: R) {
  const responses = { ...config.responses, ...WRITE_REFUSALS };
  const route: Refusing<R, typeof WRITE_REFUSALS> = { ...config, responses };
  return { ...route, ...UNGUARDED };
}

const UNGUARDED: { security: []; middleware: Middleware } = { security: [], middleware: [readBody] };

function guardOf(roles: readonly Role[], body = readBody) {
  const middleware: Middleware = [guard(roles), body];
  return { security: [{ bearer: [] }], 'x-roles': [...roles], middleware };
}

export const jsonBody = <T extends z.ZodType>(schema: T) => ({
  content: { 'application/json': { schema } },
  required: true,
});
export const jsonAnswer = <T extends z.ZodType>(schema: T, description: string) => ({
  content: { 'application/json': { schema } },
  description,
});

/** Roles by what they may do here. */
export const ADMIN: readonly Role[] = ['admin'];
export const MANAGERS: readonly Role[] = ['admin', 'manager'];
export const STAFF: readonly Role[] = ['admin', 'manager', 'cashier'];
/** Everyone with an account here. */
export const ACCOUNTS: readonly Role[] = ['admin', 'manager', 'cashier', 'service', 'kiosk', 'agent'];

export const IDEMPOTENCY_KEY_CHARACTERS_MAX = 255;
/** Honoured on every guarded POST, kept 35 days; without one the call is simply not protected. */
export const IdempotencyHeader = z.object({
  'idempotency-key': z.string().min(1).max(IDEMPOTENCY_KEY_CHARACTERS_MAX).optional(),
});
