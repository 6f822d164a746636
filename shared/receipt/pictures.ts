import { barcodeModules } from './barcode.ts';
import { repertoireOf, showable } from './charset.ts';
import type { PrinterProfile } from './profile.ts';
import { drawQrBits } from './qr.ts';
import { paperDots, type Row, type Slip } from './slip.ts';
import { drawRow } from './svg.ts';

/** So that a tail or a mark of one line never lands in the picture of another. */
const LINES_APART_DOTS = 16;

export type TextRow = Extract<Row, { kind: 'text' }>;
export type LogoRow = Extract<Row, { kind: 'logo' }>;
export type BarcodeRow = Extract<Row, { kind: 'barcode' }>;

/** Packed rows, most significant bit left, 1 = black. */
export interface Picture {
  readonly widthBytes: number;
  readonly heightDots: number;
  readonly bits: Uint8Array;
}

/** What must be drawn before the slip can go to the printer, by the index of the row. */
export interface PictureNeeds {
  /** Lines of text that hold a character beyond the printer's code pages: drawn whole, joined and ordered. */
  readonly lines: readonly { at: number; row: TextRow }[];
  /** Symbols that neither the printer nor `shared` draws. */
  readonly symbols: readonly { at: number; row: BarcodeRow }[];
  readonly logos: readonly { at: number; row: LogoRow }[];
}

export function pictureNeeds(slip: Slip, profile: PrinterProfile): PictureNeeds {
  const repertoire = repertoireOf(slip.charset);
  const lines: { at: number; row: TextRow }[] = [];
  const symbols: { at: number; row: BarcodeRow }[] = [];
  const logos: { at: number; row: LogoRow }[] = [];
  slip.rows.forEach((row, at) => {
    if (row.kind === 'text' && repertoire?.pictures === true) {
      if (!row.runs.every((run) => showable(run.text, repertoire))) lines.push({ at, row });
    } else if (row.kind === 'barcode' && !profile.symbols.has(row.symbology)) {
      if (barcodeModules(row.symbology, row.data) === null) symbols.push({ at, row });
    } else if (row.kind === 'logo') logos.push({ at, row });
  });
  return { lines, symbols, logos };
}

/** One drawing of all the lines, one below the other, as wide as the paper; and how tall each of them is. */
export function linesSvg(
  rows: readonly TextRow[],
  slip: Slip,
  fontFamily: string,
): { svg: string; heights: number[]; width: number; height: number } {
  const width = paperDots(slip.columns);
  const drawn = rows.map((row) => drawRow(row, width, slip));
  let height = 0;
  let body = '';
  for (const one of drawn) {
    body += `<g transform="translate(0 ${height})">${one.svg}</g>`;
    height += one.height + LINES_APART_DOTS;
  }
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="${fontFamily}" ` +
    `font-size="20"><rect width="${width}" height="${height}" fill="#fff"/>${body}</svg>`;
  return { svg, heights: drawn.map((one) => one.height), width, height };
}

/** Cuts the drawing of all lines into one picture a line, without what lies between and the blank dots at its right. */
export function slicePictures(whole: Picture, heights: readonly number[]): Picture[] {
  let top = 0;
  return heights.map((heightDots) => {
    const from = top;
    top += heightDots + LINES_APART_DOTS;
    const end = from + heightDots;
    let used = 1;
    for (let y = from; y < end; y += 1) {
      for (let x = whole.widthBytes - 1; x >= used; x -= 1) {
        if (whole.bits[y * whole.widthBytes + x] !== 0) used = x + 1;
      }
    }
    const bits = new Uint8Array(used * heightDots);
    for (let y = 0; y < heightDots; y += 1) {
      const start = (from + y) * whole.widthBytes;
      bits.set(whole.bits.subarray(start, start + used), y * used);
    }
    return { widthBytes: used, heightDots, bits };
  });
}

/** The slip with pictures in the place of the rows that the printer cannot show, each knowing what it shows. */
export function withPictures(slip: Slip, profile: PrinterProfile, drawn: ReadonlyMap<number, Picture>): Slip {
  const rows = slip.rows.flatMap((row, at): Row[] => {
    const picture = drawn.get(at);
    if (picture !== undefined && row.kind === 'logo') {
      return [{ kind: 'image', align: row.align, ...picture, of: row }];
    }
    // A line is drawn over the whole paper, so its own alignment is already in the picture.
    if (picture !== undefined && row.kind === 'text')
      return [{ kind: 'image', align: 'left', ...picture, of: row }];
    if (picture !== undefined && row.kind === 'barcode') return pictured(row, picture);
    if (row.kind === 'qr' && !profile.symbols.has('qr')) {
      const qr = drawQrBits(row.data, row.moduleDots);
      return qr === null ? [row] : [{ kind: 'image', align: row.align, ...qr, of: row }];
    }
    if (row.kind === 'barcode' && !profile.symbols.has(row.symbology)) {
      const modules = barcodeModules(row.symbology, row.data);
      return modules === null ? [row] : pictured(row, barsPicture(modules, row.moduleDots, row.heightDots));
    }
    return [row];
  });
  return { ...slip, rows };
}

/** The symbol, and its caption as a line of text below it. */
function pictured(row: BarcodeRow, picture: Picture): Row[] {
  const image: Row = { kind: 'image', align: row.align, ...picture, of: row };
  if (!row.caption) return [image];
  const style = { bold: false, underline: false, invert: false, width: 1, height: 1 };
  return [image, { kind: 'text', align: row.align, runs: [{ text: row.data, style }] }];
}

/** Modules of a linear symbol as a picture, "1" black. */
export function barsPicture(modules: string, moduleDots: number, heightDots: number): Picture {
  const widthBytes = Math.ceil((modules.length * moduleDots) / 8);
  const line = new Uint8Array(widthBytes);
  for (let x = 0; x < modules.length * moduleDots; x += 1) {
    if (modules.charAt(Math.floor(x / moduleDots)) === '1')
      line[x >> 3] = (line[x >> 3] ?? 0) | (0x80 >> (x & 7));
  }
  const bits = new Uint8Array(widthBytes * heightDots);
  for (let y = 0; y < heightDots; y += 1) bits.set(line, y * widthBytes);
  return { widthBytes, heightDots, bits };
}
