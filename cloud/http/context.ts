import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { Env } from '../env.ts';
import type { Principal } from '../staff/principal.ts';

/** What the middleware leaves for the routes. `principal` is there on every guarded route. */
export interface CloudContext {
  Bindings: Env;
  Variables: { requestId: string; principal: Principal };
}

export type App = OpenAPIHono<CloudContext>;
export type Ctx = Context<CloudContext>;
