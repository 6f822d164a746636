import { createRoute, z } from '@hono/zod-openapi';
import { REFERENCE_CSP, renderReference } from '../../../shared/http/reference.ts';
import type { App } from '../context.ts';
import { jsonAnswer, PUBLIC, refusals } from '../describe.ts';
import { keysOf } from '../keys.ts';
import { refuse } from '../refuse.ts';

const text = (description: string, type = 'text/html') => ({
  description,
  content: { [type]: { schema: z.string() } },
});
const Alive = z.object({ status: z.literal('ok') });

export const DOCUMENT = {
  openapi: '3.1.0' as const,
  info: {
    title: 'Sesame edge',
    version: '1.0.0',
    description:
      'For shoppers, store agents and payment providers. Money is an integer in minor units; errors are RFC 9457 problem details.',
    license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
  },
  servers: [{ url: '/' }],
};

/** What the service says of itself: health, keys and the description of every route. */
export function service(app: App): void {
  app.openAPIRegistry.registerComponent('securitySchemes', 'bearer', {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
  });

  app.openapi(
    createRoute({
      ...PUBLIC,
      method: 'get',
      path: '/livez',
      tags: ['Service'],
      summary: 'Is the process alive',
      responses: { 200: jsonAnswer(Alive, 'Alive') },
    }),
    (c) => c.json({ status: 'ok' as const }, 200),
  );
  app.openapi(
    createRoute({
      ...PUBLIC,
      method: 'get',
      path: '/readyz',
      tags: ['Service'],
      summary: 'Can it serve',
      responses: { 200: jsonAnswer(Alive, 'Ready'), ...refusals(503) },
    }),
    async (c) => {
      try {
        await keysOf(c.env);
        return c.json({ status: 'ok' as const }, 200);
      } catch {
        return refuse(c, 'store_unavailable', {
          detail: 'the signing key or the trusted keys cannot be read',
        });
      }
    },
  );
  app.openapi(
    createRoute({
      ...PUBLIC,
      method: 'get',
      path: '/.well-known/jwks.json',
      tags: ['Service'],
      summary:
        'Public keys: of shoppers’ tokens and exit passes, and of the staff and device tokens that are accepted here',
      responses: {
        200: jsonAnswer(
          z.object({ keys: z.array(z.record(z.string(), z.unknown())) }),
          'JSON Web Key Set (RFC 7517)',
        ),
      },
    }),
    async (c) => {
      c.header('cache-control', 'public, max-age=300');
      return c.json({ keys: (await keysOf(c.env)).jwks.keys.map((key) => ({ ...key })) }, 200);
    },
  );
  app.openapi(
    createRoute({
      ...PUBLIC,
      method: 'get',
      path: '/openapi.json',
      tags: ['Service'],
      summary: 'This description',
      responses: { 200: text('OpenAPI 3.1', 'application/json') },
    }),
    (c) => c.json(app.getOpenAPI31Document(DOCUMENT), 200),
  );
  app.openapi(
    createRoute({
      ...PUBLIC,
      method: 'get',
      path: '/docs',
      tags: ['Service'],
      summary: 'The same to read',
      responses: { 200: text('A page') },
    }),
    (c) => {
      c.header('content-security-policy', REFERENCE_CSP);
      return c.html(renderReference(app.getOpenAPI31Document(DOCUMENT), DOCUMENT.info.title));
    },
  );
}
