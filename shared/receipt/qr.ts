import { encode } from 'uqr';
import { type PaperColumns, paperDots } from './slip.ts';
import { utf8Bytes } from './utf8.ts';

/** Bytes that versions 1 to 40 hold at error correction M in byte mode (ISO/IEC 18004, table 7). */
const CAPACITY_BYTES: readonly number[] = [
  14, 26, 42, 62, 84, 106, 122, 152, 180, 213, 251, 287, 331, 362, 412, 450, 504, 560, 624, 666, 711, 779,
  857, 911, 997, 1059, 1125, 1190, 1264, 1370, 1452, 1538, 1628, 1722, 1809, 1911, 1989, 2099, 2213, 2331,
];

export const QR_BYTES_MAX = 2331;
/** The size a phone reads at arm's length; shrunk only where the paper is too narrow for it. */
export const QR_MODULE_DOTS = 6;
export const QR_MODULE_DOTS_MAX = 16;
/** Light modules around the symbol (ISO/IEC 18004 section 5.3.8). */
export const QR_QUIET_MODULES = 4;

/** Modules on a side of the symbol that the data needs at most; null where no symbol holds it. */
export function qrModules(data: string): number | null {
  const bytes = utf8Bytes(data).length;
  const version = CAPACITY_BYTES.findIndex((capacity) => bytes <= capacity) + 1;
  return version === 0 ? null : 17 + 4 * version;
}

/** Dots a module: the wish, or as many as still fit the paper; at least one. */
export function qrModuleDots(data: string, columns: PaperColumns, wish: number = QR_MODULE_DOTS): number {
  const modules = qrModules(data) ?? 1;
  return Math.max(1, Math.min(wish, QR_MODULE_DOTS_MAX, Math.floor(paperDots(columns) / modules)));
}

export interface QrDrawing {
  readonly modules: number;
  /** SVG path data, one unit a module, origin at the symbol's corner without the quiet zone. */
  readonly path: string;
}

/** The symbol for a preview; null where no symbol holds the data. */
export function drawQr(data: string): QrDrawing | null {
  if (qrModules(data) === null) return null;
  const { size, data: matrix } = encode(utf8Bytes(data), { ecc: 'M', border: 0 });
  return { modules: size, path: bitmapPath(size, size, (x, y) => matrix[y]?.[x] === true) };
}

/** Dark runs of a bitmap as SVG path data, one rectangle a horizontal run. */
export function bitmapPath(width: number, height: number, dark: (x: number, y: number) => boolean): string {
  let path = '';
  for (let y = 0; y < height; y += 1) {
    let from = -1;
    for (let x = 0; x <= width; x += 1) {
      const on = x < width && dark(x, y);
      if (on && from < 0) from = x;
      if (!on && from >= 0) {
        path += `M${from} ${y}h${x - from}v1h${from - x}z`;
        from = -1;
      }
    }
  }
  return path;
}

/** The symbol with its quiet zone above and below as packed dots; null where no symbol holds the data. */
export function drawQrBits(
  text: string,
  moduleDots: number,
): { widthBytes: number; heightDots: number; bits: Uint8Array } | null {
  if (qrModules(text) === null) return null;
  const { size, data } = encode(utf8Bytes(text), { ecc: 'M', border: 0 });
  return matrixBits(size, size, moduleDots, (x, y) => data[y]?.[x] === true);
}

/** A matrix of modules as packed dots, most significant bit left, with a light zone above and below. */
export function matrixBits(
  columns: number,
  rows: number,
  moduleDots: number,
  dark: (x: number, y: number) => boolean,
): { widthBytes: number; heightDots: number; bits: Uint8Array } {
  const quiet = QR_QUIET_MODULES * moduleDots;
  const widthBytes = Math.ceil((columns * moduleDots) / 8);
  const heightDots = rows * moduleDots + 2 * quiet;
  const bits = new Uint8Array(widthBytes * heightDots);
  for (let y = 0; y < rows * moduleDots; y += 1) {
    for (let x = 0; x < columns * moduleDots; x += 1) {
      if (!dark(Math.floor(x / moduleDots), Math.floor(y / moduleDots))) continue;
      const at = (y + quiet) * widthBytes + (x >> 3);
      bits[at] = (bits[at] ?? 0) | (0x80 >> (x & 7));
    }
  }
  return { widthBytes, heightDots, bits };
}
