import { err, ok, type Result } from '../result.ts';
import type { Align } from './slip.ts';

export type MarkupErrorCode =
  | 'too_long'
  | 'bad_tag'
  | 'unknown_tag'
  | 'unknown_column'
  | 'too_many_columns'
  | 'unclosed_tag'
  | 'unexpected_close'
  | 'bad_attribute'
  | 'bad_data';

export interface MarkupError {
  readonly code: MarkupErrorCode;
  /** UTF-16 index into the source; `line` and `column` count from 1. */
  readonly at: number;
  readonly line: number;
  readonly column: number;
  /** A sentence for whoever wrote the template. */
  readonly detail: string;
}

export type MarkupToken =
  | { readonly kind: 'text'; readonly text: string; readonly at: number }
  | { readonly kind: 'column'; readonly align: Align; readonly at: number }
  | {
      readonly kind: 'open' | 'empty';
      readonly name: string;
      readonly attributes: ReadonlyMap<string, string>;
      readonly at: number;
    }
  | { readonly kind: 'close'; readonly name: string; readonly at: number };

const ALIGN: ReadonlyMap<string, Align> = new Map([
  ['L', 'left'],
  ['C', 'center'],
  ['R', 'right'],
]);
const TAG = /<(\/?)([a-z]+)((?:\s+[a-z]+\s*=\s*(?:'[^'<>]*'|"[^"<>]*"))*)\s*(\/?)>/y;
const ATTRIBUTE = /([a-z]+)\s*=\s*(?:'([^']*)'|"([^"]*)")/g;
const PLAIN_TEXT = /[^[<&]+/y;
const ENTITIES: readonly (readonly [string, string])[] = [
  ['&lt;', '<'],
  ['&amp;', '&'],
];

export function markupError(source: string, code: MarkupErrorCode, at: number, detail: string): MarkupError {
  const before = source.slice(0, at);
  const line = before.split('\n').length;
  return { code, at, line, column: at - (before.lastIndexOf('\n') + 1) + 1, detail };
}

/** The tokens of `source` from `from` to `to`, which is one line of the document. */
export function markupTokens(source: string, from: number, to: number): Result<MarkupToken[], MarkupError> {
  const line = source.slice(0, to);
  const tokens: MarkupToken[] = [];
  let at = from;
  while (at < to) {
    const token = tokenAt(line, at);
    if (!token.ok) return err(token.error);
    tokens.push(token.value.token);
    at = token.value.next;
  }
  return ok(tokens);
}

type Step = Result<{ token: MarkupToken; next: number }, MarkupError>;

function tokenAt(source: string, at: number): Step {
  if (source.charAt(at) === '[') return bracketAt(source, at);
  if (source.charAt(at) === '<') return tagAt(source, at);
  const entity = ENTITIES.find(([name]) => source.startsWith(name, at));
  if (entity !== undefined) return text(entity[1], at, at + entity[0].length);
  PLAIN_TEXT.lastIndex = at;
  const plain = PLAIN_TEXT.exec(source)?.[0] ?? source.charAt(at);
  return text(plain, at, at + plain.length);
}

function text(value: string, at: number, next: number): Step {
  return ok({ token: { kind: 'text', text: value, at }, next });
}

function bracketAt(source: string, at: number): Step {
  if (source.startsWith('[[', at)) return text('[', at, at + 2);
  const align = source.charAt(at + 2) === ']' ? ALIGN.get(source.charAt(at + 1)) : undefined;
  if (align === undefined) {
    return err(
      markupError(source, 'unknown_column', at, 'A column is [L], [C] or [R]; write [[ for a bracket.'),
    );
  }
  return ok({ token: { kind: 'column', align, at }, next: at + 3 });
}

function tagAt(source: string, at: number): Step {
  TAG.lastIndex = at;
  const match = TAG.exec(source);
  const [whole = '', slash = '', name = '', list = '', empty = ''] = match ?? [];
  if (match === null || (slash !== '' && (list !== '' || empty !== ''))) {
    return err(markupError(source, 'bad_tag', at, 'This is not a tag; write &lt; for a less-than sign.'));
  }
  const next = at + whole.length;
  if (slash !== '') return ok({ token: { kind: 'close', name, at }, next });
  const attributes = new Map<string, string>();
  for (const [, key = '', single, double] of list.matchAll(ATTRIBUTE))
    attributes.set(key, single ?? double ?? '');
  return ok({ token: { kind: empty === '' ? 'open' : 'empty', name, attributes, at }, next });
}
