/**
 * The ports: what the store agent asks of a device, whatever its vendor. A driver owns one device and
 * its wire protocol; it holds no business rule. `open` returns at once and the driver keeps trying for
 * ever: a device that is absent is a health fact, never a crash.
 */

/** What is known of a device right now. `detail` is a sentence for staff; `since` is UTC ISO 8601. */
export interface DeviceHealth {
  state: 'connecting' | 'online' | 'degraded' | 'offline' | 'unavailable';
  detail: string;
  since: string;
}

export interface DriverContext {
  /** Milliseconds since the epoch. */
  now(): number;
  log(level: 'debug' | 'info' | 'warn' | 'error', message: string, fields?: Record<string, unknown>): void;
}

interface Device {
  health(): DeviceHealth;
  onHealth(listener: (health: DeviceHealth) => void): void;
  /** Idempotent; resolves when sockets and timers are gone. */
  close(): Promise<void>;
}

/** One observation of one tag. `epc` is canonical: upper-case hex, whole 16-bit words. */
export interface TagRead {
  epc: string;
  antenna: number;
  /** dBm; null where the reader does not tell. */
  rssi: number | null;
  /** Reads of this tag that the reader folded into this report; at least 1. */
  count: number;
  /** When the reader saw it (its clock, UTC ISO 8601) or null, and when its bytes reached us. */
  seenAt: string | null;
  receivedAt: string;
}

export interface TagReader extends Device {
  onReads(listener: (reads: TagRead[]) => void): void;
  /** General purpose output of the reader (lamp, siren, gate relay), 1-based as in LLRP. */
  setOutput(port: number, on: boolean): Promise<void>;
  /** On for `ms`, ended by the reader itself, even if nobody is there any more; absent where it cannot. */
  pulseOutput?(port: number, ms: number): Promise<void>;
  /** General purpose inputs of the reader (button, light barrier), 1-based; absent where it tells of none. */
  onInput?(listener: (port: number, on: boolean) => void): void;
}

/**
 * What became of one print. `doubtful` means that bytes left but nobody knows whether paper moved: the
 * job must not be sent again by itself. `failed` is proven: not one byte of the job reached the printer.
 */
export type PrintOutcome =
  | { result: 'printed' }
  | { result: 'failed'; reason: PrintFault; detail: string }
  | { result: 'doubtful'; reason: PrintFault; detail: string };

export type PrintFault =
  | 'unreachable'
  | 'paper_out'
  | 'cover_open'
  | 'offline'
  | 'error'
  | 'timeout'
  | 'disconnected';

export interface PrinterStatus {
  online: boolean;
  paper: 'ok' | 'near_end' | 'out' | 'unknown';
  cover: 'closed' | 'open' | 'unknown';
  drawer: 'closed' | 'open' | 'unknown';
}

export interface Printer extends Device {
  /** Asks the printer now. */
  status(): Promise<PrinterStatus>;
  /** Sends one complete job. Calls are serialised by the driver. */
  print(bytes: Uint8Array): Promise<PrintOutcome>;
  /** Opens the cash drawer at the printer. `printed` means that the printer took the pulse and is well behind it. */
  kickDrawer(): Promise<PrintOutcome>;
}

/**
 * What became of one card payment. `unknown`: the card may have been charged; only `inquire` may find out, and
 * the same payment must never be asked for again before it has. Never a card number.
 */
export type TerminalOutcome =
  | {
      result: 'approved';
      /** The terminal's or its host's name of the payment. */
      reference: string;
      authorization: string | null;
      scheme: string | null;
      /** At most the last four digits, `************1234`. */
      masked: string | null;
      /** Approved without its host, which hears of it later. */
      store_and_forward: boolean;
    }
  | { result: 'declined'; reason: string; detail: string }
  | { result: 'unknown'; detail: string };

export interface Terminal extends Device {
  /** Asks for a card. `reference` is ours and unique; `amount` in minor units. Calls are serialised by the driver. */
  pay(request: { reference: string; amount: number; currency: string }): Promise<TerminalOutcome>;
  /** What became of an earlier `pay` whose answer was lost. `declined`: nothing was charged. */
  inquire(reference: string): Promise<TerminalOutcome>;
  /** The shopper or staff gave up: ends what waits for a card, if anything does. */
  abort(): Promise<void>;
}

/** A code reader: hand scanner, presenter or keyboard wedge. `aim` is the AIM symbology id where known. */
export interface ScannedCode {
  raw: string;
  aim: string | null;
  receivedAt: string;
}
export interface Scanner extends Device {
  onCode(listener: (code: ScannedCode) => void): void;
}

/** A line that something drives: lamp, siren, barrier. Named by its role, never by a number. */
export interface OutputLine extends Device {
  /** Resolves when the level was asked for; where the line is missing the wish is kept and its health says so. */
  set(on: boolean): Promise<void>;
  /** On for `ms`, then off. A pulse within a pulse sets its end anew, so that a siren does not stutter. */
  pulse(ms: number): void;
  /** What was last asked of the line. */
  state(): boolean;
}

/** A change of a line that something else drives: a button, a light barrier. `on` is its meaning, not its voltage. */
export interface LineEdge {
  on: boolean;
  /** UTC ISO 8601, when the agent learnt of it. */
  at: string;
}
export interface InputLine extends Device {
  onEdge(listener: (edge: LineEdge) => void): void;
}
