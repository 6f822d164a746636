import { z } from 'zod';
import { escapeHtml } from './escape_html.ts';

/** Deeper schemas are named, not drawn: a page nobody can read explains nothing. */
const SCHEMA_DEPTH_MAX = 6;

const Media = z.record(z.string(), z.looseObject({ schema: z.unknown().optional() }));
const Parameter = z.looseObject({
  name: z.string(),
  in: z.string(),
  required: z.boolean().default(false),
  description: z.string().optional(),
  schema: z.unknown().optional(),
});
const Answer = z.looseObject({ description: z.string().default(''), content: Media.optional() });
const Operation = z.looseObject({
  summary: z.string().optional(),
  description: z.string().optional(),
  parameters: z.array(z.unknown()).default([]),
  requestBody: z.looseObject({ required: z.boolean().default(false), content: Media.default({}) }).optional(),
  responses: z.record(z.string(), z.unknown()).default({}),
  security: z.array(z.unknown()).optional(),
  'x-roles': z.array(z.string()).optional(),
});

const Schema = z.looseObject({
  $ref: z.string().optional(),
  type: z.union([z.string(), z.array(z.string())]).optional(),
  format: z.string().optional(),
  description: z.string().optional(),
  enum: z.array(z.unknown()).optional(),
  const: z.unknown().optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  required: z.array(z.string()).default([]),
  items: z.unknown().optional(),
  oneOf: z.array(z.unknown()).optional(),
  anyOf: z.array(z.unknown()).optional(),
  allOf: z.array(z.unknown()).optional(),
});
type Schema = z.infer<typeof Schema>;

/** One operation as a folded block: who may call it, what it takes, what it answers. */
export function operationHtml(method: string, path: string, operation: unknown): string {
  const shown = Operation.parse(operation);
  const roles = shown['x-roles'];
  const open = shown.security !== undefined && shown.security.length === 0;
  const who = open ? 'No token is needed.' : roles === undefined ? '' : `Roles: ${roles.join(', ')}.`;
  const bodies = Object.entries(shown.requestBody?.content ?? {});
  return [
    `<details class="operation"><summary><b class="method ${method}">${method.toUpperCase()}</b> <code>${escapeHtml(path)}</code> `,
    `<span>${escapeHtml(shown.summary ?? '')}</span></summary>`,
    shown.description === undefined ? '' : `<p>${escapeHtml(shown.description)}</p>`,
    who === '' ? '' : `<p>${escapeHtml(who)}</p>`,
    parametersHtml(shown.parameters),
    ...bodies.map(
      ([media, { schema }]) => `<h4>Body <code>${escapeHtml(media)}</code></h4>${schemaHtml(schema)}`,
    ),
    '<h4>Answers</h4>',
    ...Object.entries(shown.responses).map(([status, answer]) => answerHtml(status, answer)),
    '</details>',
  ].join('');
}

function parametersHtml(parameters: readonly unknown[]): string {
  const rows = parameters.flatMap((parameter) => {
    const parsed = Parameter.safeParse(parameter);
    if (!parsed.success) return [];
    const { name, in: place, required, description, schema } = parsed.data;
    const what = [typeHtml(schema), required ? 'required' : ''].filter((part) => part !== '').join(', ');
    return `<tr><td><code>${escapeHtml(name)}</code></td><td>${escapeHtml(place)}</td><td>${what}</td><td>${escapeHtml(description ?? '')}</td></tr>`;
  });
  if (rows.length === 0) return '';
  return `<h4>Parameters</h4><table><thead><tr><th>Name</th><th>In</th><th>Type</th><th></th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

function answerHtml(status: string, answer: unknown): string {
  const { description, content = {} } = Answer.parse(answer);
  const bodies = Object.entries(content).map(
    ([media, { schema }]) =>
      `<p><code>${escapeHtml(media)}</code> ${typeHtml(schema)}</p>${nested(schema, 1)}`,
  );
  return `<div class="answer"><b>${escapeHtml(status)}</b> ${escapeHtml(description)}${bodies.join('')}</div>`;
}

/** A schema with its fields, drawn down to SCHEMA_DEPTH_MAX levels. */
export function schemaHtml(schema: unknown): string {
  return `<p>${typeHtml(schema)}</p>${nested(schema, 1)}`;
}

function nested(schema: unknown, depth: number): string {
  const parsed = Schema.safeParse(schema);
  if (!parsed.success || depth > SCHEMA_DEPTH_MAX) return '';
  const { properties, items, oneOf, anyOf, allOf, required } = parsed.data;
  const variants = [...(oneOf ?? []), ...(anyOf ?? []), ...(allOf ?? [])]
    .map((variant) => nested(variant, depth + 1))
    .join('');
  if (properties === undefined) return items === undefined ? variants : nested(items, depth + 1) + variants;
  const fields = Object.entries(properties).map(([name, field]) => {
    const described = Schema.safeParse(field);
    const text =
      described.success && described.data.description !== undefined
        ? ` — ${escapeHtml(described.data.description)}`
        : '';
    const mark = required.includes(name) ? '' : ', optional';
    return `<li><code>${escapeHtml(name)}</code> ${typeHtml(field)}${mark}${text}${nested(field, depth + 1)}</li>`;
  });
  return `<ul>${fields.join('')}</ul>${variants}`;
}

/** The type in a few words: `string (date-time)`, `array of Item`, `"open" | "closed"`. */
function typeHtml(schema: unknown): string {
  const parsed = Schema.safeParse(schema);
  if (!parsed.success) return 'anything';
  const { $ref, enum: values, oneOf, anyOf } = parsed.data;
  if ($ref !== undefined) return referenceHtml($ref);
  if (parsed.data.const !== undefined) return escapeHtml(JSON.stringify(parsed.data.const));
  if (values !== undefined) return values.map((value) => escapeHtml(JSON.stringify(value))).join(' | ');
  const variants = oneOf ?? anyOf;
  if (variants !== undefined) return variants.map(typeHtml).join(' | ');
  return plainType(parsed.data);
}

function referenceHtml(ref: string): string {
  const name = escapeHtml(ref.slice(ref.lastIndexOf('/') + 1));
  return `<a href="#schema-${name}">${name}</a>`;
}

function plainType({ type, format, items }: Schema): string {
  const name = type === undefined ? 'anything' : [type].flat().map(escapeHtml).join(' | ');
  if (items !== undefined) return `${name} of ${typeHtml(items)}`;
  return format === undefined ? name : `${name} (${escapeHtml(format)})`;
}
