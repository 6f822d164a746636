import { type CodePage, decodeByte } from '../../shared/receipt/code_pages.ts';
import { FNC1 } from '../../shared/receipt/gs1.ts';
import { barsPicture } from '../../shared/receipt/pictures.ts';
import { EPSON, type PrinterProfile } from '../../shared/receipt/profile.ts';
import {
  type Align,
  type BarcodeSymbology,
  CELL_HEIGHT_DOTS,
  type PaperColumns,
  PLAIN,
  type Row,
  type Run,
  type Slip,
  type Style,
} from '../../shared/receipt/slip.ts';
import { utf8Text } from '../../shared/receipt/utf8.ts';
import { type Command, CommandReader } from './commands.ts';
import { readCode128 } from './read_code128.ts';

const NO_BYTES = new Uint8Array(0);
const LINE_DOTS = CELL_HEIGHT_DOTS + 6;
const TAB_CELLS = 8;
/** Many parameters may be sent as a number or as its ASCII digit. */
const ASCII_ZERO = 48;
const ALIGN: readonly Align[] = ['left', 'center', 'right'];
const SYSTEMS: ReadonlyMap<number, BarcodeSymbology> = new Map([
  [0, 'upca'],
  [2, 'ean13'],
  [3, 'ean8'],
  [65, 'upca'],
  [67, 'ean13'],
  [68, 'ean8'],
  [73, '128'],
]);
/** Commands that move or set what a text preview does not show: understood, and without effect here. */
const WITHOUT_EFFECT: ReadonlySet<number> = new Set([
  0x1004, 0x1005, 0x1014, 0x1b20, 0x1b24, 0x1b25, 0x1b32, 0x1b33, 0x1b3c, 0x1b3d, 0x1b3f, 0x1b44, 0x1b4d,
  0x1b52, 0x1b53, 0x1b54, 0x1b56, 0x1b5c, 0x1b63, 0x1b72, 0x1b7b, 0x1c21, 0x1c26, 0x1c2d, 0x1c2e, 0x1c43,
  0x1c53, 0x1c57, 0x1d24, 0x1d4c, 0x1d50, 0x1d54, 0x1d57, 0x1d5c, 0x1d62, 0x1d66,
]);

export interface InterpreterPorts {
  /** The paper up to a cut. */
  slip(slip: Slip): void;
  /** GS r and GS a: commands that are answered in their turn. */
  sensorAsked(): void;
  automaticStatus(mask: number): void;
  drawer(): void;
  /** Something that this interpreter does not know or draw; printing goes on. */
  finding(detail: string): void;
}

type Operation = (n: number, data: Uint8Array, args: readonly number[]) => void;

/** Reads a job as a printer would and draws it as rows; symbols and pictures become rows of their own. */
export class EscposInterpreter {
  readonly #ports: InterpreterPorts;
  readonly #columns: PaperColumns;
  readonly #pages: ReadonlyMap<number, CodePage>;
  readonly #reader = new CommandReader((command) => this.#obey(command));
  readonly #operations: ReadonlyMap<number, Operation> = new Map<number, Operation>([
    [0x1b40, () => this.#initialize()],
    [0x1b21, (n) => this.#printMode(n)],
    [0x1b45, (n) => this.#set({ bold: (n & 1) === 1 })],
    [0x1b47, (n) => this.#set({ bold: (n & 1) === 1 })],
    [0x1b2d, (n) => this.#set({ underline: n % ASCII_ZERO > 0 })],
    [0x1d42, (n) => this.#set({ invert: (n & 1) === 1 })],
    [0x1d21, (n) => this.#set({ width: ((n >> 4) & 7) + 1, height: (n & 7) + 1 })],
    [0x1b61, (n) => this.#setAlign(ALIGN[n % ASCII_ZERO])],
    [0x1b64, (n) => this.#feed(n)],
    [0x1b4a, (n) => this.#feed(Math.round(n / LINE_DOTS))],
    [0x1b74, (n) => this.#codePage(n)],
    [0x1b70, () => this.#ports.drawer()],
    [0x1b69, () => this.#cut()],
    [0x1b6d, () => this.#cut()],
    [0x1d56, () => this.#cut()],
    [0x1d48, (n) => this.#setBarcode({ caption: n % ASCII_ZERO > 0 })],
    [0x1d68, (n) => this.#setBarcode({ heightDots: n })],
    [0x1d77, (n) => this.#setBarcode({ moduleDots: n })],
    [0x1d6b, (n, data) => this.#printBarcode(n, data)],
    [0x1d28, (n, data) => this.#functions(n, data)],
    [0x1d76, (_, data, args) => this.#raster(args, data)],
    [0x1d72, () => this.#ports.sensorAsked()],
    [0x1d61, (n) => this.#ports.automaticStatus(n)],
  ]);
  #rows: Row[] = [];
  #runs: { text: string; style: Style }[] = [];
  #used = 0;
  #align: Align = 'left';
  #style: Style = PLAIN;
  #page: CodePage = 'cp437';
  #qr: { moduleDots: number; data: Uint8Array } = { moduleDots: 3, data: NO_BYTES };
  #barcode = { moduleDots: 3, heightDots: 162, caption: false };
  /** What GS ( L function 112 has stored and function 50 will print. */
  #stored: Extract<Row, { kind: 'image' }> | null = null;

  constructor(columns: PaperColumns, ports: InterpreterPorts, profile: PrinterProfile = EPSON) {
    this.#columns = columns;
    this.#ports = ports;
    this.#pages = new Map([...profile.pages].map(([page, n]): [number, CodePage] => [n, page]));
  }

  push(byte: number): void {
    this.#reader.push(byte);
  }

  /** What has left the print head since the last cut. */
  uncut(): Slip {
    return this.#slipOf([...this.#rows, ...(this.#runs.length > 0 ? [this.#line()] : [])]);
  }

  #slipOf(rows: readonly Row[]): Slip {
    return {
      columns: this.#columns,
      charset: 'unicode',
      title: 'Printed slip',
      codePage: 'always',
      language: 'en',
      rows,
    };
  }

  #obey(command: Command): void {
    switch (command.kind) {
      case 'text':
        this.#character(decodeByte(command.byte, this.#page));
        return;
      case 'control':
        this.#control(command.byte);
        return;
      case 'unknown':
        this.#ports.finding(`${hex(command.bytes)}: ${command.why}`);
        return;
      case 'op':
        this.#op(command.op, command.args, command.data);
        return;
    }
  }

  #character(character: string): void {
    const { width } = this.#style;
    if (this.#used + width > this.#columns) this.#lineFeed();
    const last = this.#runs.at(-1);
    if (last?.style === this.#style) last.text += character;
    else this.#runs.push({ text: character, style: this.#style });
    this.#used += width;
  }

  #control(byte: number): void {
    if (byte === 0x0a) this.#lineFeed();
    else if (byte === 0x09) {
      const to = (Math.floor(this.#used / TAB_CELLS) + 1) * TAB_CELLS;
      while (this.#used < Math.min(to, this.#columns)) this.#character(' ');
    } else if (byte !== 0x0d && byte !== 0) this.#ports.finding(`${hex([byte])}: a control character`);
  }

  #line(): Row {
    const runs: Run[] = this.#runs.map((run) => ({ ...run }));
    return { kind: 'text', align: this.#align, runs };
  }

  #lineFeed(): void {
    this.#rows.push(this.#line());
    this.#runs = [];
    this.#used = 0;
  }

  /** Prints what is waiting, so that the next thing starts on a line of its own. */
  #flush(): boolean {
    const waiting = this.#runs.length > 0;
    if (waiting) this.#lineFeed();
    return waiting;
  }

  #feed(lines: number): void {
    const blank = lines - (this.#flush() ? 1 : 0);
    if (blank > 0) this.#rows.push({ kind: 'feed', lines: blank });
  }

  #cut(): void {
    this.#flush();
    this.#rows.push({ kind: 'cut' });
    const slip = this.#slipOf(this.#rows);
    this.#rows = [];
    this.#ports.slip(slip);
  }

  #set(change: Partial<Style>): void {
    this.#style = { ...this.#style, ...change };
  }

  #op(op: number, args: readonly number[], data: Uint8Array): void {
    const obey = this.#operations.get(op);
    if (obey !== undefined) obey(args[0] ?? 0, data, args);
    else if (!WITHOUT_EFFECT.has(op)) this.#strange(op, args);
  }

  #setAlign(align: Align | undefined): void {
    this.#align = align ?? this.#align;
  }

  #setBarcode(change: Partial<{ moduleDots: number; heightDots: number; caption: boolean }>): void {
    this.#barcode = { ...this.#barcode, ...change };
  }

  #functions(fn: number, data: Uint8Array): void {
    if (fn === 0x6b && data[0] === 0x31) this.#qrFunction(data);
    else if (fn === 0x4c && data[0] === ASCII_ZERO) this.#graphics(data);
    else this.#strange(0x1d28, [fn, ...data.subarray(0, 2)]);
  }

  #strange(op: number, args: readonly number[]): void {
    this.#ports.finding(`${hex([op >> 8, op & 0xff, ...args])}: a command that is not drawn`);
  }

  #initialize(): void {
    this.#runs = [];
    this.#used = 0;
    this.#align = 'left';
    this.#style = PLAIN;
    this.#page = 'cp437';
  }

  #printMode(n: number): void {
    this.#set({
      bold: (n & 0x08) !== 0,
      underline: (n & 0x80) !== 0,
      width: (n & 0x20) === 0 ? 1 : 2,
      height: (n & 0x10) === 0 ? 1 : 2,
    });
  }

  #codePage(n: number): void {
    const page = this.#pages.get(n);
    if (page === undefined) this.#ports.finding(`code page ${n} is shown as 858`);
    this.#page = page ?? 'cp858';
  }

  #printBarcode(system: number, bytes: Uint8Array): void {
    const symbology = SYSTEMS.get(system);
    if (symbology === undefined) {
      this.#ports.finding(`barcode system ${system} is not drawn`);
      return;
    }
    this.#flush();
    if (symbology === '128') this.#code128(bytes);
    else {
      const data = String.fromCharCode(...bytes);
      this.#rows.push({ kind: 'barcode', align: this.#align, symbology, data, ...this.#barcode });
    }
  }

  /** Drawn from the code sets that were sent, so that a job that chose them badly shows it. */
  #code128(bytes: Uint8Array): void {
    const read = readCode128(bytes);
    if (read === null) {
      this.#ports.finding('a Code 128 symbol that cannot be read');
      return;
    }
    const { moduleDots, heightDots, caption } = this.#barcode;
    const align = this.#align;
    const row = {
      kind: 'barcode',
      align,
      symbology: read.symbology,
      data: read.data,
      ...this.#barcode,
    } as const;
    if (read.symbology === '128') {
      this.#rows.push(row);
      return;
    }
    this.#rows.push({ kind: 'image', align, ...barsPicture(read.modules, moduleDots, heightDots), of: row });
    if (caption)
      this.#rows.push({
        kind: 'text',
        align,
        runs: [{ text: read.data.replaceAll(FNC1, ''), style: PLAIN }],
      });
  }

  /** GS ( k for QR: 43 module size, 50 store, 51 print; 41 model and 45 correction do not show here. */
  #qrFunction(data: Uint8Array): void {
    const fn = data[1];
    if (fn === 0x43) this.#qr.moduleDots = data[2] ?? this.#qr.moduleDots;
    else if (fn === 0x50) this.#qr.data = data.slice(3);
    else if (fn === 0x51) {
      this.#flush();
      const { moduleDots } = this.#qr;
      this.#rows.push({ kind: 'qr', align: this.#align, data: utf8Text(this.#qr.data), moduleDots });
    } else if (fn !== 0x41 && fn !== 0x45) this.#ports.finding(`QR function ${fn} is not known`);
  }

  #raster(args: readonly number[], bits: Uint8Array): void {
    const [, mode = 0, xl = 0, xh = 0, yl = 0, yh = 0] = args;
    if (mode % ASCII_ZERO !== 0) this.#ports.finding(`raster mode ${mode} is drawn at its own size`);
    this.#flush();
    const widthBytes = xl | (xh << 8);
    this.#rows.push(imageOf(this.#align, widthBytes, yl | (yh << 8), bits));
  }

  /** GS ( L: function 112 stores one colour of a raster picture, function 50 prints it. */
  #graphics(data: Uint8Array): void {
    const [, fn = 0, , , , , xl = 0, xh = 0, yl = 0, yh = 0] = data;
    if (fn === 0x70) {
      const widthBytes = Math.ceil((xl | (xh << 8)) / 8);
      this.#stored = imageOf(this.#align, widthBytes, yl | (yh << 8), data.slice(10));
    } else if ((fn === 50 || fn === 2) && this.#stored !== null) {
      this.#flush();
      this.#rows.push(this.#stored);
      this.#stored = null;
    } else this.#strange(0x1d28, [0x4c, ...data.subarray(0, 2)]);
  }
}

function imageOf(align: Align, widthBytes: number, heightDots: number, bits: Uint8Array) {
  return { kind: 'image', align, widthBytes, heightDots, bits } as const;
}

function hex(bytes: readonly number[]): string {
  return bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
}
