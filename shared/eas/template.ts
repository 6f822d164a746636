import type { Template } from './profile.ts';

/** What placeholders stand for. A list stands alone in its text, or is joined with commas within one. */
export type Values = Readonly<Record<string, string | readonly Template[]>>;
type Escaping = (text: string) => string;

const PLACEHOLDER = /\{\{\s*([a-z_.]+)\s*\}\}/g;
const WHOLE = /^\{\{\s*([a-z_.]+)\s*\}\}$/;

/** A placeholder that has no value: a mistake in a profile, or a secret that is missing. */
export class UnknownPlaceholder extends Error {}

function lookUp(values: Values, name: string): string | readonly Template[] {
  const value = Object.hasOwn(values, name) ? values[name] : undefined;
  if (value === undefined) throw new UnknownPlaceholder(`{{${name}}} has no value`);
  return value;
}

/** Text with its placeholders filled in, each escaped for where it stands. */
export function fillText(template: string, values: Values, encode: Escaping = (text) => text): string {
  return template.replaceAll(PLACEHOLDER, (_all, name: string) => {
    const value = lookUp(values, name);
    return typeof value === 'string'
      ? encode(value)
      : value.map((one) => encode(typeof one === 'string' ? one : JSON.stringify(one))).join(',');
  });
}

/** A JSON value with its placeholders filled in; `"{{items}}"` alone becomes the list itself. */
export function fillJson(template: Template, values: Values): Template {
  if (typeof template === 'string') {
    const whole = WHOLE.exec(template)?.[1];
    const value = whole === undefined ? null : lookUp(values, whole);
    return typeof value === 'string' || value === null ? fillText(template, values) : [...value];
  }
  if (Array.isArray(template)) return template.map((one) => fillJson(one, values));
  if (typeof template === 'object' && template !== null)
    return Object.fromEntries(Object.entries(template).map(([key, one]) => [key, fillJson(one, values)]));
  return template;
}

/** XML 1.0 section 2.4; control characters that it cannot hold are left out. */
export const escapeXml: Escaping = (text) =>
  text
    .replace(/[^\P{Cc}\t\n\r]/gu, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&apos;');
