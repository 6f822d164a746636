import { graphemes } from './graphemes.ts';

/**
 * Code page 858 (code page 850 with the euro at D5), upper half. A job selects it with ESC t 19. Other code
 * pages, and pictures of the scripts no page holds, come with the next milestone; until then a character
 * that has no place here is spelt in ASCII or becomes "?".
 */
const CP858_UPPER =
  'ÇüéâäàåçêëèïîìÄÅ' +
  'ÉæÆôöòûùÿÖÜø£Ø×ƒ' +
  'áíóúñÑªº¿®¬½¼¡«»' +
  '░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐' +
  '└┴┬├─┼ãÃ╚╔╩╦╠═╬¤' +
  'ðÐÊËÈ€ÍÎÏ┘┌█▄¦Ì▀' +
  'ÓßÔÒõÕµþÞÚÛÙýÝ¯´' +
  '\u00ad±‗¾¶§÷¸°¨·¹³²■\u00a0';

/** Code page 437, what most printers speak after ESC @ until told otherwise. */
const CP437_UPPER =
  'ÇüéâäàåçêëèïîìÄÅ' +
  'ÉæÆôöòûùÿÖÜ¢£¥₧ƒ' +
  'áíóúñÑªº¿⌐¬½¼¡«»' +
  '░▒▓│┤╡╢╖╕╣║╗╝╜╛┐' +
  '└┴┬├─┼╞╟╚╔╩╦╠═╬╧' +
  '╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀' +
  'αßΓπΣσµτΦΘΩδ∞φε∩' +
  '≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0';

const UPPER_FROM = 0x80;
const ASCII_FIRST = 0x20;
const ASCII_LAST = 0x7e;
const QUESTION_MARK = 0x3f;

const TO_CP858: ReadonlyMap<string, number> = new Map(
  [...CP858_UPPER].map((character, at): [string, number] => [character, UPPER_FROM + at]),
);

/** Letters and marks that Unicode does not decompose to something a Western printer has. */
const SPELT: ReadonlyMap<string, string> = new Map([
  ...same("'", '\u2018\u2019\u201a\u201b\u2032'),
  ...same('"', '\u201c\u201d\u201e\u201f\u2033'),
  ...same('-', '\u2010\u2011\u2012\u2013\u2014\u2015\u2212'),
  ['…', '...'],
  ['•', '·'],
  ['‹', '<'],
  ['›', '>'],
  ['⁄', '/'],
  ['™', 'TM'],
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

function spell(character: string): string | null {
  if (isAscii(character) || TO_CP858.has(character)) return character;
  return SPELT.get(character) ?? null;
}

function spellGrapheme(grapheme: string): string {
  const composed = grapheme.normalize('NFC');
  const whole = spell(composed);
  if (whole !== null) return whole;
  const visible = composed.normalize('NFKD').replace(/[\p{M}\p{Cf}]/gu, '');
  if (visible === '') return '';
  let spelt = '';
  for (const character of visible) {
    const part = spell(character);
    if (part === null) return '?';
    spelt += part;
  }
  return spelt;
}

/** Text → the same text in characters of CP858, one cell each: accents dropped, ligatures spelt, else "?". */
export function transliterate(text: string): string {
  if (/^[\x20-\x7e]*$/.test(text)) return text;
  return graphemes(text).map(spellGrapheme).join('');
}

/** Text → CP858 bytes. Never yields a control byte, so no text can smuggle a printer command. */
export function encodeCp858(text: string): number[] {
  return [...text].map((character) => {
    if (isAscii(character)) return character.charCodeAt(0);
    return TO_CP858.get(character) ?? QUESTION_MARK;
  });
}

export type CodePage = 'cp437' | 'cp858';

/** One printable byte (20–FF) → its character in the page. */
export function decodeByte(byte: number, page: CodePage): string {
  if (byte < UPPER_FROM) return String.fromCharCode(byte);
  return (page === 'cp858' ? CP858_UPPER : CP437_UPPER).charAt(byte - UPPER_FROM);
}
