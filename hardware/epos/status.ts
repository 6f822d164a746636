import type { DrawerOpenLevel } from '../escpos/status.ts';
import type { PrinterStatus, PrintFault } from '../port.ts';

/** Bits of the status attribute (Epson ePOS-Print XML reference, `<response>`). */
export const EPOS_STATUS = {
  no_response: 0x00000001,
  drawer_pin_high: 0x00000004,
  offline: 0x00000008,
  cover_open: 0x00000020,
  mechanical_error: 0x00000400,
  cutter_error: 0x00000800,
  unrecoverable_error: 0x00002000,
  recoverable_error: 0x00004000,
  paper_near_end: 0x00020000,
  paper_end: 0x00080000,
} as const;

const ERRORS =
  EPOS_STATUS.mechanical_error |
  EPOS_STATUS.cutter_error |
  EPOS_STATUS.unrecoverable_error |
  EPOS_STATUS.recoverable_error;

const FAULTS: ReadonlyMap<string, PrintFault> = new Map<string, PrintFault>([
  ['EPTR_COVER_OPEN', 'cover_open'],
  ['EPTR_REC_EMPTY', 'paper_out'],
  ['EX_TIMEOUT', 'timeout'],
  ['EX_BADPORT', 'disconnected'],
]);

/** What the bits say of the printer, and what in them forbids printing. */
export function judgeBits(
  status: number,
  drawerOpenLevel?: DrawerOpenLevel,
): { status: PrinterStatus; fault: PrintFault | null } {
  const has = (mask: number): boolean => (status & mask) !== 0;
  const silent = has(EPOS_STATUS.no_response);
  const fault = silent
    ? 'unreachable'
    : has(EPOS_STATUS.cover_open)
      ? 'cover_open'
      : has(EPOS_STATUS.paper_end)
        ? 'paper_out'
        : has(ERRORS)
          ? 'error'
          : has(EPOS_STATUS.offline)
            ? 'offline'
            : null;
  const level = has(EPOS_STATUS.drawer_pin_high) ? 'high' : 'low';
  const paper = has(EPOS_STATUS.paper_end) ? 'out' : has(EPOS_STATUS.paper_near_end) ? 'near_end' : 'ok';
  const unknown = { online: false, paper: 'unknown', cover: 'unknown', drawer: 'unknown' } as const;
  return {
    fault,
    status: silent
      ? unknown
      : {
          online: fault === null,
          paper,
          cover: has(EPOS_STATUS.cover_open) ? 'open' : 'closed',
          drawer: drawerOpenLevel === undefined ? 'unknown' : level === drawerOpenLevel ? 'open' : 'closed',
        },
  };
}

export function faultOfCode(code: string): PrintFault {
  return FAULTS.get(code) ?? 'error';
}
