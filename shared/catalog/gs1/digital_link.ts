import { err, type Result } from '../../result.ts';
import { checkElements, type Gs1Element, type Gs1Error } from './elements.ts';
import { entryOf } from './entries.ts';

/**
 * Reads a GS1 Digital Link address: on any host, after any path of the host's own, stands a key with its
 * qualifiers in their order, and the query may bear further attributes. Null: there is no such key in the path.
 * The compressed form is not read.
 */
export function readDigitalLink(text: string): Result<Gs1Element[], Gs1Error> | null {
  const parts = /^https?:\/\/[^/?#\s]+(\/[^?#]*)(?:\?([^#]*))?/i.exec(text);
  if (parts === null) return null;
  const path = (parts[1] ?? '').replace(/\/$/, '').split('/').slice(1);
  const start = path.findIndex((segment, i) => (path.length - i) % 2 === 0 && isKey(segment));
  if (start === -1) return null;
  const pairs = decodedPairs(path.slice(start));
  if (pairs === null) return err({ reason: 'address' });
  const wrong = wrongOrder(pairs);
  if (wrong !== null) return err(wrong);
  const attributes = attributesOf(parts[2] ?? '');
  if (!attributes.ok) return attributes;
  return checkElements([...pairs, ...attributes.value]);
}

/** Puts elements into the canonical address: the key first, its qualifiers in order, the rest as attributes. */
export function writeDigitalLink(elements: readonly Gs1Element[], host: string): string | null {
  const key = elements.find(({ ai }) => isKey(ai));
  if (key === undefined) return null;
  const sequences = entryOf(key.ai)?.qualifiers ?? [];
  const counted = (sequence: readonly string[]) => elements.filter(({ ai }) => sequence.includes(ai)).length;
  const best = [...sequences].sort((a, b) => counted(b) - counted(a))[0] ?? [];
  const inPath = [key, ...best.flatMap((ai) => elements.filter((one) => one.ai === ai && one !== key))];
  const rest = elements.filter((one) => !inPath.includes(one));
  const path = inPath.map(({ ai, value }) => `/${ai}/${encodeURIComponent(value)}`).join('');
  const query = rest.map(({ ai, value }) => `${ai}=${encodeURIComponent(value)}`).join('&');
  return `https://${host}${path}${query === '' ? '' : `?${query}`}`;
}

const isKey = (ai: string): boolean => (entryOf(ai)?.qualifiers ?? null) !== null;

function decodedPairs(segments: readonly string[]): Gs1Element[] | null {
  const pairs: Gs1Element[] = [];
  for (let i = 0; i < segments.length; i += 2) {
    const value = decoded(segments[i + 1] ?? '');
    if (value === null) return null;
    pairs.push(elementOf(segments[i] ?? '', value));
  }
  return pairs;
}

/** A GTIN may stand with fewer digits, which are filled up. */
const elementOf = (ai: string, value: string): Gs1Element => ({
  ai,
  value: ai === '01' && /^(?:[0-9]{8}|[0-9]{12,13})$/.test(value) ? value.padStart(14, '0') : value,
});

function wrongOrder([key, ...qualifiers]: readonly Gs1Element[]): Gs1Error | null {
  if (key === undefined) return { reason: 'no_key' };
  const sequences = entryOf(key.ai)?.qualifiers ?? [];
  const isOrdered = sequences.some((sequence) => {
    const places = qualifiers.map(({ ai }) => sequence.indexOf(ai));
    return places.every((place, i) => place > (places[i - 1] ?? -1));
  });
  return isOrdered ? null : { reason: 'qualifier_order', ai: key.ai };
}

/** Only AIs are read; what else stands in a query is the host's own (`linkType`, tracking). */
function attributesOf(query: string): Result<Gs1Element[], Gs1Error> {
  const elements: Gs1Element[] = [];
  for (const pair of query.split(/[&;]/)) {
    const [ai = '', raw = ''] = pair.split('=', 2);
    if (!/^[0-9]+$/.test(ai)) continue;
    const entry = entryOf(ai);
    if (entry === undefined) return err({ reason: 'unknown_ai', ai });
    if (!entry.dataAttribute) return err({ reason: 'not_an_attribute', ai });
    const value = decoded(raw);
    if (value === null) return err({ reason: 'address', ai });
    elements.push({ ai, value });
  }
  return { ok: true, value: elements };
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
