/** What the simulated printer's sensors see. */
export interface SimulatedState {
  paper: 'ok' | 'near_end' | 'out';
  cover: 'open' | 'closed';
  /** Its switch pulls the pin low while the drawer is open. */
  drawer: 'open' | 'closed';
}

const DLE = 0x10;
const EOT = 0x04;
const DC4 = 0x14;
const PULSE_BYTES = 5;
const REQUEST_LAST = 4;

function standsStill({ paper, cover }: SimulatedState): boolean {
  return paper === 'out' || cover === 'open';
}

/** The byte that answers DLE EOT n. */
export function statusOf(request: number, state: SimulatedState): number {
  const fixed = 0x12;
  switch (request) {
    case 1:
      return fixed | (state.drawer === 'open' ? 0 : 0x04) | (standsStill(state) ? 0x08 : 0);
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
  const printer =
    0x10 |
    (state.drawer === 'open' ? 0 : 0x04) |
    (standsStill(state) ? 0x08 : 0) |
    (state.cover === 'open' ? 0x20 : 0);
  const [paper = 0] = sensorOf(state);
  return Uint8Array.of(printer, 0, paper, 0);
}

/** The one byte of GS r 1: bits 0 and 1 near end, bits 2 and 3 end. */
export function sensorOf({ paper }: SimulatedState): Uint8Array {
  return Uint8Array.of((paper === 'ok' ? 0 : 0x03) | (paper === 'out' ? 0x0c : 0));
}

/** What the receive interrupt of a printer obeys at once: a status request, or a pulse for the drawer. */
export type RealTime = { readonly kind: 'status'; readonly n: number } | { readonly kind: 'pulse' };

/**
 * Finds DLE EOT n and DLE DC4 1 m t in the bytes of one connection as they arrive, wherever they stand, as a
 * printer's receive interrupt does. Bytes that may still become a request are not counted as part of the job.
 */
export class RealTimeRequests {
  #held: number[] = [];

  push(byte: number): { request: RealTime | null; jobBytes: number } {
    const held = [...this.#held, byte];
    const request = requestOf(held);
    this.#held = request === 'part' ? held : [];
    if (request === 'part') return { request: null, jobBytes: 0 };
    if (request !== null) return { request, jobBytes: 0 };
    // The byte that broke a request may begin another.
    if (byte !== DLE || held.length === 1) return { request: null, jobBytes: held.length };
    this.#held = [byte];
    return { request: null, jobBytes: held.length - 1 };
  }
}

function requestOf(held: readonly number[]): RealTime | 'part' | null {
  const [lead, second, third] = held;
  if (lead !== DLE) return null;
  if (held.length === 1) return 'part';
  if (second === EOT) {
    if (third === undefined) return 'part';
    return third >= 1 && third <= REQUEST_LAST ? { kind: 'status', n: third } : null;
  }
  if (second !== DC4) return null;
  if (held.length < PULSE_BYTES) return third === undefined || third === 1 ? 'part' : null;
  return { kind: 'pulse' };
}
