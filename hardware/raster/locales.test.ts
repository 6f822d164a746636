import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { showable } from '../../shared/receipt/charset.ts';
import {
  charsetOf,
  EPSON,
  layoutReceipt,
  type ReceiptDocument,
  type Row,
  renderEscpos,
  renderText,
  type Slip,
} from '../../shared/receipt/index.ts';
import { RECEIPT_LANGUAGES } from '../../shared/receipt/labels.ts';
import { linesSvg, type Picture, pictureNeeds, slicePictures } from '../../shared/receipt/pictures.ts';
import { unwrap } from '../../shared/result.ts';
import { EscposInterpreter } from '../escpos/interpreter.ts';
import { drawSlip } from './draw_slip.ts';
import { FONT_FAMILY, fontFiles } from './fonts.ts';
import { charactersOf } from './testing/charmap.ts';
import { LOCALES } from './testing/locales.ts';
import { openRaster, RENDERER_IS_HERE } from './testing/raster.ts';

const { raster, folder, close } = openRaster();
afterAll(close);

const CHARSET = charsetOf(EPSON, true);
const DIRECTION = /[\u2066-\u2069]/g;

function interpret(bytes: Uint8Array): { rows: readonly Row[]; findings: string[] } {
  const slips: Slip[] = [];
  const findings: string[] = [];
  const printer = new EscposInterpreter(48, {
    slip: (slip) => slips.push(slip),
    sensorAsked: () => undefined,
    automaticStatus: () => undefined,
    drawer: () => undefined,
    finding: (detail) => findings.push(detail),
  });
  for (const byte of bytes) printer.push(byte);
  return { rows: slips.flatMap((slip) => slip.rows), findings };
}

async function printed(document: ReceiptDocument) {
  const source = layoutReceipt(document, { columns: 48, charset: CHARSET });
  const { slip, notes } = await drawSlip(source, EPSON, raster);
  return { source, slip, notes, ...interpret(renderEscpos(slip, EPSON)) };
}

const textOf = (row: Row): string =>
  row.kind === 'text'
    ? row.runs
        .map((run) => run.text)
        .join('')
        .trimEnd()
    : row.kind;

test('there is a receipt for every language that has labels', () => {
  expect(RECEIPT_LANGUAGES.length).toBeGreaterThanOrEqual(30);
  expect([...LOCALES.keys()].sort()).toEqual([...RECEIPT_LANGUAGES].sort());
});

describe.skipIf(!RENDERER_IS_HERE)('a receipt, from its document to bytes and back', () => {
  test.each([...LOCALES])('in %s', async (_, document) => {
    const { source, slip, notes, rows, findings } = await printed(document);
    expect(notes).toEqual([]);
    expect(findings).toEqual([]);
    const shown = rows.filter((row) => row.kind === 'text' || row.kind === 'image');
    const meant = slip.rows.filter(
      (row) => row.kind === 'text' || row.kind === 'rule' || row.kind === 'image',
    );
    expect(shown).toHaveLength(meant.length);
    meant.forEach((row, at) => {
      const there = shown[at];
      if (row.kind === 'image') {
        // A picture: the dots that came out are the dots that were drawn for that line, and they are not blank.
        expect(there).toMatchObject({
          kind: 'image',
          widthBytes: row.widthBytes,
          heightDots: row.heightDots,
        });
        expect(there?.kind === 'image' && inkDiffers(there, row)).toBe(0);
        expect(inkOf(row)).toBeGreaterThan(20);
        expect(row.of?.kind).toBe('text');
      } else if (there !== undefined) {
        // Code pages: what the printer reads out of its bytes is the source, letter by letter.
        expect(textOf(there)).toBe(row.kind === 'rule' ? '-'.repeat(48) : textOf(row));
      }
    });
    // The text beside the pictures is the whole source, so nothing was lost on the way to them.
    expect(renderText(slip)).toBe(renderText(source));
    const said = renderText(slip).replace(DIRECTION, '').replace(/\s+/g, '');
    for (const line of document.lines) expect(said).toContain(line.name.replace(/\s+/g, ''));
    expect(said).not.toContain('?');
  });

  test('only what no code page holds is drawn', async () => {
    const drawn = async (language: string): Promise<number> => {
      const document = LOCALES.get(language);
      if (document === undefined) throw new Error(`no receipt in ${language}`);
      return (await printed(document)).slip.rows.filter((row) => row.kind === 'image').length;
    };
    for (const language of ['en', 'de', 'fr', 'pl', 'cs', 'hu', 'el', 'ru', 'tr', 'lv'])
      expect(await drawn(language), language).toBe(0);
    for (const language of ['ar', 'he', 'th', 'hi', 'ja', 'zh', 'ko', 'vi'])
      expect(await drawn(language), language).toBeGreaterThan(5);
  });
});

describe.skipIf(!RENDERER_IS_HERE)('pictures of lines', () => {
  test('no font lacks a character: nothing that is drawn is a box', () => {
    const files = fontFiles(folder, []).map((file) => charactersOf(readFileSync(file)));
    for (const [language, document] of LOCALES) {
      const slip = layoutReceipt(document, { columns: 48, charset: CHARSET });
      for (const character of renderText(slip).replace(DIRECTION, '').replace(/\s/g, '')) {
        if (showable(character, CHARSET) || /\p{M}|\p{Cf}/u.test(character)) continue;
        const code = character.codePointAt(0) ?? 0;
        expect(
          files.some((characters) => characters.has(code)),
          `${language} ${character}`,
        ).toBe(true);
      }
    }
  });

  test.each([
    ['Arabic', 'شكرا', 'لزيارتكم'],
    ['Hebrew', 'תודה', 'רבה'],
  ])('%s stands with its first word at the right, joined as that word alone is', async (_, first, second) => {
    const [line, one, other] = await Promise.all([
      pictureOf(`${first} ${second}`),
      pictureOf(first),
      pictureOf(second),
    ]);
    expect(atRight(line, one)).toBeGreaterThan(0.97);
    expect(atRight(line, other)).toBeLessThan(0.9);
    expect(atLeft(line, other)).toBeGreaterThan(0.97);
  });

  test('letters of Arabic are joined: the word is narrower and darker than its letters apart', async () => {
    const [joined, apart] = await Promise.all([pictureOf('محمد'), pictureOf('م ح م د')]);
    expect(columnsOf(joined).length).toBeLessThan(columnsOf(apart).length);
    const gaps = columnsOf(joined).filter((column) => column === '').length;
    expect(gaps).toBeLessThan(3);
  });

  test.each([
    ['Devanagari', ['दि', 'नां', 'क']],
    ['Devanagari', ['मा', 'त्रा']],
    ['Thai', ['น้ำ', 'ส้', 'ม']],
  ])('no letter of %s stands over another: %j is as wide as its syllables', async (_, syllables) => {
    const [word, ...parts] = await Promise.all([syllables.join(''), ...syllables].map(pictureOf));
    if (word === undefined) throw new Error('no picture');
    const apart = parts.reduce((sum, part) => sum + columnsOf(part).length, 0);
    expect(columnsOf(word).length).toBeGreaterThan(0.9 * apart);
  });

  test.each(['ar', 'th', 'hi', 'ja', 'vi'])(
    'a line of a paper in %s is what the line alone is',
    async (language) => {
      const document = LOCALES.get(language);
      if (document === undefined) throw new Error('no receipt');
      const slip = layoutReceipt(document, { columns: 48, charset: CHARSET });
      const rows = pictureNeeds(slip, EPSON).lines.map(({ row }) => row);
      const slices = async (some: typeof rows): Promise<Picture[]> => {
        const { svg, heights } = linesSvg(some, slip, FONT_FAMILY);
        return slicePictures(unwrap(await raster.dots(svg)), heights);
      };
      const [together, apart] = await Promise.all([
        slices(rows),
        Promise.all(rows.map((row) => slices([row]))),
      ]);
      expect(together).toEqual(apart.flat());
    },
  );

  test('the same line gives the same dots, whoever draws it', async () => {
    const other = openRaster();
    const svg = lineSvg('ขอบคุณ 日本 धन्यवाद 👍');
    const [here, there] = [unwrap(await raster.dots(svg)), unwrap(await other.raster.dots(svg))];
    await other.close();
    expect(inkDiffers(here, there)).toBe(0);
  });
});

function lineSvg(text: string): string {
  return (
    '<svg xmlns="http://www.w3.org/2000/svg" width="576" height="30" font-family="DejaVu Sans Mono" font-size="20">' +
    `<rect width="576" height="30" fill="#fff"/><text transform="translate(0 0)" y="20">\u2068${text}\u2069</text></svg>`
  );
}

async function pictureOf(text: string): Promise<Picture> {
  return unwrap(await raster.dots(lineSvg(text)));
}

/** The dots of each column from the first with ink to the last, as text. */
function columnsOf({ widthBytes, heightDots, bits }: Picture): string[] {
  const columns = Array.from({ length: widthBytes * 8 }, (_, x) => {
    const dark: number[] = [];
    for (let y = 0; y < heightDots; y += 1) {
      if (((bits[y * widthBytes + (x >> 3)] ?? 0) & (0x80 >> (x & 7))) !== 0) dark.push(y);
    }
    return dark.join(' ');
  });
  const first = columns.findIndex((column) => column !== '');
  const last = columns.findLastIndex((column) => column !== '');
  return columns.slice(first, last + 1);
}

/** How much of a word's ink is found at the right end of a line, a dot to any side forgiven: letters stand between dots. */
function atRight(line: Picture, word: Picture): number {
  return found(dotsOf(word), dotsOf(line), dotsOf(line).right - dotsOf(word).right);
}

function atLeft(line: Picture, word: Picture): number {
  return found(dotsOf(word), dotsOf(line), dotsOf(line).left - dotsOf(word).left);
}

interface Dots {
  readonly dark: readonly (readonly [number, number])[];
  readonly left: number;
  readonly right: number;
}

function dotsOf({ widthBytes, heightDots, bits }: Picture): Dots {
  const dark: [number, number][] = [];
  for (let y = 0; y < heightDots; y += 1) {
    for (let x = 0; x < widthBytes * 8; x += 1) {
      if (((bits[y * widthBytes + (x >> 3)] ?? 0) & (0x80 >> (x & 7))) !== 0) dark.push([x, y]);
    }
  }
  const across = dark.map(([x]) => x);
  return { dark, left: Math.min(...across), right: Math.max(...across) };
}

function found(word: Dots, line: Dots, shift: number): number {
  const there = new Set(line.dark.map(([x, y]) => `${x} ${y}`));
  const near = [-1, 0, 1].flatMap((dx) => [-1, 0, 1].map((dy) => [dx, dy] as const));
  const hits = word.dark.filter(([x, y]) =>
    near.some(([dx, dy]) => there.has(`${x + shift + dx} ${y + dy}`)),
  );
  return hits.length / word.dark.length;
}

function inkOf({ bits }: { bits: Uint8Array }): number {
  return bits.reduce((sum, byte) => sum + (byte === 0 ? 0 : 1), 0);
}

/** Bytes that differ, apart from the single dots that keep a picture from spelling a real-time command. */
function inkDiffers(a: { bits: Uint8Array }, b: { bits: Uint8Array }): number {
  return a.bits.filter((byte, at) => byte !== b.bits[at] && byte !== ((b.bits[at] ?? 0) | 0x08)).length;
}
