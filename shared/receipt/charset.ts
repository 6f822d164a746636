import { type CodePage, upperBytes } from './code_pages.ts';
import { graphemeCells, graphemes } from './graphemes.ts';

/**
 * What a printer can show: its code pages, the one it rests in first, and whether lines beyond them are drawn
 * as pictures. Without pictures such a character is spelt in what the pages hold, or becomes "?".
 */
export interface Repertoire {
  readonly pages: readonly CodePage[];
  readonly pictures: boolean;
}

/**
 * `unicode` keeps every character and is for screens; a repertoire spells the text as that printer's paper will
 * show it, so that the preview and the paper are the same to the letter. `cp858` is short for the one page that
 * nearly every Western printer has, without pictures.
 */
export type Charset = 'unicode' | 'cp858' | Repertoire;

export const WESTERN: Repertoire = { pages: ['cp858'], pictures: false };

export function repertoireOf(charset: Charset): Repertoire | null {
  if (charset === 'unicode') return null;
  return charset === 'cp858' ? WESTERN : charset;
}

const ASCII_FIRST = 0x20;
const ASCII_LAST = 0x7e;
const QUESTION_MARK = 0x3f;
const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;

/** Marks and letters that Unicode does not decompose to something a Western printer has. */
const MARKS: ReadonlyMap<string, string> = new Map([
  ...same("'", '\u2018\u2019\u201a\u201b\u2032'),
  ...same('"', '\u201c\u201d\u201e\u201f\u2033'),
  ...same('-', '\u2010\u2011\u2012\u2013\u2014\u2015\u2212'),
  ...same(' ', '\u00a0\u2009\u202f'),
  ['…', '...'],
  ['•', '·'],
  ['‹', '<'],
  ['›', '>'],
  ['⁄', '/'],
  ['™', 'TM'],
]);
const LETTERS: ReadonlyMap<string, string> = new Map([
  ['₹', 'Rs'],
  ['Đ', 'D'],
  ['đ', 'd'],
  ['Ħ', 'H'],
  ['ħ', 'h'],
  ['ı', 'i'],
  ['Ł', 'L'],
  ['ł', 'l'],
  ['Œ', 'OE'],
  ['œ', 'oe'],
  ['Ŧ', 'T'],
  ['ŧ', 't'],
  ['ẞ', 'SS'],
]);

function same(spelling: string, characters: string): [string, string][] {
  return [...characters].map((character) => [character, spelling]);
}

function isAscii(character: string): boolean {
  const code = character.charCodeAt(0);
  return character.length === 1 && code >= ASCII_FIRST && code <= ASCII_LAST;
}

const plainOnes = new WeakMap<Repertoire, Repertoire>();

/** The same printer when no picture can be drawn. */
function withoutPictures(repertoire: Repertoire): Repertoire {
  if (!repertoire.pictures) return repertoire;
  const known = plainOnes.get(repertoire) ?? { ...repertoire, pictures: false };
  plainOnes.set(repertoire, known);
  return known;
}

type Table = ReadonlyMap<string, readonly (number | undefined)[]>;
const tables = new WeakMap<Repertoire, Table>();

/** Character → its byte in each page of the repertoire, in their order. */
function tableOf(repertoire: Repertoire): Table {
  const known = tables.get(repertoire);
  if (known !== undefined) return known;
  const table = new Map<string, (number | undefined)[]>();
  repertoire.pages.forEach((page, at) => {
    for (const [character, byte] of upperBytes(page)) {
      const bytes = table.get(character) ?? Array.from(repertoire.pages, () => undefined);
      bytes[at] = byte;
      table.set(character, bytes);
    }
  });
  tables.set(repertoire, table);
  return table;
}

/** Whether the code pages alone show the text, each character in one cell. */
export function showable(text: string, repertoire: Repertoire): boolean {
  if (PRINTABLE_ASCII.test(text)) return true;
  const table = tableOf(repertoire);
  for (const character of text) if (!isAscii(character) && !table.has(character)) return false;
  return true;
}

function spellGrapheme(grapheme: string, repertoire: Repertoire): string | null {
  const table = tableOf(repertoire);
  const spell = (character: string): string | null => {
    if (isAscii(character) || table.has(character)) return character;
    const spelt = MARKS.get(character) ?? (repertoire.pictures ? undefined : LETTERS.get(character));
    if (spelt === undefined) return null;
    return showable(spelt, repertoire) ? spelt : spelt === '·' ? '*' : null;
  };
  const composed = grapheme.normalize('NFC');
  const whole = spell(composed);
  if (whole !== null || repertoire.pictures) return whole;
  const visible = composed.normalize('NFKD').replace(/[\p{M}\p{Cf}]/gu, '');
  let spelt = '';
  for (const character of visible) {
    const part = spell(character);
    if (part === null) return null;
    spelt += part;
  }
  return spelt;
}

/** A piece of text with the cells it takes at normal width. */
export interface Spelt {
  readonly text: string;
  readonly cells: number;
}

/** Text as the printer will show it, character by character: one cell each, unless a picture shows it. */
export function spellFor(text: string, repertoire: Repertoire): Spelt[] {
  return graphemes(text).flatMap((grapheme): Spelt[] => {
    const spelt = spellGrapheme(grapheme, repertoire);
    if (spelt !== null) return Array.from(spelt, (character) => ({ text: character, cells: 1 }));
    if (repertoire.pictures) return [{ text: grapheme, cells: graphemeCells(grapheme) }];
    return [{ text: '?', cells: 1 }];
  });
}

/** The same as one string. */
export function transliterate(text: string, repertoire: Repertoire = WESTERN): string {
  if (PRINTABLE_ASCII.test(text)) return text;
  return spellFor(text, repertoire)
    .map((one) => one.text)
    .join('');
}

/** Spells each character only where the spelling is as wide as the character, so that columns stay put. */
export function spellInPlace(text: string, repertoire: Repertoire): string {
  if (showable(text, repertoire)) return text;
  return graphemes(text)
    .map((part) => {
      const cells = graphemeCells(part);
      const spelt = spellGrapheme(part, withoutPictures(repertoire));
      return spelt !== null && spelt.length === cells ? spelt : '?'.repeat(cells);
    })
    .join('');
}

export interface Encoded {
  /** Index of the page within the repertoire. */
  readonly page: number;
  readonly bytes: readonly number[];
}

/**
 * Text → bytes, cut where the page changes. It stays in the page it is in as long as that holds out, then takes
 * the one that carries it furthest. Never yields a control byte, so no text can smuggle a printer command; a
 * character that no page has is "?".
 */
export function encodeText(text: string, repertoire: Repertoire, from: number): Encoded[] {
  if (PRINTABLE_ASCII.test(text)) return [{ page: from, bytes: asciiBytes(text) }];
  const table = tableOf(repertoire);
  const characters = [...text];
  const parts: { page: number; bytes: number[] }[] = [];
  let page = from;
  characters.forEach((character, at) => {
    const known = table.get(character);
    if (known !== undefined && known[page] === undefined) page = furthest(characters, at, table, known);
    const byte = isAscii(character) ? character.charCodeAt(0) : (known?.[page] ?? QUESTION_MARK);
    const last = parts.at(-1);
    if (last?.page === page) last.bytes.push(byte);
    else parts.push({ page, bytes: [byte] });
  });
  return parts;
}

function asciiBytes(text: string): number[] {
  const bytes: number[] = [];
  for (let at = 0; at < text.length; at += 1) bytes.push(text.charCodeAt(at));
  return bytes;
}

function furthest(
  characters: readonly string[],
  at: number,
  table: Table,
  known: readonly (number | undefined)[],
): number {
  let best = 0;
  let length = -1;
  known.forEach((byte, page) => {
    if (byte === undefined) return;
    let to = at;
    for (; to < characters.length; to += 1) {
      const bytes = table.get(characters[to] ?? '');
      if (bytes !== undefined && bytes[page] === undefined) break;
    }
    if (to - at > length) {
      length = to - at;
      best = page;
    }
  });
  return best;
}
