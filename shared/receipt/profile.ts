import type { Charset, Repertoire } from './charset.ts';
import type { CodePage } from './code_pages.ts';
import type { Symbology } from './slip.ts';

/** How a model takes pictures: `GS v 0`, or the newer `GS ( L` graphics. */
export type RasterCommand = 'gs_v_0' | 'gs_l';

/** What a printer model understands, beside what every ESC/POS printer does. */
export interface PrinterProfile {
  readonly name: string;
  /** Its code pages with their ESC t numbers, the one it is put into first leading. */
  readonly pages: ReadonlyMap<CodePage, number>;
  readonly raster: RasterCommand;
  /** Symbols that its firmware draws; the others are sent as pictures. */
  readonly symbols: ReadonlySet<Symbology>;
  /** GS a: automatic status is fetched behind each job. */
  readonly asb: boolean;
  /** GS r: its answer comes only when the job before it has been worked off. */
  readonly gsr: boolean;
}

const BASIC_SYMBOLS: readonly Symbology[] = ['qr', 'ean13', 'ean8', 'upca', '128', 'gs1_128'];
const EPSON_PAGES: readonly [CodePage, number][] = [
  ['cp858', 19],
  ['cp852', 18],
  ['cp437', 0],
  ['cp850', 2],
  ['cp1252', 16],
  ['cp1250', 45],
  ['cp1251', 46],
  ['cp1253', 47],
  ['cp1254', 48],
  ['cp1257', 51],
  ['cp866', 17],
  ['cp737', 14],
  ['cp857', 13],
  ['cp775', 33],
  ['cp860', 3],
  ['cp863', 4],
  ['cp865', 5],
];

/** Epson's TM family, and what emulates it well: the widest set of code pages, and status behind every job. */
export const EPSON: PrinterProfile = {
  name: 'epson',
  pages: new Map(EPSON_PAGES),
  raster: 'gs_v_0',
  symbols: new Set(BASIC_SYMBOLS),
  asb: true,
  gsr: true,
};

/** A printer of which nothing is known: code page 858, the symbols that all have, no status beyond DLE EOT. */
export const GENERIC: PrinterProfile = {
  name: 'generic',
  pages: new Map<CodePage, number>([['cp858', 19]]),
  raster: 'gs_v_0',
  symbols: new Set(BASIC_SYMBOLS),
  asb: false,
  gsr: false,
};

/** ESC t numbers are those of the makers' references and of escpos-printer-db (see docs/printers.md). */
export const PROFILES: readonly PrinterProfile[] = [
  GENERIC,
  EPSON,
  { ...EPSON, name: 'epson-graphics', raster: 'gs_l' },
  {
    ...GENERIC,
    name: 'citizen',
    pages: new Map<CodePage, number>([
      ['cp858', 19],
      ['cp852', 18],
      ['cp866', 17],
      ['cp1252', 16],
      ['cp857', 8],
      ['cp437', 0],
      ['cp850', 2],
      ['cp860', 3],
      ['cp863', 4],
      ['cp865', 5],
    ]),
    asb: true,
    gsr: true,
  },
  {
    ...GENERIC,
    name: 'bixolon',
    pages: new Map<CodePage, number>([
      ['cp858', 19],
      ['cp852', 18],
      ['cp866', 17],
      ['cp1252', 16],
      ['cp1253', 47],
      ['cp775', 33],
      ['cp437', 0],
      ['cp850', 2],
      ['cp860', 3],
      ['cp863', 4],
      ['cp865', 5],
    ]),
    asb: true,
    gsr: true,
  },
  {
    ...GENERIC,
    name: 'pos-58',
    pages: new Map<CodePage, number>([
      ['cp858', 19],
      ['cp852', 18],
      ['cp866', 17],
      ['cp1252', 16],
      ['cp1257', 25],
      ['cp437', 0],
      ['cp850', 2],
      ['cp860', 3],
      ['cp863', 4],
      ['cp865', 5],
    ]),
    symbols: new Set<Symbology>(['ean13', 'ean8', 'upca', '128', 'gs1_128']),
  },
];

export const PROFILE_NAMES = ['generic', 'epson', 'epson-graphics', 'citizen', 'bixolon', 'pos-58'] as const;

/** The profile of that name, or null. */
export function profileNamed(name: string): PrinterProfile | null {
  return PROFILES.find((one) => one.name === name) ?? null;
}

const repertoires = new Map<string, Repertoire>();

/** What a printer of this profile can show. One object a profile and kind, because its table is kept by it. */
export function charsetOf(profile: PrinterProfile, pictures: boolean): Exclude<Charset, string> {
  const key = `${profile.name} ${pictures}`;
  const known = repertoires.get(key);
  if (known !== undefined) return known;
  const made = { pages: [...profile.pages.keys()], pictures };
  repertoires.set(key, made);
  return made;
}
