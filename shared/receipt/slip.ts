import type { Charset } from './charset.ts';

/** Font A columns of 58 mm (32) and 80 mm (42, 48) paper. */
export type PaperColumns = 32 | 42 | 48;

/** Font A of an ESC/POS printer: one cell is 12 × 24 dots, and a millimetre is 8 dots at 203 dpi. */
export const CELL_DOTS = 12;
export const CELL_HEIGHT_DOTS = 24;
export const DOTS_PER_MM = 8;

export type Align = 'left' | 'center' | 'right';

/** `width` and `height` are multiples of the normal cell, 1 to 8 (GS !). */
export interface Style {
  readonly bold: boolean;
  readonly underline: boolean;
  readonly invert: boolean;
  readonly width: number;
  readonly height: number;
}

export const PLAIN: Style = { bold: false, underline: false, invert: false, width: 1, height: 1 };
export const BOLD: Style = { ...PLAIN, bold: true };

export interface Run {
  readonly text: string;
  readonly style: Style;
}

export type BarcodeSymbology =
  | 'ean13'
  | 'ean8'
  | 'upca'
  | '128'
  | 'gs1_128'
  | 'databar'
  | 'databar_expanded'
  | 'gs1_datamatrix';
export type Symbology = BarcodeSymbology | 'qr';

/** One horizontal piece of a slip. Sizes in dots are what the printer is told; previews scale them. */
export type Row =
  | { readonly kind: 'text'; readonly align: Align; readonly runs: readonly Run[] }
  | { readonly kind: 'rule' }
  | { readonly kind: 'feed'; readonly lines: number }
  | { readonly kind: 'qr'; readonly align: Align; readonly data: string; readonly moduleDots: number }
  | {
      readonly kind: 'barcode';
      readonly align: Align;
      readonly symbology: BarcodeSymbology;
      readonly data: string;
      readonly moduleDots: number;
      readonly heightDots: number;
      readonly caption: boolean;
    }
  | {
      /** Packed rows, most significant bit left, 1 = black: the layout of GS v 0. */
      readonly kind: 'image';
      readonly align: Align;
      readonly widthBytes: number;
      readonly heightDots: number;
      readonly bits: Uint8Array;
      /** The row that the picture stands for: what a reader of text is given instead. */
      readonly of?: Row;
    }
  /** A picture that the store keeps under a name; it becomes an image before it goes to paper. */
  | { readonly kind: 'logo'; readonly align: Align; readonly name: string }
  | { readonly kind: 'drawer' }
  | { readonly kind: 'cut' };

/** Laid out once; every rendering is drawn from the same rows. */
export interface Slip {
  readonly columns: PaperColumns;
  readonly charset: Charset;
  readonly title: string;
  /** Whether the printer is told its code page even when every byte is ASCII. */
  readonly codePage: 'always' | 'when_needed';
  /** BCP 47, of the words on it. */
  readonly language: string;
  readonly rows: readonly Row[];
}

export function paperDots(columns: PaperColumns): number {
  return columns * CELL_DOTS;
}

const COPY_ROW: Row = {
  kind: 'text',
  align: 'center',
  runs: [{ text: 'COPY', style: { ...BOLD, width: 2, height: 2 } }],
};

/** The same slip with COPY as its first line, for whatever is printed a second time. */
export function markCopy(slip: Slip): Slip {
  return { ...slip, rows: [COPY_ROW, ...slip.rows] };
}
