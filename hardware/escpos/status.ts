import type { PrinterStatus, PrintFault } from '../port.ts';

/** DLE EOT n: 1 printer, 2 why it is offline, 3 which error, 4 paper roll. */
export type StatusRequest = 1 | 2 | 3 | 4;
export type StatusAnswers = ReadonlyMap<StatusRequest, number>;

const DLE = 0x10;
const EOT = 0x04;

const DRAWER_PIN = 0x04;
const OFFLINE = 0x08;
const COVER_OPEN = 0x04;
const STOPPED_FOR_PAPER = 0x20;
const ERROR_STOP = 0x40;
/** Cutter, unrecoverable and self-recovering errors of n = 3. */
const ERRORS = 0x68;
const PAPER_NEAR_END = 0x0c;
const PAPER_OUT = 0x60;

export function statusRequest(n: StatusRequest): Uint8Array {
  return Uint8Array.of(DLE, EOT, n);
}

/** Answers of DLE EOT have bits 1 and 4 set and bits 0 and 7 clear; no other reply looks so. */
export function isStatusAnswer(byte: number): boolean {
  return (byte & 0x93) === 0x12;
}

/** The first of the four automatic status bytes (GS a): 0xx1xx00. */
export function isAutomaticStatus(byte: number): boolean {
  return (byte & 0x93) === 0x10;
}

/** A continuation of automatic status, or the one byte of GS r: bits 4 and 7 clear. */
export function isSensorByte(byte: number): boolean {
  return (byte & 0x90) === 0;
}

/** Which level of the drawer pin means an open drawer depends on how its switch is wired. */
export type DrawerOpenLevel = 'high' | 'low';

export interface Verdict {
  readonly status: PrinterStatus;
  /** What forbids printing, most explicable first; null means that a job may be sent. */
  readonly fault: PrintFault | null;
}

/** Answers → what they say together. A request that was not answered leaves its part unknown. */
export function judge(answers: StatusAnswers, drawerOpenLevel?: DrawerOpenLevel): Verdict {
  const bit = (n: StatusRequest, mask: number) => ((answers.get(n) ?? 0) & mask) !== 0;
  const paperOut = bit(4, PAPER_OUT) || bit(2, STOPPED_FOR_PAPER);
  const coverOpen = bit(2, COVER_OPEN);
  const offline = bit(1, OFFLINE);
  const fault = coverOpen
    ? 'cover_open'
    : paperOut
      ? 'paper_out'
      : bit(2, ERROR_STOP) || bit(3, ERRORS)
        ? 'error'
        : offline
          ? 'offline'
          : null;
  const paper = paperOut ? 'out' : !answers.has(4) ? 'unknown' : bit(4, PAPER_NEAR_END) ? 'near_end' : 'ok';
  const cover = !answers.has(2) ? 'unknown' : coverOpen ? 'open' : 'closed';
  const level = bit(1, DRAWER_PIN) ? 'high' : 'low';
  const known = drawerOpenLevel !== undefined && answers.has(1);
  const drawer = !known ? 'unknown' : level === drawerOpenLevel ? 'open' : 'closed';
  return { status: { online: answers.has(1) && !offline, paper, cover, drawer }, fault };
}

export const STATUS_UNKNOWN: PrinterStatus = {
  online: false,
  paper: 'unknown',
  cover: 'unknown',
  drawer: 'unknown',
};

const SENTENCES: Readonly<Record<PrintFault, string>> = {
  unreachable: 'The printer cannot be reached.',
  paper_out: 'The printer is out of paper.',
  cover_open: 'The cover of the printer is open.',
  offline: 'The printer says that it is offline.',
  error: 'The printer reports an error.',
  timeout: 'The printer accepts connections but does not answer.',
  disconnected: 'The printer closed the connection.',
};

/** A sentence for staff. */
export function faultSentence(fault: PrintFault): string {
  return SENTENCES[fault];
}
