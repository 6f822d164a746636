import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import type { ShapingFont } from './shape.ts';

const WOFF_HEADER_BYTES = 44;
const WOFF_ENTRY_BYTES = 20;
const SFNT_HEADER_BYTES = 12;
const SFNT_ENTRY_BYTES = 16;
const ALIGNMENT_BYTES = 4;
/** Words of Chinese, Japanese and Korean letters alone: with others in them the renderer finds a better font for those. */
const IDEOGRAPHS = /^[\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff00-\uffef]+$/;
const FALLBACK = '@fontsource/unifontex/files/unifontex-latin-400-normal.woff';
const FALLBACK_FILE = 'unifontex-5.2.6.ttf';

/** The family that receipts are drawn in: its letters are exactly one cell wide at 20 dots. */
export const FONT_FAMILY = 'DejaVu Sans Mono';

/** Of the packages that carry them, the files that are loaded; the first that has a character draws it. */
const FILES: readonly string[] = [
  'dejavu-fonts-ttf/ttf/DejaVuSansMono.ttf',
  'dejavu-fonts-ttf/ttf/DejaVuSansMono-Bold.ttf',
  'dejavu-fonts-ttf/ttf/DejaVuSans.ttf',
  '@expo-google-fonts/noto-sans-thai/400Regular/NotoSansThai_400Regular.ttf',
  '@expo-google-fonts/noto-sans-devanagari/400Regular/NotoSansDevanagari_400Regular.ttf',
  '@expo-google-fonts/noto-emoji/400Regular/NotoEmoji_400Regular.ttf',
];

/**
 * The font files to draw with: the shop's own first, then those of our packages, last the one that has nearly
 * every character of Unicode. That one is packed as WOFF, which the renderer does not read, and is unpacked once
 * into `cacheDir`.
 */
export function fontFiles(cacheDir: string, own: readonly string[]): string[] {
  const { resolve } = createRequire(import.meta.url);
  return [...own, ...FILES.map((file) => resolve(file)), unpacked(resolve(FALLBACK), cacheDir)];
}

/** The fonts whose words are shaped before they are drawn: the shop's own, ours of one cell a letter, then the others. */
export function shapingFonts(cacheDir: string, own: readonly string[]): ShapingFont[] {
  const { resolve } = createRequire(import.meta.url);
  const [regular = '', bold = '', ...others] = FILES.map((file) => resolve(file));
  return [
    { file: regular, bold: false },
    { file: bold, bold: true },
    ...own.map((file) => ({ file, bold: null })),
    ...others.filter((file) => file.includes('noto-sans-')).map((file) => ({ file, bold: null })),
    { file: unpacked(resolve(FALLBACK), cacheDir), bold: null, only: IDEOGRAPHS },
  ];
}

function unpacked(woffFile: string, cacheDir: string): string {
  const file = join(cacheDir, FALLBACK_FILE);
  if (existsSync(file)) return file;
  mkdirSync(cacheDir, { recursive: true });
  // Two processes may do this at once: each writes its own file, and the rename is atomic.
  const written = `${file}.${process.pid}`;
  writeFileSync(written, sfntOfWoff(readFileSync(woffFile)));
  renameSync(written, file);
  return file;
}

/** A WOFF 1.0 file → the TrueType file that it packs (W3C WOFF File Format 1.0, sections 3 to 5). */
export function sfntOfWoff(woff: Buffer): Buffer {
  const count = woff.readUInt16BE(12);
  const head = Buffer.alloc(SFNT_HEADER_BYTES + SFNT_ENTRY_BYTES * count);
  woff.copy(head, 0, 4, 8);
  head.writeUInt16BE(count, 4);
  const parts: Buffer[] = [head];
  let offset = head.length;
  for (let at = 0; at < count; at += 1) {
    const entry = WOFF_HEADER_BYTES + WOFF_ENTRY_BYTES * at;
    const from = woff.readUInt32BE(entry + 4);
    const packed = woff.subarray(from, from + woff.readUInt32BE(entry + 8));
    const length = woff.readUInt32BE(entry + 12);
    const table = packed.length < length ? inflateSync(packed) : packed;
    const to = SFNT_HEADER_BYTES + SFNT_ENTRY_BYTES * at;
    woff.copy(head, to, entry, entry + 4);
    head.writeUInt32BE(woff.readUInt32BE(entry + 16), to + 4);
    head.writeUInt32BE(offset, to + 8);
    head.writeUInt32BE(table.length, to + 12);
    const padding = (ALIGNMENT_BYTES - (table.length % ALIGNMENT_BYTES)) % ALIGNMENT_BYTES;
    parts.push(table, Buffer.alloc(padding));
    offset += table.length + padding;
  }
  return Buffer.concat(parts);
}
