import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { Claims } from '../../shared/auth/claims.ts';
import type { Env } from '../env.ts';

/** What the middleware leaves for the routes. `claims` is there on every route that asks for a role. */
export interface EdgeContext {
  Bindings: Env;
  Variables: { requestId: string; claims: Claims };
}

export type App = OpenAPIHono<EdgeContext>;
export type Ctx = Context<EdgeContext>;
