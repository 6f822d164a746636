import { z } from '@hono/zod-openapi';
import { Problem } from '../../shared/http/problem.ts';

/** Building blocks of the routes' descriptions, so that each route says only what is its own. */
export const jsonBody = <T extends z.ZodType>(schema: T) => ({
  content: { 'application/json': { schema } },
  required: true,
});
export const jsonAnswer = <T extends z.ZodType>(schema: T, description: string) => ({
  content: { 'application/json': { schema } },
  description,
});
export const textAnswer = (description: string, type: string) => ({
  content: { [type]: { schema: z.string() } },
  description,
});

const problemAnswer = (description: string) => ({
  content: { 'application/problem+json': { schema: Problem } },
  description,
});

/** Every route with a token can be refused in these ways. */
export const TOKEN_REFUSALS = {
  401: problemAnswer('No valid token'),
  403: problemAnswer('The role, or the token of another store, may not'),
  503: problemAnswer('The agent has never reached the edge and knows no keys yet'),
};
/** Every route with a body can be refused in these ways, too. */
export const BODY_REFUSALS = {
  400: problemAnswer('Malformed JSON'),
  413: problemAnswer('Body too large'),
  415: problemAnswer('Not JSON'),
  422: problemAnswer('Not valid: see `code` and `errors`'),
};
export const CONFLICT = { 409: problemAnswer('Refused as things stand: see `code`') };
export const NOT_FOUND = { 404: problemAnswer('Not there') };
export const UNREADABLE = { 422: problemAnswer('Not valid: see `code`') };
export const DISK_FULL = { 507: problemAnswer('The disk takes no more writes') };
export const NOT_READY = { 503: problemAnswer('Not ready: see `detail`') };

/** Honoured on every POST that creates or moves something; kept 35 days. */
export const idempotent = z.object({ 'idempotency-key': z.string().min(1).max(255).optional() });

export const BEARER = [{ bearer: [] }];
