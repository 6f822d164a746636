import type { EasProfile, EasState, Step, Template } from './profile.ts';
import { escapeXml, fillJson, fillText, type Values } from './template.ts';

/** One change of one tag that a vendor is to hear of. */
export interface Mark {
  /** `order_id:epc:to`: the same change has the same key for ever. */
  key: string;
  epc: string;
  to: EasState;
  /** The order that caused it. */
  ref: string;
  /** When it happened, UTC ISO 8601. */
  at: string;
}

export const keyOf = (mark: Pick<Mark, 'ref' | 'epc' | 'to'>): string => `${mark.ref}:${mark.epc}:${mark.to}`;

/** The vendor's word that a tag is left with once all steps of a state are done. */
export const finalWord = (profile: EasProfile, to: EasState): string | undefined =>
  profile.marks[to]?.at(-1)?.word ?? profile.words[to];

export interface EasRequest {
  method: string;
  /** Path and query, to be put behind the base address. */
  path: string;
  headers: Record<string, string>;
  body: string | null;
}

const CONTENT_TYPE = {
  json: 'application/json',
  form: 'application/x-www-form-urlencoded',
  soap: 'text/xml; charset=utf-8',
} as const;

/** URL standard section 5.1, as far as texts of ours go. */
const formText = (text: string): string => encodeURIComponent(text).replaceAll('%20', '+');

/** The values of one tag's placeholders. */
function valuesOf(profile: EasProfile, step: Step, mark: Mark): Record<string, string> {
  const { key, epc, to, ref, at } = mark;
  return { key, epc, to, ref, at, state: step.word ?? profile.words[to] ?? to };
}

/** The request of a step for these tags: one for `per: item`. Throws UnknownPlaceholder. */
export function buildRequest(
  profile: EasProfile,
  step: Step,
  marks: readonly Mark[],
  secrets: Readonly<Record<string, string>> = {},
): EasRequest {
  const [first] = marks;
  // What a batch shares comes from its first tag; a batch holds one state, and with `one_order` one order.
  const shared: Values = {
    ...Object.fromEntries(Object.entries(secrets).map(([name, value]) => [`secret.${name}`, value])),
    ...(first === undefined ? {} : valuesOf(profile, step, first)),
    epcs: marks.map((mark) => mark.epc),
    count: String(marks.length),
  };
  const headers = Object.fromEntries(
    Object.entries(step.headers).map(([name, value]) => [name.toLowerCase(), fillText(value, shared)]),
  );
  const body = bodyOf(profile, step, marks, shared);
  return {
    method: step.method,
    path: fillText(step.path, shared, encodeURIComponent),
    headers:
      body === null || step.content === 'none'
        ? headers
        : { 'content-type': CONTENT_TYPE[step.content], ...headers },
    body,
  };
}

function bodyOf(profile: EasProfile, step: Step, marks: readonly Mark[], shared: Values): string | null {
  const { content, body = '', item } = step;
  const each = (fill: (template: Template, values: Values) => Template): Template[] =>
    item === undefined
      ? []
      : marks.map((mark) => fill(item, { ...shared, ...valuesOf(profile, step, mark) }));
  switch (content) {
    case 'none':
      return null;
    case 'json':
      return JSON.stringify(fillJson(body, { ...shared, items: each(fillJson) }));
    case 'form': {
      const fields = typeof body === 'object' && body !== null && !Array.isArray(body) ? body : {};
      return Object.entries(fields)
        .map(([name, value]) => `${formText(name)}=${formText(fillText(String(value), shared))}`)
        .join('&');
    }
    case 'soap': {
      const items = each((template, values) => fillText(String(template), values, escapeXml)).join('');
      // Items are XML already; everything else is escaped.
      return fillText(String(body), { ...shared, items: '{{items}}' }, escapeXml).replaceAll(
        '{{items}}',
        items,
      );
    }
  }
}
