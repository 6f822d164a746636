import { z } from '@hono/zod-openapi';
import type { MiddlewareHandler } from 'hono';
import { Problem } from '../../shared/http/problem.ts';
import type { EdgeContext } from './context.ts';
import { readJson } from './read_body.ts';

/** Building blocks of the routes' descriptions, so that each route says only what is its own. */
export const jsonBody = <T extends z.ZodType>(schema: T) => ({
  content: { 'application/json': { schema } },
  required: true,
});
export const jsonAnswer = <T extends z.ZodType>(schema: T, description: string) => ({
  content: { 'application/json': { schema } },
  description,
});

const ProblemSchema = Problem.openapi('Problem');
const problemAnswer = (description: string) => ({
  content: { 'application/problem+json': { schema: ProblemSchema } },
  description,
});

const DESCRIPTIONS = {
  400: 'The request cannot be read',
  401: 'No valid token',
  403: 'The role may not',
  404: 'Not there, or not yours',
  409: 'Refused as things stand: see `code`',
  412: 'Not at that revision any more',
  413: 'Body too large',
  415: 'Not JSON',
  422: 'Not valid: see `errors`',
  429: 'Too many requests: see `Retry-After`',
  500: 'Something went wrong on our side',
  503: 'Try again: see `Retry-After`',
} as const;

type RefusalStatus = keyof typeof DESCRIPTIONS;

/** The refusals a route can answer with, as its OpenAPI responses. */
export function refusals<S extends RefusalStatus>(
  ...statuses: S[]
): Record<S, ReturnType<typeof problemAnswer>> {
  const entries = statuses.map((status) => [status, problemAnswer(DESCRIPTIONS[status])] as const);
  return Object.fromEntries(entries) as Record<S, ReturnType<typeof problemAnswer>>;
}

/** What any route for shoppers, staff or devices may answer, whatever else it says of itself. */
export const READ_REFUSALS = refusals(401, 403, 404, 429, 500, 503);
/** The same of a route that takes a body or changes something. */
export const WRITE_REFUSALS = refusals(400, 401, 403, 404, 409, 413, 415, 422, 429, 500, 503);

/** A route that needs no token. */
export const PUBLIC: { security: []; middleware: [MiddlewareHandler<EdgeContext>] } = {
  security: [],
  middleware: [readJson],
};

/** Honoured on every POST that creates or moves something; kept 35 days. */
export const idempotent = z.object({ 'idempotency-key': z.string().min(1).max(255).optional() });
