import type { BarcodeSymbology } from './slip.ts';

// The words of the markup dialect: sizes, colours, kinds of symbols, and what counts as a number.

export const BARCODE_HEIGHT_DOTS = 80;
export const BARCODE_HEIGHT_DOTS_MAX = 255;

export const SIZES: ReadonlyMap<string, readonly [number, number]> = new Map([
  ['normal', [1, 1]],
  ['wide', [2, 1]],
  ['tall', [1, 2]],
  ['big', [2, 2]],
  ['big-2', [3, 3]],
  ['big-3', [4, 4]],
  ['big-4', [5, 5]],
  ['big-5', [6, 6]],
  ['big-6', [7, 7]],
]);
export const COLORS: ReadonlyMap<string, boolean> = new Map([
  ['black', false],
  ['bg-black', true],
]);
export const BLOCKS: ReadonlySet<string> = new Set(['qrcode', 'barcode', 'img']);
export const SYMBOLOGIES: ReadonlyMap<string, BarcodeSymbology> = new Map([
  ['ean13', 'ean13'],
  ['ean8', 'ean8'],
  ['upca', 'upca'],
  ['128', '128'],
  ['gs1_128', 'gs1_128'],
  ['databar', 'databar'],
  ['databar_expanded', 'databar_expanded'],
  ['gs1_datamatrix', 'gs1_datamatrix'],
]);
export const NUMBER = /^[-+(]?\s*(?:\p{Sc}|[A-Z]{2,3})?\s*[-+]?\d[\d.,'\u00a0]*\)?%?$/u;

/** An attribute in millimetres, or null where it is none. */
export function millimetres(value: string): number | null {
  return /^\d{1,3}(?:\.\d+)?$/.test(value) && Number(value) > 0 ? Number(value) : null;
}
