import { gs1Symbol } from './barcode.ts';
import { encodeText, type Repertoire, repertoireOf, showable, spellInPlace } from './charset.ts';
import { stretches } from './code128.ts';
import { FNC1 } from './gs1.ts';
import { charsetOf, GENERIC, type PrinterProfile } from './profile.ts';
import { type Align, PLAIN, type Row, type Run, type Slip, type Style } from './slip.ts';
import { utf8Bytes } from './utf8.ts';

const ESC = 0x1b;
const GS = 0x1d;
const LF = 0x0a;
const DLE = 0x10;
/** EOT, ENQ and DC4: behind DLE a printer obeys them at once, wherever they stand (Epson, real-time commands). */
const REAL_TIME: ReadonlySet<number> = new Set([0x04, 0x05, 0x14]);
const FEED_LINES_MAX = 255;
/** A printer takes a tall picture in bands that fit the buffer of the smallest of them. */
const BAND_DOTS_MAX = 240;
const ALIGN: Readonly<Record<Align, number>> = { left: 0, center: 1, right: 2 };
const BARCODE_SYSTEM = { upca: 65, ean13: 67, ean8: 68, '128': 73, gs1_128: 73 } as const;
const CAPTION_BELOW = 2;
const DRAWER_PULSE = [0, 25, 250] as const;

/**
 * The slip as an ESC/POS job: ESC @, the rows, and as many partial cuts (GS V 66 0) as the slip has cut rows (a
 * receipt has one). Text goes in the code page that holds it; what no page of the printer holds should have become
 * a picture before (see pictures.ts), and is "?" here. A symbol that the printer does not draw shows as its data.
 */
export function renderEscpos(slip: Slip, profile: PrinterProfile = GENERIC): Uint8Array {
  const job = new Job(slip, profile);
  for (const row of slip.rows) job.row(row);
  return job.whole(slip.codePage === 'always');
}

/** Writes a state only when it changes, as the printer keeps it. */
class Job {
  readonly #bytes: number[] = [];
  readonly #slip: Slip;
  readonly #profile: PrinterProfile;
  readonly #repertoire: Repertoire;
  #beyondAscii = false;
  #page = 0;
  #align: Align = 'left';
  #style: Style = PLAIN;

  constructor(slip: Slip, profile: PrinterProfile) {
    this.#slip = slip;
    this.#profile = profile;
    this.#repertoire = repertoireOf(slip.charset) ?? charsetOf(profile, false);
  }

  whole(named: boolean): Uint8Array {
    const page = named || this.#beyondAscii ? [ESC, 0x74, this.#pageNumber(0)] : [];
    return Uint8Array.from([ESC, 0x40, ...page, ...this.#bytes]);
  }

  #pageNumber(page: number): number {
    const name = this.#repertoire.pages[page] ?? 'cp858';
    return this.#profile.pages.get(name) ?? GENERIC.pages.get(name) ?? 0;
  }

  row(row: Row): void {
    switch (row.kind) {
      case 'text':
        this.#setAlign(row.align);
        for (const run of row.runs) this.#run(run);
        this.#setStyle(PLAIN);
        this.#bytes.push(LF);
        return;
      case 'rule':
        this.#setAlign('left');
        this.#text('-'.repeat(this.#slip.columns));
        this.#bytes.push(LF);
        return;
      case 'feed':
        this.#bytes.push(ESC, 0x64, Math.min(row.lines, FEED_LINES_MAX));
        return;
      case 'qr':
        this.#setAlign(row.align);
        if (this.#profile.symbols.has('qr')) this.#qr(row.data, row.moduleDots);
        else this.#said(`[QR ${row.data}]`);
        return;
      case 'barcode':
        this.#setAlign(row.align);
        this.#barcode(row);
        return;
      case 'image':
        this.#setAlign(row.align);
        this.#image(row);
        return;
      case 'logo':
        return;
      case 'drawer':
        this.#bytes.push(ESC, 0x70, ...DRAWER_PULSE);
        return;
      case 'cut':
        this.#bytes.push(GS, 0x56, 66, 0);
        return;
    }
  }

  #setAlign(align: Align): void {
    if (align === this.#align) return;
    this.#align = align;
    this.#bytes.push(ESC, 0x61, ALIGN[align]);
  }

  #setStyle(style: Style): void {
    const now = this.#style;
    if (style.bold !== now.bold) this.#bytes.push(ESC, 0x45, style.bold ? 1 : 0);
    if (style.underline !== now.underline) this.#bytes.push(ESC, 0x2d, style.underline ? 1 : 0);
    if (style.invert !== now.invert) this.#bytes.push(GS, 0x42, style.invert ? 1 : 0);
    if (style.width !== now.width || style.height !== now.height) {
      this.#bytes.push(GS, 0x21, ((style.width - 1) << 4) | (style.height - 1));
    }
    this.#style = style;
  }

  #run(run: Run): void {
    if (run.text === '') return;
    this.#setStyle(run.style);
    this.#text(run.text);
  }

  #text(text: string): void {
    const spelt = showable(text, this.#repertoire) ? text : spellInPlace(text, this.#repertoire);
    for (const { page, bytes } of encodeText(spelt, this.#repertoire, this.#page)) {
      if (page !== this.#page) {
        this.#page = page;
        this.#beyondAscii = true;
        this.#bytes.push(ESC, 0x74, this.#pageNumber(page));
      }
      for (const byte of bytes) {
        if (byte > 0x7f) this.#beyondAscii = true;
        this.#bytes.push(byte);
      }
    }
  }

  #said(text: string): void {
    this.#text(text);
    this.#bytes.push(LF);
  }

  /** Model 2, module size, error correction M, store, print (GS ( k, functions 165, 167, 169, 180, 181). */
  #qr(data: string, moduleDots: number): void {
    this.#qrFunction(0x41, 0x32, 0);
    this.#qrFunction(0x43, moduleDots);
    this.#qrFunction(0x45, 0x31);
    this.#qrFunction(0x50, 0x30, ...utf8Bytes(data));
    this.#qrFunction(0x51, 0x30);
  }

  #qrFunction(fn: number, ...parameters: number[]): void {
    this.#bytes.push(GS, 0x28, 0x6b, ...le16(parameters.length + 2), 0x31, fn, ...parameters);
  }

  #barcode(row: Extract<Row, { kind: 'barcode' }>): void {
    const { symbology } = row;
    if (symbology === 'databar' || symbology === 'databar_expanded' || symbology === 'gs1_datamatrix') {
      this.#said(`[${symbology.toUpperCase()} ${row.data}]`);
      return;
    }
    const coded = barcodeBytes(symbology, row.data);
    this.#bytes.push(GS, 0x68, row.heightDots, GS, 0x77, row.moduleDots);
    this.#bytes.push(GS, 0x48, row.caption ? CAPTION_BELOW : 0);
    this.#bytes.push(GS, 0x6b, BARCODE_SYSTEM[symbology], coded.length, ...coded);
  }

  #image({ widthBytes, heightDots, bits }: Extract<Row, { kind: 'image' }>): void {
    for (let top = 0; top < heightDots; top += BAND_DOTS_MAX) {
      const height = Math.min(BAND_DOTS_MAX, heightDots - top);
      const band = bits.subarray(top * widthBytes, (top + height) * widthBytes);
      if (this.#profile.raster === 'gs_l') {
        // Function 112 stores the picture, function 50 prints what is stored.
        const stored = [0x30, 0x70, 0x30, 1, 1, 0x31, ...le16(widthBytes * 8), ...le16(height)];
        this.#bytes.push(GS, 0x28, 0x4c, ...le16(stored.length + band.length), ...stored);
        this.#dots(band);
        this.#bytes.push(GS, 0x28, 0x4c, 2, 0, 0x30, 0x32);
      } else {
        this.#bytes.push(GS, 0x76, 0x30, 0, ...le16(widthBytes), ...le16(height));
        this.#dots(band);
      }
    }
  }

  /** One dot more where the picture would spell a real-time command that the printer obeys in mid-picture. */
  #dots(band: Uint8Array): void {
    band.forEach((byte, at) => {
      const spells = byte === DLE && REAL_TIME.has(band[at + 1] ?? 0);
      this.#bytes.push(spells ? byte | 0x08 : byte);
    });
  }
}

/** The data of GS k: set B alone for plain Code 128, both sets and FNC1 for GS1-128. A brace starts a command. */
function barcodeBytes(symbology: keyof typeof BARCODE_SYSTEM, data: string): number[] {
  if (symbology === '128') return ascii(`{B${data.replaceAll('{', '{{')}`);
  if (symbology !== 'gs1_128') return ascii(data);
  const bytes: number[] = [];
  for (const { set, text } of stretches(gs1Symbol(data))) {
    bytes.push(...ascii(`{${set}`));
    for (let at = 0; at < text.length; ) {
      const taken = text.charAt(at) === FNC1 || set === 'B' ? 1 : 2;
      const piece = text.slice(at, at + taken);
      if (piece === FNC1) bytes.push(...ascii('{1'));
      else if (set === 'C') bytes.push(Number(piece));
      else bytes.push(...ascii(piece));
      at += taken;
    }
  }
  // Pairs of digits that spell a real-time command are sent as digits: wider bars, but the symbol prints.
  const obeyed = bytes.some((byte, at) => byte === DLE && REAL_TIME.has(bytes[at + 1] ?? 0));
  return obeyed ? ascii(`{B${gs1Symbol(data).replaceAll(FNC1, '{1')}`) : bytes;
}

function ascii(text: string): number[] {
  return Array.from(text, (character) => character.charCodeAt(0));
}

function le16(value: number): [number, number] {
  return [value & 0xff, (value >> 8) & 0xff];
}
