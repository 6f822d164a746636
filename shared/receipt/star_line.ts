import { encodeText, type Repertoire, spellInPlace } from './charset.ts';
import type { CodePage } from './code_pages.ts';
import { type Align, PLAIN, type Row, type Slip, type Style } from './slip.ts';
import { renderText } from './text.ts';
import { utf8Bytes } from './utf8.ts';

const ESC = 0x1b;
const GS = 0x1d;
const LF = 0x0a;
const BEL = 0x07;
const ALIGN: Readonly<Record<Align, number>> = { left: 0, center: 1, right: 2 };
const QR_CELL_DOTS_MAX = 8;
const EXPANSION_MAX = 5;
const CUT_PARTIAL_AFTER_FEED = 3;

/** Code pages with their ESC GS t numbers (Star Line Mode Command Specifications). */
const PAGES: ReadonlyMap<CodePage, number> = new Map<CodePage, number>([
  ['cp858', 4],
  ['cp852', 5],
  ['cp1252', 32],
  ['cp1250', 33],
  ['cp1251', 34],
  ['cp866', 10],
  ['cp737', 15],
  ['cp857', 12],
  ['cp860', 6],
  ['cp863', 8],
  ['cp865', 9],
]);

/** What a Star printer shows of itself; the edge draws no pictures. */
export const STAR_CHARSET: Repertoire = { pages: [...PAGES.keys()], pictures: false };

/** The slip in Star Line Mode (`application/vnd.star.line`). A symbol other than QR shows as its data. */
export function renderStarLine(slip: Slip): Uint8Array {
  const job = new Job(slip);
  for (const row of slip.rows) job.row(row);
  return Uint8Array.from(job.bytes);
}

class Job {
  readonly bytes: number[] = [ESC, 0x40];
  readonly #slip: Slip;
  #page = -1;
  #align: Align = 'left';
  #style: Style = PLAIN;

  constructor(slip: Slip) {
    this.#slip = slip;
  }

  row(row: Row): void {
    switch (row.kind) {
      case 'text':
        this.#setAlign(row.align);
        for (const { text, style } of row.runs) {
          this.#setStyle(style);
          this.#text(text);
        }
        this.#setStyle(PLAIN);
        this.bytes.push(LF);
        return;
      case 'feed':
        this.bytes.push(ESC, 0x61, row.lines);
        return;
      case 'qr':
        this.#setAlign(row.align);
        this.#qr(row.data, Math.min(row.moduleDots, QR_CELL_DOTS_MAX));
        return;
      case 'drawer':
        this.bytes.push(BEL);
        return;
      case 'cut':
        this.bytes.push(ESC, 0x64, CUT_PARTIAL_AFTER_FEED);
        return;
      case 'rule':
      case 'barcode':
      case 'image':
      case 'logo':
        this.#setAlign('left');
        for (const line of renderText({ ...this.#slip, rows: [row] })
          .trimEnd()
          .split('\n')) {
          this.#text(line);
          this.bytes.push(LF);
        }
        return;
    }
  }

  #setAlign(align: Align): void {
    if (align === this.#align) return;
    this.#align = align;
    this.bytes.push(ESC, GS, 0x61, ALIGN[align]);
  }

  #setStyle(style: Style): void {
    const now = this.#style;
    if (style.bold !== now.bold) this.bytes.push(ESC, style.bold ? 0x45 : 0x46);
    if (style.underline !== now.underline) this.bytes.push(ESC, 0x2d, style.underline ? 1 : 0);
    if (style.invert !== now.invert) this.bytes.push(ESC, style.invert ? 0x34 : 0x35);
    if (style.width !== now.width || style.height !== now.height) {
      const expansion = (times: number): number => Math.min(times - 1, EXPANSION_MAX);
      this.bytes.push(ESC, 0x69, expansion(style.height), expansion(style.width));
    }
    this.#style = style;
  }

  #text(text: string): void {
    for (const { page, bytes } of encodeText(
      spellInPlace(text, STAR_CHARSET),
      STAR_CHARSET,
      Math.max(this.#page, 0),
    )) {
      if (page !== this.#page) {
        this.#page = page;
        this.bytes.push(ESC, GS, 0x74, PAGES.get(STAR_CHARSET.pages[page] ?? 'cp858') ?? 0);
      }
      this.bytes.push(...bytes);
    }
  }

  /** Model 2, correction M, cell size, data, print (ESC GS y S 0, S 1, S 2, D 1, P). */
  #qr(data: string, cellDots: number): void {
    const stored = utf8Bytes(data);
    const y = [ESC, GS, 0x79];
    this.bytes.push(...y, 0x53, 0x30, 2, ...y, 0x53, 0x31, 1, ...y, 0x53, 0x32, cellDots);
    this.bytes.push(...y, 0x44, 0x31, 0, stored.length & 0xff, stored.length >> 8, ...stored);
    this.bytes.push(...y, 0x50, LF);
  }
}

/** Number of a code page in ESC GS t → the page; for whoever reads such a job. */
export function starPage(n: number): CodePage | null {
  return [...PAGES].find(([, number]) => number === n)?.[0] ?? null;
}
