import { isAutomaticStatus, isSensorByte, isStatusAnswer } from './status.ts';

const AUTOMATIC_STATUS_BYTES = 4;
const AUTOMATIC_OFFLINE = 0x08;
const AUTOMATIC_COVER_OPEN = 0x20;
const AUTOMATIC_PAPER_OUT = 0x0c;

/** What a printer says: the answer to DLE EOT, four bytes of automatic status, or the one byte of GS r. */
export type Reply =
  | { readonly kind: 'status'; readonly byte: number }
  | { readonly kind: 'automatic'; readonly bytes: readonly number[] }
  | { readonly kind: 'sensor'; readonly byte: number };

/**
 * Sorts the bytes of a printer, which carry no frame: only their fixed bits tell them apart. A byte that
 * cannot continue an automatic status ends it, so one lost byte costs one status and not the connection.
 */
export class ReplyReader {
  #automatic: number[] = [];

  push(byte: number): Reply | null {
    if (this.#automatic.length > 0 && isSensorByte(byte)) {
      this.#automatic.push(byte);
      if (this.#automatic.length < AUTOMATIC_STATUS_BYTES) return null;
      const bytes = this.#automatic;
      this.#automatic = [];
      return { kind: 'automatic', bytes };
    }
    this.#automatic = [];
    if (isStatusAnswer(byte)) return { kind: 'status', byte };
    if (isSensorByte(byte)) return { kind: 'sensor', byte };
    if (isAutomaticStatus(byte)) this.#automatic = [byte];
    return null;
  }
}

/** Whether four bytes of automatic status (GS a) report a printer that stands still. */
export function automaticFault(bytes: readonly number[]): 'cover_open' | 'paper_out' | 'offline' | null {
  const [printer = 0, , paper = 0] = bytes;
  if ((printer & AUTOMATIC_COVER_OPEN) !== 0) return 'cover_open';
  if ((paper & AUTOMATIC_PAPER_OUT) !== 0) return 'paper_out';
  return (printer & AUTOMATIC_OFFLINE) !== 0 ? 'offline' : null;
}
