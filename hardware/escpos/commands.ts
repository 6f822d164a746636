/**
 * The bytes of a job as commands. `op` is the two command bytes (ESC a = 0x1b61) and `args` what follows
 * them; `data` is the block of a command that carries its own length.
 */
export type Command =
  | { readonly kind: 'text'; readonly byte: number }
  | { readonly kind: 'control'; readonly byte: number }
  | { readonly kind: 'op'; readonly op: number; readonly args: readonly number[]; readonly data: Uint8Array }
  | { readonly kind: 'unknown'; readonly bytes: readonly number[]; readonly why: string };

const DLE = 0x10;
const ESC = 0x1b;
const FS = 0x1c;
const GS = 0x1d;
const LEADS: ReadonlySet<number> = new Set([DLE, ESC, FS, GS]);
const FIRST_PRINTABLE = 0x20;
const DELETE = 0x7f;
const TABS_MAX = 32;
/** More than any receipt's picture; a longer block is swallowed without being kept. */
export const BLOCK_BYTES_MAX = 1_048_576;
const NOTHING = new Uint8Array(0);

/** Commands whose arguments have a fixed number of bytes, by lead and letter. */
const FIXED: ReadonlyMap<number, number> = new Map([
  ...family(ESC, 0, '@2im<LS\x0c'),
  ...family(ESC, 1, '!EG-adJeKt3RM{V =r%?TuU'),
  ...family(ESC, 2, '$\\c'),
  ...family(ESC, 3, 'p'),
  ...family(ESC, 8, 'W'),
  ...family(GS, 0, ':'),
  ...family(GS, 1, '!BHfhwbarI/T'),
  ...family(GS, 2, 'LWP$\\'),
  ...family(GS, 3, '^'),
  ...family(FS, 0, '&.'),
  ...family(FS, 1, '!-CW'),
  ...family(FS, 2, 'Sp'),
  ...family(DLE, 1, '\x04\x05'),
  ...family(DLE, 3, '\x14'),
]);

function family(lead: number, args: number, letters: string): [number, number][] {
  return [...letters].map((letter) => [(lead << 8) | letter.charCodeAt(0), args]);
}

type Lexer = Generator<void, never, number>;
type Take<T> = Generator<void, T, number>;

/** Feeds bytes in pieces of any size; `emit` sees each command once its last byte has come. */
export class CommandReader {
  readonly #lexer: Lexer;

  constructor(emit: (command: Command) => void) {
    this.#lexer = lex(emit);
    this.#lexer.next();
  }

  push(byte: number): void {
    this.#lexer.next(byte);
  }
}

function* lex(emit: (command: Command) => void): Lexer {
  for (;;) {
    const byte = yield;
    if (LEADS.has(byte)) emit(yield* readOp(byte));
    else if (byte >= FIRST_PRINTABLE && byte !== DELETE) emit({ kind: 'text', byte });
    else emit({ kind: 'control', byte });
  }
}

function* readOp(lead: number): Take<Command> {
  const letter = yield;
  const op = (lead << 8) | letter;
  const fixed = FIXED.get(op);
  if (fixed !== undefined) return { kind: 'op', op, args: yield* take(fixed), data: NOTHING };
  switch (op) {
    case 0x1b44:
      return { kind: 'op', op, args: yield* takeTabs(), data: NOTHING };
    case 0x1b2a: {
      const [mode = 0, low = 0, high = 0] = yield* take(3);
      const columns = low | (high << 8);
      return yield* block(op, [mode, low, high], columns * (mode >= 32 ? 3 : 1));
    }
    case 0x1d2a: {
      const [x = 0, y = 0] = yield* take(2);
      return yield* block(op, [x, y], x * y * 8);
    }
    case 0x1d56: {
      const mode = yield;
      const feeds = mode > 49;
      return { kind: 'op', op, args: feeds ? [mode, ...(yield* take(1))] : [mode], data: NOTHING };
    }
    case 0x1d6b:
      return yield* barcode(op);
    case 0x1d76: {
      const [zero = 0, mode = 0, xl = 0, xh = 0, yl = 0, yh = 0] = yield* take(6);
      return yield* block(op, [zero, mode, xl, xh, yl, yh], (xl | (xh << 8)) * (yl | (yh << 8)));
    }
    case 0x1b28:
    case 0x1c28:
    case 0x1d28: {
      const [fn = 0, low = 0, high = 0] = yield* take(3);
      return yield* block(op, [fn], low | (high << 8));
    }
    case 0x1d38: {
      const [fn = 0, a = 0, b = 0, c = 0, d = 0] = yield* take(5);
      return yield* block(op, [fn], a + b * 0x100 + c * 0x1_0000 + d * 0x100_0000);
    }
    default:
      return { kind: 'unknown', bytes: [lead, letter], why: 'a command that is not known' };
  }
}

function* take(count: number): Take<number[]> {
  const bytes: number[] = [];
  while (bytes.length < count) bytes.push(yield);
  return bytes;
}

/** Tab positions end with NUL; a thirty-third would never end on a real printer either. */
function* takeTabs(): Take<number[]> {
  const tabs: number[] = [];
  for (let byte = yield; byte !== 0 && tabs.length < TABS_MAX; byte = yield) tabs.push(byte);
  return tabs;
}

function* block(op: number, args: readonly number[], length: number): Take<Command> {
  const kept = new Uint8Array(Math.min(length, BLOCK_BYTES_MAX));
  for (let at = 0; at < length; at += 1) {
    const byte = yield;
    if (at < kept.length) kept[at] = byte;
  }
  if (length > BLOCK_BYTES_MAX) {
    return { kind: 'unknown', bytes: [op >> 8, op & 0xff, ...args], why: `a block of ${length} bytes` };
  }
  return { kind: 'op', op, args, data: kept };
}

/** Systems 0 to 6 end with NUL, systems from 65 on tell their length (GS k). */
function* barcode(op: number): Take<Command> {
  const system = yield;
  if (system >= 65) return yield* block(op, [system], yield);
  const data: number[] = [];
  for (let byte = yield; byte !== 0; byte = yield) if (data.length < 0xff) data.push(byte);
  return { kind: 'op', op, args: [system], data: Uint8Array.from(data) };
}
