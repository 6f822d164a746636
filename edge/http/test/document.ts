import { z } from 'zod';
import { createApp } from '../app.ts';
import { DOCUMENT } from '../routes/service.ts';

const Parameter = z.looseObject({ name: z.string(), in: z.string(), required: z.boolean().optional() });
const Content = z.record(z.string(), z.looseObject({ schema: z.unknown() }));
const Operation = z.looseObject({
  summary: z.string().min(1),
  tags: z.array(z.string()).min(1),
  security: z.array(z.record(z.string(), z.array(z.string()))),
  'x-roles': z.array(z.string()).optional(),
  parameters: z.array(Parameter).default([]),
  requestBody: z.looseObject({ content: Content }).optional(),
  responses: z.record(
    z.string(),
    z.looseObject({ description: z.string().min(1), content: Content.optional() }),
  ),
});
const Document = z.looseObject({
  openapi: z.literal('3.1.0'),
  info: z.looseObject({ title: z.string(), version: z.string() }),
  paths: z.record(z.string(), z.record(z.string(), Operation)),
  components: z.looseObject({ securitySchemes: z.record(z.string(), z.unknown()) }),
});

export const app = createApp();
/** The OpenAPI document as plain JSON. */
export const documentJson: unknown = JSON.parse(JSON.stringify(app.getOpenAPI31Document(DOCUMENT)));
export const document = Document.parse(documentJson);

export interface DescribedRoute {
  method: string;
  path: string;
  /** `METHOD /path`, to name it in a table. */
  name: string;
  operation: z.infer<typeof Operation>;
}

export const routes: DescribedRoute[] = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([verb, operation]) => {
    const method = verb.toUpperCase();
    return { method, path, name: `${method} ${path}`, operation };
  }),
);

/** What an answer has that the document does not say of its route, or null. Paths without a route say nothing. */
export function undescribed(method: string, path: string, answer: Response): string | null {
  const [pathname = ''] = path.split('?');
  const route = routes.find((one) => one.method === method && patternOf(one.path).test(pathname));
  if (route === undefined) return null;
  const described = route.operation.responses[String(answer.status)];
  if (described === undefined) return `${route.name} does not describe ${answer.status}`;
  const [type = ''] = (answer.headers.get('content-type') ?? '').split(';');
  if (described.content === undefined || described.content[type] !== undefined) return null;
  return `${route.name} does not describe ${answer.status} as "${type}"`;
}

const patternOf = (path: string): RegExp =>
  new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`);
