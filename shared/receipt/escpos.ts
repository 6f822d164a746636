import { encodeCp858, transliterate } from './charset.ts';
import { graphemeCells, graphemes } from './graphemes.ts';
import { type Align, PLAIN, type Row, type Run, type Slip, type Style } from './slip.ts';
import { utf8Bytes } from './utf8.ts';

const ESC = 0x1b;
const GS = 0x1d;
const LF = 0x0a;
const CODE_PAGE_858 = 19;
const FEED_LINES_MAX = 255;
const ALIGN: Readonly<Record<Align, number>> = { left: 0, center: 1, right: 2 };
const BARCODE_SYSTEM = { upca: 65, ean13: 67, ean8: 68, '128': 73 } as const;
const CAPTION_BELOW = 2;
const DRAWER_PULSE = [0, 25, 250] as const;

/**
 * The slip as an ESC/POS job: ESC @, the rows, and as many partial cuts (GS V 66 0) as the slip has cut rows
 * (a receipt has one). Text is CP858; a character that page lacks is spelt in ASCII where that keeps the
 * columns in line, else "?". Code pages chosen per line come with the next milestone.
 */
export function renderEscpos(slip: Slip): Uint8Array {
  const job = new Job(slip.charset === 'cp858');
  for (const row of slip.rows) job.row(row, slip);
  const page = slip.codePage === 'always' || job.beyondAscii ? [ESC, 0x74, CODE_PAGE_858] : [];
  return Uint8Array.from([ESC, 0x40, ...page, ...job.bytes]);
}

/** Writes a state only when it changes, as the printer keeps it. */
class Job {
  readonly bytes: number[] = [];
  beyondAscii = false;
  readonly #spelt: boolean;
  #align: Align = 'left';
  #style: Style = PLAIN;

  constructor(spelt: boolean) {
    this.#spelt = spelt;
  }

  row(row: Row, slip: Slip): void {
    switch (row.kind) {
      case 'text':
        this.align(row.align);
        for (const run of row.runs) this.run(run);
        this.style(PLAIN);
        this.bytes.push(LF);
        return;
      case 'rule':
        this.align('left');
        this.text('-'.repeat(slip.columns));
        this.bytes.push(LF);
        return;
      case 'feed':
        this.bytes.push(ESC, 0x64, Math.min(row.lines, FEED_LINES_MAX));
        return;
      case 'qr':
        this.align(row.align);
        this.qr(row.data, row.moduleDots);
        return;
      case 'barcode':
        this.align(row.align);
        this.barcode(row);
        return;
      case 'image':
        this.align(row.align);
        this.bytes.push(GS, 0x76, 0x30, 0, ...le16(row.widthBytes), ...le16(row.heightDots));
        for (const byte of row.bits) this.bytes.push(byte);
        return;
      case 'drawer':
        this.bytes.push(ESC, 0x70, ...DRAWER_PULSE);
        return;
      case 'cut':
        this.bytes.push(GS, 0x56, 66, 0);
        return;
    }
  }

  align(align: Align): void {
    if (align === this.#align) return;
    this.#align = align;
    this.bytes.push(ESC, 0x61, ALIGN[align]);
  }

  style(style: Style): void {
    const now = this.#style;
    if (style.bold !== now.bold) this.bytes.push(ESC, 0x45, style.bold ? 1 : 0);
    if (style.underline !== now.underline) this.bytes.push(ESC, 0x2d, style.underline ? 1 : 0);
    if (style.invert !== now.invert) this.bytes.push(GS, 0x42, style.invert ? 1 : 0);
    if (style.width !== now.width || style.height !== now.height) {
      this.bytes.push(GS, 0x21, ((style.width - 1) << 4) | (style.height - 1));
    }
    this.#style = style;
  }

  run(run: Run): void {
    if (run.text === '') return;
    this.style(run.style);
    this.text(run.text);
  }

  text(text: string): void {
    for (const byte of encodeCp858(this.#spelt ? text : spellInPlace(text))) {
      if (byte > 0x7f) this.beyondAscii = true;
      this.bytes.push(byte);
    }
  }

  /** Model 2, module size, error correction M, store, print (GS ( k, functions 165, 167, 169, 180, 181). */
  qr(data: string, moduleDots: number): void {
    const stored = utf8Bytes(data);
    this.symbol(0x41, 0x32, 0);
    this.symbol(0x43, moduleDots);
    this.symbol(0x45, 0x31);
    this.symbol(0x50, 0x30, ...stored);
    this.symbol(0x51, 0x30);
  }

  symbol(fn: number, ...parameters: number[]): void {
    this.bytes.push(GS, 0x28, 0x6b, ...le16(parameters.length + 2), 0x31, fn, ...parameters);
  }

  barcode(row: Extract<Row, { kind: 'barcode' }>): void {
    // In code set B of Code 128 a brace starts a command, so a brace of the data is doubled.
    const data = row.symbology === '128' ? `{B${row.data.replaceAll('{', '{{')}` : row.data;
    const coded = [...data].map((character) => character.charCodeAt(0));
    this.bytes.push(GS, 0x68, row.heightDots, GS, 0x77, row.moduleDots);
    this.bytes.push(GS, 0x48, row.caption ? CAPTION_BELOW : 0);
    this.bytes.push(GS, 0x6b, BARCODE_SYSTEM[row.symbology], coded.length, ...coded);
  }
}

/** Spells each character only where the spelling is as wide as the character, so that columns stay put. */
function spellInPlace(text: string): string {
  if (/^[\x20-\x7e]*$/.test(text)) return text;
  return graphemes(text)
    .map((part) => {
      const cells = graphemeCells(part);
      const spelt = transliterate(part);
      return spelt.length === cells ? spelt : '?'.repeat(cells);
    })
    .join('');
}

function le16(value: number): [number, number] {
  return [value & 0xff, (value >> 8) & 0xff];
}
