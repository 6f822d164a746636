/** What the simulated printer's sensors see. */
export interface SimulatedState {
  paper: 'ok' | 'near_end' | 'out';
  cover: 'open' | 'closed';
}

const DLE = 0x10;
const EOT = 0x04;
const REQUEST_LAST = 4;

function standsStill({ paper, cover }: SimulatedState): boolean {
  return paper === 'out' || cover === 'open';
}

/** The byte that answers DLE EOT n; the drawer pin is high, as on a printer with no drawer. */
export function statusOf(request: number, state: SimulatedState): number {
  const fixed = 0x12;
  switch (request) {
    case 1:
      return fixed | 0x04 | (standsStill(state) ? 0x08 : 0);
    case 2:
      return fixed | (state.cover === 'open' ? 0x04 : 0) | (state.paper === 'out' ? 0x20 : 0);
    case 4:
      return fixed | (state.paper === 'ok' ? 0 : 0x0c) | (state.paper === 'out' ? 0x60 : 0);
    default:
      return fixed;
  }
}

/** The four bytes of automatic status (GS a). */
export function automaticStatusOf(state: SimulatedState): Uint8Array {
  const printer = 0x14 | (standsStill(state) ? 0x08 : 0) | (state.cover === 'open' ? 0x20 : 0);
  const [paper = 0] = sensorOf(state);
  return Uint8Array.of(printer, 0, paper, 0);
}

/** The one byte of GS r 1: bits 0 and 1 near end, bits 2 and 3 end. */
export function sensorOf({ paper }: SimulatedState): Uint8Array {
  return Uint8Array.of((paper === 'ok' ? 0 : 0x03) | (paper === 'out' ? 0x0c : 0));
}

/**
 * Finds DLE EOT n in the bytes of one connection as they arrive, wherever it stands, as a printer's receive
 * interrupt does. Bytes that may still become a request are not counted as part of the job.
 */
export class RealTimeRequests {
  #held = 0;

  push(byte: number): { request: number | null; jobBytes: number } {
    if (this.#held === 2) {
      this.#held = 0;
      if (byte >= 1 && byte <= REQUEST_LAST) return { request: byte, jobBytes: 0 };
      return this.#restart(byte, 2);
    }
    if (this.#held === 1) {
      this.#held = 0;
      if (byte === EOT) {
        this.#held = 2;
        return { request: null, jobBytes: 0 };
      }
      return this.#restart(byte, 1);
    }
    return this.#restart(byte, 0);
  }

  #restart(byte: number, released: number): { request: null; jobBytes: number } {
    if (byte !== DLE) return { request: null, jobBytes: released + 1 };
    this.#held = 1;
    return { request: null, jobBytes: released };
  }
}
