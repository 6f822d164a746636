import { DICTIONARY } from './dictionary.ts';

/** One application identifier (AI) as the syntax dictionary defines it. */
export interface Gs1Entry {
  ai: string;
  title: string;
  /** Its length is known from the AI, so that no separator follows it. */
  predefined: boolean;
  /** It may stand among the query attributes of a Digital Link. */
  dataAttribute: boolean;
  components: readonly Gs1Component[];
  /** Every list must be met by one of its groups, whose AIs must all be there; `n` stands for any digit. */
  requires: readonly (readonly (readonly string[])[])[];
  excludes: readonly string[];
  /** The sequences of qualifiers that may follow it in a Digital Link; null: it is no key of one. */
  qualifiers: readonly (readonly string[])[] | null;
}

export interface Gs1Component {
  type: 'N' | 'X' | 'Y' | 'Z';
  min: number;
  max: number;
  optional: boolean;
  linters: readonly string[];
}

let entries: Map<string, Gs1Entry> | null = null;
let lengths: Map<string, number> | null = null;

/** The table is read when the first code asks for it: most scans never do. */
export function allEntries(): ReadonlyMap<string, Gs1Entry> {
  if (entries !== null) return entries;
  entries = new Map();
  for (const row of DICTIONARY) for (const entry of entriesOf(row)) entries.set(entry.ai, entry);
  return entries;
}

export const entryOf = (ai: string): Gs1Entry | undefined => allEntries().get(ai);

/** How many digits an AI has that begins like this; undefined: none does. Two digits tell it. */
export function aiLength(text: string): number | undefined {
  if (lengths === null) {
    lengths = new Map();
    for (const ai of allEntries().keys()) lengths.set(ai.slice(0, 2), ai.length);
  }
  return lengths.get(text.slice(0, 2));
}

function entriesOf(row: string): Gs1Entry[] {
  const [ais = '', flags = '', spec = '', req = '', ex = '', key = '', title = ''] = row.split('~');
  const shape = {
    title,
    predefined: flags.includes('*'),
    dataAttribute: flags.includes('?'),
    components: spec.split(' ').map(componentOf),
    requires: split(req, '&').map((list) => split(list, ',').map((group) => group.split('+'))),
    excludes: split(ex, ','),
    qualifiers:
      key === '' ? null : key === '.' ? [[]] : key.split('|').map((sequence) => sequence.split(',')),
  };
  const [first = '', last = first] = ais.split('-');
  const count = Number(last) - Number(first) + 1;
  return Array.from({ length: count }, (_, i) => ({
    ai: String(Number(first) + i).padStart(first.length, '0'),
    ...shape,
  }));
}

function componentOf(text: string): Gs1Component {
  const [, open, type, upTo, digits] = /^(\[?)([NXYZ])(\.\.)?([0-9]+)/.exec(text) ?? [];
  const max = Number(digits);
  return {
    type: type === 'N' || type === 'Y' || type === 'Z' ? type : 'X',
    min: upTo === undefined ? max : 1,
    max,
    optional: open === '[',
    linters: text.replace(']', '').split(',').slice(1),
  };
}

const split = (text: string, separator: string): string[] => (text === '' ? [] : text.split(separator));
