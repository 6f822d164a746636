import { z } from '@hono/zod-openapi';
import { sql } from 'drizzle-orm';
import { REFERENCE_CSP, renderReference } from '../../../shared/http/reference.ts';
import { openDb } from '../../db/client.ts';
import { retailer } from '../../db/schema.ts';
import type { App } from '../context.ts';
import { describe } from '../describe.ts';
import { keysOf } from '../keys.ts';
import { refuse } from '../refuse.ts';
import { jsonAnswer, open, refusal } from '../route.ts';

const Health = z.object({ status: z.string() }).openapi('Health');
const Jwks = z
  .object({
    keys: z.array(
      z.object({
        kty: z.string(),
        crv: z.string(),
        x: z.string(),
        kid: z.string(),
        alg: z.string(),
        use: z.string(),
      }),
    ),
  })
  .openapi('Jwks');
const tags = ['Service'];

const live = open({
  method: 'get',
  path: '/livez',
  tags,
  summary: 'The Worker runs',
  responses: { 200: jsonAnswer(Health, 'It does') },
});
const ready = open({
  method: 'get',
  path: '/readyz',
  tags,
  summary: 'The database answers and has its tables',
  responses: { 200: jsonAnswer(Health, 'It does'), 503: refusal('It does not') },
});
const jwks = open({
  method: 'get',
  path: '/.well-known/jwks.json',
  tags,
  summary: 'The public keys that sign staff, device and service tokens (RFC 7517)',
  responses: { 200: jsonAnswer(Jwks, 'The keys') },
});
const document = open({
  method: 'get',
  path: '/openapi.json',
  tags,
  summary: 'This description (OpenAPI 3.1)',
  responses: { 200: jsonAnswer(z.looseObject({ openapi: z.string() }), 'The document') },
});
const docs = open({
  method: 'get',
  path: '/docs',
  tags,
  summary: 'This description as a page',
  responses: { 200: { description: 'HTML', content: { 'text/html': { schema: z.string() } } } },
});

/** What every service of the house has: health, keys, and its own description. */
export function service(app: App): void {
  app.openapi(live, (c) => c.json({ status: 'ok' }, 200));
  app.openapi(ready, async (c) => {
    try {
      await openDb(c.env.DB).select({ one: sql`1` }).from(retailer).limit(1);
    } catch {
      return refuse(c, 'store_unavailable', { detail: 'The database does not answer.' });
    }
    return c.json({ status: 'ok' }, 200);
  });
  app.openapi(jwks, async (c) => {
    const { keys } = (await keysOf(c.env)).jwks;
    return c.json(Jwks.parse({ keys }), 200, { 'cache-control': 'public, max-age=300' });
  });
  app.openapi(document, (c) => c.json(describe(app), 200));
  app.openapi(docs, (c) =>
    c.html(renderReference(describe(app), 'Sesame cloud'), 200, { 'content-security-policy': REFERENCE_CSP }),
  );
}
