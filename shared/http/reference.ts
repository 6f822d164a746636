import { z } from 'zod';
import { escapeHtml } from './escape_html.ts';
import { PROBLEMS } from './problem.ts';
import { operationHtml, schemaHtml } from './reference_parts.ts';
import { REFERENCE_STYLE } from './reference_style.ts';

export { REFERENCE_CSP } from './reference_style.ts';

const METHODS = ['get', 'post', 'put', 'patch', 'delete', 'head', 'options'] as const;

/** As much of an OpenAPI 3.1 document as the page shows; everything else passes unread. */
const Shown = z.looseObject({
  info: z.looseObject({ version: z.string(), description: z.string().optional() }),
  tags: z.array(z.looseObject({ name: z.string(), description: z.string().optional() })).default([]),
  paths: z.record(z.string(), z.record(z.string(), z.unknown())),
  components: z.looseObject({ schemas: z.record(z.string(), z.unknown()).default({}) }).optional(),
});

const Tagged = z.looseObject({ tags: z.array(z.string()).default([]) });

interface Found {
  method: string;
  path: string;
  operation: unknown;
}

/**
 * The reference page of a service, as one HTML document without scripts and without any request: serve it
 * with the policy REFERENCE_CSP. `openapi` is a whole OpenAPI 3.1 document; anything else is a bug and throws.
 * Every problem code has its own anchor, because a problem's `type` is `/docs#<code>`.
 */
export function renderReference(openapi: unknown, title: string): string {
  const document = Shown.parse(openapi);
  const sections = byTag(document.paths, document.tags);
  const schemas = Object.entries(document.components?.schemas ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  const name = escapeHtml(title);
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${name}</title><style>${REFERENCE_STYLE}</style></head><body>`,
    `<header><h1>${name}</h1><p>Version ${escapeHtml(document.info.version)}, described by <a href="/openapi.json">/openapi.json</a>.</p>`,
    document.info.description === undefined ? '' : `<p>${escapeHtml(document.info.description)}</p>`,
    '</header>',
    contents(sections),
    '<main>',
    ...sections.map(section),
    schemas.length === 0
      ? ''
      : `<section id="schemas"><h2>Schemas</h2>${schemas.map(namedSchema).join('')}</section>`,
    problems(),
    '</main></body></html>',
  ].join('\n');
}

interface Section {
  name: string;
  description: string | undefined;
  found: Found[];
}

/** The document's own order of tags first, then those it does not list, in the order of their routes. */
function byTag(paths: z.infer<typeof Shown>['paths'], tags: z.infer<typeof Shown>['tags']): Section[] {
  const sections = new Map<string, Section>();
  const sectionOf = (name: string, description?: string): Section => {
    const section = sections.get(name) ?? { name, description, found: [] };
    sections.set(name, section);
    return section;
  };
  for (const tag of tags) sectionOf(tag.name, tag.description);
  for (const [path, item] of Object.entries(paths)) {
    for (const method of METHODS) {
      const operation = item[method];
      if (operation === undefined) continue;
      const [tag = 'other'] = Tagged.parse(operation).tags;
      sectionOf(tag).found.push({ method, path, operation });
    }
  }
  return [...sections.values()].filter(({ found }) => found.length > 0);
}

const anchorOf = (name: string): string => `tag-${name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}`;

function contents(sections: readonly Section[]): string {
  const links = sections.map(({ name }) => `<a href="#${anchorOf(name)}">${escapeHtml(name)}</a>`);
  return `<nav aria-label="Contents">${links.join(' ')} <a href="#problems">Problems</a></nav>`;
}

function section({ name, description, found }: Section): string {
  const intro = description === undefined ? '' : `<p>${escapeHtml(description)}</p>`;
  const operations = found.map(({ method, path, operation }) => operationHtml(method, path, operation));
  return `<section id="${anchorOf(name)}"><h2>${escapeHtml(name)}</h2>${intro}${operations.join('')}</section>`;
}

function namedSchema([name, schema]: [string, unknown]): string {
  const shown = escapeHtml(name);
  return `<details id="schema-${shown}"><summary><code>${shown}</code></summary>${schemaHtml(schema)}</details>`;
}

function problems(): string {
  const rows = Object.entries(PROBLEMS).map(
    ([code, [status, title]]) =>
      `<tr id="${code}"><td><code>${code}</code></td><td>${status}</td><td>${escapeHtml(title)}</td></tr>`,
  );
  return `<section id="problems"><h2>Problems</h2><p>Every error is <code>application/problem+json</code> (RFC 9457).</p>
<table><thead><tr><th>Code</th><th>Status</th><th>Meaning</th></tr></thead><tbody>${rows.join('')}</tbody></table></section>`;
}
