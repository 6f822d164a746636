import { err, type Result } from '../../result.ts';
import { hasCheckDigit } from '../gtin.ts';
import { GROUP_SEPARATOR } from '../scan.ts';
import { checkElements, type Gs1Element, type Gs1Error } from './elements.ts';
import { aiLength, entryOf, type Gs1Entry } from './entries.ts';

/**
 * Reads an element string as a scanner sends it: AIs of known length run into one another, all others end with
 * FNC1, which reaches us as ASCII 29. An unknown AI is never guessed at: where it ends nobody knows.
 */
export function readElementString(text: string): Result<Gs1Element[], Gs1Error> {
  const elements: Gs1Element[] = [];
  let rest = text.startsWith(GROUP_SEPARATOR) ? text.slice(1) : text;
  while (rest !== '') {
    const ai = rest.slice(0, aiLength(rest) ?? 4);
    const entry = entryOf(ai);
    if (entry === undefined) return err({ reason: 'unknown_ai', ai });
    const data = rest.slice(ai.length);
    const end = data.indexOf(GROUP_SEPARATOR);
    const runs = end === -1 ? data : data.slice(0, end);
    const value = entry.predefined ? runs.slice(0, lengthOf(entry)) : runs;
    elements.push({ ai, value });
    rest = data.slice(value.length);
    // After a value of known length a separator is not needed, and does no harm.
    if (rest.startsWith(GROUP_SEPARATOR)) rest = rest.slice(1);
  }
  return checkElements(elements);
}

/** Whether a text that nothing announced as an element string begins like the ones on goods: with a whole GTIN. */
export const beginsWithGtin = (text: string): boolean =>
  /^01[0-9]{14}/.test(text) && hasCheckDigit(text.slice(2, 16));

const lengthOf = ({ components }: Gs1Entry): number => components.reduce((sum, { max }) => sum + max, 0);

/** Reads `(01)09506000134352(10)AB12`, as people write it. A bracket inside a value has a backslash before it. */
export function readBracketed(text: string): Result<Gs1Element[], Gs1Error> {
  if (!/^\([0-9]{2,4}\)/.test(text)) return err({ reason: 'bracket' });
  const elements: Gs1Element[] = [];
  const parts = text.split(/(?<!\\)\(([0-9]{2,4})\)/);
  for (let i = 1; i < parts.length; i += 2)
    elements.push({ ai: parts[i] ?? '', value: (parts[i + 1] ?? '').replaceAll('\\(', '(') });
  return checkElements(elements);
}

/** The same elements as a scanner would send them. */
export function writeElementString(elements: readonly Gs1Element[]): string {
  return elements
    .map(({ ai, value }, i) => {
      const isLast = i === elements.length - 1;
      return `${ai}${value}${isLast || entryOf(ai)?.predefined === true ? '' : GROUP_SEPARATOR}`;
    })
    .join('');
}

/** The same elements as people write them. */
export const writeBracketed = (elements: readonly Gs1Element[]): string =>
  elements.map(({ ai, value }) => `(${ai})${value.replaceAll('(', '\\(')}`).join('');
