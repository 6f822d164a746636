import type { Probe, Step } from './profile.ts';
import type { Mark } from './request.ts';

/** What came of a request, before it means anything. */
export type Exchange =
  | { kind: 'answer'; status: number; retryAfterMs: number | null; body: string }
  | { kind: 'timeout' }
  | { kind: 'network'; detail: string };

/** `refused` will not become right by itself; `again` may; `credentials` is no matter of the tag at all. */
export type Outcome = 'taken' | 'again' | 'refused' | 'credentials';

export interface MarkVerdict {
  key: string;
  outcome: Outcome;
  /** A short word: `http_503`, `timeout`, `not_listed`, or the vendor's own. */
  code: string;
  retryAfterMs: number | null;
}

const TRANSIENT: ReadonlySet<number> = new Set([408, 425, 429]);
const UNREADABLE = Symbol('unreadable');
const CODE_CHARACTERS_MAX = 64;

/** What an exchange means to each tag that was in it. */
export function judgeExchange(step: Step, marks: readonly Mark[], exchange: Exchange): MarkVerdict[] {
  const all = (outcome: Outcome, code: string, retryAfterMs: number | null = null): MarkVerdict[] =>
    marks.map(({ key }) => ({ key, outcome, code, retryAfterMs }));
  if (exchange.kind === 'timeout') return all('again', 'timeout');
  if (exchange.kind === 'network') return all('again', 'network');
  const { status, retryAfterMs, body } = exchange;
  const code = `http_${status}`;
  if (status === 401 || status === 403) return all('credentials', code);
  if (TRANSIENT.has(status) || status >= 500) return all('again', code, retryAfterMs);
  if (!step.success.status.includes(status)) return all('refused', code);
  const { results, failed, xml } = step.success;
  if (xml !== undefined) {
    const said = elementText(body, xml.element);
    if (said === null) return all('again', 'unreadable');
    return xml.equals.includes(said)
      ? all('taken', code)
      : all('refused', said.slice(0, CODE_CHARACTERS_MAX));
  }
  if (results === undefined && failed === undefined) return all('taken', code);
  const json = parsed(body);
  if (json === UNREADABLE) return all('again', 'unreadable');
  return marks.map((mark) => judgeItem(step, mark, json, code));
}

function judgeItem(step: Step, { key, epc }: Mark, json: unknown, code: string): MarkVerdict {
  const verdict = (outcome: Outcome, why: string): MarkVerdict => ({
    key,
    outcome,
    code: why.slice(0, CODE_CHARACTERS_MAX),
    retryAfterMs: null,
  });
  const { results, failed } = step.success;
  if (failed !== undefined) {
    const list = at(json, failed);
    const names = Array.isArray(list) && list.some((one) => sameEpc(one, epc));
    return names ? verdict('again', 'failed') : verdict('taken', code);
  }
  if (results === undefined) return verdict('taken', code);
  const list = at(json, results.list);
  const entry = Array.isArray(list) ? list.find((one) => sameEpc(at(one, results.epc), epc)) : undefined;
  if (entry === undefined)
    return results.missing === 'ok' ? verdict('taken', code) : verdict('again', 'not_listed');
  const ok = at(entry, results.ok);
  if (results.equals.some((one) => one === ok)) return verdict('taken', code);
  const why = results.code === undefined ? undefined : at(entry, results.code);
  const word = typeof why === 'string' || typeof why === 'number' ? String(why) : 'failed';
  return verdict(results.permanent_codes.includes(word) ? 'refused' : 'again', word);
}

/** The vendor's words for the tags that were asked for, by EPC; a tag that it does not know is not in it. */
export function readProbe(probe: Probe, marks: readonly Mark[], body: string): Map<string, string> | null {
  const json = parsed(body);
  if (json === UNREADABLE) return null;
  const found = new Map<string, string>();
  const note = (epc: string, state: unknown): void => {
    if (typeof state === 'string' || typeof state === 'number' || typeof state === 'boolean')
      found.set(epc, String(state));
  };
  if (probe.list === undefined) {
    const [only] = marks;
    if (only !== undefined) note(only.epc, at(json, probe.state));
    return found;
  }
  const list = at(json, probe.list);
  if (!Array.isArray(list)) return null;
  for (const { epc } of marks) {
    const entry = list.find((one) => sameEpc(probe.epc === undefined ? one : at(one, probe.epc), epc));
    if (entry !== undefined) note(epc, at(entry, probe.state));
  }
  return found;
}

/** RFC 6901; undefined where there is nothing. */
export function at(document: unknown, pointer: string): unknown {
  let value = document;
  for (const step of pointer.split('/').slice(1)) {
    const key = step.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = Reflect.get(value, key);
  }
  return value;
}

const sameEpc = (said: unknown, epc: string): boolean =>
  typeof said === 'string' && said.toUpperCase() === epc.toUpperCase();

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return UNREADABLE;
  }
}

/** The text of the first element with this local name, whatever its prefix; null where there is none. */
function elementText(xml: string, name: string): string | null {
  const found = new RegExp(`<(?:[\\w.-]+:)?${name}(?:\\s[^>]*)?>([^<]*)</`).exec(xml);
  return found?.[1]?.trim() ?? null;
}
