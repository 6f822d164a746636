import { describe, expect, test } from 'vitest';
import { PROBLEMS } from './problem.ts';
import { renderReference } from './reference.ts';

const document = {
  openapi: '3.1.0',
  info: { title: 'x', version: '1.2.3', description: 'Things <of> the shop' },
  paths: {
    '/v1/things/{id}': {
      get: {
        tags: ['Things'],
        summary: 'One thing',
        'x-roles': ['admin', 'manager'],
        parameters: [
          { name: 'id', in: 'path', required: true, schema: { type: 'string' }, description: 'its "id"' },
        ],
        responses: {
          200: {
            description: 'The thing',
            content: { 'application/json': { schema: { $ref: '#/components/schemas/Thing' } } },
          },
        },
      },
      put: {
        tags: ['Things'],
        security: [],
        requestBody: {
          required: true,
          content: {
            'application/json': {
              schema: {
                type: 'object',
                required: ['name'],
                properties: {
                  name: { type: 'string', description: '<b>bold</b>' },
                  tags: { type: 'array', items: { enum: ['a', 'b'] } },
                },
              },
            },
          },
        },
        responses: { 204: { description: 'Done' } },
      },
    },
  },
  components: {
    schemas: { Thing: { type: 'object', properties: { at: { type: 'string', format: 'date-time' } } } },
  },
};

describe('reference page', () => {
  const html = renderReference(document, 'Sesame & friends');

  test('shows every operation with its roles, parameters, body and answers', () => {
    expect(html).toContain('<title>Sesame &amp; friends</title>');
    expect(html).toContain('GET</b> <code>/v1/things/{id}</code>');
    expect(html).toContain('PUT</b> <code>/v1/things/{id}</code>');
    expect(html).toContain('Roles: admin, manager.');
    expect(html).toContain('No token is needed.');
    expect(html).toContain('its &quot;id&quot;');
    expect(html).toContain('array of &quot;a&quot; | &quot;b&quot;, optional');
    expect(html).toContain('<a href="#schema-Thing">Thing</a>');
    expect(html).toContain('id="schema-Thing"');
    expect(html).toContain('string (date-time)');
  });

  test('every problem code is an anchor, as the `type` of a problem promises', () => {
    for (const code of Object.keys(PROBLEMS)) expect(html).toContain(`id="${code}"`);
  });

  test('text of the document never becomes markup, and nothing is fetched or run', () => {
    expect(html).toContain('&lt;b&gt;bold&lt;/b&gt;');
    expect(html).not.toContain('<b>bold');
    expect(html).not.toMatch(/<script|<link|<img|src=|@import|url\(|https?:/);
  });

  test('what is no OpenAPI document is a bug of the caller', () => {
    expect(() => renderReference({ info: {} }, 'x')).toThrow();
  });
});
