import type { App } from './context.ts';

/** The OpenAPI 3.1 document of all routes, generated from the schemas that validate. */
export function describe(app: App) {
  return app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'Sesame cloud',
      version: '1.0.0',
      description:
        'Retailers, stores, staff, devices, catalogue, promotions, publishing and orders of a Sesame installation.',
    },
    servers: [{ url: '/' }],
  });
}
