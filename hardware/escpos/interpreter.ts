import { type CodePage, decodeByte } from '../../shared/receipt/charset.ts';
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

const NO_BYTES = new Uint8Array(0);
const LINE_DOTS = CELL_HEIGHT_DOTS + 6;
const TAB_CELLS = 8;
/** Many parameters may be sent as a number or as its ASCII digit. */
const ASCII_ZERO = 48;
const ALIGN: readonly Align[] = ['left', 'center', 'right'];
const PAGES: ReadonlyMap<number, CodePage> = new Map([
  [0, 'cp437'],
  [19, 'cp858'],
]);
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

  constructor(columns: PaperColumns, ports: InterpreterPorts) {
    this.#columns = columns;
    this.#ports = ports;
  }

  push(byte: number): void {
    this.#reader.push(byte);
  }

  /** What has left the print head since the last cut. */
  uncut(): Slip {
    return this.#slipOf([...this.#rows, ...(this.#runs.length > 0 ? [this.#line()] : [])]);
  }

  #slipOf(rows: readonly Row[]): Slip {
    return { columns: this.#columns, charset: 'cp858', title: 'Printed slip', codePage: 'always', rows };
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
    const page = PAGES.get(n);
    if (page === undefined) this.#ports.finding(`code page ${n} is shown as 858`);
    this.#page = page ?? 'cp858';
  }

  #printBarcode(system: number, bytes: Uint8Array): void {
    const symbology = SYSTEMS.get(system);
    if (symbology === undefined) {
      this.#ports.finding(`barcode system ${system} is not drawn`);
      return;
    }
    const text = String.fromCharCode(...bytes);
    const data = symbology === '128' ? text.replace(/^\{[ABC]/, '').replaceAll('{{', '{') : text;
    this.#flush();
    this.#rows.push({ kind: 'barcode', align: this.#align, symbology, data, ...this.#barcode });
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
    this.#rows.push({ kind: 'image', align: this.#align, widthBytes, heightDots: yl | (yh << 8), bits });
  }
}

function hex(bytes: readonly number[]): string {
  return bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
}
